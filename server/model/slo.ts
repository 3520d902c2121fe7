import type { SourceState } from './batch.ts';
import type { ShownExclusion } from './exclusions.ts';
import type { GateOverride } from './gate.ts';
import type { Labels } from './labels.ts';
import type { ShownRelease } from './releases.ts';
import type { SloChange } from './slo-changes.ts';
import type { SloPart } from './slo-part.ts';

/** The states of LOOK, worst first where they compare. */
export const SLO_STATES = [
  'exhausted',
  'burning',
  'no_data',
  'no_traffic',
  'too_little_traffic',
  'too_new',
  'ok',
] as const;
export type SloState = (typeof SLO_STATES)[number];

export type SloKind = 'availability' | 'latency' | 'query' | 'up' | 'composite';

/** What the counts of an SLO are counts of. */
export type SloUnit = 'requests' | 'events' | 'slices';

/** What a calendar counts in, shortest first. */
export const CALENDAR_UNITS = ['day', 'week', 'month', 'quarter', 'year'] as const;
export type CalendarUnit = (typeof CALENDAR_UNITS)[number];

/** The window of an SLO as it was counted, (start, end]; `end` is `as_of`. */
export interface StatusWindow {
  /** Its length; of a calendar window the nominal one that burn factors are made of: a month has 30 days. */
  readonly duration_secs: number;
  readonly start: number;
  readonly end: number;
  /** Absent: rolling. */
  readonly calendar?: {
    /** Units per period. */
    readonly every: number;
    readonly unit: CalendarUnit;
    /** An IANA name. */
    readonly zone: string;
    /** When the period ends and the budget starts anew, > `as_of` or the same. */
    readonly end: number;
  };
}

/** The owner of what nobody said an owner of. */
export const UNOWNED = 'unowned';

/** A title nobody wrote, by what it is made of: pages say it in the reader's language. */
export interface MadeTitle {
  readonly kind: SloKind;
  readonly service: string;
  /** Of latency. */
  readonly threshold_secs?: number;
  /** The values of labels that make it one of several. */
  readonly group?: string;
}

/** A number people act on, computed once (`rules/figures/status.ts`) and shown everywhere. Times are ms since the epoch; ratios 0..1. */
export interface SloStatus {
  readonly id: string;
  readonly title: string;
  readonly made_title?: MadeTitle;
  readonly service: string;
  readonly owner: string;
  readonly labels: Labels;
  /** The definition that it is one of the SLOs of, and the values of the labels that make them several. */
  readonly group?: { readonly of: string; readonly labels: Labels };
  /** Found by Vigie, not yet kept by a person. */
  readonly proposed: boolean;
  readonly kind: SloKind;
  /** Seconds; latency only. */
  readonly threshold_secs?: number;
  /** What `counts`, `budget` and `burns` count. */
  readonly unit: SloUnit;
  /** When they count slices of time: their length, and the share of good events that makes one good; absent: slices count by their share. */
  readonly slices?: { readonly every_secs: number; readonly good_at?: number };
  readonly objective: number;
  readonly state: SloState;
  /** Why the state is not `ok`, and what to do, most important first. */
  readonly reasons: readonly Reason[];
  /** The moment the figures are true for: the slowest watermark of the sources behind them. */
  readonly as_of: number;
  readonly window: StatusWindow;
  readonly counts: { readonly total: number; readonly good: number; readonly bad: number };
  /** good / total; absent without traffic. */
  readonly attained?: number;
  readonly budget: {
    /** Bad events the objective allows at this traffic: total * (1 - objective). */
    readonly allowed: number;
    /** In a calendar window that total: the events of a whole period's length before `as_of`. Absent: `counts.total`. */
    readonly events?: number;
    readonly spent: number;
    readonly left: number;
    /** left / allowed, <= 1, negative when overspent; absent without traffic. */
    readonly left_ratio?: number;
  };
  readonly burns: readonly Burn[];
  readonly alerts: readonly BurnAlert[];
  readonly alerts_left_out?: readonly LeftOutAlert[];
  /** Of a composite, whose counts weigh the events of these: in the order of the file. */
  readonly parts?: readonly SloPart[];
  /** Tier of the alert when there is no data for long; absent: nobody is told. */
  readonly no_data_tier?: BurnAlert['tier'];
  /** States of silence that the definition takes for bad: the gate says no. */
  readonly bad_silence?: readonly ('no_data' | 'no_traffic')[];
  /** While some sources are silent: what the others say of the time since `as_of`. */
  readonly heard?: HeardFigures;
  /** When exclusions leave out some of the window. */
  readonly excluded?: ExcludedFigures;
  /** The alert that fires because the budget burns. It may outlast its pairs: without requests they cannot say that it is over. */
  readonly alert?: { readonly id: string; readonly tier: BurnAlert['tier'] };
  /**
   * When the budget is gone at the burn of the last hour; `gains` when a rolling one burns below its allowance, `lasts` when that of a
   * calendar period is there at the period's end.
   */
  readonly exhaustion:
    | { readonly kind: 'at'; readonly time: number }
    | { readonly kind: 'gains' | 'lasts' | 'spent' | 'unknown' };
  readonly sources: readonly SloSource[];
  /** Newest event behind the figures. */
  readonly newest_event?: number;
}

/** What exclusions leave out of an SLO window. All other figures of the status are without it. */
export interface ExcludedFigures {
  /** Length of what is left out, as it was counted: where only wide slots are left, whole ones are. */
  readonly seconds: number;
  readonly counts: SloStatus['counts'];
  /** The figures of the window if nothing were left out. */
  readonly otherwise: Pick<SloStatus, 'counts' | 'attained' | 'budget'>;
  /** Ids of the exclusions. */
  readonly exclusions: readonly string[];
}

/** Burn rate over one window: the share of bad events divided by the share allowed. 1 spends the budget exactly in time. */
export interface Burn {
  readonly window_secs: number;
  readonly total: number;
  readonly bad: number;
  /** Absent without traffic. */
  readonly rate?: number;
}

/**
 * Figures of the sources that are heard, up to a later moment than all are complete to. The bad events in them are real and others may
 * be missing, good ones too: they can say that a budget burns, never that it does not.
 */
export interface HeardFigures {
  readonly as_of: number;
  readonly burns: readonly Burn[];
  readonly alerts: readonly BurnAlert[];
}

/** A pair of windows that must both burn faster than `factor` (SRE workbook, chapter 5). */
export interface BurnAlert {
  readonly tier: 'page' | 'ticket';
  readonly long_secs: number;
  readonly short_secs: number;
  /** budget_share * window / long. */
  readonly factor: number;
  readonly budget_share: number;
  /** With fewer events in the long window it does not fire. */
  readonly min_events?: number;
  /** Nor with fewer bad ones; absent: two, or one where one event is enough. */
  readonly min_bad?: number;
  readonly firing: boolean;
}

/** A usual pair of windows that cannot fire here: even with every event bad the budget burns no faster than `max_burn`. */
export interface LeftOutAlert extends Pick<BurnAlert, 'tier' | 'long_secs' | 'short_secs' | 'factor' | 'budget_share'> {
  /** 1 / (1 - objective). */
  readonly max_burn: number;
}

export interface SloSource {
  readonly origin: string;
  readonly complete_to?: number;
  /** The first moment it was ever complete to. */
  readonly heard_from?: number;
  readonly state?: SourceState;
  readonly note?: string;
  /** When it was removed from its collector's configuration; the figures do not wait for it. */
  readonly retired?: number;
}

/** What a definition with `group_by` made of the values it found. */
export interface SloGroups {
  /** Its id. */
  readonly slo: string;
  readonly service: string;
  readonly group_by: readonly string[];
  /** Groups that are SLOs. */
  readonly groups: number;
  readonly max_groups: number;
  /** Groups above `max_groups`: nobody looks at them. */
  readonly left_out: number;
}

/** A sentence as data: the key of a message in `words/`, and its arguments. */
export interface Reason {
  readonly code: ReasonCode;
  readonly args: Readonly<Record<string, string | number>>;
}

export const REASON_CODES = [
  'budget_spent',
  'burning_fast',
  'burning_slow',
  'watermark_stale',
  'never_heard',
  'no_series',
  'no_request_yet',
  'source_broken',
  'source_removed',
  'no_traffic',
  'data_elsewhere',
  'too_little_traffic',
  'too_new',
  'not_measurable',
  'budget_left',
  'no_slo',
  'all_excluded',
  'silence_passed_over',
  'groups_left_out',
  'part_not_counted',
  'data_damaged',
  'budget_low',
  'burn_high',
  'frozen',
  'budget_policy',
  'overridden',
] as const;
export type ReasonCode = (typeof REASON_CODES)[number];

export type GateDecision = 'go' | 'no_go' | 'unknown';

/** The answer to "may we ship?". */
export interface GateAnswer {
  readonly decision: GateDecision;
  readonly time: number;
  /** The one sentence (English); pages translate `reasons` themselves. */
  readonly sentence: string;
  /** At most three matter to people; all are here, worst first. */
  readonly reasons: readonly GateReason[];
  readonly slos: readonly { readonly id: string; readonly state: SloState; readonly decision: GateDecision }[];
  /** Those in force for the services asked about, whether or not they made a difference. */
  readonly overrides?: readonly GateOverride[];
}

/** Why: what this reason says by itself may be worse than the decision, of a service that is let through. */
export interface GateReason extends Reason {
  readonly slo: string;
  /** Of that SLO; absent where there is none. What a reason says of it may name a group of it. */
  readonly service?: string;
  readonly decision: GateDecision;
  /** Its sentence, where the question named a language. */
  readonly text?: string;
}

/** One step of an error-budget policy: what happens once only so much of the budget is left. */
export interface BudgetPolicyLevel {
  /** Reached at this share of the budget left, or less. */
  readonly left_ratio: number;
  readonly action: string;
  readonly who?: string;
  /** Whether it stops releases. */
  readonly freeze: boolean;
  /** The lowest level that is reached; none while the figures cannot be judged. */
  readonly in_force: boolean;
}

/** A selector of a definition that finds no series: nothing counts by it. */
export interface UnmatchedSelector {
  readonly slo: string;
  readonly selector: string;
  /** When the other selectors of the SLO began to count, ms; absent: none of them finds anything. */
  readonly since?: number;
}

/** `POST /api/vigie/reload`: what is in force now. */
export interface SloReload {
  readonly slos: number;
  readonly proposed: number;
  /** Ids of SLOs whose figures are computed anew because their definitions changed. */
  readonly changed?: readonly string[];
  readonly unmatched?: readonly UnmatchedSelector[];
  /** Groups of Prometheus rule files. */
  readonly rule_groups?: number;
  /** Of the store; absent where there is no configuration file. */
  readonly rings?: RingReload;
}

/** The rings that the configuration chooses now, and the series that are still to get theirs. */
export interface RingReload {
  readonly profiles: number;
  readonly waiting: number;
}

export const HISTORY_DAYS = 28;

/** `GET /api/vigie/slos/history`: the last HISTORY_DAYS days (UTC) of every SLO, the last one unfinished. */
export interface SloHistory {
  /** When the last day was counted. */
  readonly time: number;
  /** Ends of the days, ms. */
  readonly days: readonly number[];
  /** By SLO: the burn of each day, 1 where it spent its share of the budget exactly; null without traffic. */
  readonly burns: Readonly<Record<string, readonly (number | null)[]>>;
}

/** `GET /api/vigie/slos/:id`: the status and the lines of its page. */
export interface SloDetail {
  readonly status: SloStatus;
  readonly range: {
    readonly start: number;
    readonly end: number;
    readonly step_secs: number;
    /** Where the ideal line reaches 0: the end of a calendar period that was asked for as a whole. */
    readonly period_end?: number;
  };
  /** Ends of the steps, ms; all columns have this length. */
  readonly time: readonly number[];
  readonly total: readonly number[];
  readonly bad: readonly number[];
  /** good / total of the step; null without traffic: a gap stays a gap. */
  readonly sli: readonly (number | null)[];
  /** Budget left of the whole window at each moment, as a ratio; null where unknown. */
  readonly budget_left: readonly (number | null)[];
  readonly budget_ideal: readonly number[];
  /** What the gate says of this SLO alone. */
  readonly gate?: Pick<GateAnswer, 'decision' | 'reasons'>;
  /** Of its service, fullest budget first; absent where nobody wrote one. */
  readonly budget_policy?: readonly BudgetPolicyLevel[];
  /** Exclusions with a part in the window, newest first; the undone ones without spans. */
  readonly exclusions?: readonly ShownExclusion[];
  /** Releases of its service within the range, newest first. */
  readonly releases?: readonly ShownRelease[];
  /** Of what decides its figures, newest first: all figures are those of the present definition. */
  readonly changes?: readonly SloChange[];
  readonly unmatched?: readonly UnmatchedSelector[];
  /** The definition as YAML, ready to keep. */
  readonly definition: string;
}
