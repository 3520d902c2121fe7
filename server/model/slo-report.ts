import type { AlertTier } from './alerts.ts';
import type { GateOverride } from './gate.ts';
import type { MadeTitle, SloStatus, SloUnit } from './slo.ts';

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
  /** Of the hosts that report file systems; absent: none does. */
  readonly disks?: DiskOutlook;
  /** What the store takes now and what it never passes, bytes. */
  readonly store: { readonly bytes: number; readonly worst_case_bytes: number };
}

/** `no_traffic`: its sources told that nothing happened. `no_data`: nobody knows. */
export type SloReportResult = 'met' | 'missed' | 'no_traffic' | 'no_data';

/**
 * Why nothing is known of a period: nobody ever told of it; what is counted begins later; the sources are silent since before it ends;
 * slices of one length are not there any more; what is promised cannot be measured.
 */
export type NoDataCause = 'never' | 'later' | 'silent' | 'sliced' | 'not_measurable';

/** What of a period is known, where that is not all of it. Days outside say so (`ReportDay.unknown`). */
export interface KnownPart {
  /** The first data there is of the SLO. */
  readonly counted_from?: number;
  /** The first of its sources was heard then, before the first data: whether there was no traffic between, or nothing counted it, nobody knows. */
  readonly heard_from?: number;
  /** Before this day slices of one length cannot be told apart any more, and none is counted. */
  readonly slices_from?: number;
  /** The sources that its figures wait for are silent since. */
  readonly complete_to?: number;
}

export interface SloReportEntry extends KnownPart {
  readonly id: string;
  readonly title: string;
  /** Where nobody wrote it. */
  readonly made_title?: MadeTitle;
  readonly service: string;
  readonly owner: string;
  readonly unit: SloUnit;
  readonly objective: number;
  /** Latency only. */
  readonly threshold_secs?: number;
  readonly result: SloReportResult;
  /** Of the result `no_data`. */
  readonly no_data?: NoDataCause;
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
  readonly previous: {
    readonly total: number;
    /**
     * By how much more was counted in this period than in it, by length: 0.12 is 12 % more, -1 nothing at all. Absent where that is not
     * known: of a period that is not over, of one that is known in part or has exclusions, and of slices, which are time.
     */
    readonly traffic_change?: number;
    readonly attained?: number;
    /** Nothing is known of it. */
    readonly unknown?: true;
    /** The first data, when they are after its start. */
    readonly counted_from?: number;
  };
  readonly days: readonly ReportDay[];
  /** The days that spent most, worst first, three at most. */
  readonly worst_days: readonly ReportDay[];
  /** That fired in the period, oldest first. */
  readonly alerts: readonly {
    readonly id: string;
    readonly tier: AlertTier;
    /** Absent: the budget burned. */
    readonly cause?: 'no_data';
    readonly fired: number;
    readonly resolved?: number;
  }[];
  /** Of its service in the period, oldest first; the last fifty. */
  readonly releases: readonly { readonly version: string; readonly time: number }[];
  /** What exclusions left out of all this. */
  readonly excluded?: {
    readonly total: number;
    /** Ids. */
    readonly exclusions: readonly string[];
    /** The same with what people said. */
    readonly details: readonly ReportedExclusion[];
  };
  /** Of the SLO's own window when the report was made: the figures of its page. `left_ratio` is that of the budget. */
  readonly now: Pick<SloStatus, 'state' | 'as_of' | 'window' | 'counts' | 'attained' | 'budget'> & {
    readonly left_ratio?: number;
  };
  readonly trend: BudgetTrend;
}

export interface ReportDay {
  readonly start: number;
  readonly total: number;
  readonly bad: number;
  /** Share of the whole period's budget that it spent; 0 without traffic. */
  readonly spent_ratio: number;
  /** Nothing is known of it. */
  readonly unknown?: true;
}

export interface ReportedExclusion {
  readonly id: string;
  readonly reason: string;
  readonly author: string;
  /** Its first spans within the period, and how many more there are. */
  readonly spans: readonly { readonly start: number; readonly end: number }[];
  readonly more: number;
}

/** How the SLO's own budget goes on at the burn of the last three days, or of its whole window where that is shorter. */
export type BudgetTrend =
  | { readonly kind: 'runs_out'; readonly time: number; readonly rate: number; readonly over_secs: number }
  | { readonly kind: 'lasts'; readonly rate: number; readonly over_secs: number }
  | { readonly kind: 'spent' | 'unknown' };

export interface DiskOutlook {
  /** File systems that were reported in the period. */
  readonly reported: number;
  /** Those that are full within a year if they go on as in the period, soonest first; the first twenty. */
  readonly filling: readonly FillingDisk[];
  readonly left_out: number;
}

/** A file system whose use grows along a straight line. */
export interface FillingDisk {
  readonly host: string;
  readonly mountpoint: string;
  /** Of the last value, 0..1, as df shows it. */
  readonly used_ratio: number;
  /** Where the line reaches 1. */
  readonly full_at: number;
  readonly growth_per_day: number;
  /** Coefficient of determination of the line, 0..1. */
  readonly r_squared: number;
  readonly values: number;
}
