import type { PositionValue, SourceState } from '../server/model/batch.ts';
import type { Labels, SeriesKind } from '../server/model/labels.ts';
import type { HitTable } from '../server/model/web-log.ts';

/**
 * Lines of one read: byte ranges of one buffer, so that no string is made per line. Transforms add columns beside the ranges
 * and narrow `rows`; nobody writes into a batch it was given.
 *
 *     bytes   ...198.51.100.7 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 512\n198.51...
 *             ^ start[0]                                                              ^ end[0]
 */
export interface LogBatch {
  readonly kind: 'logs';
  readonly bytes: Buffer;
  readonly start: Int32Array;
  readonly end: Int32Array;
  /** The lines still in the batch, in order: indices into the columns. */
  readonly rows: Int32Array;
  /** Lines no parser could read, in order and none of `rows`: for a store alone, and counted nowhere. Their `time` is that of a line near. */
  readonly unparsed?: Int32Array;
  /** When the lines were read, ms since the epoch. */
  readonly arrived: number;
  /** What every line of the batch shares: `path`, `service` and the like. Never taken from the lines. */
  readonly attributes: Labels;
  /** Columns by field name; all have the length of `start`. Empty before `parse`. */
  readonly fields: ReadonlyMap<string, Column>;
}

/**
 * Text is a byte range (start -1: absent); `escaped` ranges hold the log format's escapes still. Numbers use NaN for absent. Words
 * are members of a small fixed list (index -1: absent).
 */
export type Column =
  | { readonly type: 'word'; readonly words: readonly string[]; readonly index: Int8Array }
  | { readonly type: 'text'; readonly start: Int32Array; readonly end: Int32Array; readonly escaped: boolean }
  | { readonly type: 'number'; readonly values: Float64Array };

/** Metric events, in the columns of the wire (`server/model/batch.ts`): rows of one array index belong together. */
export interface MetricBatch {
  readonly kind: 'metrics';
  readonly series: readonly { readonly kind: SeriesKind; readonly name: string; readonly labels: Labels }[];
  readonly increments: { series: number[]; time: number[]; n: number[]; sum: number[] };
  readonly samples: { series: number[]; time: number[]; value: (number | 'NaN' | '+Inf' | '-Inf' | 'stale')[] };
}

/** Requests counted for the web-log report. */
export interface HitBatch {
  readonly kind: 'hits';
  /** The lines that were counted. */
  readonly lines: number;
  readonly tables: readonly HitTable[];
}

export type Batch = LogBatch | MetricBatch | HitBatch;

/** How far a source is, told every 10 s in the stream of its batches. */
export interface SourceProgress {
  /** Everything up to this moment (ms) has been emitted. */
  readonly completeTo: number;
  readonly newestEvent?: number;
  readonly service?: string;
  readonly state: SourceState;
  readonly note?: string;
}

/** What a source hands over: a batch *with its positions*, and now and then its progress. Applied as one. */
export interface SourceBatch {
  readonly batch?: Batch;
  /** End positions after this batch, by key; `null` forgets one. */
  readonly positions: Readonly<Record<string, PositionValue | null>>;
  readonly progress?: SourceProgress;
}
