/** What a part of a composite counts as that has not told for five minutes while others have. */
export const LATE_POLICIES = ['wait', 'ignore', 'bad', 'good'] as const;
export type LatePolicy = (typeof LATE_POLICIES)[number];

/** Whether a part counts over a window, and why not. */
export type PartState = 'counted' | 'late_bad' | 'late_good' | 'late_ignored' | 'too_new' | 'no_traffic' | 'too_few';

/** A part of a composite SLO, as it counts in the window of that. */
export interface SloPart {
  /** Its id. */
  readonly slo: string;
  readonly title: string;
  /** It has groups, which count all together: there is no one SLO of this id. */
  readonly grouped?: true;
  /** As written, > 0. */
  readonly weight: number;
  readonly late: LatePolicy;
  readonly state: PartState;
  /** Of the weight of all that count, 0..1; 0 for one that does not. */
  readonly share: number;
  /** Its own, not weighed. */
  readonly counts: { readonly total: number; readonly good: number; readonly bad: number };
  /** Absent without traffic. */
  readonly attained?: number;
  /** What it spent of the budget of the composite; all parts add up to spent / allowed. */
  readonly spent_ratio: number;
}
