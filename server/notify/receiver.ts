import type { ReceiverRule } from '../../rules/alert-notice.ts';
import type { Alert, Notification } from '../model/alerts.ts';
import type { RuleAlertStatus } from '../model/rule-alerts.ts';

/** A notification in the journal, with the alert as it stood when it was written. */
export interface OutgoingMessage extends Notification {
  readonly content: Alert | RuleAlertStatus;
  /** Whom of several recipients it has not reached yet; absent: all of them. */
  readonly remaining?: readonly string[];
}

export type Outcome =
  /** With what went wrong for some of the recipients, for good. */
  | { readonly result: 'delivered'; readonly note?: string }
  /** It may work later. */
  | { readonly result: 'retry'; readonly error: string; readonly remaining?: readonly string[] }
  /** It will not: the receiver understood and refused. */
  | { readonly result: 'failed'; readonly error: string };

/** A way to tell somebody. */
export interface Receiver extends ReceiverRule {
  readonly integration: Notification['integration'];
  /**
   * Tries once. Never rejects: what goes wrong is an outcome, without secrets. The receiver may get a message twice; `id` is the
   * same then.
   * @param signal aborted when the process stops.
   */
  deliver(message: OutgoingMessage, signal: AbortSignal): Promise<Outcome>;
}
