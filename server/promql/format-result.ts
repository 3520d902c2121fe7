import type { QueryData } from '../model/engine.ts';
import { type Labels, seriesKey } from '../model/labels.ts';
import type { Ms } from '../model/units.ts';
import { metricOf, type Sample, type Value } from './value.ts';

/**
 * A value as Go writes it: the shortest digits that read back, an exponent of at least two digits below 1e-6 and from 1e21 on
 * (the thresholds of Prometheus and of ECMAScript are the same).
 */
function formatValue(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (Object.is(value, -0)) return '-0';
  return String(value).replace(/e([+-])(\d)$/, 'e$10$2');
}

/** One value of an instant query. Time is in seconds, to the millisecond. */
export function instantData(value: Value, time: Ms): QueryData {
  if (typeof value === 'number') return { resultType: 'scalar', result: [time / 1000, formatValue(value)] };
  const result = value
    .map((sample) => ({ key: keyOf(sample), metric: metricOf(sample), value: point(time, sample.value) }))
    .sort(byKey)
    .map(({ metric, value: at }) => ({ metric, value: at }));
  return { resultType: 'vector', result };
}

/** Collects the values of the steps of a range query into one line per series. */
export function rangeCollector() {
  const lines = new Map<string, { key: string; metric: Labels; values: [number, string][] }>();
  return {
    add(value: Value, time: Ms): void {
      for (const sample of typeof value === 'number' ? [{ labels: {}, value }] : value) {
        const key = keyOf(sample);
        const line = lines.get(key) ?? { key, metric: metricOf(sample), values: [] };
        line.values.push(point(time, sample.value));
        lines.set(key, line);
      }
    },
    data(): QueryData {
      const result = [...lines.values()].sort(byKey).map(({ metric, values }) => ({ metric, values }));
      return { resultType: 'matrix', result };
    },
  };
}

function keyOf({ name, labels }: Sample): string {
  return seriesKey(name ?? '', labels);
}

function byKey(a: { readonly key: string }, b: { readonly key: string }): number {
  return a.key < b.key ? -1 : Number(a.key > b.key);
}

function point(time: Ms, value: number): [number, string] {
  return [time / 1000, formatValue(value)];
}
