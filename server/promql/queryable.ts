import type { LabelMatcher, Labels, SeriesKind } from '../model/labels.ts';
import type { Ms } from '../model/units.ts';

/** The only way the query engine sees data. Windows are left-open: (start, end]. */
export interface Queryable {
  /** Every series all matchers accept (`__name__` is one of them), in no order, with data prepared for [start, end]. */
  select(matchers: readonly LabelMatcher[], start: Ms, end: Ms): readonly QuerySeries[];
}

export interface QuerySeries {
  readonly kind: SeriesKind;
  readonly name: string;
  readonly labels: Labels;
  /**
   * The value an instant selector sees at `time`. A sum series: its cumulative value, 0 one slot before birth, never a reset,
   * present up to its origin's watermark + lookback. Others: the newest sample in (time - lookback, time], none when it is stale.
   */
  at(time: Ms, lookback: Ms): number | undefined;
  /** When the value that `at` sees was sampled, ms; of a sum series, the end of the newest slot it adds up. */
  sampledAt(time: Ms, lookback: Ms): number | undefined;
  /**
   * Whether what `at` sees is that of a border of slots before `time`, or older than samples that nobody knows any more: only roll-ups are
   * left of that time. Absent: never.
   */
  isMoved?(time: Ms, lookback: Ms): boolean;
  /** Whether some of what was asked for cannot be read any more, and was taken for empty. Absent: never. */
  hasLost?(): boolean;
  /** What a range function sees of (start, end]; undefined when there is nothing. */
  window(start: Ms, end: Ms): WindowView | undefined;
  /**
   * Every sample of (start, end] in time order, stale markers left out, when `window` of any part of it is made of these and of nothing
   * else; undefined when it is not, or when a source has no such thing.
   */
  samples?(start: Ms, end: Ms): SampleRun | undefined;
  /**
   * The roll-up slots of (start, end] that hold an event, when every `window` with borders on multiples of `grid` that begins at or after `from`
   * and before `until` is made of these and of nothing else; undefined when there are none such. Good until slots are asked for again.
   */
  slots?(start: Ms, end: Ms, grid: Ms): (RollupRun & { readonly from: Ms; readonly until: Ms }) | undefined;
}

/** Slots in time order, columns of one length; `ends` are the ends of the slots, ms, the others those of `RollupStats`. */
export interface RollupRun {
  readonly ends: Float64Array;
  readonly n: Float64Array;
  readonly firstTime: Float64Array;
  readonly first: Float64Array;
  readonly lastTime: Float64Array;
  readonly last: Float64Array;
  readonly adj: Float64Array;
}

/** Columns of one length: times in ms, and values. */
export interface SampleRun {
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/**
 * A window in the form that is exact for it:
 * - `sum`: increments; `increase` is `sum`, whatever the window.
 * - `samples`: raw samples in time order, stale markers left out.
 * - `rollup`: the merged slots of a coarser ring (reference: the merge rule in `server/store/pages/rollup.ts`); rate, increase, delta,
 *   min, max, avg, sum and count are exact from it, and nothing else is.
 * `aligned` is the window really covered when its borders cut a slot that no finer ring holds any more.
 */
export type WindowView =
  | { readonly form: 'sum'; readonly sum: number; readonly n: number; readonly aligned?: AlignedWindow }
  | {
      readonly form: 'samples';
      readonly times: Float64Array | readonly number[];
      readonly values: Float64Array | readonly number[];
    }
  | { readonly form: 'rollup'; readonly stats: RollupStats; readonly aligned?: AlignedWindow };

export interface AlignedWindow {
  readonly start: Ms;
  readonly end: Ms;
}

/** Times in ms; `adj` is the sum of the values just before each counter reset in the window. */
export interface RollupStats {
  readonly n: number;
  readonly firstTime: number;
  readonly first: number;
  readonly lastTime: number;
  readonly last: number;
  readonly adj: number;
  readonly resets: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}
