import type Database from 'better-sqlite3';
import { tellFailure } from '../database-failure.ts';
import type { Origins } from '../intake/origins.ts';
import type { Tallies } from '../intake/tallies.ts';
import { encodePage, type Page } from '../pages/page.ts';
import type { Pages } from '../pages/pages.ts';
import type { Heads } from '../series/heads.ts';
import type { Series, SeriesIndex } from '../series/series-index.ts';
import type { SeriesTable } from '../series/series-table.ts';
import type { Layout } from './layout.ts';
import { isSameRing, type RemadeRing, remadeRing } from './remade-ring.ts';
import { coarsest, type Ring, rowId, rowsBetween } from './ring.ts';
import type { RingPlan } from './ring-plan.ts';

export interface ConversionParts {
  readonly db: Database.Database;
  readonly plan: RingPlan;
  readonly index: SeriesIndex;
  readonly pages: Pages;
  readonly heads: Heads;
  readonly origins: Origins;
  readonly seriesTable: SeriesTable;
  readonly tallies: Tallies;
  /** Puts what is committed into the pages. */
  readonly settle: () => void;
  /** For crash tests: called before a transaction ends. */
  readonly onPoint: () => void;
}

/** Series looked at in one step: a millisecond or two. */
const LOOKS = 5000;
/** Pages made in one step, or those of one series: some ten milliseconds. */
const PAGES = 256;

/** A series whose pages are made and in no file yet. */
interface Converted {
  readonly series: Series;
  readonly layout: Layout;
  /** Rows of the old rings that are no more. */
  readonly removed: readonly number[];
  readonly remade: readonly RemadeRing[];
  /** Events that no ring holds any more. */
  readonly lost: number;
}

/**
 * Gives series the rings that the plan says they shall have, some in each step, while data and questions come.
 *
 *     in memory       old pages, dirty ones among them --> new pages (`remade-ring.ts`)
 *     ONE transaction old rows away, new rows, kept rows that are dirty, head, and in `series`: profile, since, layout_lsn
 *     in memory       the layout of the series; its pages are forgotten
 *
 * 1. A series is converted whole or not at all, so a process that is killed goes on with the others.
 * 2. All its pages then hold every commit up to `layout_lsn`, so no commit up to it is replayed on this series: it would meet other
 *    rings than those it was decided for.
 * 3. What the old rings do not make exactly is not made: `Layout.since` tells from where on a ring is filled, and questions about
 *    what lies before go to coarser rings, whose borders the answer tells.
 */
export class Conversion {
  readonly #parts: ConversionParts;
  readonly #statements;
  #round: Iterator<Series> | undefined;

  constructor(parts: ConversionParts) {
    this.#parts = parts;
    this.#statements = {
      remove: parts.db.prepare<[number]>('DELETE FROM page WHERE id = ?'),
      put: parts.db.prepare<[number, Buffer]>('INSERT OR REPLACE INTO page (id, body) VALUES (?, ?)'),
    };
    this.begin();
  }

  /** Whether series are left to look at. */
  get isDue(): boolean {
    return this.#round !== undefined;
  }

  /** Looks at every series again: the plan has changed. */
  begin(): void {
    this.#round = this.#parts.index.values()[Symbol.iterator]();
  }

  /** Looks on, and converts some; returns how many. Throws `disk_full` or `unavailable` with nothing changed. */
  step(): number {
    if (!this.isDue) return 0;
    const waiting = this.#next();
    if (waiting.length > 0) this.#convert(waiting);
    if (!this.isDue) this.#parts.plan.forgetUnused();
    return waiting.length;
  }

  #next(): readonly Series[] {
    const { plan } = this.#parts;
    const waiting: Series[] = [];
    let pages = 0;
    for (let looks = 0; looks < LOOKS && pages < PAGES; looks++) {
      const { done, value } = this.#round?.next() ?? { done: true };
      if (done === true || value === undefined) {
        this.#round = undefined;
        break;
      }
      if (plan.fits(value)) continue;
      waiting.push(value);
      pages += rowsOf(value, value.layout).length;
    }
    return waiting;
  }

  #convert(waiting: readonly Series[]): void {
    const { db, tallies, settle } = this.#parts;
    settle();
    const made = waiting.map((series) => this.#remake(series));
    const lost = made.reduce((sum, one) => sum + one.lost, 0);
    const counts = new Map(lost > 0 ? [['drop/ring_shortened', lost]] : []);
    try {
      tellFailure(
        db.transaction(() => {
          for (const one of made) this.#write(one);
          tallies.save(counts);
          this.#parts.onPoint();
        }),
      );
    } catch (error) {
      this.begin();
      throw error;
    }
    tallies.saved(counts);
    for (const one of made) this.#keep(one);
  }

  #remake(series: Series): Converted {
    const { plan, pages, origins } = this.#parts;
    const { rings, profile } = plan.layoutOf(series);
    let mark = series.newest;
    for (const id of series.origins) mark = Math.max(mark, origins.byId[id]?.highWater ?? mark);
    const changed = rings.filter((ring) => !isSameRing(series.layout, ring));
    const remade = changed.map((ring) => remadeRing({ pages, series, mark }, ring));
    const since = rings.map((ring) => {
      const made = remade.find((one) => one.ring === ring);
      return made === undefined ? (series.layout.since?.[ring.index] ?? Number.NEGATIVE_INFINITY) : made.since;
    });
    const isWhole = since.every((time) => time === Number.NEGATIVE_INFINITY);
    const layout = plan.layout(profile, series.kind, isWhole ? undefined : since);
    const gone = series.layout.rings.filter(
      (old) => !rings.some((ring) => ring.index === old.index && !changed.includes(ring)),
    );
    const removed = gone.flatMap((ring) => rowsBetween(series.id, ring, series.oldest, series.newest));
    return { series, layout, removed, remade, lost: this.#lost(series, remade, rings, mark) };
  }

  /** What was in the widest ring and is not in the new one. */
  #lost(series: Series, remade: readonly RemadeRing[], rings: readonly Ring[], mark: number): number {
    const made = remade.find(({ ring }) => ring === coarsest(rings));
    if (made === undefined) return 0;
    const old = coarsest(series.layout.rings);
    const held = rowsBetween(series.id, old, series.oldest, series.newest).flatMap(
      (row) => this.#parts.pages.inRow(row, old) ?? [],
    );
    return Math.max(
      0,
      eventsAfter(held, old, mark - old.span) - eventsAfter([...made.pages.values()], made.ring, mark - made.ring.span),
    );
  }

  #write({ series, layout, removed, remade }: Converted): void {
    const { pages, heads, seriesTable } = this.#parts;
    const { remove, put } = this.#statements;
    for (const row of removed) remove.run(row);
    for (const { ring, pages: made } of remade) {
      for (const page of made.values()) {
        if (page.rows.count > 0) put.run(rowId(series.id, ring, page.number), encodePage(page, ring));
      }
    }
    const gone = new Set(removed);
    for (const row of rowsOf(series, series.layout)) {
      const body = gone.has(row) ? undefined : pages.dirtyBody(row);
      if (body !== undefined) put.run(row, body);
    }
    if (Number.isFinite(series.newest)) heads.save(series, series);
    seriesTable.lay(series, layout, series.lsn);
  }

  #keep({ series, layout, remade }: Converted): void {
    const { pages, heads, index } = this.#parts;
    pages.forgetRows(rowsOf(series, series.layout));
    for (const { ring, pages: made } of remade) {
      pages.forgetRows([...made.keys()].map((number) => rowId(series.id, ring, number)));
    }
    heads.written([series]);
    index.lay(series, layout, series.lsn);
  }
}

/** Of the pages of the widest ring, in slots that end after `time`. */
function eventsAfter(pages: readonly Page[], ring: Ring, time: number): number {
  let events = 0;
  for (const { shape, number, rows } of pages) {
    const columns = rows.columns();
    const counts = columns[shape === 'sum' ? 1 : 3];
    for (const [i, place] of columns[0]?.entries() ?? []) {
      if ((number * ring.slotsPerPage + place) * ring.width > time) events += counts?.[i] ?? 0;
    }
  }
  return events;
}

function rowsOf(series: Series, { rings }: Layout): readonly number[] {
  return rings.flatMap((ring) => rowsBetween(series.id, ring, series.oldest, series.newest));
}
