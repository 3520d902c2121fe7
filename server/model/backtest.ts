import type { AlertTier } from './alerts.ts';
import type { SloStatus, StatusWindow } from './slo.ts';

type CalendarPeriod = NonNullable<StatusWindow['calendar']>;

/** `POST /api/vigie/backtest`: definitions that are not in force, over what the store still holds. Times are ms since the epoch. */
export interface BacktestRequest {
  /** An SLO file, as text; its path only names it in errors. */
  readonly file: string;
  readonly text: string;
  /** Ids of the file; none: all of it. */
  readonly slos?: readonly string[];
  readonly from: number;
  readonly to: number;
}

export interface BacktestAnswer {
  readonly from: number;
  readonly to: number;
  readonly slos: readonly BacktestComparison[];
}

/** What a file says and, where the id is in force, what is in force. */
export interface BacktestComparison {
  readonly id: string;
  readonly file: BacktestRun;
  readonly in_force?: BacktestRun;
}

/** What one definition would have made of the past. */
export interface BacktestRun {
  readonly objective: number;
  /** Of a calendar window the nominal length. */
  readonly window_secs: number;
  /** Of a calendar window its period; absent: rolling. */
  readonly calendar?: Pick<CalendarPeriod, 'every' | 'unit' | 'zone'>;
  /** Evaluated once in so many seconds: alerts may be late by that. */
  readonly step_secs: number;
  /** Of the events between `from` and `to`; those before the oldest one the store holds are not known. */
  readonly counts: SloStatus['counts'];
  readonly attained?: number;
  /**
   * The least that was left of the budget of the whole window, and when; absent without traffic. Where there is a whole window of history,
   * or else as far as it goes.
   */
  readonly worst?: { readonly time: number; readonly left_ratio: number };
  readonly alerts: readonly BacktestAlert[];
  /** The oldest event the store holds of it, when that is after the first window began: what was before counts as no events. */
  readonly history_from?: number;
  /** Before this moment the store keeps steps wider than `step_secs`; short windows are less sharp there. */
  readonly sharp_from?: number;
  /** Of an SLO of slices: before this moment the store cannot tell slices of one length apart, and none is counted. */
  readonly slices_from?: number;
}

/** One incident: a ticket may have become a page. */
export interface BacktestAlert {
  /** Whom it would have called and when, a tier once. */
  readonly calls: readonly BacktestCall[];
  /** Absent while it still fires at the end. */
  readonly resolved?: number;
}

export interface BacktestCall {
  readonly tier: AlertTier;
  readonly time: number;
  /** Share of the whole budget that the long window had spent: what the incident cost before anybody was told. */
  readonly spent_before: number;
  /** Left of the budget at that moment; absent without traffic. */
  readonly left_ratio?: number;
}
