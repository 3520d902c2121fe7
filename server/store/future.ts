import type Database from 'better-sqlite3';
import type { LeapPages } from './leap-pages.ts';
import { decodePage, encodePage, type Page } from './page.ts';
import { pageOfSlot, type Ring, rowId, slotOf } from './ring.ts';
import type { Series } from './series-index.ts';

/** A series without its future. */
export interface Remainder {
  readonly series: Series;
  readonly figures: Pick<Series, 'oldest' | 'newest' | 'n' | 'sum'>;
}

/**
 * Removes from the file what a clock that was ahead has written. Everything is in the file (nothing dirty, the journal empty),
 * and `horizon` is a border of slots in every ring, so that whole slots go and none is cut.
 *
 *     row before        row after
 *     future page       the page set aside when it was overwritten, or nothing
 *     page across       the same page up to the horizon
 *     older page        the same
 */
export class Future {
  readonly #leapPages: LeapPages;
  readonly #numbers: Database.Statement<[number, number], { id: number; number: Buffer }>;
  readonly #select: Database.Statement<[number], { body: Buffer }>;
  readonly #put: Database.Statement<[number, Buffer]>;
  readonly #delete: Database.Statement<[number]>;

  constructor(db: Database.Database, leapPages: LeapPages) {
    this.#leapPages = leapPages;
    // Version and shape are a byte each, then comes the number of the page.
    this.#numbers = db.prepare('SELECT id, substr(body, 3, 8) AS number FROM page WHERE id >= ? AND id < ?');
    this.#select = db.prepare('SELECT body FROM page WHERE id = ?');
    this.#put = db.prepare('INSERT OR REPLACE INTO page (id, body) VALUES (?, ?)');
    this.#delete = db.prepare('DELETE FROM page WHERE id = ?');
  }

  /** Inside a transaction. @param rings those of the series' kind. */
  remove(series: Series, rings: readonly Ring[], horizon: number): Remainder {
    let removed = { n: 0, sum: 0 };
    let newest = Number.NEGATIVE_INFINITY;
    for (const ring of rings) {
      // The last ring holds all that any other does, so the totals are its.
      removed = this.#cut(series.id, ring, horizon);
      // Late data may be in coarse rings alone; within one slot of theirs the finer ring knows better.
      const found = this.#newest(series.id, ring);
      if (slotOf(ring, found) > slotOf(ring, newest)) newest = found;
    }
    const oldest = series.oldest > horizon ? Number.POSITIVE_INFINITY : series.oldest;
    // A series may have outlived all its rows; it then ends where it began.
    if (newest < oldest && Number.isFinite(oldest)) newest = oldest;
    return { series, figures: { oldest, newest, n: series.n - removed.n, sum: series.sum - removed.sum } };
  }

  /** Cuts one ring at the horizon and puts back what was set aside; returns what was in the slots that went. */
  #cut(series: number, ring: Ring, horizon: number): { n: number; sum: number } {
    const removed = { n: 0, sum: 0 };
    const lastKept = pageOfSlot(ring, slotOf(ring, horizon));
    for (const [id, number] of this.#pages(series, ring)) {
      const page = number < lastKept ? undefined : this.#read(id, ring);
      if (page === undefined) continue;
      const { n, sum } = page.dropAfter(horizon, ring);
      removed.n += n;
      removed.sum += sum;
      if (number > lastKept || page.isEmpty()) this.#delete.run(id);
      else this.#put.run(id, encodePage(page));
    }
    const left = this.#pages(series, ring);
    const first = rowId(series, ring, 0);
    for (const { id, body } of this.#leapPages.stay(first, first + ring.rows)) {
      if ((left.get(id) ?? Number.NEGATIVE_INFINITY) < body.readDoubleLE(2)) this.#put.run(id, body);
    }
    return removed;
  }

  #newest(series: number, ring: Ring): number {
    const pages = [...this.#pages(series, ring)].toSorted(([, a], [, b]) => b - a);
    for (const [id] of pages) {
      const page = this.#read(id, ring);
      if (page !== undefined && !page.isEmpty()) return page.newestTime(ring);
    }
    return Number.NEGATIVE_INFINITY;
  }

  /** Row -> page number. */
  #pages(series: number, ring: Ring): Map<number, number> {
    const first = rowId(series, ring, 0);
    const rows = this.#numbers.all(first, first + ring.rows).filter(({ number }) => number.length === 8);
    return new Map(rows.map(({ id, number }) => [id, number.readDoubleLE(0)]));
  }

  /** A damaged page is left alone: it reads as empty everywhere. */
  #read(id: number, ring: Ring): Page | undefined {
    const body = this.#select.get(id)?.body;
    try {
      return body === undefined ? undefined : decodePage(ring, body);
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }
}
