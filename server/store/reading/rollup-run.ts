import { lowerBound } from '../pages/page-rows.ts';
import type { Pages } from '../pages/pages.ts';
import { RollupPage } from '../pages/rollup-page.ts';
import { pageOfSlot, type Ring, slotOf } from '../rings/ring.ts';
import type { Series } from '../series/series-index.ts';

/** Roll-up slots in time order as columns of one length, the figures of `RollupSlot`; `ends` are the ends of the slots, ms. */
export interface RollupRun {
  readonly ends: Float64Array;
  readonly n: Float64Array;
  readonly firstTime: Float64Array;
  readonly first: Float64Array;
  readonly lastTime: Float64Array;
  readonly last: Float64Array;
  readonly adj: Float64Array;
}

/** Runs are made in it, one after the other: a year of a series is half a megabyte, which would be got and given back for each. */
let room = new Float64Array(0);

/**
 * The slots of a ring in (start, end] that hold an event, those of stale markers alone (n = 0) among them. Good until the next run is asked
 * for.
 */
export function rollupRun(pages: Pages, series: Series, ring: Ring, start: number, end: number): RollupRun {
  const first = Math.max(slotOf(ring, start) + 1, slotOf(ring, series.oldest));
  const last = Math.min(slotOf(ring, end), slotOf(ring, series.newest));
  const run = emptyRun(Math.max(0, last - first + 1));
  let length = 0;
  for (let number = pageOfSlot(ring, first); number <= pageOfSlot(ring, last); number++) {
    const page = pages.find(series.id, ring, number);
    if (page instanceof RollupPage) length = addSlots(run, length, page, ring, first, last);
  }
  return cut(run, length);
}

/** Adds the slots first..last (absolute numbers, both included) that the page holds; returns how many there are then. */
function addSlots(run: RollupRun, at: number, page: RollupPage, ring: Ring, first: number, last: number): number {
  const base = page.number * ring.slotsPerPage;
  const { places, ...figures } = page.columns();
  const from = lowerBound(places, first - base);
  const to = lowerBound(places, last - base + 1);
  if (to <= from) return at;
  const part = (column: Float64Array): Float64Array =>
    from === 0 && to === column.length ? column : column.subarray(from, to);
  for (let row = from, slot = at; row < to; row++, slot++) run.ends[slot] = (base + (places[row] ?? 0)) * ring.width;
  run.n.set(part(figures.n), at);
  run.firstTime.set(part(figures.firstTime), at);
  run.first.set(part(figures.first), at);
  run.lastTime.set(part(figures.lastTime), at);
  run.last.set(part(figures.last), at);
  run.adj.set(part(figures.adj), at);
  return at + to - from;
}

function emptyRun(length: number): RollupRun {
  if (room.length < 7 * length) room = new Float64Array(7 * length);
  let at = 0;
  const column = (): Float64Array => {
    at += length;
    return room.subarray(at - length, at);
  };
  return {
    ends: column(),
    n: column(),
    firstTime: column(),
    first: column(),
    lastTime: column(),
    last: column(),
    adj: column(),
  };
}

function cut({ ends, n, firstTime, first, lastTime, last, adj }: RollupRun, length: number): RollupRun {
  return {
    ends: ends.subarray(0, length),
    n: n.subarray(0, length),
    firstTime: firstTime.subarray(0, length),
    first: first.subarray(0, length),
    lastTime: lastTime.subarray(0, length),
    last: last.subarray(0, length),
    adj: adj.subarray(0, length),
  };
}
