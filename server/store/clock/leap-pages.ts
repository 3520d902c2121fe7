import type Database from 'better-sqlite3';
import type { Ms } from '../../model/units.ts';
import { LEAP_BYTES } from '../limits.ts';
import { encodePage, type Page } from '../pages/page.ts';
import { pageOfSlot, type Ring, slotOf } from '../rings/ring.ts';
import type { Leap } from './clock-watch.ts';

export interface StoredPage {
  readonly id: number;
  readonly body: Buffer;
}

/**
 * The leap of the clock, if there is one, and the pages of before it whose rows were overwritten since.
 *
 * A page is set aside in memory when its row is taken, and reaches the file no later than the page that took the row. Until then
 * the row still holds it, and replay sets it aside again. What was set aside first is whole and stays: the row may hold an older
 * version of it, whose missing changes have left the journal with the flush that set it aside.
 */
export class LeapPages {
  readonly #statements;
  readonly #pending = new Map<number, Buffer>();
  #base: Ms | undefined;
  #bytes: number;

  constructor(db: Database.Database) {
    this.#statements = {
      leap: db.prepare<[], Leap>('SELECT base, since FROM leap'),
      begin: db.prepare<[number, number]>('INSERT OR REPLACE INTO leap (one, base, since) VALUES (1, ?, ?)'),
      end: db.prepare('DELETE FROM leap'),
      keep: db.prepare<[number, Buffer]>('INSERT OR IGNORE INTO page_before_leap (id, body) VALUES (?, ?)'),
      find: db.prepare<[number], StoredPage>('SELECT id, body FROM page_before_leap WHERE id = ?'),
      all: db.prepare<[], StoredPage>('SELECT id, body FROM page_before_leap'),
      clear: db.prepare('DELETE FROM page_before_leap'),
      bytes: db.prepare<[], { bytes: number }>('SELECT ifnull(sum(length(body)), 0) AS bytes FROM page_before_leap'),
    };
    this.#base = this.stored()?.base;
    this.#bytes = this.#statements.bytes.get()?.bytes ?? 0;
  }

  /** The leap in the file. */
  stored(): Leap | undefined {
    return this.#statements.leap.get();
  }

  /** Notes a leap in the file; call before anything is applied under the new clock. */
  begin({ base, since }: Leap): void {
    this.#statements.begin.run(base, since);
    this.#base = base;
  }

  /** Forgets the leap and what was set aside, in the caller's transaction; `ended` follows when it is committed. */
  end(): void {
    this.#statements.end.run();
    this.#statements.clear.run();
  }

  ended(): void {
    this.#base = undefined;
    this.#pending.clear();
    this.#bytes = 0;
  }

  /** Sets `page` aside if the page that takes its row lies behind the leap and it does not; nothing beyond `LEAP_BYTES`. */
  overwritten(row: number, ring: Ring, page: Page, by: number): void {
    if (this.#base === undefined) return;
    const last = pageOfSlot(ring, slotOf(ring, this.#base));
    if (page.number > last || by <= last || this.#bytes > LEAP_BYTES) return;
    const body = encodePage(page, ring);
    this.#pending.set(row, body);
    this.#bytes += body.length;
  }

  /** Inside the transaction that writes pages. */
  write(): void {
    for (const [row, body] of this.#pending) this.#statements.keep.run(row, body);
  }

  /** After it is committed. */
  written(): void {
    this.#pending.clear();
  }

  /** Takes all that is set aside out of the file, in the caller's transaction. */
  takeAll(): readonly StoredPage[] {
    const all = this.#statements.all.all();
    this.#statements.clear.run();
    return all;
  }

  /** What is set aside, in the file, of these rows. */
  stay(rows: readonly number[]): readonly StoredPage[] {
    return rows.flatMap((row) => this.#statements.find.get(row) ?? []);
  }
}
