import type { Page } from '../pages/page.ts';
import type { Pages } from '../pages/pages.ts';
import { RollupPage } from '../pages/rollup-page.ts';
import { SamplePage } from '../pages/sample-page.ts';
import type { SumTotal } from '../pages/sum-page.ts';
import { coverWindow, type SlotRun, type Usable } from '../rings/cover.ts';
import { pageOfSlot, type Ring } from '../rings/ring.ts';
import type { Series } from '../series/series-index.ts';
import { forEachPage } from './reader.ts';

/**
 * What a counter counted, exactly and not extrapolated. Each increment belongs to the sample that told it:
 *
 *     samples      5     9     9  |  2     4     |  4     7
 *     increments   -     4     0  |  2     2     |  0     3        2 follows a reset: the counter began again at 0
 *
 * so windows that follow each other add up, and slots of any ring give the sum of their samples (merge rule of `rollup.ts`). What a
 * counter had counted before its very first sample is not known and not counted.
 */
export type IncreaseVisit = (time: number, increase: number, samples: number) => void;

/**
 * Calls `visit` with the increase of every raw sample and every roll-up slot of the runs, which are in the order of time. `time` is
 * that of the sample, or the end of the slot, ms.
 */
export function forEachIncrease(
  pages: Pages,
  series: Series,
  runs: readonly SlotRun[],
  usable: Usable,
  visit: IncreaseVisit,
): void {
  const [first] = runs;
  if (first === undefined) return;
  let before = valueBefore(pages, series, usable, (first.first - 1) * first.ring.width);
  forEachPage(pages, series, runs, (page, from, to, ring) => {
    before = visitPage({ page, ring, from, to }, before, visit);
  });
}

/** Adds what a counter rose in a window whose borders are those of slots. @param usable of the rings of counters, by the same mark. */
export function addIncrease(
  pages: Pages,
  series: Series,
  usable: Usable,
  { start, end }: { readonly start: number; readonly end: number },
  total: SumTotal,
): void {
  forEachIncrease(pages, series, coverWindow(usable, start, end).runs, usable, (_time, increase, samples) => {
    total.n += samples;
    total.sum += increase;
  });
}

/** A page and the places (both included) that are looked at. */
interface PagePart {
  readonly page: Page;
  readonly ring: Ring;
  readonly from: number;
  readonly to: number;
}

/** Returns the last value, when there is one. */
function visitPage(part: PagePart, before: number | undefined, visit: IncreaseVisit): number | undefined {
  const { page, ring, from, to } = part;
  let last = before;
  const step = (time: number, first: number, newest: number, inside: number, samples: number): void => {
    const increase = (last === undefined ? 0 : increment(last, first)) + inside;
    // Values that are no numbers, or not finite, tell nothing.
    if (Number.isFinite(increase)) visit(time, increase, samples);
    if (Number.isFinite(newest)) last = newest;
  };
  if (page instanceof RollupPage) {
    const base = page.number * ring.slotsPerPage;
    page.forEach(from, to, (place, slot) => {
      if (slot.n > 0)
        step((base + place) * ring.width, slot.first, slot.last, slot.last - slot.first + slot.adj, slot.n);
    });
  } else if (page instanceof SamplePage) {
    const { times, values } = page.run(...timeOf(part));
    for (const [i, value] of values.entries()) step(times[i] ?? 0, value, value, value - value, 1);
  }
  return last;
}

function increment(before: number, value: number): number {
  return value < before ? value : value - before;
}

function timeOf({ page, ring, from, to }: PagePart): [start: number, end: number] {
  const base = page.number * ring.slotsPerPage;
  return [(base + from - 1) * ring.width, (base + to) * ring.width];
}

/** The newest value at or before a border, from the rings that are complete there. */
function valueBefore(pages: Pages, series: Series, usable: Usable, border: number): number | undefined {
  if (!(series.oldest <= border)) return undefined;
  const { runs } = coverWindow(usable, series.oldest - 1, border);
  for (const { ring, first, last } of runs.toReversed()) {
    for (let number = pageOfSlot(ring, last); number >= pageOfSlot(ring, first); number--) {
      const page = pages.find(series.id, ring, number);
      if (page === undefined) continue;
      const base = number * ring.slotsPerPage;
      const to = Math.min(ring.slotsPerPage - 1, last - base);
      const value = lastValue({ page, ring, from: Math.max(0, first - base), to });
      if (value !== undefined) return value;
    }
  }
  return undefined;
}

function lastValue(part: PagePart): number | undefined {
  const { page, from, to } = part;
  if (page instanceof SamplePage) return page.run(...timeOf(part)).values.findLast(Number.isFinite);
  if (!(page instanceof RollupPage)) return undefined;
  const { rows } = page;
  for (let row = rows.indexOf(to + 1) - 1; row >= rows.indexOf(from); row--) {
    const slot = page.slot(rows.get(row, 0));
    if (slot !== undefined && slot.n > 0 && Number.isFinite(slot.last)) return slot.last;
  }
  return undefined;
}
