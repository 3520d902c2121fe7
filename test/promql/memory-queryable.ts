import type { LabelMatcher, Labels, SeriesKind } from '../../server/model/labels.ts';
import type { Queryable, QuerySeries, WindowView } from '../../server/promql/queryable.ts';

export interface MemorySeries {
  readonly kind?: SeriesKind;
  readonly name: string;
  readonly labels?: Labels;
  /** [seconds, value]: samples, or increments of a sum series. */
  readonly points: readonly (readonly [number, number])[];
}

/** Series held in arrays: raw samples, and increments for sum series. `select` calls are counted. */
export function memoryQueryable(series: readonly MemorySeries[]): Queryable & { readonly selects: () => number } {
  let selects = 0;
  return {
    selects: () => selects,
    select: (matchers) => {
      selects++;
      return series.filter((one) => matchers.every((matcher) => accepts(matcher, one))).map(querySeries);
    },
  };
}

function accepts(matcher: LabelMatcher, { name, labels = {} }: MemorySeries): boolean {
  return matcher.matches(matcher.name === '__name__' ? name : (labels[matcher.name] ?? ''));
}

function querySeries({ kind = 'gauge', name, labels = {}, points }: MemorySeries): QuerySeries {
  const within = (start: number, end: number) => points.filter(([t]) => t * 1000 > start && t * 1000 <= end);
  return {
    kind,
    name,
    labels,
    at: (time, lookback) =>
      kind === 'sum'
        ? within(Number.NEGATIVE_INFINITY, time).reduce((sum, [, v]) => sum + v, 0)
        : within(time - lookback, time).at(-1)?.[1],
    sampledAt: (time, lookback) => {
      const newest = within(time - lookback, time).at(-1);
      return newest && newest[0] * 1000;
    },
    window: (start, end): WindowView | undefined => {
      const inside = within(start, end);
      if (kind === 'sum') return { form: 'sum', sum: inside.reduce((sum, [, v]) => sum + v, 0), n: inside.length };
      if (inside.length === 0) return undefined;
      return { form: 'samples', times: inside.map(([t]) => t * 1000), values: inside.map(([, v]) => v) };
    },
    samples: (start, end) => {
      if (kind === 'sum') return undefined;
      const inside = within(start, end);
      return { times: Float64Array.from(inside, ([t]) => t * 1000), values: Float64Array.from(inside, ([, v]) => v) };
    },
  };
}
