import type Database from 'better-sqlite3';
import { messageOf } from '../../model/errors.ts';
import type { SeriesKind } from '../../model/labels.ts';
import { DEFAULT_RINGS } from '../../model/rings.ts';
import { LeapPages } from '../clock/leap-pages.ts';
import type { Damage } from '../damage.ts';
import { tellFailure } from '../database-failure.ts';
import type { ChangeTarget } from '../journal/changes.ts';
import { JournalLog } from '../journal/journal-log.ts';
import { replayJournal } from '../journal/recovery.ts';
import { defaultLayout, type Layout } from '../rings/layout.ts';
import { type PageShape, pageOfSlot, type Ring, ringsOfKind, rowId, rowsOf, slotOf } from '../rings/ring.ts';
import { Heads } from '../series/heads.ts';
import type { Series } from '../series/series-index.ts';
import { loadSeries } from '../series/series-table.ts';
import { createPage, decodePage, encodePage, type Page } from './page.ts';
import { Pages } from './pages.ts';

/** Slots per page before version 4. */
const OLD_SLOTS: Readonly<Record<PageShape, number>> = { sum: 240, raw: 60, rollup: 60 };

/** The default rings, which all series had before version 5, as files before version 4 had them. */
function oldLayout(kind: SeriesKind): Layout {
  const rings = ringsOfKind(DEFAULT_RINGS, kind).map((ring) => {
    const slotsPerPage = OLD_SLOTS[ring.shape];
    return {
      ...ring,
      slotsPerPage,
      rows: Math.ceil(ring.span / (slotsPerPage * ring.width)) + 1,
      bySeries: true,
    } as const;
  });
  return { profile: 1, rings };
}

const OLD_LAYOUTS: Readonly<Record<SeriesKind, Layout>> = {
  sum: oldLayout('sum'),
  counter: oldLayout('counter'),
  gauge: oldLayout('gauge'),
  rrd: oldLayout('rrd'),
};

/**
 * Brings the pages of a file that was written before version 4 up to date: the slots are the same, a page holds more of them. In one
 * transaction, so that a start that is killed begins anew. Throws VigieError `disk_full` or `unavailable`, and closes the file.
 *
 *     journal --replay--> old pages --flush--> old_page --slot by slot--> page, page_before_leap
 *
 * The journal goes first: what a page has of it is told by the page's LSN, and pages that become one have different ones.
 */
export function repaged(db: Database.Database, damage: Damage): Database.Database {
  const table = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'old_page'").get();
  if (table === undefined) return db;
  try {
    tellFailure(db.transaction(() => moveAll(db, damage)));
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function moveAll(db: Database.Database, damage: Damage): void {
  const leapPages = new LeapPages(db);
  const target: ChangeTarget = {
    index: loadSeries(db, { layout: (_profile, kind) => OLD_LAYOUTS[kind], layoutOf: ({ kind }) => OLD_LAYOUTS[kind] }),
    pages: new Pages(db, leapPages, 0, (row, cause) => damage.page(row, cause), 'old_page'),
    heads: new Heads(db),
  };
  settleJournal(db, target, damage);
  const moving = new Moving(db, leapPages, damage);
  for (const series of target.index.values()) {
    for (const [i, ring] of defaultLayout(series).rings.entries()) {
      const old = series.layout.rings[i];
      if (old !== undefined) moving.move(series, old, ring);
    }
  }
  db.exec('DROP TABLE old_page');
}

function settleJournal(db: Database.Database, target: ChangeTarget, damage: Damage): void {
  const { pages, heads } = target;
  const journal = new JournalLog(db);
  replayJournal(target, journal, damage);
  while (pages.dirtyCount > 0) pages.written(pages.write(pages.dirtyCount));
  while (heads.dirtyCount > 0) heads.written(heads.write(heads.dirtyCount));
  journal.trim(Number.MAX_SAFE_INTEGER);
}

/** Moves slots from old pages to new ones. */
class Moving {
  readonly #select: Database.Statement<[number], { body: Buffer }>;
  readonly #put: Database.Statement<[number, Buffer]>;
  readonly #keep: Database.Statement<[number, Buffer]>;
  readonly #leapPages: LeapPages;
  readonly #damage: Damage;
  readonly #setAside = new Map<number, Buffer>();

  constructor(db: Database.Database, leapPages: LeapPages, damage: Damage) {
    this.#select = db.prepare('SELECT body FROM old_page WHERE id = ?');
    this.#put = db.prepare('INSERT INTO page (id, body) VALUES (?, ?)');
    this.#keep = db.prepare('INSERT INTO page_before_leap (id, body) VALUES (?, ?)');
    this.#leapPages = leapPages;
    this.#damage = damage;
    for (const { id, body } of leapPages.takeAll()) this.#setAside.set(id, body);
  }

  move(series: Series, from: Ring, to: Ring): void {
    const rows = new Map<number, readonly Page[]>();
    for (const page of this.#regroup(this.#oldPages(series, from), from, to)) {
      const row = rowId(series.id, to, page.number);
      rows.set(row, [...(rows.get(row) ?? []), page]);
    }
    const base = this.#leapPages.stored()?.base;
    const lastBefore = base === undefined ? Number.NEGATIVE_INFINITY : pageOfSlot(to, slotOf(to, base));
    for (const [row, laps] of rows) {
      const [newest, older] = laps.slice(-2).reverse();
      if (newest !== undefined) this.#put.run(row, encodePage(newest, to));
      if (older !== undefined && older.number <= lastBefore) this.#keep.run(row, encodePage(older, to));
    }
  }

  /** By rising number. What was set aside is whole, also when an older version of it is still in its row. */
  #oldPages(series: Series, ring: Ring): readonly Page[] {
    const pages = new Map<number, Page>();
    for (const row of rowsOf(series.id, ring)) {
      for (const body of [this.#select.get(row)?.body, this.#setAside.get(row)]) {
        const page = body && this.#read(row, ring, body);
        if (page !== undefined) pages.set(page.number, page);
      }
    }
    return [...pages.values()].sort((a, b) => a.number - b.number);
  }

  #read(row: number, ring: Ring, body: Buffer): Page | undefined {
    try {
      return decodePage(ring, body);
    } catch (error) {
      this.#damage.page(row, messageOf(error));
      return undefined;
    }
  }

  #regroup(pages: readonly Page[], from: Ring, to: Ring): readonly Page[] {
    const regrouped = new Map<number, Page>();
    for (const page of pages) {
      const columns = page.rows.columns();
      for (const [row, place = 0] of columns[0]?.entries() ?? []) {
        const slot = to.shape === 'raw' ? slotOf(to, place) : page.number * from.slotsPerPage + place;
        const number = pageOfSlot(to, slot);
        const into = regrouped.get(number) ?? createPage(to, number);
        regrouped.set(number, into);
        into.mark.lsn = Math.max(into.mark.lsn, page.mark.lsn);
        const figures = columns.slice(1).map((column) => column[row] ?? 0);
        into.rows.insert(into.rows.count, [to.shape === 'raw' ? place : slot - number * to.slotsPerPage, ...figures]);
      }
    }
    return [...regrouped.values()];
  }
}
