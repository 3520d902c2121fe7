import { type Extrapolation, extrapolated, type Span, statsOf } from './extrapolate.ts';
import { meanOf, type Numbers, quantileOf, sumOf, varianceOf } from './moments.ts';
import type { RollupStats, WindowView } from './queryable.ts';
import { lineThrough } from './regression.ts';
import { doubleExponentialSmoothing } from './smoothing.ts';

export interface RangeMoment {
  /** The window that the view covers, ms. */
  readonly window: Span;
  /** The time of the step, whatever the window was moved by, ms. */
  readonly now: number;
  /** The numbers among the arguments. */
  readonly numbers: readonly number[];
}

/** Answers from one series' window; undefined: no result; `inexact`: this form of data cannot answer it. */
export type RangeFunction = (view: WindowView, moment: RangeMoment) => number | undefined | 'inexact';

/** Over a sum series the change is the sum of the window itself: exact, so nothing is extrapolated. */
export function change(kind: Extrapolation): RangeFunction {
  return (view, { window }) => {
    if (view.form === 'sum') return kind.perSecond ? view.sum / ((window.end - window.start) / 1000) : view.sum;
    const stats = statsIn(view);
    return stats && extrapolated(stats, window, kind);
  };
}

/** What merged slots know as well as samples do. */
export function statistic(take: (stats: RollupStats) => number): RangeFunction {
  return (view) => {
    if (view.form === 'sum') return 'inexact';
    const stats = statsIn(view);
    return stats && take(stats);
  };
}

function statsIn(view: Exclude<WindowView, { form: 'sum' }>): RollupStats | undefined {
  return view.form === 'rollup' ? view.stats : statsOf(view.times, view.values);
}

/** What needs the values one by one. */
export function ofSamples(
  answer: (times: Numbers, values: Numbers, moment: RangeMoment) => number | undefined,
): RangeFunction {
  return (view, moment) => (view.form === 'samples' ? answer(view.times, view.values, moment) : 'inexact');
}

export const averageOverTime: RangeFunction = (view, moment) =>
  view.form === 'samples' ? meanOf(view.values) : statistic(({ sum, n }) => sum / n)(view, moment);

export const sumOverTime: RangeFunction = (view, moment) =>
  view.form === 'samples' ? sumOf(view.values) : statistic(({ sum }) => sum)(view, moment);

export const varianceOverTime = ofSamples((_, values) => varianceOf(values));

/** The median distance from the median; NaN where one of them is. */
export const medianDeviationOverTime = ofSamples((_, values) => {
  if (values.some((value) => Number.isNaN(value))) return Number.NaN;
  const median = quantileOf(0.5, values);
  return quantileOf(
    0.5,
    Array.from(values, (value) => Math.abs(value - median)),
  );
});

/** When the last of the samples was that none goes beyond, seconds. */
export function timeOfExtreme(isBeyond: (value: number, held: number) => boolean): RangeFunction {
  return ofSamples((times, values) => {
    let held = 0;
    for (let i = 1; i < values.length; i++) {
      const [value = Number.NaN, best = Number.NaN] = [values[i], values[held]];
      if (value === best || isBeyond(value, best) || Number.isNaN(best)) held = i;
    }
    return (times[held] ?? Number.NaN) / 1000;
  });
}

export const smoothed = ofSamples((_, values, { numbers: [smoothing = Number.NaN, trend = Number.NaN] }) =>
  doubleExponentialSmoothing(values, smoothing, trend),
);

export const deviationOverTime = ofSamples((_, values) => Math.sqrt(varianceOf(values)));

export const quantileOverTime = ofSamples((_, values, { numbers: [quantile = Number.NaN] }) =>
  quantileOf(quantile, values),
);

/** The synthesised value of a sum series never falls. */
export const resets: RangeFunction = (view, moment) =>
  view.form === 'sum' ? 0 : statistic((stats) => stats.resets)(view, moment);

/** NaN after NaN is no change. */
export const changes = ofSamples((_, values) => {
  let count = 0;
  for (let i = 1; i < values.length; i++) {
    const [before, now] = [values[i - 1] ?? Number.NaN, values[i] ?? Number.NaN];
    if (now !== before && !(Number.isNaN(now) && Number.isNaN(before))) count++;
  }
  return count;
});

/** The last two samples per second; after a reset a counter counted its value. */
export const instantRate = ofSamples((times, values) => {
  const [t0, t1, v0, v1] = lastTwo(times, values);
  if (t0 === undefined || t1 === undefined || v0 === undefined || v1 === undefined || t0 === t1) return undefined;
  return (v1 < v0 ? v1 : v1 - v0) / ((t1 - t0) / 1000);
});

export const instantDelta = ofSamples((times, values) => {
  const [, , v0, v1] = lastTwo(times, values);
  return v0 === undefined || v1 === undefined ? undefined : v1 - v0;
});

function lastTwo(times: Numbers, values: Numbers) {
  const n = times.length;
  return [times[n - 2], times[n - 1], values[n - 2], values[n - 1]] as const;
}

/** Around the first sample, so that large timestamps lose no digits. */
export const derivative = ofSamples((times, values) => lineThrough(times, values, times[0] ?? 0)?.slope);

export const predictLinear = ofSamples((times, values, { now, numbers: [ahead = Number.NaN] }) => {
  const line = lineThrough(times, values, now);
  return line && line.slope * ahead + line.intercept;
});

/** Only whether there is anything: 1. */
export const present: RangeFunction = (view) => (view.form === 'sum' && view.n === 0 ? undefined : 1);
