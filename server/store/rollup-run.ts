import type { Pages } from './pages.ts';
import { pageOfSlot, type Ring, slotOf } from './ring.ts';
import { RollupPage } from './rollup-page.ts';
import type { Series } from './series-index.ts';

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

/** The slots of a ring in (start, end] that hold an event, those of stale markers alone (n = 0) among them. */
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
  const from = page.rows.indexOf(first - base);
  const to = page.rows.indexOf(last - base + 1);
  if (to <= from) return at;
  const { places, ...figures } = page.columns();
  for (let row = from; row < to; row++) run.ends[at + row - from] = (base + (places[row] ?? 0)) * ring.width;
  run.n.set(figures.n.subarray(from, to), at);
  run.firstTime.set(figures.firstTime.subarray(from, to), at);
  run.first.set(figures.first.subarray(from, to), at);
  run.lastTime.set(figures.lastTime.subarray(from, to), at);
  run.last.set(figures.last.subarray(from, to), at);
  run.adj.set(figures.adj.subarray(from, to), at);
  return at + to - from;
}

function emptyRun(length: number): RollupRun {
  const column = (): Float64Array => new Float64Array(length);
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
