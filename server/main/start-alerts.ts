import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { AlertBook } from '../evaluation/alert-book.ts';
import { speakerIn } from '../evaluation/sentences.ts';
import { SilenceBook } from '../evaluation/silence-book.ts';
import { UnsavedChanges } from '../evaluation/unsaved-changes.ts';
import { systemClock } from '../model/clock.ts';
import type { Engine } from '../model/engine.ts';
import { fileCause, VigieError } from '../model/errors.ts';
import { createReceivers } from '../notify/create-receivers.ts';
import { openOutbox, type RunningOutbox } from '../notify/outbox.ts';
import type { Receiver } from '../notify/receiver.ts';
import type { Lifecycle } from '../runtime/lifecycle.ts';
import { createLog } from '../runtime/log.ts';
import type { LoadedConfig } from './config.ts';

export interface AlertParts {
  readonly book: AlertBook;
  readonly silences: SilenceBook;
  readonly outbox: RunningOutbox;
  readonly changes: UnsavedChanges;
}

/** Alerts, silences and the messages on their way, as the last process left them; messages go out from now on. */
export async function startAlerts(engine: Engine, config: LoadedConfig, lifecycle: Lifecycle): Promise<AlertParts> {
  const log = createLog('alerts');
  const changes = new UnsavedChanges(engine, log);
  const silences = await SilenceBook.open(engine, randomUUID);
  const receivers = readReceivers(config);
  const outbox = await openOutbox({ receivers, engine, changes, clock: systemClock, log, random: Math.random });
  lifecycle.onStop('notifications', () => outbox.stop());
  const book = await AlertBook.open({ engine, changes, silences, outbox });
  outbox.start();
  return { book, silences, outbox, changes };
}

/** The receivers of the configuration with their secrets. Throws `bad_config` for a file that cannot be used. */
export function readReceivers({ notify, file }: LoadedConfig): readonly Receiver[] {
  const readFile = (path: string): string => {
    try {
      return readFileSync(resolve(dirname(file), path), 'utf8');
    } catch (error) {
      throw new VigieError('bad_config', `cannot read ${path}, a file of notify: ${fileCause(error)}`, {
        cause: error,
      });
    }
  };
  return createReceivers(notify, { readFile, speak: speakerIn });
}
