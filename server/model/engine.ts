import type { SourceState } from './batch.ts';
import type { DataSourceStatus, RowRequest, SeriesRows } from './data-source.ts';
import type { DocumentChange, DocumentQuery, DroppedDocument, StoredDocument } from './documents.ts';
import type { BatchAnswer, BatchEnvelope, Hello, HelloAnswer } from './ingest.ts';
import type { LabelMatcher, Labels, SeriesId, SeriesKind } from './labels.ts';
import type {
  LogContext,
  LogContextQuery,
  LogHistogram,
  LogHistogramQuery,
  LogLabels,
  LogLabelsQuery,
  LogPage,
  LogQuery,
  LogStats,
  LogTail,
  LogTailQuery,
} from './logs.ts';
import type { RingProfile } from './rings.ts';
import type { Ms } from './units.ts';
import type { WebLogQuery, WebLogReport, WebLogService, WebLogStats } from './web-log.ts';

/** A label test as data, so that it can cross a thread; regular expressions are RE2, anchored at both ends. */
export interface Matcher {
  readonly name: string;
  readonly op: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** The series a count is taken over; `__name__` is one of the matchers. */
export type Selector = readonly Matcher[];

/** Compiles a matcher; throws VigieError `bad_query` on a bad pattern. */
export type CompileMatcher = (matcher: Matcher) => LabelMatcher;

/** The half-open window (start, end]. */
export interface Window {
  readonly start: Ms;
  readonly end: Ms;
}

/** Exact totals over a window of the selected sums, and of the selected counters what they rose; gauges count nothing. */
export interface WindowCount {
  /** The window really counted: its start is moved down to a slot border of the finest ring that still holds it. */
  readonly window: Window;
  /** Σ of the increments: for a counter of events, their number. What was counted before a counter's first sample is not known. */
  readonly sum: number;
  /** Increments themselves, whatever they are worth; of counters their samples. */
  readonly n: number;
}

/** The same without how many increments there were. */
export type WindowSum = Omit<WindowCount, 'n'>;

export interface CountRequest {
  readonly selector: Selector;
  readonly windows: readonly Window[];
}

/** One point of a chart: the window (end - step, end]. */
export interface BucketRequest {
  readonly selector: Selector;
  readonly start: Ms;
  readonly end: Ms;
  /** A multiple of one of the ring widths. */
  readonly step: Ms;
}

/** Column of Σ per step, from `start` (moved down to a step border) to `end`. */
export interface Buckets {
  readonly firstEnd: Ms;
  readonly step: Ms;
  readonly sums: readonly number[];
}

/** Roll-up slots of counters and gauges, merged to `step`: a multiple of a ring width. */
export interface SlotRequest extends Window {
  readonly selector: Selector;
  readonly step: Ms;
}

/** The slots of one series that hold samples, oldest first: columns of one length. Times are ms. */
export interface SeriesSlots {
  readonly name: string;
  readonly labels: Labels;
  /** The newest sample ever, in the range or after it. */
  readonly newest?: Ms;
  /** Samples in the slot, >= 1. */
  readonly n: readonly number[];
  readonly firstTime: readonly number[];
  readonly first: readonly number[];
  readonly lastTime: readonly number[];
  readonly last: readonly number[];
  /** Sum of the values just before each reset inside the slot. */
  readonly adj: readonly number[];
  readonly resets: readonly number[];
}

/** What is known of the series a selector finds. */
export interface SelectorFacts {
  readonly series: number;
  /** End of the oldest and newest slot with data, over all of them. */
  readonly oldest?: Ms;
  readonly newest?: Ms;
  /** The origins that ever wrote to them. */
  readonly origins: readonly string[];
  /** Some of what was asked of them since the start cannot be read, and was taken for empty. */
  readonly damaged?: true;
}

/**
 * The series that any of the selectors finds (without selectors: every series) and that may have a value within [start, end];
 * a border that is absent is open.
 */
export interface SeriesQuery {
  readonly selectors: readonly Selector[];
  readonly start?: Ms;
  readonly end?: Ms;
  /** Items answered at most, >= 1; absent: all. */
  readonly limit?: number;
}

/** A name of series, and how they count. */
export interface Metric {
  readonly name: string;
  readonly kind: SeriesKind;
  /** Of the kind *rrd*: one of its data sources. */
  readonly dataSource?: DataSourceStatus;
  /** Some of its series have a boundary, the label `le`. */
  readonly hasBoundaries: boolean;
}

/** Sorted items; `cut` when the limit left some out. */
export interface Listing<Item> {
  readonly items: readonly Item[];
  readonly cut: boolean;
}

/** A source as the server last heard of it. */
export interface OriginStatus {
  /** `collector/source`. */
  readonly origin: string;
  readonly collector: string;
  readonly source: string;
  readonly service?: string;
  /** How far in event time the source is complete; absent before its first watermark. */
  readonly completeTo?: Ms;
  /** The first moment it was ever complete to; absent before, and where an older store did not note it. */
  readonly heardFrom?: Ms;
  readonly newestEvent?: Ms;
  readonly state?: SourceState;
  readonly note?: string;
  readonly drops: Readonly<Record<string, number>>;
  /** When its collector was first configured without it. Its data stays; nobody waits for it. */
  readonly retired?: Ms;
}

/** Rings of some series. */
export interface RingProfileStats {
  /** The selectors that they were chosen for; empty: all others, or `retired`. */
  readonly matches: readonly string[];
  readonly rings: readonly { readonly step_secs: number; readonly keep_secs: number }[];
  readonly series: number;
  /** What one of them takes at most, by kind. */
  readonly bytesPerSeries: Readonly<Record<string, number>>;
  /** Series of these rings that other ones are chosen for and that are still to be converted. */
  readonly waiting: number;
  /** Chosen for nothing any more. */
  readonly retired?: true;
}

export interface EngineStats {
  readonly series: number;
  readonly seriesLimit: number;
  /** Of one metric name. */
  readonly seriesPerMetricLimit?: number;
  /** Series removed because all their data was too old, ever. */
  readonly expiredSeries?: number;
  /** Bytes of the files now, and the bound they never pass. */
  readonly bytes: number;
  readonly worstCaseBytes: number;
  readonly worstCaseBytesPerSeries: Readonly<Record<string, number>>;
  /** Rings that some series have or shall have, those of series of no profile first. */
  readonly ringProfiles?: readonly RingProfileStats[];
  /** Bodies of documents now, and what their tables may fill. */
  readonly documentBytes?: { readonly now: number; readonly worstCase: number };
  readonly journalRecords: number;
  readonly appliedBatches: number;
  readonly appliedIncrements: number;
  readonly appliedSamples: number;
  /** Log lines ever stored, and what is kept of them. */
  readonly appliedLines?: number;
  readonly logs?: LogStats;
  /** Requests counted for the web-log report, and what its tables take. */
  readonly appliedHits?: number;
  readonly webLog?: WebLogStats;
  /** Content or batches the server could not use, by reason; durable. */
  readonly drops: Readonly<Record<string, number>>;
}

/** What became of a text that was imported. */
export interface ImportVerdict {
  readonly accepted: number;
  /** There already. */
  readonly known: number;
  /** Samples refused, by reason, and the first of each for people. */
  readonly refusals: readonly { readonly reason: string; readonly count: number; readonly first: string }[];
  /** Lines that are no sample of a series with a time. */
  readonly badLines: number;
  /** The first of them: its number in the text, from 1. */
  readonly firstBad?: { readonly line: number; readonly cause: string };
}

/** A PromQL answer in the shape of Prometheus' HTTP API. */
export type QueryData =
  | { readonly resultType: 'vector'; readonly result: readonly { metric: Labels; value: [number, string] }[] }
  | { readonly resultType: 'matrix'; readonly result: readonly { metric: Labels; values: [number, string][] }[] }
  | { readonly resultType: 'scalar' | 'string'; readonly result: readonly [number, string] };

/** Values that a rule computed, all of one moment. */
export interface RecordedValues {
  /** The source of their origin, `rules/<source>`. */
  readonly source: string;
  readonly time: Ms;
  /** `__name__` is one of the labels; `stale` ends a series. */
  readonly values: readonly { readonly labels: Labels; readonly value: number | 'stale' }[];
}

export interface QueryResult {
  readonly data: QueryData;
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

/** Of an `AbortSignal`: whoever asked has gone, and the answer is of no use any more. */
export interface StopSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** Which rings series shall have: those of the first rule whose selector finds them, else the others. */
export interface RingConfig {
  readonly rings: readonly RingProfile[];
  readonly rules: readonly {
    /** The selector as it was written. */
    readonly match: string;
    readonly selector: Selector;
    readonly rings: readonly RingProfile[];
  }[];
}

/** Selectors of somebody who asks about them again and again. */
export interface WatchedGroup {
  /** Those whose facts are one: the series and ages of the first, the origins of all. */
  readonly facts: readonly [Selector, ...Selector[]];
  /** Counted over equal windows; absent: nothing is. */
  readonly counted?: readonly [Selector, Selector];
}

/** `SelectorFacts` of the watched groups, in columns. */
export interface WatchedFacts {
  readonly series: Float64Array;
  /** ms; NaN without data. */
  readonly oldest: Float64Array;
  readonly newest: Float64Array;
  /** Counts up when selectors of the group find other series. */
  readonly versions: Float64Array;
  /** 1: `damaged`. */
  readonly damaged: Uint8Array;
  /** The place of its list in `origins`. */
  readonly originsAt: Uint32Array;
  readonly origins: readonly (readonly string[])[];
}

/**
 * The windows of the watched groups, ms: of group g those from `first[g]` to before `first[g + 1]`, none of one that is not counted. The
 * first of a group is one that ends now.
 */
export interface WatchedWindows {
  /** What `watch` answered. */
  readonly watch: number;
  readonly first: Uint32Array;
  readonly starts: Float64Array;
  readonly ends: Float64Array;
}

/** For each window `WATCHED_NUMBERS` numbers: its start and end as it was counted (`WindowCount`), then Σ of both selectors. */
export type WatchedAnswer = Float64Array;

export const WATCHED_NUMBERS = 4;

/** The store and PromQL, behind their own thread. Every method may reject with a VigieError. */
export interface Engine {
  hello(hello: Hello, now: Ms): Promise<HelloAnswer>;
  /** Resolves only after the commit is on disk. */
  ingest(envelope: BatchEnvelope, payload: Uint8Array, now: Ms): Promise<BatchAnswer>;
  /**
   * Takes the body of a remote-write 1.0 request; it is handed over and the caller's no more. Resolves only after the commit is on disk.
   * Rejects with `bad_request` when some of it was refused (the message says how much and why; the rest is on disk) or it is no
   * request, `too_large`, `unavailable`, `disk_full`.
   * @param sender the name the sender has by its token.
   */
  remoteWrite(body: Uint8Array, sender: string | undefined, now: Ms): Promise<void>;
  /**
   * Writes what a rule computed. Resolves only after the commit is on disk. Rejects with `bad_request` when some of it was refused (the
   * message says how much and why; the rest is on disk), `unavailable`, `disk_full`.
   */
  record(recorded: RecordedValues, now: Ms): Promise<void>;
  /**
   * Takes whole lines of OpenMetrics or of Prometheus' text format, of the past: each sample goes to the rings that still hold its time.
   * Resolves only after the commit is on disk. Rejects with `unavailable`, `disk_full`.
   */
  importText(text: Uint8Array, now: Ms): Promise<ImportVerdict>;
  /** Answers the body of a remote-read request with that of the answer. Rejects with `bad_request`, `bad_query`, `too_large`. */
  remoteRead(body: Uint8Array): Promise<Uint8Array>;
  /**
   * Rejects with `timeout` after `timeout`, or after the engine's own limit when that is shorter; with `unavailable` when too many
   * queries wait; with `canceled` soon after the signal.
   */
  queryInstant(expr: string, time: Ms, timeout?: Ms, signal?: StopSignal): Promise<QueryResult>;
  queryRange(expr: string, start: Ms, end: Ms, step: Ms, timeout?: Ms, signal?: StopSignal): Promise<QueryResult>;
  /** `queryRange` as the body of Prometheus' HTTP API, JSON in UTF-8, of at most `limit` series: a long answer is printed where it is made. */
  queryRangeJson(
    question: { readonly text: string; readonly start: Ms; readonly end: Ms; readonly step: Ms },
    limit?: number,
    timeout?: Ms,
    signal?: StopSignal,
  ): Promise<Uint8Array>;
  /**
   * The requests of one group (the good and the total events of one indicator) are counted over equal windows: what is too old
   * for the fine rings is judged by the newest data of all of them.
   */
  count(groups: readonly (readonly CountRequest[])[]): Promise<readonly (readonly (readonly WindowCount[])[])[]>;
  /**
   * Takes the place of what was watched before. What goes on being watched is counted by its changes: the same answers as of `facts` and
   * `count`, for much less work. Resolves with a number to ask by: once others are watched those who ask by it are rejected with `conflict`.
   */
  watch(groups: readonly WatchedGroup[]): Promise<number>;
  watchedFacts(watch: number): Promise<WatchedFacts>;
  watchedCounts(windows: WatchedWindows): Promise<WatchedAnswer>;
  buckets(requests: readonly BucketRequest[]): Promise<readonly Buckets[]>;
  /** One entry per counter or gauge the selector finds, also without samples in the range. */
  slots(request: SlotRequest): Promise<readonly SeriesSlots[]>;
  /** The data sources that a selector finds, sorted by name and labels. */
  dataSources(selector: Selector): Promise<readonly DataSourceStatus[]>;
  /** Their rows, as `rrdtool fetch` answers. Rejects with `bad_request` when they are too many. */
  rows(selector: Selector, request: RowRequest): Promise<readonly SeriesRows[]>;
  facts(selectors: readonly Selector[]): Promise<readonly SelectorFacts[]>;
  /** The values of one label among the selected series: how boundaries (`le`) are listed. */
  labelValues(selector: Selector, label: string): Promise<readonly string[]>;
  listSeries(query: SeriesQuery): Promise<Listing<SeriesId>>;
  listMetrics(query: SeriesQuery): Promise<Listing<Metric>>;
  /** Names of labels, `__name__` among them. */
  listLabels(query: SeriesQuery): Promise<Listing<string>>;
  listLabelValues(query: SeriesQuery, label: string): Promise<Listing<string>>;
  webLog(query: WebLogQuery): Promise<WebLogReport>;
  webLogServices(): Promise<readonly WebLogService[]>;
  origins(): Promise<readonly OriginStatus[]>;
  /** Questions about log lines are bounded in bytes and time; what was cut short says so in `partial`. */
  searchLogs(query: LogQuery): Promise<LogPage>;
  logHistogram(query: LogHistogramQuery): Promise<LogHistogram>;
  /** Rejects with `not_found` when the line is not there any more. */
  logContext(query: LogContextQuery): Promise<LogContext>;
  logLabels(query: LogLabelsQuery): Promise<LogLabels>;
  tailLogs(query: LogTailQuery): Promise<LogTail>;
  /**
   * Takes the origins of a collector, or one of them, off the list; returns their names, `collector/source`. Data and positions stay,
   * so that one that speaks again is listed again and counts nothing twice.
   */
  forgetOrigins(collector: string, source?: string): Promise<readonly string[]>;
  /**
   * Makes all changes or none; resolves once they are on disk, with what full collections dropped for them. Rejects with
   * `too_large`, `conflict` (a collection that drops nothing is full), `disk_full`, `unavailable`.
   */
  changeDocuments(changes: readonly DocumentChange[]): Promise<readonly DroppedDocument[]>;
  /** Newest first. */
  documents(query: DocumentQuery): Promise<readonly StoredDocument[]>;
  /**
   * Takes up other rings: new series have them at once, those there are get them one after the other. Rejects with `bad_config` with
   * nothing changed.
   */
  chooseRings(config: RingConfig): Promise<readonly RingProfileStats[]>;
  stats(): Promise<EngineStats>;
  close(): Promise<void>;
}
