import type { QueryData } from '../model/engine.ts';
import type { Ms } from '../model/units.ts';
import { metricKey, metricOf, type SeriesWindow, type Value } from './value.ts';

/**
 * A value as Go writes it: the shortest digits that read back, an exponent of at least two digits below 1e-6 and from 1e21 on
 * (the thresholds of Prometheus and of ECMAScript are the same).
 */
export function formatValue(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (Object.is(value, -0)) return '-0';
  const text = String(value);
  return Math.abs(value) < 1e-6 ? text.replace(/e([+-])(\d)$/, 'e$10$2') : text;
}

/** A value without an exponent, as `count_values` puts it into a label. */
export function plainDigits(value: number): string {
  const text = formatValue(value);
  const [, sign = '', digits = '', fraction = '', exponent = ''] = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text) ?? [];
  if (exponent === '') return text;
  const [all, point] = [digits + fraction, digits.length + Number(exponent)];
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${all}`;
  return sign + all.padEnd(point, '0');
}

/** One value of an instant query. Time is in seconds, to the millisecond. `ordered` keeps the order of the elements. */
export function instantData(value: Value, time: Ms, ordered: boolean): QueryData {
  if (typeof value === 'string') return { resultType: 'string', result: [time / 1000, value] };
  if (typeof value === 'number') return { resultType: 'scalar', result: [time / 1000, formatValue(value)] };
  const keyed = value.map((sample) => ({
    key: metricKey(sample),
    metric: metricOf(sample),
    value: point(time, sample.value),
  }));
  if (!ordered) keyed.sort(byKey);
  return { resultType: 'vector', result: keyed.map(({ metric, value: at }) => ({ metric, value: at })) };
}

/** The samples of a range. Only windows in the form of samples have any. */
export function windowsData(windows: readonly SeriesWindow[]): QueryData {
  const keyed = windows.flatMap((one) => {
    const { view } = one;
    if (view.form !== 'samples') return [];
    const values = Array.from(view.times, (time, i) => point(time, view.values[i] ?? Number.NaN));
    return [{ key: metricKey(one), metric: metricOf(one), values }];
  });
  return { resultType: 'matrix', result: keyed.sort(byKey).map(({ metric, values }) => ({ metric, values })) };
}

function byKey(a: { readonly key: string }, b: { readonly key: string }): number {
  return a.key < b.key ? -1 : Number(a.key > b.key);
}

function point(time: number, value: number): [number, string] {
  return [time / 1000, formatValue(value)];
}
