import type Database from 'better-sqlite3';
import type { Ms } from '../../model/units.ts';
import type { Series } from './series-index.ts';

/** The figures of series that differ from the file, in the order they began to; flushed like pages (`pages.ts`). */
export class Heads {
  readonly #save: Database.Statement;
  readonly #dirty = new Map<Series, { readonly sinceLsn: number; readonly since: Ms }>();

  constructor(db: Database.Database) {
    this.#save = db.prepare(
      'INSERT OR REPLACE INTO head (series, lsn, oldest, newest, n, sum) VALUES (?, ?, ?, ?, ?, ?)',
    );
  }

  get dirtyCount(): number {
    return this.#dirty.size;
  }

  get oldestDirty(): { readonly sinceLsn: number; readonly since: Ms } | undefined {
    return this.#dirty.values().next().value;
  }

  soil(series: Series, sinceLsn: number, since: Ms): void {
    if (!this.#dirty.has(series)) this.#dirty.set(series, { sinceLsn, since });
  }

  /** Writes the `budget` heads that have been dirty the longest and returns them; call inside a transaction. */
  write(budget: number): readonly Series[] {
    const written: Series[] = [];
    for (const series of this.#dirty.keys()) {
      if (written.length >= budget) break;
      this.save(series, series);
      written.push(series);
    }
    return written;
  }

  /** Writes other figures than those in memory; call inside a transaction. */
  save({ id, lsn }: Series, { oldest, newest, n, sum }: Pick<Series, 'oldest' | 'newest' | 'n' | 'sum'>): void {
    this.#save.run(id, lsn, oldest, newest, n, sum);
  }

  /** After the transaction of `write` is committed. */
  written(series: readonly Series[]): void {
    for (const one of series) this.#dirty.delete(one);
  }
}
