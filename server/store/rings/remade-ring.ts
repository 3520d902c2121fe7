import { slotEnd } from '../../model/rings.ts';
import { ms } from '../../model/units.ts';
import { forEachSample } from '../journal/changes.ts';
import { createPage, type Page } from '../pages/page.ts';
import type { Pages } from '../pages/pages.ts';
import { emptySlot, mergeSlot } from '../pages/rollup.ts';
import { RollupPage } from '../pages/rollup-page.ts';
import { SamplePage } from '../pages/sample-page.ts';
import { SumPage } from '../pages/sum-page.ts';
import { forEachPage } from '../reading/reader.ts';
import type { Series } from '../series/series-index.ts';
import { type Layout, rawFloor, usableOf, usableRollups } from './layout.ts';
import { finest, pageOfSlot, pageTime, type Ring, ringFloor, ringHasPage, samplesPerPage, slotOf } from './ring.ts';

/** A ring of a new layout, filled from those of the old one. */
export interface RemadeRing {
  readonly ring: Ring;
  /** By number. */
  readonly pages: ReadonlyMap<number, Page>;
  /** Up to here it holds nothing that was; -Infinity: it holds all that it reaches back to. */
  readonly since: number;
}

export interface RemakeInput {
  readonly pages: Pages;
  /** Its layout is the old one. */
  readonly series: Series;
  /** What the age of the old slots is judged by, ms. */
  readonly mark: number;
}

/**
 * Fills a ring with the slots that can be made exactly:
 *
 *     old 1 min  |==============================|   each slot of 5 min is five of 1 min, one of 30 s is none
 *     old 1 h    |======|======|======|======|==|
 *     new 5 min        |========================|   from the coarsest ring whose slots divide its own, which reaches back furthest
 *     new 30 s                          |=======|   from raw samples, where there are some
 */
export function remadeRing({ pages, series, mark }: RemakeInput, ring: Ring): RemadeRing {
  const from = sourceOf(series, ring, mark);
  const isWhole = !(series.oldest <= from.since);
  const since = isWhole ? Number.NEGATIVE_INFINITY : slotEnd(ms(Math.min(from.since, series.newest)), ring.width);
  const target = new Target(series, ring, since);
  if (ring.shape === 'raw') fillRaw(pages, series, target);
  else if (from.ring?.shape === 'raw') fillRollups(pages, series, target);
  else if (from.ring !== undefined) fillSlots(pages, series, from.ring, target);
  const reached = ring.shape === 'raw' ? denseSince(ring, target, since) : since;
  const floor = ring.shape === 'sum' ? mark - ring.span : ringFloor(ring, series.newest);
  return { ring, pages: target.pages, since: reached > floor ? reached : Number.NEGATIVE_INFINITY };
}

interface Source {
  /** Undefined: no ring has slots that make those of the new one. */
  readonly ring: Ring | undefined;
  /** It is complete from here on; Infinity: nowhere. */
  readonly since: number;
}

function sourceOf(series: Series, ring: Ring, mark: number): Source {
  const { layout, kind, newest } = series;
  const raw = { ring: finest(layout.rings), since: rawFloor(series) };
  if (ring.shape === 'raw') return raw;
  const { rings, from } = kind === 'sum' ? usableOf(layout, mark) : usableRollups(layout, newest);
  const at = rings.findLastIndex(({ width }) => ring.width % width === 0);
  const slots = { ring: rings[at], since: from[at] ?? Number.POSITIVE_INFINITY };
  return kind !== 'sum' && raw.since < slots.since ? raw : slots;
}

/** The pages of a ring as they are made. */
class Target {
  readonly pages = new Map<number, Page>();
  readonly ring: Ring;
  readonly since: number;
  readonly #series: Series;

  constructor(series: Series, ring: Ring, since: number) {
    this.#series = series;
    this.ring = ring;
    this.since = since;
  }

  /** The page of a slot; undefined when the ring does not hold it. */
  pageOf(slot: number): Page | undefined {
    const { ring, since } = this;
    const { newest, lsn } = this.#series;
    const number = pageOfSlot(ring, slot);
    if ((slot - 1) * ring.width < since || !ringHasPage(ring, number, newest)) return undefined;
    const known = this.pages.get(number);
    if (known !== undefined) return known;
    const page = createPage(ring, number, lsn);
    this.pages.set(number, page);
    return page;
  }

  offsetOf(slot: number, page: Page): number {
    return slot - page.number * this.ring.slotsPerPage;
  }
}

function fillRaw(pages: Pages, series: Series, target: Target): void {
  const { ring, since } = target;
  const start = Math.max(since, ringFloor(ring, series.newest), series.oldest - 1);
  forEachSample(pages, series, start, series.newest, (sample) => {
    const page = target.pageOf(slotOf(ring, sample.time));
    if (page instanceof SamplePage) page.insert(sample);
  });
}

function fillRollups(pages: Pages, series: Series, target: Target): void {
  const { ring, since } = target;
  const start = Math.max(since, ringFloor(ring, series.newest), series.oldest - 1);
  forEachSample(pages, series, start, series.newest, ({ time, value, stale }) => {
    const slot = slotOf(ring, time);
    const page = target.pageOf(slot);
    if (!(page instanceof RollupPage)) return;
    const one = { ...emptySlot(), endsStale: stale };
    if (!stale) {
      const [n, firstTime, lastTime] = [1, time, time];
      Object.assign(one, { n, firstTime, lastTime, first: value, last: value, sum: value, min: value, max: value });
    }
    mergeInto(page, target.offsetOf(slot, page), one);
  });
}

function fillSlots(pages: Pages, series: Series, from: Ring, target: Target): void {
  const { ring } = target;
  const run = { ring: from, first: Number.NEGATIVE_INFINITY, last: Number.POSITIVE_INFINITY };
  forEachPage(pages, series, [heldRun(run, series)], (page, first, last) => {
    const place = (offset: number): number =>
      Math.ceil(((page.number * from.slotsPerPage + offset) * from.width) / ring.width);
    if (page instanceof SumPage) {
      page.forEach(first, last, (offset, n, sum) => {
        const into = target.pageOf(place(offset));
        if (into instanceof SumPage) into.add(target.offsetOf(place(offset), into), n, sum);
      });
    } else if (page instanceof RollupPage) {
      page.forEach(first, last, (offset, slot) => {
        const into = target.pageOf(place(offset));
        if (into instanceof RollupPage) mergeInto(into, target.offsetOf(place(offset), into), slot);
      });
    }
  });
}

/** No more than the laps that the ring may hold. */
function heldRun(run: { ring: Ring; first: number; last: number }, { newest }: Series) {
  const last = pageOfSlot(run.ring, slotOf(run.ring, newest));
  return { ...run, first: (last - run.ring.rows + 1) * run.ring.slotsPerPage };
}

function mergeInto(page: RollupPage, offset: number, later: Parameters<typeof mergeSlot>[1]): void {
  const slot = page.slot(offset) ?? emptySlot();
  mergeSlot(slot, later);
  page.replace(offset, slot);
}

/** A page takes so many samples: where there are more the ring begins behind them. */
function denseSince(ring: Ring, { pages }: Target, since: number): number {
  let reached = since;
  for (const [number, page] of pages) {
    if (page.rows.count > samplesPerPage(ring)) reached = Math.max(reached, pageTime(ring, number).end);
  }
  for (const number of pages.keys()) if (pageTime(ring, number).end <= reached) pages.delete(number);
  return reached;
}

/** Whether the pages of a ring may stay as they are. */
export function isSameRing(layout: Layout, ring: Ring): boolean {
  const old = layout.rings[ring.index];
  return old?.width === ring.width && old.span === ring.span;
}
