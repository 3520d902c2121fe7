import type Database from 'better-sqlite3';
import { tellFailure } from '../database-failure.ts';
import type { Clients } from '../intake/clients.ts';
import type { Origins } from '../intake/origins.ts';
import type { Tallies } from '../intake/tallies.ts';
import type { Pages } from '../pages/pages.ts';
import { coarsest, pageOfSlot, ringHasPage, rowsBetween, slotOf } from '../rings/ring.ts';
import type { DataSources } from '../rrd/data-sources.ts';
import type { Series, SeriesIndex } from './series-index.ts';

export interface ExpiryParts {
  readonly db: Database.Database;
  readonly index: SeriesIndex;
  readonly pages: Pages;
  readonly origins: Origins;
  readonly clients: Clients;
  readonly tallies: Tallies;
  readonly dataSources: DataSources;
}

/** Series looked at in one step: half a millisecond. */
const LOOKS = 5000;
/** Pages removed in one step, or a few more: some ten milliseconds. */
const PAGES = 1024;
/** Series removed in one step. */
const SERIES = 512;

/**
 * Removes series that have outlived their data, so that others find room.
 *
 *     dead     the widest ring, judged by the newest mark of the origins that wrote to it, has no page for its newest data;
 *              or it never had any (all its rows were refused)
 *     removed  dead, and its last commit has left the journal
 *
 * 1. What no journal row names is not dirty either. One transaction takes its row, its head, its origins and its pages; after it
 *    nothing in the file names its id, which the next start may give again (`series-index.ts`).
 * 2. Commits may be numbered lower after that start: the highest number in the file is that of what is left, and no page that is
 *    left has a higher one.
 * 3. While a leap of the clock may be taken back nothing is removed: marks would come down again (`clock-steps.ts`).
 */
export class Expiry {
  readonly #parts: ExpiryParts;
  readonly #statements;
  #round: Iterator<Series> | undefined;

  constructor(parts: ExpiryParts) {
    this.#parts = parts;
    this.#statements = {
      oldestCommit: parts.db.prepare<[], { lsn: number | null }>('SELECT min(lsn) AS lsn FROM journal'),
      series: parts.db.prepare<[number]>('DELETE FROM series WHERE id = ?'),
      head: parts.db.prepare<[number]>('DELETE FROM head WHERE series = ?'),
      origins: parts.db.prepare<[number]>('DELETE FROM series_origin WHERE series = ?'),
      page: parts.db.prepare<[number]>('DELETE FROM page WHERE id = ?'),
    };
  }

  /** Looks on, and removes what is dead; returns how many. Call it again and again. Throws `disk_full` or `unavailable` with nothing changed. */
  step(): number {
    const dead = this.#nextDead();
    if (dead.length === 0) return 0;
    const { db, index, pages, tallies, dataSources } = this.#parts;
    const { removed, counts } = tellFailure(
      db.transaction(() => {
        const removed = this.#remove(dead);
        dataSources.remove(removed.filter(({ kind }) => kind === 'rrd'));
        const counts = new Map([['expired/series', removed.length]]);
        tallies.save(counts);
        return { removed, counts };
      }),
    );
    tallies.saved(counts);
    dataSources.removed(removed);
    pages.forgetSeries(new Set(removed.map(({ id }) => id)));
    index.remove(removed);
    return removed.length;
  }

  #nextDead(): readonly Series[] {
    const { index } = this.#parts;
    const oldest = this.#statements.oldestCommit.get()?.lsn ?? Number.POSITIVE_INFINITY;
    const dead: Series[] = [];
    this.#round ??= index.values()[Symbol.iterator]();
    for (let looks = 0; looks < LOOKS && dead.length < SERIES; looks++) {
      const { done, value } = this.#round.next();
      if (done === true) {
        this.#round = undefined;
        this.#removeForgotten();
        break;
      }
      if (value.lsn < oldest && this.#isDead(value)) dead.push(value);
    }
    return dead;
  }

  /** Forgotten origins stay behind their series; those without one any more leave their places. */
  #removeForgotten(): void {
    const { db, index, origins, clients } = this.#parts;
    const forgotten = [...origins.values()].filter((origin) => origin.forgotten === true);
    if (forgotten.length === 0) return;
    const behindSeries = index.origins();
    const removed = forgotten.filter(({ id }) => !behindSeries.has(id));
    const remove = db.transaction(() => {
      for (const origin of removed) clients.removeOrigin(origin);
    });
    tellFailure(remove);
    for (const origin of removed) origins.remove(origin);
  }

  #isDead({ layout, newest, origins }: Series): boolean {
    if (newest === Number.NEGATIVE_INFINITY) return true;
    const ring = coarsest(layout.rings);
    let mark = newest;
    for (const id of origins) mark = Math.max(mark, this.#parts.origins.byId[id]?.highWater ?? mark);
    return !ringHasPage(ring, pageOfSlot(ring, slotOf(ring, newest)), mark);
  }

  /** As many of them as one step may; the others are found in the next round. */
  #remove(dead: readonly Series[]): readonly Series[] {
    const { series, head, origins, page } = this.#statements;
    const removed: Series[] = [];
    let rows = 0;
    for (const one of dead) {
      if (rows >= PAGES) break;
      for (const ring of one.layout.rings) {
        for (const row of rowsBetween(one.id, ring, one.oldest, one.newest)) {
          page.run(row);
          rows++;
        }
      }
      for (const statement of [series, head, origins]) statement.run(one.id);
      removed.push(one);
    }
    return removed;
  }
}
