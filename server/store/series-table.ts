import type Database from 'better-sqlite3';
import type { Labels, SeriesKind } from '../model/labels.ts';
import { type Series, SeriesIndex } from './series-index.ts';

/** The identities of series, and which origins wrote to them, in the file. Writes happen in the caller's transaction. */
export class SeriesTable {
  readonly #add: Database.Statement<[number, string, string, string]>;
  readonly #link: Database.Statement<[number, number]>;

  constructor(db: Database.Database) {
    this.#add = db.prepare('INSERT INTO series (id, kind, name, labels) VALUES (?, ?, ?, ?)');
    this.#link = db.prepare('INSERT OR IGNORE INTO series_origin (series, origin) VALUES (?, ?)');
  }

  add({ id, kind, name, labels }: Series): void {
    this.#add.run(id, kind, name, JSON.stringify(labels));
  }

  link(series: Series, origin: number): void {
    this.#link.run(series.id, origin);
  }
}

/** Loads the index. Rows of `head` without a series cannot be; a series without a head has no data in the file yet. */
export function loadSeries(db: Database.Database): SeriesIndex {
  const index = new SeriesIndex();
  const series = db.prepare<[], [number, SeriesKind, string, string]>(
    'SELECT id, kind, name, labels FROM series ORDER BY id',
  );
  for (const [id, kind, name, labels] of series.raw().iterate())
    index.add(kind, name, JSON.parse(labels) as Labels, id);
  const heads = db.prepare<[], readonly number[]>('SELECT series, lsn, oldest, newest, n, sum FROM head');
  for (const [id = 0, lsn = 0, oldest = 0, newest = 0, n = 0, sum = 0] of heads.raw().iterate()) {
    setFigures(index.get(id), { lsn, oldest, newest, n, sum });
  }
  const origins = db.prepare<[], [number, number]>('SELECT series, origin FROM series_origin');
  for (const [id, origin] of origins.raw().iterate()) index.link(index.get(id), origin);
  return index;
}

/** Field by field: many times faster than copying an object for each of a hundred thousand. */
function setFigures(
  series: Series,
  { lsn, oldest, newest, n, sum }: Pick<Series, 'lsn' | 'oldest' | 'newest' | 'n' | 'sum'>,
): void {
  series.lsn = lsn;
  series.storedLsn = lsn;
  series.oldest = oldest;
  series.newest = newest;
  series.n = n;
  series.sum = sum;
}
