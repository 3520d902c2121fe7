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

/**
 * Prometheus' rate, increase and delta: the change between the first and the last sample, stretched to the borders of the window
 * unless a border is further away than 1.1 sample intervals; then by half an interval
 * (https://github.com/prometheus/prometheus, promql/functions.go, extrapolatedRate). Undefined with fewer than two samples.
 * The order of operations is theirs, so that results agree to the bit.
 */
export function extrapolated(
  stats: RollupStats,
  window: Span,
  { counter, perSecond }: Extrapolation,
): number | undefined {
  if (stats.n < 2) return undefined;
  const change = stats.last - stats.first + (counter ? stats.adj : 0);
  const sampled = (stats.lastTime - stats.firstTime) / 1000;
  const interval = sampled / (stats.n - 1);
  const nearEnough = (gap: number): number => (gap >= interval * 1.1 ? interval / 2 : gap);
  let toStart = nearEnough((stats.firstTime - window.start) / 1000);
  if (counter && change > 0 && stats.first >= 0) toStart = Math.min(toStart, sampled * (stats.first / change));
  const toEnd = nearEnough((window.end - stats.lastTime) / 1000);
  const stretch = sampled === 0 ? 1 : (sampled + toStart + toEnd) / sampled;
  return change * (perSecond ? stretch / ((window.end - window.start) / 1000) : stretch);
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
