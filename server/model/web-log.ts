/**
 * Words of the web-log report: what a collector counts of access logs per day (`HitTable`), and the answer for a range of days
 * (`WebLogReport`). Every figure but `visitors` is a sum, so days, parts and machines merge in any order to the same numbers.
 *
 * - A *request* is one line. It is *ok* when its status is 2xx or 304, as Analog has it (docs/defns.html).
 * - A *page* is an ok request whose path, without query, ends in `/`, `.htm` or `.html`: Analog's PAGEINCLUDE as it comes.
 * - A *visitor* is a client address with a user agent; distinct ones are estimated by HyperLogLog once they are many.
 * - A *day* is a calendar day, YYYY-MM-DD, in the zone that is named beside it.
 */

/** The figures of one row. All are integers >= 0; `bytes` are those of the responses' bodies. */
export const HIT_FIGURES = ['requests', 'ok', 'pages', 'bytes', 'ok_bytes'] as const;
export type HitFigure = (typeof HIT_FIGURES)[number];
export type HitFigures = Readonly<Record<HitFigure, number>>;

/** What travels. A key is '' where a line has none; other keys are the text of the log, its escapes decoded, cut at a limit. */
export const HIT_DIMENSIONS = ['hour', 'status', 'method', 'url', 'referrer', 'host', 'agent', 'not_found'] as const;
export type HitDimension = (typeof HIT_DIMENSIONS)[number];

/**
 * What is kept and asked. Beside what travels: `path` is the URL without its query; `file_type` is `.html` and the like, '/' of
 * folders and '' of files without; `referring_site` is the host of the referrer, '?' where it has none.
 * `not_found` counts status 404 by URL; every other table sums up to the total.
 */
export const WEB_LOG_TABLES = [
  'status',
  'method',
  'path',
  'url',
  'file_type',
  'referring_site',
  'referrer',
  'host',
  'agent',
  'not_found',
] as const;
export type WebLogTableName = (typeof WEB_LOG_TABLES)[number];

/**
 * The hits of one day of one virtual host, of some lines: row `i` of a dimension has `key[i]` and its figures. All columns of a
 * dimension have one length; a key may come twice. The rows of `hour` ("0".."23") add up to the total.
 */
export interface HitTable {
  readonly service: string;
  /** The server's own name in the line, '' when it has none. */
  readonly vhost: string;
  /** IANA name, such as `Europe/Paris`. */
  readonly zone: string;
  readonly day: string;
  readonly rows: Readonly<Partial<Record<HitDimension, HitColumns>>>;
  /** 52-bit hashes of address and agent, each visitor of the batch once. */
  readonly visitors: readonly number[];
}

export interface HitColumns extends Readonly<Record<HitFigure, readonly number[]>> {
  readonly key: readonly string[];
  /** Of `not_found`: the referrer of the newest request that had one, '' and 0 when none had; time in ms. */
  readonly referrer?: readonly string[];
  readonly time?: readonly number[];
}

/** Longer names are cut, in bytes of the log; those that were end in "…". */
export const HIT_KEY_BYTES: Readonly<Record<'url' | 'referrer' | 'agent' | 'host' | 'vhost', number>> = {
  url: 2048,
  referrer: 2048,
  agent: 512,
  host: 256,
  vhost: 256,
};

/** Rows of one table that share nothing but being left out. */
export interface WebLogOther extends HitFigures {
  /** Names left out; "at least" when the table is `bounded`, because a name may be left out of several days. */
  readonly rows: number;
}

export interface WebLogRow extends HitFigures {
  readonly key: string;
  /** Of `not_found`: the last referrer known. */
  readonly referrer?: string;
}

/** The rows with the most requests, then by name; with `other` they add up to the total, exactly. */
export interface WebLogTable {
  readonly rows: readonly WebLogRow[];
  readonly other: WebLogOther;
  /** A day had more names than are kept: the least of them are in `other` only, and a row may have a few requests there. */
  readonly bounded: boolean;
}

/** Distinct visitors. */
export interface VisitorEstimate {
  readonly estimate: number;
  /** Relative; 0 while every visitor is still remembered and the number is exact. */
  readonly standard_error: number;
}

export interface WebLogDay extends HitFigures {
  readonly day: string;
  readonly visitors: VisitorEstimate;
}

/** `GET /api/vigie/web-log`: the report of a range of days, both ends included. */
export interface WebLogReport {
  /** What was asked for; absent: all. */
  readonly service?: string;
  readonly vhost?: string;
  readonly from?: string;
  readonly to?: string;
  /** Zones the days were counted in: one, unless the setting was changed or machines differ. */
  readonly zones: readonly string[];
  readonly total: HitFigures;
  /** By class of status: 3xx but 304, and 4xx with 5xx. */
  readonly redirected: number;
  readonly failed: number;
  /** Distinct over the whole range. */
  readonly visitors: VisitorEstimate;
  /** The days with requests, in order. */
  readonly days: readonly WebLogDay[];
  /** 24 rows, 0 to 23. */
  readonly hours: readonly (HitFigures & { readonly hour: number })[];
  /** 7 rows, 1 (Monday) to 7. */
  readonly weekdays: readonly (HitFigures & { readonly weekday: number })[];
  readonly tables: Readonly<Record<WebLogTableName, WebLogTable>>;
  /** Of a report from files. */
  readonly lines?: WebLogLines;
}

/** What was read of the files. */
export interface WebLogLines {
  readonly files: readonly string[];
  readonly bytes: number;
  readonly read: number;
  /** Lines with nothing in them. */
  readonly empty: number;
  readonly unparseable: number;
  /** Lines too far in the future, counted at the present. */
  readonly ahead: number;
  /** Where the first unparseable line is, and what it wants. */
  readonly first_failure?: { readonly file: string; readonly line: number; readonly note: string };
}

/** Which days of which virtual hosts; no key: everything. */
export interface WebLogQuery {
  readonly service?: string;
  readonly vhost?: string;
  readonly from?: string;
  readonly to?: string;
  /** Rows of each table. */
  readonly limit: number;
}

/** What the tables of the report take of the store. */
export interface WebLogStats {
  /** Days of virtual hosts. */
  readonly tables: number;
  readonly bytes: number;
  readonly maxBytes: number;
}

/** `GET /api/vigie/web-log/services`. */
export interface WebLogService {
  readonly service: string;
  readonly vhosts: readonly string[];
  readonly zones: readonly string[];
  /** First and last day known, and how many have requests. */
  readonly first_day: string;
  readonly last_day: string;
  readonly days: number;
}

/** What a report is written as; the extension of its file. */
export const REPORT_FORMATS = ['html', 'json', 'csv', 'txt'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];
