import type { Notice, ReceiverRule } from '../../rules/alerts/alert-notice.ts';
import type { Alert, ReceiverStatus } from '../model/alerts.ts';
import type { DocumentChange } from '../model/documents.ts';
import type { ReportMail } from '../model/report-mail.ts';
import type { RuleAlertStatus } from '../model/rule-alerts.ts';
import type { Ms } from '../model/units.ts';

/** Notices on their way into the journal. */
export interface PreparedMail {
  /** To be saved together with the change of the alert that caused the notices. */
  readonly changes: readonly DocumentChange[];
  /** Called once they are saved, and also when they could not be: a full disk must not silence the alarm. */
  send(): void;
}

/** Where notices go. What is in the journal is delivered at least once, in order for each receiver and alert. */
export interface Outbox {
  readonly receivers: readonly ReceiverRule[];
  prepare(alert: Alert | RuleAlertStatus, notices: readonly Notice[], now: Ms): PreparedMail;
  status(): readonly ReceiverStatus[];
}

/** Where reports go, on the same ways as notices. */
export interface ReportPost {
  /** `to`: instead of all recipients of the receiver. */
  post(receiver: string, report: ReportMail, now: Ms, to?: readonly string[]): PreparedMail;
}

/** For those who tell nobody. */
export const NO_OUTBOX: Outbox = {
  receivers: [],
  prepare: () => ({ changes: [], send: () => undefined }),
  status: () => [],
};
