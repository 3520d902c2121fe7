import type { Ms } from '../../model/units.ts';

/** A row, named so that it can be read, set aside and deleted. Tables and columns are words of ours. */
export interface RowName {
  readonly table: string;
  readonly key: Readonly<Record<string, number | string>>;
}

/** Which page of which ring of which series. */
export interface PagePlace {
  readonly series: number;
  /** Index of the ring. */
  readonly ring: number;
  readonly number: number;
  /** The page's time is (start, end]. */
  readonly start: Ms;
  readonly end: Ms;
}

/** Something of a database that is not as it was written. */
export interface Finding {
  /** What, for people: the series with its labels, the ring, the time; the block of lines; the day. */
  readonly what: string;
  readonly cause: string;
  /** What it means for what was stored there. */
  readonly lost: string;
  /** Empty: the structure of the file itself, which is not repaired row by row. */
  readonly rows: readonly RowName[];
  /** Of a page whose place is known. */
  readonly page?: PagePlace;
  /** Commits are missing in the journal: no row tells of them. */
  readonly isGap?: true;
  /** Of a log block whose filter can be made again. */
  readonly onlyFilter?: true;
}
