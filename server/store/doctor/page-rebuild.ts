import type Database from 'better-sqlite3';
import { alignDown } from '../../model/rings.ts';
import { ms } from '../../model/units.ts';
import { createPage, decodePage, encodePage, type Page } from '../pages/page.ts';
import { appendSample, emptySlot, mergeSlot, type RollupSlot } from '../pages/rollup.ts';
import { RollupPage } from '../pages/rollup-page.ts';
import { SamplePage } from '../pages/sample-page.ts';
import { SumPage } from '../pages/sum-page.ts';
import { floorOf, type Layout } from '../rings/layout.ts';
import { pageOfSlot, type Ring, rowId, slotOf } from '../rings/ring.ts';
import type { PagePlace } from './finding.ts';

export interface RebuildInput {
  /** That of the series. */
  readonly layout: Layout;
  /** The newest time of the series, and the newest high-water mark of its origins, ms. */
  readonly newest: number;
  readonly highWater: number;
  /** The LSN of what is rebuilt. */
  readonly lsn: number;
  /** Rows of damaged pages: what is not there is not empty. */
  readonly lost: ReadonlySet<number>;
}

/** How much of a page could be made again, of the slots that may have held data. */
export interface Rebuilt {
  readonly slots: number;
  readonly rebuilt: number;
}

/**
 * Makes the slots of a damaged page again from the rings that are finer than its own, of a database whose journal is empty:
 *
 *     finer ring      |  .  .  . |==========================|  newest     complete from its border on (`cover.ts`)
 *     damaged page         [ s1  s2  s3  s4  s5 ]
 *                             lost    s3  s4  s5   Σ of finer slots, or their merge: exact
 *
 * Slots that no finer ring has whole keep what the row holds now.
 */
export function rebuildPage(db: Database.Database, place: PagePlace, input: RebuildInput): Rebuilt {
  const ring = input.layout.rings[place.ring];
  if (ring === undefined) return { slots: 0, rebuilt: 0 };
  const file = new PageFile(db, place.series, input.lost);
  const row = rowId(place.series, ring, place.number);
  const now = file.read(ring, place.number, true);
  const page = createPage(ring, place.number);
  page.mark.lsn = input.lsn;
  let [slots, rebuilt] = [0, 0];
  for (let offset = 0; offset < ring.slotsPerPage; offset++) {
    const start = (place.number * ring.slotsPerPage + offset - 1) * ring.width;
    if (start >= input.newest) break;
    slots++;
    const isMade = input.layout.rings
      .filter((finer) => finer.index < ring.index && start >= completeFrom(finer, input))
      .reverse()
      .some((finer) => makeSlot(page, offset, file, finer, { start, end: start + ring.width }));
    if (isMade) rebuilt++;
    else keepSlot(page, offset, now);
  }
  const put = db.prepare('INSERT OR REPLACE INTO page (id, body) VALUES (?, ?)');
  if (page.rows.count > 0) put.run(row, encodePage(page, ring));
  return { slots, rebuilt };
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** From here on the ring has every slot that a coarser one has. */
function completeFrom(finer: Ring, { layout, newest, highWater }: RebuildInput): number {
  if (finer.shape !== 'sum') return floorOf(layout, finer, newest);
  const since = layout.since?.[finer.index] ?? Number.NEGATIVE_INFINITY;
  return Math.max(alignDown(ms(highWater - finer.span), finer.width), since);
}

/** False: a page of the finer ring is damaged, so that its slots are not known. */
function makeSlot(page: Page, offset: number, file: PageFile, finer: Ring, span: Span): boolean {
  const pages = file.range(finer, span);
  if (pages === undefined) return false;
  if (page instanceof SumPage) addSums(page, offset, pages, finer, span);
  if (page instanceof RollupPage) {
    const slot = mergedSlot(pages, finer, span);
    if (slot.n > 0 || slot.endsStale) page.replace(offset, slot);
  }
  return true;
}

function addSums(page: SumPage, offset: number, pages: readonly Page[], finer: Ring, span: Span): void {
  const total = { n: 0, sum: 0 };
  for (const part of pages) {
    if (!(part instanceof SumPage)) continue;
    const { first, last } = offsetsIn(part, finer, span);
    part.addTo(total, first, last);
  }
  if (total.n > 0) page.add(offset, total.n, total.sum);
}

function mergedSlot(pages: readonly Page[], finer: Ring, span: Span): RollupSlot {
  const made = emptySlot();
  for (const part of pages) {
    if (part instanceof SamplePage) {
      for (const sample of part.samples)
        if (sample.time > span.start && sample.time <= span.end) appendSample(made, sample);
    }
    if (!(part instanceof RollupPage)) continue;
    const { first, last } = offsetsIn(part, finer, span);
    for (let at = first; at <= last; at++) {
      const slot = part.slot(at);
      if (slot !== undefined) mergeSlot(made, slot);
    }
  }
  return made;
}

/** The slots of a finer page within the span, as places in that page. */
function offsetsIn(
  { number }: Page,
  finer: Ring,
  { start, end }: Span,
): { readonly first: number; readonly last: number } {
  const firstOfPage = number * finer.slotsPerPage;
  const first = Math.max(0, slotOf(finer, start) + 1 - firstOfPage);
  return { first, last: Math.min(finer.slotsPerPage - 1, slotOf(finer, end) - firstOfPage) };
}

function keepSlot(page: Page, offset: number, now: Page | undefined): void {
  if (page instanceof SumPage && now instanceof SumPage) {
    now.forEach(offset, offset, (at, n, sum) => page.add(at, n, sum));
  }
  if (page instanceof RollupPage && now instanceof RollupPage) {
    const slot = now.slot(offset);
    if (slot !== undefined) page.replace(offset, slot);
  }
}

/** The pages of one series in the file, each read once. */
class PageFile {
  readonly #select: Database.Statement<[number], { body: Buffer }>;
  readonly #series: number;
  readonly #lost: ReadonlySet<number>;
  readonly #read = new Map<number, Page | undefined>();

  constructor(db: Database.Database, series: number, lost: ReadonlySet<number>) {
    this.#select = db.prepare('SELECT body FROM page WHERE id = ?');
    this.#series = series;
    this.#lost = lost;
  }

  /** The page when its row holds this lap. @param evenLost what the row holds by now, of a page that was damaged */
  read(ring: Ring, number: number, evenLost = false): Page | undefined {
    const row = rowId(this.#series, ring, number);
    if (this.#lost.has(row) && !evenLost) return undefined;
    const page = this.#read.has(row) ? this.#read.get(row) : this.#load(ring, row);
    return page?.number === number ? page : undefined;
  }

  /** The pages that hold a span; undefined when one of them is damaged. */
  range(ring: Ring, { start, end }: Span): readonly Page[] | undefined {
    const first = pageOfSlot(ring, slotOf(ring, start) + 1);
    const last = pageOfSlot(ring, slotOf(ring, end));
    const numbers = Array.from({ length: last - first + 1 }, (_, i) => first + i);
    if (numbers.some((number) => this.#lost.has(rowId(this.#series, ring, number)))) return undefined;
    return numbers.flatMap((number) => this.read(ring, number) ?? []);
  }

  #load(ring: Ring, row: number): Page | undefined {
    const stored = this.#select.get(row);
    const page = stored === undefined ? undefined : decodePage(ring, stored.body);
    this.#read.set(row, page);
    return page;
  }
}
