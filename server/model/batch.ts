import type { Labels, SeriesKind } from './labels.ts';
import type { LineBlock, LineColumns } from './logs.ts';
import type { HitTable } from './web-log.ts';

/**
 * What a `vigie` sink sends: JSON in UTF-8, columns instead of rows, so that a batch of many increments parses at the speed of
 * number arrays. The digest of the envelope (`ingest.ts`) is taken over exactly these bytes.
 *
 * A batch comes from one source. Its increments, samples, watermark and end positions are applied together or not at all.
 * Readers ignore keys they do not know: later versions add columns beside these.
 */
export interface BatchPayload {
  readonly v: 1;
  /** The component id of the source; collector + source is the *origin* whose high-water mark judges age. */
  readonly source: string;
  /**
   * This is a part of a batch that was cut, and the next sequence is another. A server applies the parts together, when the last
   * one comes, which has no `more`; a collector keeps them until that one is acknowledged.
   */
  readonly more?: true;
  /** The series named by index in the columns below. */
  readonly series: readonly WireSeries[];
  readonly increments?: IncrementColumns | PackedIncrements;
  readonly samples?: SampleColumns;
  /** Log lines to be stored and searched; collectors of earlier versions send LineColumns. */
  readonly lines?: readonly LineBlock[] | LineColumns;
  /** Requests of the web-log report, counted by day. */
  readonly hits?: readonly HitTable[];
  readonly watermark?: Watermark;
  /** End positions of this batch: opaque to the server, which keeps the newest value of each key. `null` forgets a key. */
  readonly positions?: Readonly<Record<string, PositionValue | null>>;
}

export interface WireSeries {
  readonly kind: SeriesKind;
  readonly name: string;
  readonly labels: Labels;
}

/** Increments of sum series; row `i` adds `n[i]` events worth `sum[i]` to `series[i]` at `time[i]`. All arrays have one length. */
export interface IncrementColumns {
  readonly series: readonly number[];
  /** Whole seconds since the epoch, rounded up: exact for every ring, whose slots are left-open and whole seconds wide. */
  readonly time: readonly number[];
  /** Events, integer >= 1. */
  readonly n: readonly number[];
  /** Finite. */
  readonly sum: readonly number[];
}

/**
 * Increments of a batch that has many. `packed` is, compressed with brotli (RFC 7932) and in base64, one column behind the other, in
 * little-endian; `n`, `sum`, `series` and `time` are those of IncrementColumns, and rows of one series stand together:
 *
 *     n f64 * rows | sum f64 * rows | series u32 * rows | time u32 * rows
 */
export interface PackedIncrements {
  readonly rows: number;
  readonly packed: string;
}

export const PACKED_ROW_BYTES = 24;

/** What the increments of a payload may unpack to, and the texts of its lines all together. */
export const MAX_UNPACKED_BYTES = 64 * 2 ** 20;

/** Absolute samples of counter and gauge series. `time` is milliseconds since the epoch. */
export interface SampleColumns {
  readonly series: readonly number[];
  readonly time: readonly number[];
  /** JSON has no NaN or infinity; staleness is an event, never a number. */
  readonly value: readonly (number | 'NaN' | '+Inf' | '-Inf' | 'stale')[];
}

export type PositionValue =
  | string
  | number
  | boolean
  | null
  | readonly PositionValue[]
  | { readonly [key: string]: PositionValue };

/** Every 10 s, and sequenced like data: how far in event time a source is complete, and how it is. */
export interface Watermark {
  /**
   * Everything up to this moment (ms since the epoch) has been handed over. Stands still while the source is broken or behind.
   * 0: the source was never complete yet; no moment is meant, least of all 1970.
   */
  readonly completeTo: number;
  /** The service whose requests the source reports, when it has one. */
  readonly service?: string;
  /** The time of the newest event seen, ms; absent before the first. */
  readonly newestEvent?: number;
  readonly state: SourceState;
  /** One sentence for people: the file that cannot be read, the column that does not parse. */
  readonly note?: string;
  /** What the source and its transforms dropped since the collector's database was made, by reason. */
  readonly drops?: Readonly<Record<string, number>>;
}

export type SourceState = 'ok' | 'catching_up' | 'missing' | 'unreadable' | 'unparseable';

/** Timestamps further ahead of arrival than this become the time of arrival, flagged and counted (DoS and clock guard). */
export const MAX_AHEAD_MS = 600_000;

/** The largest payload a server takes; a collector cuts its batches at three quarters of it. */
export const MAX_BATCH_BYTES = 16 * 2 ** 20;

/** The most positions a server keeps for one sink, as the JSON in which a hello may answer with all of them. */
export const MAX_POSITIONS_BYTES = 64 * 2 ** 20;
