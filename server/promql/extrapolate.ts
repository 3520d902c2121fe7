import { type Numbers, sumOf } from './moments.ts';
import type { RollupStats } from './queryable.ts';

/** A left-open window (start, end], ms. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Extrapolation {
  /** Resets count, and a counter is not extrapolated below zero. */
  readonly counter: boolean;
  /** Per second of the window. */
  readonly perSecond: boolean;
}

/** Prometheus' rate, increase and delta over the statistics of a window; see `extrapolate`. Undefined with fewer than two samples. */
export function extrapolated(stats: RollupStats, { start, end }: Span, kind: Extrapolation): number | undefined {
  const { n, first, last, adj, firstTime, lastTime } = stats;
  if (n < 2) return undefined;
  return extrapolate(last - first + (kind.counter ? adj : 0), first, n, firstTime, lastTime, start, end, kind);
}

/**
 * The change between the first and the last of n >= 2 samples, stretched to the borders of the window unless a border is further away than
 * 1.1 sample intervals; then by half an interval (https://github.com/prometheus/prometheus, promql/functions.go, extrapolatedRate).
 * The order of operations is theirs, so that results agree to the bit. Numbers alone, because it is asked for every series at every step.
 */
export function extrapolate(
  change: number,
  first: number,
  n: number,
  firstTime: number,
  lastTime: number,
  start: number,
  end: number,
  { counter, perSecond }: Extrapolation,
): number {
  const sampled = (lastTime - firstTime) / 1000;
  const interval = sampled / (n - 1);
  let toStart = nearEnough((firstTime - start) / 1000, interval);
  if (counter && change > 0 && first >= 0) toStart = Math.min(toStart, sampled * (first / change));
  const toEnd = nearEnough((end - lastTime) / 1000, interval);
  const stretch = sampled === 0 ? 1 : (sampled + toStart + toEnd) / sampled;
  return change * (perSecond ? stretch / ((end - start) / 1000) : stretch);
}

function nearEnough(gap: number, interval: number): number {
  return gap >= interval * 1.1 ? interval / 2 : gap;
}

/** The statistics of raw samples in time order; undefined without any. */
export function statsOf(times: ArrayLike<number>, values: Numbers): RollupStats | undefined {
  const n = times.length;
  if (n === 0) return undefined;
  let [adj, resets, min, max] = [0, 0, Number.NaN, Number.NaN];
  for (let i = 0; i < n; i++) {
    const value = values[i] ?? Number.NaN;
    const before = i === 0 ? Number.NaN : (values[i - 1] ?? Number.NaN);
    if (value < before) {
      adj += before;
      resets++;
    }
    if (Number.isNaN(min) || value < min) min = value;
    if (Number.isNaN(max) || value > max) max = value;
  }
  const [firstTime = 0, lastTime = 0, first = 0, last = 0] = [times[0], times[n - 1], values[0], values[n - 1]];
  return { n, firstTime, first, lastTime, last, adj, resets, sum: sumOf(values), min, max };
}
