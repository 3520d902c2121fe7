import type { Ms } from '../model/units.ts';
import type { WindowView } from './queryable.ts';

export type Extrapolated = number | undefined;

/** What Prometheus' rule needs of a window: the outer samples, their number, and the values lost at counter resets. */
interface Ends {
  readonly n: number;
  readonly firstTime: number;
  readonly first: number;
  readonly lastTime: number;
  readonly last: number;
  readonly adj: number;
}

/** The increase of a counter over (start, end]: exact for sum series, extrapolated to the borders for samples. */
export function counterIncrease(view: WindowView, start: Ms, end: Ms): Extrapolated {
  return view.form === 'sum' ? view.sum : extrapolate(endsOf(view, true), start, end, true);
}

/** The difference of a gauge over (start, end], extrapolated to the borders. */
export function gaugeDelta(view: WindowView, start: Ms, end: Ms): Extrapolated {
  return view.form === 'sum' ? view.sum : extrapolate(endsOf(view, false), start, end, false);
}

function endsOf(view: Exclude<WindowView, { form: 'sum' }>, counter: boolean): Ends | undefined {
  if (view.form === 'rollup') return { ...view.stats, adj: counter ? view.stats.adj : 0 };
  const { times, values } = view;
  const n = values.length;
  const first = values[0];
  const last = values[n - 1];
  if (first === undefined || last === undefined) return undefined;
  return {
    n,
    firstTime: times[0] ?? 0,
    first,
    lastTime: times[n - 1] ?? 0,
    last,
    adj: counter ? lostAtResets(values) : 0,
  };
}

function lostAtResets(values: ArrayLike<number>): number {
  let lost = 0;
  for (let i = 1; i < values.length; i++) {
    const before = values[i - 1] ?? 0;
    if ((values[i] ?? 0) < before) lost += before;
  }
  return lost;
}

/**
 * Prometheus' rule (promql/functions.go, extrapolatedRate): the sampled increase is stretched to the borders of the window when
 * the outer samples lie within 1.1 average intervals of them, else by half an interval; a counter never below zero.
 */
function extrapolate(ends: Ends | undefined, start: Ms, end: Ms, counter: boolean): Extrapolated {
  if (ends === undefined || ends.n < 2) return undefined;
  const result = ends.last - ends.first + ends.adj;
  const sampled = (ends.lastTime - ends.firstTime) / 1000;
  const average = sampled / (ends.n - 1);
  const threshold = average * 1.1;
  let toStart = (ends.firstTime - start) / 1000;
  let toEnd = (end - ends.lastTime) / 1000;
  if (toStart >= threshold) toStart = average / 2;
  if (counter && result > 0 && ends.first >= 0) toStart = Math.min(toStart, sampled * (ends.first / result));
  if (toEnd >= threshold) toEnd = average / 2;
  const factor = sampled === 0 ? 1 : (sampled + toStart + toEnd) / sampled;
  return result * factor;
}
