import type { AlertTier } from './alerts.ts';
import type { GateOverride } from './gate.ts';
import type { SloState, SloUnit } from './slo.ts';

export const REPORT_PERIODS = ['week', 'month', 'quarter'] as const;
export type ReportPeriod = (typeof REPORT_PERIODS)[number];

export const SLO_REPORT_FORMATS = ['html', 'md', 'json'] as const;
export type SloReportFormat = (typeof SLO_REPORT_FORMATS)[number];

/** Every SLO over one calendar period. Times are ms since the epoch, ratios 0..1. */
export interface SloReport {
  readonly period: ReportPeriod;
  /** IANA name: its clocks begin and end days and periods. */
  readonly zone: string;
  readonly start: number;
  /** First moment after it. */
  readonly end: number;
  /** When it was made; before `end` the period is not over. */
  readonly time: number;
  /** Those that missed their objective first, then the smaller budget. */
  readonly slos: readonly SloReportEntry[];
  /** Who let which service through its gate meanwhile, newest first. */
  readonly overrides: readonly GateOverride[];
  /** What the store takes now and what it never passes, bytes. */
  readonly store: { readonly bytes: number; readonly worst_case_bytes: number };
}

export interface SloReportEntry {
  readonly id: string;
  readonly title: string;
  readonly service: string;
  readonly owner: string;
  readonly unit: SloUnit;
  readonly objective: number;
  readonly counts: { readonly total: number; readonly good: number; readonly bad: number };
  /** Absent without traffic. */
  readonly attained?: number;
  /** Of this period, whatever the window of the SLO. */
  readonly budget: {
    readonly allowed: number;
    readonly spent: number;
    readonly left: number;
    readonly left_ratio?: number;
  };
  /** The period before. */
  readonly previous: { readonly total: number; readonly attained?: number };
  readonly days: readonly ReportDay[];
  /** The days that spent most, worst first, three at most. */
  readonly worst_days: readonly ReportDay[];
  /** That fired in the period, oldest first. */
  readonly alerts: readonly {
    readonly id: string;
    readonly tier: AlertTier;
    readonly fired: number;
    readonly resolved?: number;
  }[];
  /** Of its service in the period, oldest first; the last fifty. */
  readonly releases: readonly { readonly version: string; readonly time: number }[];
  /** What exclusions left out of all this. */
  readonly excluded?: { readonly total: number; readonly exclusions: readonly string[] };
  /** Of the SLO's own window when the report was made. */
  readonly now: { readonly state: SloState; readonly left_ratio?: number };
  readonly trend: BudgetTrend;
}

export interface ReportDay {
  readonly start: number;
  readonly total: number;
  readonly bad: number;
  /** Share of the whole period's budget that it spent; 0 without traffic. */
  readonly spent_ratio: number;
}

/** How the SLO's own budget goes on at the burn of the last three days. */
export type BudgetTrend =
  | { readonly kind: 'runs_out'; readonly time: number; readonly rate: number }
  | { readonly kind: 'lasts'; readonly rate: number }
  | { readonly kind: 'spent' | 'unknown' };
