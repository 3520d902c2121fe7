import { DAY } from '../../model/units.ts';

/** Bounds of the web-log tables; days that would pass them make room by leaving, oldest first. */
export interface WebLogLimits {
  /** Days with requests, of each service. */
  readonly maxDays: number;
  /** Bytes of all days in the file, in whole pages of it. */
  readonly maxBytes: number;
  readonly journalMaxBytes: number;
}

export const DEFAULT_WEB_LOG_LIMITS: WebLogLimits = {
  maxDays: 400,
  maxBytes: 512 * 2 ** 20,
  journalMaxBytes: 16 * 2 ** 20,
};

/** Services, and virtual hosts of one service and day; more are counted together as "(other)". */
export const MAX_SERVICES = 256;
export const MAX_VHOSTS = 256;

/** A day that still comes in: today and yesterday, for zones and late lines. Older ones are trimmed when they are written. */
export const OPEN_DAYS = 2;

/** No zone is further from UTC (Pacific/Kiritimati: +14 h). */
export const LONGEST_OFFSET = DAY;

/** Rows of tables kept in memory because they are not in the file, and because they were asked for lately. */
export const DIRTY_ROWS = 400_000;
export const CLEAN_ROWS = 100_000;
/** Rows written in one go. */
export const FLUSH_ROWS = 40_000;

const PAGE_BYTES = 4096;
/** Identity, index and header of a row. */
const ROW_BYTES = 2048;

/** What a body takes in the file, with its row. */
export function fileBytesOf(bodyBytes: number): number {
  return Math.ceil((bodyBytes + ROW_BYTES) / PAGE_BYTES) * PAGE_BYTES;
}

/** The most the web-log tables take of the file: the days, and a journal that may grow by a commit before it is relieved. */
export function webLogWorstCaseBytes({ maxBytes, journalMaxBytes }: WebLogLimits): number {
  return Math.ceil(maxBytes * 1.01 + 3 * journalMaxBytes);
}
