import type { Matcher } from './engine.ts';
import type { Labels } from './labels.ts';
import type { RuleAlertStatus } from './rule-alerts.ts';
import type { Burn, BurnAlert, MadeTitle, SloStatus, SloUnit } from './slo.ts';

/**
 * One alert per SLO, with tiers inside it: `page` calls for a person now, `ticket` this week. Times are ms since the epoch; those
 * of an alert are event time, the moment its figures are true for.
 *
 *     inactive --condition, fresh figures--> firing --condition gone--> resolved (and inactive again)
 *        |                                     ^
 *        +--condition, figures too old--> pending --condition gone--> inactive, nobody was told
 */
export type AlertTier = BurnAlert['tier'];

/** The label `alertname` wherever Prometheus and Alertmanager want one. */
export const ALERT_NAME = 'ErrorBudgetBurn';

/** Worst first. */
export const ALERT_TIERS: readonly AlertTier[] = ['page', 'ticket'];

export const ALERT_STATES = ['firing', 'pending', 'resolved'] as const;
export type AlertState = (typeof ALERT_STATES)[number];

export interface Alert {
  /** `<slo>-<since, UTC>`, such as `shop-availability-20261121T030400Z`. */
  readonly id: string;
  readonly slo: string;
  readonly title: string;
  readonly made_title?: MadeTitle;
  readonly service: string;
  readonly owner: string;
  /** What its figures count; absent: requests. */
  readonly unit?: SloUnit;
  /** Labels of the SLO. */
  readonly labels: Labels;
  readonly state: AlertState;
  /** Absent: its budget burns. `no_data`: nobody has told for long how its service is, and it is over when all do again. */
  readonly cause?: 'no_data';
  /** Of the windows that burn now; of a resolved alert, the last one. */
  readonly tier: AlertTier;
  readonly worst_tier: AlertTier;
  /** When the condition was first true. */
  readonly since: number;
  /** When it fired; absent while pending. */
  readonly fired?: number;
  readonly resolved?: number;
  /** `withdrawn`: its SLO, or its alerts, were taken out of the definitions. */
  readonly resolved_by?: 'recovered' | 'withdrawn';
  /** Those of the latest evaluation for who asks of a current alert; those that made its latest change in messages and once it is over. */
  readonly figures: AlertFigures;
  /** Since when not all is known: the alert does not resolve meanwhile, and escalates only by what is heard. */
  readonly no_data_since?: number;
  /** The sources that nothing is heard of since then, five at most. */
  readonly silent?: readonly string[];
  /** Ids of the silences that keep it quiet now. */
  readonly silenced_by: readonly string[];
  /** What happened, oldest first; beyond fifty those in the middle are left out. */
  readonly timeline: readonly AlertEvent[];
  /** What to tell about it, most important first; `words/` has the messages. */
  readonly sentences: readonly AlertSentence[];
}

/** A sentence as data: the message `alert_<code>` in `words/`, and its arguments. */
export interface AlertSentence {
  readonly code: 'burning' | 'since' | 'spent' | 'left' | 'exhaustion' | 'pending' | 'no_data' | 'over' | 'eased';
  readonly args: Readonly<Record<string, string | number>>;
}

/** The arithmetic of an alert: its fastest burning pair of windows, and what is left of the budget. */
export interface AlertFigures {
  readonly as_of: number;
  readonly objective: number;
  readonly window_secs: number;
  readonly pair: Pick<BurnAlert, 'tier' | 'long_secs' | 'short_secs' | 'factor' | 'budget_share'>;
  readonly long: Burn;
  readonly short: Burn;
  /** Share of the whole budget that the long window spent. */
  readonly spent_ratio: number;
  readonly budget: SloStatus['budget'];
  readonly exhaustion: SloStatus['exhaustion'];
}

export const ALERT_EVENT_KINDS = [
  'pending',
  'fired',
  'escalated',
  'eased',
  'no_data',
  'data_back',
  'silenced',
  'unsilenced',
  'resolved',
  'withdrawn',
] as const;

export interface AlertEvent {
  readonly kind: (typeof ALERT_EVENT_KINDS)[number];
  /** When Vigie noticed it. */
  readonly time: number;
  readonly tier: AlertTier;
}

/** A message about an alert to one receiver. */
export interface Notification {
  readonly id: string;
  readonly receiver: string;
  readonly integration: 'webhook' | 'email';
  readonly alert: string;
  /** Absent: the alert of a rule. */
  readonly slo?: string;
  /** `resolved` also stands for a firing message that could not be delivered in time: its text says both. */
  readonly kind: 'firing' | 'resolved' | 'report';
  /** Of a report: ticket. */
  readonly tier: AlertTier;
  readonly created: number;
  /** `expired`: too old to be of use. `failed`: refused for good. `dropped`: its receiver or its place in the journal is gone. */
  readonly state: 'waiting' | 'delivered' | 'failed' | 'expired' | 'dropped';
  readonly attempts: number;
  /** When it left the journal. */
  readonly finished?: number;
  /** Of the last attempt that failed. */
  readonly error?: string;
}

/**
 * Keeps the alerts quiet whose labels all matchers accept. An alert has the labels of its SLO and `slo`, `service`, `owner`,
 * `tier`.
 */
export interface Silence {
  readonly id: string;
  readonly matchers: readonly Matcher[];
  readonly starts: number;
  readonly ends: number;
  readonly author: string;
  readonly comment: string;
  readonly created: number;
  readonly updated: number;
}

export type SilenceState = 'pending' | 'active' | 'expired';

/** The body of `POST /api/vigie/silences` and `/api/vigie/silences/preview`: with an id it edits. */
export interface SilenceRequest {
  readonly id?: string;
  readonly matchers: readonly Matcher[];
  /** Default: now. */
  readonly starts?: number;
  /** Either the end, or the duration from the start such as `2h`. */
  readonly ends?: number;
  readonly duration?: string;
  readonly author: string;
  readonly comment: string;
}

/** `GET /api/vigie/alerts?limit=N&before=CURSOR&slo=ID`. */
export interface AlertsAnswer {
  readonly time: number;
  /** Firing and pending, worst first. */
  readonly current: readonly Alert[];
  /** Alerts that fired and resolved, newest first. */
  readonly history: readonly Alert[];
  /** Of alerting rules in Prometheus rule files, worst first; absent without rule files. */
  readonly rules?: readonly RuleAlertStatus[];
  /** `before` of the next page; absent on the last. */
  readonly next?: number;
  /** Receivers and how they are. */
  readonly receivers: readonly ReceiverStatus[];
}

/** `GET /api/vigie/alerts/:id`. */
export interface AlertDetail {
  readonly alert: Alert;
  /** Its sentences in English, for those without words of their own. */
  readonly text: readonly string[];
  /** Its messages, newest first. */
  readonly notifications: readonly Notification[];
}

export interface ReceiverStatus {
  readonly name: string;
  readonly integration: Notification['integration'];
  readonly tiers: readonly AlertTier[];
  readonly waiting: number;
  /** Since the process started. */
  readonly delivered: number;
  readonly failed: number;
  readonly last_error?: string;
}

/** `GET /api/vigie/silences`: those in force or to come first, then the expired, newest first. */
export interface SilencesAnswer {
  readonly time: number;
  readonly silences: readonly (Silence & { readonly state: SilenceState })[];
}

/** What a silence would keep quiet now: ids of current alerts, and of the SLOs whose alerts it would match. */
export interface SilencePreview {
  readonly alerts: readonly string[];
  readonly slos: readonly string[];
}
