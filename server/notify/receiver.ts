import type { ReceiverRule } from '../../rules/alerts/alert-notice.ts';
import type { Alert, Notification } from '../model/alerts.ts';
import type { ReportMail } from '../model/report-mail.ts';
import type { RuleAlertStatus } from '../model/rule-alerts.ts';

interface Waiting extends Notification {
  /** Whom of several recipients it has not reached yet; absent: all of them. */
  readonly remaining?: readonly string[];
}

/** A notification in the journal, with the alert as it stood when it was written. */
export interface AlertMessage extends Waiting {
  readonly kind: 'firing' | 'resolved';
  readonly content: Alert | RuleAlertStatus;
}

/** A report in the journal; it goes by mail. */
export interface ReportMessage extends Waiting {
  readonly kind: 'report';
  readonly content: ReportMail;
}

export type OutgoingMessage = AlertMessage | ReportMessage;

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
