import type { SeriesId } from '../../model/labels.ts';
import type { Series } from '../series/series-index.ts';
import type { DropReason } from './payload.ts';

/**
 * Absolute samples of many series in columns, the rows of one series one after the other. Nothing numbers them: what comes twice is
 * known by its timestamps.
 *
 *     targets  | 0             | 1    | 2            |
 *     ends     |             3 |    4 |            7 |
 *     rows     | 0    1    2   | 3    | 4    5    6  |
 */
export interface SampleWrite {
  /** The collector of the origins. */
  readonly collector: string;
  readonly targets: readonly SampleTarget[];
  /** The row after the last of each target. */
  readonly ends: ArrayLike<number>;
  /** ms since the epoch. */
  readonly times: Float64Array;
  readonly values: Float64Array;
  /** 1: a stale marker, whose value counts for nothing. */
  readonly stale: Uint8Array;
  /** It is the past that was not there: its age is judged by the series alone, and no source is told as alive by it. */
  readonly isPast?: true;
  /** What the request held that is no sample of any target, to be counted with the commit. */
  readonly unusable: ReadonlyMap<DropReason, number>;
}

/** Where samples go. The sender may keep it and name it again: the commit notes the series it found or made. */
export interface SampleTarget {
  /** The source of its origin. */
  readonly source: string;
  /** The kind is that of a series still to be made: one that is there keeps its own. */
  identity: SeriesId;
  series: Series | undefined;
}

/** What became of a write. */
export interface SampleVerdict {
  /** Rows accepted now. */
  readonly accepted: number;
  /** Rows that were there already. */
  readonly known: number;
  readonly refusals: readonly SampleRefusal[];
}

/** The rows that were refused for one reason, and the first of them. */
export interface SampleRefusal {
  readonly reason: DropReason;
  readonly count: number;
  readonly identity: SeriesId;
  readonly time: number;
  readonly value: number;
}
