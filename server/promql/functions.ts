import type { Ms } from '../model/units.ts';
import type { ValueType } from './ast.ts';
import { counterIncrease, type Extrapolated, gaugeDelta } from './extrapolate.ts';
import type { WindowView } from './queryable.ts';

/** A function of one series' window, (start, end]. Undefined: no sample. */
export type RangeFunction = (view: WindowView, start: Ms, end: Ms) => number | undefined;

export interface FunctionSpec {
  readonly args: readonly ValueType[];
  /** Set for functions of a range vector. */
  readonly overWindow?: RangeFunction;
}

/** Every function there is; the evaluator knows the two that are not functions of a window by name. */
export const FUNCTIONS: ReadonlyMap<string, FunctionSpec> = new Map<string, FunctionSpec>([
  ['rate', overRange((view, start, end) => perSecond(counterIncrease(view, start, end), start, end))],
  ['increase', overRange((view, start, end) => counterIncrease(view, start, end))],
  ['delta', overRange((view, start, end) => gaugeDelta(view, start, end))],
  [
    'sum_over_time',
    overRange((view) =>
      fold(
        view,
        (a, b) => a + b,
        (stats) => stats.sum,
      ),
    ),
  ],
  ['min_over_time', overRange((view) => fold(view, Math.min, (stats) => stats.min))],
  ['max_over_time', overRange((view) => fold(view, Math.max, (stats) => stats.max))],
  ['count_over_time', overRange(countOf)],
  ['avg_over_time', overRange(averageOf)],
  ['histogram_quantile', { args: ['scalar', 'vector'] }],
  ['time', { args: [] }],
]);

function overRange(overWindow: RangeFunction): FunctionSpec {
  return { args: ['matrix'], overWindow };
}

function perSecond(increase: Extrapolated, start: Ms, end: Ms): number | undefined {
  return increase === undefined ? undefined : increase / ((end - start) / 1000);
}

type Stats = Extract<WindowView, { form: 'rollup' }>['stats'];

/** A sum series has no samples of its own, so nothing but its increase is defined over a window. */
function fold(
  view: WindowView,
  combine: (a: number, b: number) => number,
  ofStats: (stats: Stats) => number,
): number | undefined {
  if (view.form === 'rollup') return ofStats(view.stats);
  if (view.form === 'sum') return undefined;
  let result: number | undefined;
  for (const value of view.values) result = result === undefined ? value : combine(result, value);
  return result;
}

function countOf(view: WindowView): number | undefined {
  if (view.form === 'sum') return undefined;
  return view.form === 'rollup' ? view.stats.n : view.values.length;
}

function averageOf(view: WindowView): number | undefined {
  const count = countOf(view);
  const sum = fold(
    view,
    (a, b) => a + b,
    (stats) => stats.sum,
  );
  return count === undefined || sum === undefined || count === 0 ? undefined : sum / count;
}
