import type Database from 'better-sqlite3';
import { invariant, messageOf } from '../../model/errors.ts';
import type { Ms } from '../../model/units.ts';
import type { LeapPages } from '../clock/leap-pages.ts';
import { RINGS, type Ring, rowId, seriesOfRow } from '../rings/ring.ts';
import { DecodedColumns } from './decoded-columns.ts';
import { columnsOf, createPage, decodePage, encodePage, type Page } from './page.ts';
import { ReadAhead } from './read-ahead.ts';

/** The state every page and head shares: since which commit, and since when, it differs from the file. */
interface Dirty {
  readonly page: Page;
  readonly ring: Ring;
  readonly series: number;
  readonly sinceLsn: number;
  readonly since: Ms;
}

/** A row that was written, and is in the file once the transaction is. */
export interface WrittenRow {
  readonly row: number;
  readonly body: Buffer;
}

/** The second is there while a file of an older version is brought up to date (`repaging.ts`). */
export type PageTable = 'page' | 'old_page';

/** Bytes of pages in one transaction, and one page more. */
const WRITE_BYTES = 32 * 2 ** 20;

/** Columns kept decoded for those who ask again, whatever the cache of pages may hold. */
const DECODED_BYTES = 64 * 2 ** 20;

/**
 * The pages in memory. Dirty pages are kept until they are flushed, clean ones until the cache is full, also within one query.
 *
 * Invariant: dirty pages are flushed in the order they became dirty. So when a page is in the file with changes from commit L
 * on, every change of a commit before L is in the file too, and journal rows before the first dirty page's `sinceLsn` are
 * needed by nobody.
 */
export class Pages {
  readonly #select: Database.Statement<[number], { body: Buffer }>;
  readonly #range: Database.Statement<[number, number], [number, Buffer]>;
  readonly #upsert: Database.Statement<[number, Buffer]>;
  readonly #leapPages: LeapPages;
  readonly #cacheBytes: number;
  readonly #onDamage: (row: number, cause: string) => void;
  readonly #dirty = new Map<number, Dirty>();
  /** By ring and series the dirty page opened last: small numbers are found in a third of the time that row ids take. */
  readonly #opened = Array.from({ length: RINGS }, () => new Map<number, Page>());
  readonly #clean = new Map<number, Page>();
  /** Goes through `#clean`, oldest first, and has taken away whatever it went past: from the start it would pass all gaps again. */
  #oldest = this.#clean.entries();
  readonly #decoded = new DecodedColumns(DECODED_BYTES);
  readonly #unreadable = new Set<number>();
  /** By series, how often somebody asked for a page that cannot be read. */
  readonly #losses = new Map<number, number>();
  #cleanBytes = 0;
  #settle: () => void = () => {};
  #readAhead: ReadAhead | undefined;

  constructor(
    db: Database.Database,
    leapPages: LeapPages,
    cacheBytes: number,
    onDamage: (row: number, cause: string) => void,
    table: PageTable = 'page',
  ) {
    this.#leapPages = leapPages;
    this.#select = db.prepare(`SELECT body FROM ${table} WHERE id = ?`);
    this.#range = db
      .prepare<[number, number], [number, Buffer]>(`SELECT id, body FROM ${table} WHERE id BETWEEN ? AND ?`)
      .raw();
    this.#upsert = db.prepare(
      `INSERT INTO ${table} (id, body) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body`,
    );
    this.#cacheBytes = cacheBytes;
    this.#onDamage = onDamage;
  }

  /** @param settle called before anybody looks at a page of samples: some may wait to be put into it (`backlog.ts`). */
  beforeSamples(settle: () => void): void {
    this.#settle = settle;
  }

  /** Does `work`, which asks for pages in the order of their rows and writes none: those not in memory are read many at once. */
  inOrder(work: () => void): void {
    this.#readAhead = new ReadAhead((first, last) => this.#range.all(first, last));
    try {
      work();
    } finally {
      this.#readAhead = undefined;
    }
  }

  /** Bytes of the clean pages in memory, roughly; never more than the cache may hold. */
  get cachedBytes(): number {
    return this.#cleanBytes;
  }

  get dirtyCount(): number {
    return this.#dirty.size;
  }

  /** The oldest change that is not in the file. */
  get oldestDirty(): Dirty | undefined {
    return this.#dirty.values().next().value;
  }

  /** The page when the ring holds it; a row of another lap is no page. */
  find(series: number, ring: Ring, number: number): Page | undefined {
    if (ring.shape !== 'sum') this.#settle();
    const row = rowId(series, ring, number);
    const page = this.#row(row, ring);
    if (page === undefined && this.#unreadable.has(row)) this.#losses.set(series, this.losses(series) + 1);
    return page?.number === number ? page : undefined;
  }

  /** How often a page of the series was asked for and taken for empty, because it cannot be read. */
  losses(series: number): number {
    return this.#losses.get(series) ?? 0;
  }

  /** Whether some of what was asked of any of the series could not be read. */
  haveLost(all: readonly { readonly id: number }[]): boolean {
    return this.#losses.size > 0 && all.some(({ id }) => this.#losses.has(id));
  }

  /** The page to change in commit `lsn`, made when it is not there; undefined when its row holds a newer lap already. */
  open(series: number, ring: Ring, number: number, lsn: number, now: Ms): Page | undefined {
    const opened = this.#opened[ring.index]?.get(series);
    if (opened?.number === number) return opened;
    const row = rowId(series, ring, number);
    const changed = this.#dirty.get(row)?.page;
    if (changed?.number === number) return this.#noteOpened(series, ring, changed);
    let page = changed ?? this.#row(row, ring);
    if (page !== undefined && page.number > number) return undefined;
    if (page === undefined || page.number < number) {
      if (page !== undefined) this.#leapPages.overwritten(row, ring, page, number);
      this.#forget(row);
      page = createPage(ring, number, 0, this.#decoded);
    }
    this.#soil(row, { page, ring, series, sinceLsn: lsn, since: now });
    return this.#noteOpened(series, ring, page);
  }

  #noteOpened(series: number, ring: Ring, page: Page): Page {
    this.#opened[ring.index]?.set(series, page);
    return page;
  }

  /**
   * Writes the `budget` pages that have been dirty the longest, or as many as `WRITE_BYTES` hold, in the order of their rows, so that a
   * leaf is changed once; call inside a transaction.
   */
  write(budget: number): readonly WrittenRow[] {
    this.#leapPages.write();
    const rows: WrittenRow[] = [];
    let bytes = 0;
    for (const [row, { page, ring }] of this.#dirty) {
      if (rows.length >= budget || bytes >= WRITE_BYTES) break;
      const body = encodePage(page, ring);
      bytes += body.length;
      rows.push({ row, body });
    }
    rows.sort((a, b) => a.row - b.row);
    for (const { row, body } of rows) this.#upsert.run(row, body);
    return rows;
  }

  /** After the transaction of `write` is committed, and before any page changes. */
  written(rows: readonly WrittenRow[]): void {
    this.#leapPages.written();
    for (const { row, body } of rows) {
      const dirty = this.#dirty.get(row);
      if (dirty === undefined) continue;
      this.#clear(row, dirty);
      dirty.page.rows.seal(columnsOf(body));
      this.#keep(row, dirty.page);
    }
  }

  /** Forgets all pages in memory, because the file has changed beneath them; none may be dirty. */
  reload(): void {
    invariant(this.#dirty.size === 0, 'changes of pages would be lost');
    this.#clean.clear();
    this.#cleanBytes = 0;
  }

  /** What stands in a row, whatever its lap. */
  inRow(row: number, ring: Ring): Page | undefined {
    return this.#row(row, ring);
  }

  /** The body of a page that differs from the file. */
  dirtyBody(row: number): Buffer | undefined {
    const dirty = this.#dirty.get(row);
    return dirty && encodePage(dirty.page, dirty.ring);
  }

  /** Forgets pages, dirty ones among them: what the file has now is newer. */
  forgetRows(rows: readonly number[]): void {
    for (const row of rows) this.#forget(row);
  }

  /** Forgets the pages of series that are gone from the file; none may be dirty. */
  forgetSeries(gone: ReadonlySet<number>): void {
    for (const row of this.#dirty.keys())
      invariant(!gone.has(seriesOfRow(row)), 'a series is gone and its page is not');
    for (const row of this.#clean.keys()) if (gone.has(seriesOfRow(row))) this.#forget(row);
    for (const series of gone) this.#losses.delete(series);
  }

  #row(row: number, ring: Ring): Page | undefined {
    const known = this.#dirty.get(row)?.page ?? this.#clean.get(row);
    if (known !== undefined) return known;
    try {
      const body = this.#readAhead === undefined ? this.#select.get(row)?.body : this.#readAhead.body(row);
      if (body === undefined) return undefined;
      const page = decodePage(ring, body, this.#decoded);
      this.#keep(row, page);
      return page;
    } catch (error) {
      const code = String((error as { code?: unknown } | null)?.code ?? '');
      if (code !== '' && !code.startsWith('SQLITE_CORRUPT') && !code.startsWith('ERR_')) throw error;
      this.#unreadable.add(row);
      this.#onDamage(row, messageOf(error));
      return undefined;
    }
  }

  #soil(row: number, dirty: Dirty): void {
    if (this.#dirty.has(row)) return;
    this.#forget(row);
    this.#unreadable.delete(row);
    this.#dirty.set(row, dirty);
  }

  #clear(row: number, { ring, series }: Dirty): void {
    this.#dirty.delete(row);
    this.#opened[ring.index]?.delete(series);
  }

  #keep(row: number, page: Page): void {
    this.#clean.set(row, page);
    this.#cleanBytes += page.rows.memoryBytes();
    this.#trim();
  }

  /** Frees those kept longest first. Whoever still holds one may go on reading it; only dirty pages are ever changed. */
  #trim(): void {
    while (this.#cleanBytes > this.#cacheBytes) {
      const { value } = this.#oldest.next();
      if (value === undefined) {
        // At its end an iterator stays there, whatever comes later.
        this.#oldest = this.#clean.entries();
        if (this.#clean.size === 0) return;
        continue;
      }
      this.#forget(value[0]);
    }
  }

  #forget(row: number): void {
    const dirty = this.#dirty.get(row);
    if (dirty !== undefined) this.#clear(row, dirty);
    const page = this.#clean.get(row);
    if (page === undefined) return;
    this.#clean.delete(row);
    this.#cleanBytes -= page.rows.memoryBytes();
  }
}
