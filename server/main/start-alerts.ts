import { randomUUID } from 'node:crypto';
import { AlertBook } from '../evaluation/alert-book.ts';
import { NO_OUTBOX, type Outbox } from '../evaluation/outbox.ts';
import { SilenceBook } from '../evaluation/silence-book.ts';
import type { Engine } from '../model/engine.ts';
import type { Log } from '../runtime/log.ts';

export interface AlertParts {
  readonly book: AlertBook;
  readonly silences: SilenceBook;
  readonly outbox: Outbox;
}

/** Alerts, silences and the messages on their way, as the last process left them. */
export async function startAlerts(engine: Engine, log: Log): Promise<AlertParts> {
  const silences = await SilenceBook.open(engine, randomUUID);
  const outbox = NO_OUTBOX;
  return { book: await AlertBook.open({ engine, silences, outbox, log }), silences, outbox };
}
