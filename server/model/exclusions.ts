import type { Matcher } from './engine.ts';
import type { SloState, SloStatus } from './slo.ts';

/**
 * A span whose events count neither for nor against an SLO: maintenance, a drill, a fault that was somebody else's. The events stay in
 * the store. It is never changed: what was wrong is undone, by an entry of its own, and made anew.
 */
export interface Exclusion {
  readonly id: string;
  /** Ids of SLOs; absent when `matchers` choose them. */
  readonly slos?: readonly string[];
  /** All must accept the labels of an SLO and its `slo`, `service` and `owner`. */
  readonly matchers?: readonly Matcher[];
  /** Of the first occurrence; whole minutes, ms. */
  readonly starts: number;
  readonly ends: number;
  /** Absent: once. */
  readonly recurrence?: WrittenRecurrence;
  readonly reason: string;
  readonly author: string;
  readonly created: number;
}

/** A rule of RFC 5545, 3.3.10, such as `FREQ=WEEKLY;BYDAY=TU`, by the clocks of a zone. */
export interface WrittenRecurrence {
  readonly rule: string;
  /** An IANA name. */
  readonly zone: string;
}

/** Takes an exclusion out of force, for its past as well. */
export interface ExclusionUndo {
  readonly exclusion: string;
  readonly author: string;
  readonly reason?: string;
  readonly created: number;
}

/** `now`: inside an occurrence; `ahead`: before one; `past`: there will be none any more. */
export type ExclusionState = 'now' | 'ahead' | 'past' | 'undone';

/** The body of `POST /api/vigie/exclusions` and `/api/vigie/exclusions/preview`. */
export interface ExclusionRequest {
  /** Either these or matchers. */
  readonly slos?: readonly string[];
  readonly matchers?: readonly Matcher[];
  /** Default: the minute that runs. */
  readonly starts?: number;
  /** Either the end, or the duration from the start such as `2h`. */
  readonly ends?: number;
  readonly duration?: string;
  readonly recurrence?: WrittenRecurrence;
  readonly reason: string;
  readonly author: string;
}

/** The body of `DELETE /api/vigie/exclusions/:id`. */
export interface UndoRequest {
  readonly author: string;
  readonly reason?: string;
}

export interface ListedExclusion extends Exclusion {
  readonly state: ExclusionState;
  /** Start of the next occurrence, while there is one. */
  readonly next?: number;
  readonly undone?: ExclusionUndo;
  /** Ids of the SLOs there are that it is about. */
  readonly applies_to: readonly string[];
}

/** `GET /api/vigie/exclusions`: in force or to come first, then the past and the undone, newest first. */
export interface ExclusionsAnswer {
  readonly time: number;
  readonly exclusions: readonly ListedExclusion[];
}

/** The figures of an SLO's window. */
export type WindowFigures = Pick<SloStatus, 'objective' | 'counts' | 'attained' | 'budget'> & {
  readonly state: SloState;
};

/** What an exclusion changes: the figures as they are now, and with it. */
export interface ExclusionPreview {
  readonly slos: readonly { readonly id: string; readonly before: WindowFigures; readonly after: WindowFigures }[];
}

/** An exclusion on the page of an SLO: its spans and counts within the range of the page's window. */
export interface ShownExclusion extends ListedExclusion {
  /** Within the SLO window, as they are really left out; none while undone. */
  readonly spans: readonly { readonly start: number; readonly end: number }[];
  /** What it alone would leave out of the window. */
  readonly counts: SloStatus['counts'];
}
