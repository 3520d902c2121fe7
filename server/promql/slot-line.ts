import { type Extrapolation, extrapolate } from './extrapolate.ts';
import { type Line, type Steps, timeOfStep } from './lines.ts';
import type { RollupRun } from './queryable.ts';

/** The steps `first` to before `end`, each over the window of `range` ms that ends `offset` ms before it. */
interface StepWindows {
  readonly range: number;
  readonly offset: number;
  readonly first: number;
  readonly end: number;
}

/**
 * Rate, increase or delta of one series at the steps from roll-up slots, each window of which is made of whole ones. Slots are merged by the
 * rule of `server/store/pages/rollup.ts`, in the same order of additions, so the answer is bit for bit that of the windows one by one.
 * Returns the windows with something in them.
 */
export function fillSlotRates(
  line: Line,
  run: RollupRun,
  steps: Steps,
  windows: StepWindows,
  kind: Extrapolation,
): number {
  const { ends, n, firstTime, first, lastTime, last, adj } = run;
  const { values, there } = line;
  let from = 0;
  let to = 0;
  let seen = 0;
  for (let i = windows.first; i < windows.end; i++) {
    const end = timeOfStep(steps, i) - windows.offset;
    const start = end - windows.range;
    while (to < ends.length && (ends[to] ?? 0) <= end) to++;
    while (from < to && (ends[from] ?? 0) <= start) from++;
    let count = 0;
    let oldest = from;
    let newest = from;
    let fallen = 0;
    for (let slot = from; slot < to; slot++) {
      const samples = n[slot] ?? 0;
      if (samples === 0) continue;
      if (count === 0) oldest = slot;
      const before = last[newest] ?? 0;
      fallen += (adj[slot] ?? 0) + (count > 0 && (first[slot] ?? 0) < before ? before : 0);
      count += samples;
      newest = slot;
    }
    if (count > 0) seen++;
    if (count < 2) continue;
    const value = first[oldest] ?? 0;
    const change = (last[newest] ?? 0) - value + (kind.counter ? fallen : 0);
    values[i] = extrapolate(change, value, count, firstTime[oldest] ?? 0, lastTime[newest] ?? 0, start, end, kind);
    there[i] = 1;
  }
  return seen;
}
