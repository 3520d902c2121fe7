import type { Aggregation } from './ast.ts';
import { type Element, groupLabels, keyOf } from './vector.ts';

/** What an aggregation makes of the values of one group, which is never empty. */
export const AGGREGATIONS: ReadonlyMap<string, (values: readonly number[]) => number> = new Map([
  ['sum', sum],
  ['avg', (values: readonly number[]) => sum(values) / values.length],
  ['min', (values: readonly number[]) => values.reduce((a, b) => (b < a || Number.isNaN(a) ? b : a))],
  ['max', (values: readonly number[]) => values.reduce((a, b) => (b > a || Number.isNaN(a) ? b : a))],
  ['count', (values: readonly number[]) => values.length],
  ['group', () => 1],
]);

/** Neumaier's summation, as in Prometheus: a large value does not swallow the small ones. */
function sum(values: readonly number[]): number {
  let total = 0;
  let lost = 0;
  for (const value of values) {
    const next = total + value;
    if (Number.isFinite(next)) lost += Math.abs(total) >= Math.abs(value) ? total - next + value : value - next + total;
    total = next;
  }
  return Number.isFinite(total) ? total + lost : total;
}

export function aggregate({ op, grouping }: Aggregation, vector: readonly Element[]): Element[] {
  const groups = new Map<string, { labels: Element['labels']; values: number[] }>();
  for (const element of vector) {
    const labels = groupLabels(element.labels, grouping);
    const key = keyOf(labels);
    const group = groups.get(key) ?? { labels, values: [] };
    group.values.push(element.value);
    groups.set(key, group);
  }
  const combine = AGGREGATIONS.get(op) ?? sum;
  return [...groups.values()].map(({ labels, values }) => ({ name: '', labels, value: combine(values) }));
}
