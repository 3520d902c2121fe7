import { AlertBook } from '../../server/evaluation/alert-book.ts';
import { SilenceBook } from '../../server/evaluation/silence-book.ts';
import { UnsavedChanges } from '../../server/evaluation/unsaved-changes.ts';
import type { Engine } from '../../server/model/engine.ts';
import { type Ms, ms } from '../../server/model/units.ts';
import { openOutbox, type RunningOutbox } from '../../server/notify/outbox.ts';
import type { Receiver } from '../../server/notify/receiver.ts';
import { createLog } from '../../server/runtime/log.ts';

export interface AlertHouse {
  readonly book: AlertBook;
  readonly silences: SilenceBook;
  readonly outbox: RunningOutbox;
  readonly clock: { now(): Ms; set(time: Ms): void };
  /** What was logged. */
  readonly logged: readonly string[];
}

/** Everything a server has of alerts, over any engine and under a clock of the test's own. */
export async function openAlertHouse(
  engine: Pick<Engine, 'changeDocuments' | 'documents'>,
  receivers: readonly Receiver[],
  time: Ms,
): Promise<AlertHouse> {
  const logged: string[] = [];
  let now = time;
  let ids = 0;
  const clock = {
    now: () => now,
    set: (next: Ms) => {
      now = next;
    },
  };
  const log = createLog('test', { level: 'debug', write: (line) => logged.push(line) });
  const changes = new UnsavedChanges(engine, log);
  const silences = await SilenceBook.open(engine, () => `silence-${time}-${++ids}`);
  const outbox = await openOutbox({ receivers, engine, changes, clock, log, random: () => 0.5, firstWait: ms(10) });
  const book = await AlertBook.open({ engine, changes, silences, outbox });
  return { book, silences, outbox, clock, logged };
}
