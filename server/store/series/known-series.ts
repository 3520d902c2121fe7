import type Database from 'better-sqlite3';
import { type Labels, type SeriesKind, seriesKey } from '../../model/labels.ts';
import type { Layout } from '../rings/layout.ts';
import { RingPlan } from '../rings/ring-plan.ts';
import { sinceOf } from './series-table.ts';

/** A series as the file knows it, its journal included. Times are ms. */
export interface KnownSeries {
  readonly id: number;
  readonly kind: SeriesKind;
  /** `name{label="value"}`. */
  readonly text: string;
  /** The rings that its pages are of. */
  readonly layout: Layout;
  /** No commit up to it is repeated. */
  readonly layoutLsn: number;
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
  "kind IN ('sum', 'counter', 'gauge', 'rrd') AND CASE WHEN json_valid(labels) THEN json_type(labels) = 'object' ELSE 0 END";

interface Row {
  readonly id: number;
  readonly kind: SeriesKind;
  readonly name: string;
  readonly labels: string;
  readonly lsn: number | null;
  readonly n: number | null;
  readonly newest: number | null;
  readonly profile: number;
  readonly since: string | null;
  readonly layout_lsn: number;
}

/** By id. A series whose row cannot be read is left out: `checkReferences` tells of it. */
export function knownSeries(db: Database.Database): Map<number, KnownSeries> {
  const rows = db
    .prepare<[], Row>(
      `SELECT id, kind, name, labels, lsn, n, newest, profile, since, layout_lsn FROM series LEFT JOIN head ON head.series = series.id
       WHERE ${READABLE_SERIES}`,
    )
    .all();
  const plan = new RingPlan(db);
  return new Map(rows.map((row) => [row.id, seriesOf(row, plan)]));
}

function seriesOf({ id, kind, name, lsn, n, newest, ...row }: Row, plan: RingPlan): KnownSeries {
  const headNewest = newest ?? Number.NEGATIVE_INFINITY;
  const text = seriesKey(name, JSON.parse(row.labels) as Labels);
  const layout = plan.layout(row.profile, kind, sinceOf(row.since));
  const head = { headLsn: lsn ?? 0, headEvents: n ?? 0, headNewest, newest: headNewest, journalEvents: 0 };
  return { id, kind, text, layout, layoutLsn: row.layout_lsn, ...head };
}
