import type { Selector } from './engine.ts';
import type { Labels } from './labels.ts';
import type { Ms } from './units.ts';

/** The severities of syslog, worst first; the index is the number on the wire (RFC 5424, 6.2.1). */
export const LOG_LEVELS = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What a histogram tells apart: emerg to err, warning, notice to debug, and lines that say nothing of it. */
export const LEVEL_GROUPS = ['error', 'warning', 'info', 'unknown'] as const;
export type LevelGroup = (typeof LEVEL_GROUPS)[number];

/** The group of a level's index; -1 is unknown. */
export function levelGroup(level: number): LevelGroup {
  if (level < 0) return 'unknown';
  if (level <= LOG_LEVELS.indexOf('err')) return 'error';
  return level === LOG_LEVELS.indexOf('warning') ? 'warning' : 'info';
}

/**
 * Log lines of a batch, a stretch that is stored as one: `columns` and `text` are compressed with brotli (RFC 7932), in base64. Control
 * characters are as they came: whoever shows a line escapes it.
 *
 *     columns   time f64 * lines | length u32 * lines | stream u16 * lines | level i8 * lines, little-endian, as in LineColumns
 *     text      the lines in UTF-8, '\n' between two
 */
export interface LineBlock {
  /** The label sets that `stream` names by index. */
  readonly streams: readonly Labels[];
  readonly lines: number;
  readonly columns: string;
  readonly text: string;
}

/** A block ends with the line that brings it to so many UTF-16 units, line ends included, or to so many label sets. */
export const LINE_BLOCK = { units: 2 ** 20, streams: 4096, row_bytes: 15 } as const;

/** Log lines of a batch: row `i` is a line of `streams[stream[i]]`. The four columns have one length. */
export interface LineColumns {
  /** The label sets that `stream` names by index. */
  readonly streams: readonly Labels[];
  readonly stream: readonly number[];
  /** Milliseconds since the epoch: the line's own time, or that of its arrival. */
  readonly time: readonly number[];
  /** Index into LOG_LEVELS, or -1. */
  readonly level: readonly number[];
  /** UTF-16 units of each line, without its end. */
  readonly length: readonly number[];
  /**
   * The lines, '\n' between two, in UTF-8, compressed with brotli (RFC 7932), in base64. Control characters are as they came: whoever
   * shows a line escapes it.
   */
  readonly text: string;
}

/** A stored line. `seq` is unique and grows in the order of commits; lines are ordered by (time, seq). */
export interface LogLine {
  readonly seq: number;
  readonly time: Ms;
  readonly level?: LogLevel;
  readonly labels: Labels;
  /** Hostile: may hold anything but a lone surrogate, markup, control and bidirectional characters included. */
  readonly text: string;
}

/** Which lines are meant: all conditions hold. */
export interface LineFilter {
  /** Matchers on the labels; none: every stream. */
  readonly selector: Selector;
  /** The line holds this text, upper and lower case alike. */
  readonly text?: string;
  /** RE2, found anywhere in the line, in the case it is written in unless it says `(?i)`. */
  readonly regex?: string;
  /** This level or a worse one; lines without a level are left out. */
  readonly level?: LogLevel;
}

/** Lines of the window (start, end]. */
export interface LineRange extends LineFilter {
  readonly start: Ms;
  readonly end: Ms;
}

/** A place in the order of lines. */
export interface LogCursor {
  readonly time: Ms;
  readonly seq: number;
}

/** An answer of long lines ends earlier, after some 4 MiB of text; `next` goes on. */
export const MAX_LOG_LIMIT = 5000;

export interface LogQuery extends LineRange {
  readonly order: 'newest' | 'oldest';
  /** 1 to MAX_LOG_LIMIT. */
  readonly limit: number;
  /** Goes on behind this place: the `next` of the page before. */
  readonly after?: LogCursor;
}

/** What a question cost. Bytes are those of the lines before compression. */
export interface LogScan {
  readonly bytes: number;
  /** Blocks opened, and blocks of the range left closed because index or token filter ruled them out. */
  readonly blocks: number;
  readonly skipped: number;
}

/** A question that was cut short: by the bytes it may read or the time it may take. */
export interface LogPartial {
  readonly reason: 'bytes' | 'time';
  /** Everything up to this moment, in the order asked for, is answered; absent: ask for less. */
  readonly reached?: Ms;
}

export interface LogPage {
  readonly lines: readonly LogLine[];
  /** Where the next page begins; absent: there is none. Also set when `partial` and asking on leads further. */
  readonly next?: LogCursor;
  readonly scanned: LogScan;
  readonly partial?: LogPartial;
}

export const MAX_LOG_BUCKETS = 200;

export interface LogHistogramQuery extends LineRange {
  /** 1 to MAX_LOG_BUCKETS; the step is the smallest round one that needs no more. */
  readonly buckets: number;
}

/** Lines per bucket and group: bucket `i` is (firstEnd + (i - 1) * step, firstEnd + i * step], cut to the range asked for. */
export interface LogHistogram {
  readonly firstEnd: Ms;
  readonly step: Ms;
  readonly counts: Readonly<Record<LevelGroup, readonly number[]>>;
  readonly scanned: LogScan;
  readonly partial?: LogPartial;
}

/** The lines around one, of the same stream whatever their severity, in the order they were stored. */
export interface LogContext {
  readonly before: readonly LogLine[];
  readonly line: LogLine;
  readonly after: readonly LogLine[];
}

export const MAX_CONTEXT_LINES = 500;

export interface LogContextQuery {
  readonly seq: number;
  /** Lines wanted before and after it, 0 to MAX_CONTEXT_LINES. */
  readonly before: number;
  readonly after: number;
}

export type LogLabelsQuery = Pick<LineRange, 'selector' | 'start' | 'end'>;

/** Label names with their values among the streams of a range, both sorted. */
export interface LogLabels {
  readonly labels: Readonly<Record<string, readonly string[]>>;
  /** More values than are listed. */
  readonly truncated: boolean;
}

export interface LogTailQuery extends LineFilter {
  /** Lines with a larger `seq`; absent: the last `limit` lines, from where `seq` goes on. */
  readonly after?: number;
  /** 0 to MAX_LOG_LIMIT, and at least 1 with `after`. */
  readonly limit: number;
}

/** In the order of `seq`. Asking on with `after: seq` misses nothing and repeats nothing. */
export interface LogTail {
  readonly lines: readonly LogLine[];
  readonly seq: number;
  /** There is more at once. */
  readonly more: boolean;
}

/** What is kept of log lines. */
export interface LogStats {
  readonly lines: number;
  /** Lines that had to make room or were too old, ever. */
  readonly evictedLines: number;
  readonly blocks: number;
  /** Of the lines before compression, and of everything stored for them. */
  readonly rawBytes: number;
  readonly bytes: number;
  readonly maxBytes: number;
  readonly worstCaseBytes: number;
  readonly oldest?: Ms;
  readonly newest?: Ms;
}
