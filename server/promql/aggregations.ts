import { type Labels, seriesKey } from '../model/labels.ts';
import type { LabelChoice } from './ast.ts';
import { chosenLabels, type Sample } from './value.ts';

/** Every aggregation there is; `values` is never empty. */
const AGGREGATIONS: Readonly<Record<string, (values: readonly number[]) => number>> = {
  sum: compensatedSum,
  avg: (values) => compensatedSum(values) / values.length,
  min: (values) => values.reduce((a, b) => (b < a || Number.isNaN(a) ? b : a)),
  max: (values) => values.reduce((a, b) => (b > a || Number.isNaN(a) ? b : a)),
  count: (values) => values.length,
};

export function isAggregation(op: string): boolean {
  return Object.hasOwn(AGGREGATIONS, op);
}

export function aggregate(op: string, { keep, labels }: LabelChoice, vector: readonly Sample[]): readonly Sample[] {
  const groups = new Map<string, { labels: Labels; values: number[] }>();
  for (const sample of vector) {
    const chosen = chosenLabels(sample, { keep, labels });
    const key = seriesKey('', chosen);
    const group = groups.get(key) ?? { labels: chosen, values: [] };
    group.values.push(sample.value);
    groups.set(key, group);
  }
  const combine = AGGREGATIONS[op] ?? (() => Number.NaN);
  return [...groups.values()].map((group) => ({ labels: group.labels, value: combine(group.values) }));
}

/** Neumaier's summation, as in Prometheus: 1e100 + 1 - 1e100 is 1. */
function compensatedSum(values: readonly number[]): number {
  let sum = 0;
  let lost = 0;
  for (const value of values) {
    const next = sum + value;
    if (Number.isFinite(next)) {
      lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    }
    sum = next;
  }
  return Number.isFinite(sum) ? sum + lost : sum;
}
