import type Database from 'better-sqlite3';
import { type Labels, type SeriesKind, seriesKey } from '../model/labels.ts';

/** A series as the file knows it, its journal included. Times are ms. */
export interface KnownSeries {
  readonly id: number;
  readonly kind: SeriesKind;
  /** `name{label="value"}`. */
  readonly text: string;
  /** The last commit in the row of `head`; 0 without one. */
  readonly headLsn: number;
  /** Events ever accepted, according to `head`. */
  readonly headEvents: number;
  /** The newest time of the row of `head`, and of all: -Infinity before the first. */
  readonly headNewest: number;
  newest: number;
  /** Events that the journal holds of those in `headEvents`. */
  journalEvents: number;
}

/** In SQL: whether a row of `series` can be read. */
export const READABLE_SERIES =
  "kind IN ('sum', 'counter', 'gauge') AND CASE WHEN json_valid(labels) THEN json_type(labels) = 'object' ELSE 0 END";

interface Row {
  readonly id: number;
  readonly kind: SeriesKind;
  readonly name: string;
  readonly labels: string;
  readonly lsn: number | null;
  readonly n: number | null;
  readonly newest: number | null;
}

/** By id. A series whose row cannot be read is left out: `checkReferences` tells of it. */
export function knownSeries(db: Database.Database): Map<number, KnownSeries> {
  const rows = db
    .prepare<[], Row>(
      `SELECT id, kind, name, labels, lsn, n, newest FROM series LEFT JOIN head ON head.series = series.id
       WHERE ${READABLE_SERIES}`,
    )
    .all();
  return new Map(rows.map((row) => [row.id, seriesOf(row, JSON.parse(row.labels) as Labels)]));
}

function seriesOf({ id, kind, name, lsn, n, newest }: Row, labels: Labels): KnownSeries {
  const headNewest = newest ?? Number.NEGATIVE_INFINITY;
  const text = seriesKey(name, labels);
  return { id, kind, text, headLsn: lsn ?? 0, headEvents: n ?? 0, headNewest, newest: headNewest, journalEvents: 0 };
}
