import type { ValueType } from './ast.ts';
import { type Extrapolation, extrapolated, type Span, statsOf } from './extrapolate.ts';
import { histogramQuantile } from './histogram-quantile.ts';
import type { RollupStats, WindowView } from './queryable.ts';
import type { Sample } from './value.ts';

/** Answers from one series' window; undefined: no result; `inexact`: this form of data cannot answer it. */
export type RangeFunction = (view: WindowView, window: Span) => number | undefined | 'inexact';
/** Answers from a number and a vector. */
type VectorFunction = (parameter: number, vector: readonly Sample[]) => readonly Sample[];

export type PromFunction =
  | { readonly args: readonly []; readonly returns: 'scalar'; readonly ofTime: (secs: number) => number }
  | { readonly args: readonly ['matrix']; readonly returns: 'vector'; readonly overRange: RangeFunction }
  | { readonly args: readonly ['scalar', 'vector']; readonly returns: 'vector'; readonly overVector: VectorFunction };

/** Every function there is; a new one is a line here. */
const FUNCTIONS: Readonly<Record<string, PromFunction>> = {
  rate: overRange(change({ counter: true, perSecond: true })),
  increase: overRange(change({ counter: true, perSecond: false })),
  delta: overRange(change({ counter: false, perSecond: false })),
  avg_over_time: overRange(statistic(({ sum, n }) => sum / n)),
  min_over_time: overRange(statistic(({ min }) => min)),
  max_over_time: overRange(statistic(({ max }) => max)),
  sum_over_time: overRange(statistic(({ sum }) => sum)),
  count_over_time: overRange(statistic(({ n }) => n)),
  histogram_quantile: { args: ['scalar', 'vector'], returns: 'vector', overVector: histogramQuantile },
  time: { args: [], returns: 'scalar', ofTime: (secs) => secs },
};

export function functionNamed(name: string): (PromFunction & { readonly args: readonly ValueType[] }) | undefined {
  return Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
}

function overRange(answer: RangeFunction): PromFunction {
  return { args: ['matrix'], returns: 'vector', overRange: answer };
}

/** Over a sum series the change is the sum of the window itself: exact, so nothing is extrapolated. */
function change(kind: Extrapolation): RangeFunction {
  return (view, window) => {
    if (view.form === 'sum') return kind.perSecond ? view.sum / ((window.end - window.start) / 1000) : view.sum;
    const stats = statsIn(view);
    return stats && extrapolated(stats, window, kind);
  };
}

/** A sum series has no samples to take statistics of. */
function statistic(take: (stats: RollupStats) => number): RangeFunction {
  return (view) => {
    if (view.form === 'sum') return 'inexact';
    const stats = statsIn(view);
    return stats && take(stats);
  };
}

function statsIn(view: Exclude<WindowView, { form: 'sum' }>): RollupStats | undefined {
  return view.form === 'rollup' ? view.stats : statsOf(view.times, view.values);
}
