import type Database from 'better-sqlite3';
import { decodePage, encodePage, HEADER_BYTES, type Page, pageNumber } from '../pages/page.ts';
import { pageOfSlot, type Ring, rowsOf, slotOf } from '../rings/ring.ts';
import type { Series } from '../series/series-index.ts';
import type { LeapPages } from './leap-pages.ts';

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
  readonly #start: Database.Statement<[number], { start: Buffer }>;
  readonly #select: Database.Statement<[number], { body: Buffer }>;
  readonly #put: Database.Statement<[number, Buffer]>;
  readonly #delete: Database.Statement<[number]>;

  constructor(db: Database.Database, leapPages: LeapPages) {
    this.#leapPages = leapPages;
    this.#start = db.prepare(`SELECT substr(body, 1, ${HEADER_BYTES}) AS start FROM page WHERE id = ?`);
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
      if (number > lastKept || page.rows.count === 0) this.#delete.run(id);
      else this.#put.run(id, encodePage(page, ring));
    }
    const left = this.#pages(series, ring);
    for (const { id, body } of this.#leapPages.stay(rowsOf(series, ring))) {
      const number = pageNumber(body) ?? Number.NEGATIVE_INFINITY;
      if ((left.get(id) ?? Number.NEGATIVE_INFINITY) < number) this.#put.run(id, body);
    }
    return removed;
  }

  #newest(series: number, ring: Ring): number {
    const pages = [...this.#pages(series, ring)].toSorted(([, a], [, b]) => b - a);
    for (const [id] of pages) {
      const page = this.#read(id, ring);
      if (page !== undefined && page.rows.count > 0) return page.newestTime(ring);
    }
    return Number.NEGATIVE_INFINITY;
  }

  /** Row -> page number. */
  #pages(series: number, ring: Ring): Map<number, number> {
    const numbers = new Map<number, number>();
    for (const id of rowsOf(series, ring)) {
      const stored = this.#start.get(id);
      const number = stored && pageNumber(stored.start);
      if (number !== undefined) numbers.set(id, number);
    }
    return numbers;
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
