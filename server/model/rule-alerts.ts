import type { AlertState, AlertTier } from './alerts.ts';
import type { Labels } from './labels.ts';

/** An alert of an alerting rule in a Prometheus rule file. Times are ms since the epoch. */
export interface RuleAlertStatus {
  /** The same for the same rule and labels, however often it fires. */
  readonly id: string;
  /** The name of its rule. */
  readonly rule: string;
  readonly group: string;
  readonly file: string;
  /** `resolved` ones are told for a quarter of an hour. */
  readonly state: AlertState;
  /** By the label `severity`. */
  readonly tier: AlertTier;
  /** `alertname` is one of them; cut at some thousand characters, as annotations are. */
  readonly labels: Labels;
  readonly annotations: Labels;
  /** Of its expression, as Prometheus prints numbers. */
  readonly value: string;
  /** Since when the condition holds. */
  readonly since: number;
  readonly fired?: number;
  readonly resolved?: number;
  /** Ids of the silences that keep it quiet now. */
  readonly silenced_by: readonly string[];
}
