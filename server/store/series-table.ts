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
  const rows = db.prepare('SELECT id, kind, name, labels FROM series ORDER BY id').all() as {
    id: number;
    kind: SeriesKind;
    name: string;
    labels: string;
  }[];
  for (const { id, kind, name, labels } of rows) index.add(kind, name, JSON.parse(labels) as Labels, id);
  const heads = db.prepare('SELECT series, lsn, lsn AS storedLsn, oldest, newest, n, sum FROM head').all() as ({
    series: number;
  } & Pick<Series, 'lsn' | 'storedLsn' | 'oldest' | 'newest' | 'n' | 'sum'>)[];
  for (const { series, ...figures } of heads) Object.assign(index.get(series), figures);
  const origins = db.prepare('SELECT series, origin FROM series_origin').all() as { series: number; origin: number }[];
  for (const { series, origin } of origins) index.link(index.get(series), origin);
  return index;
}
