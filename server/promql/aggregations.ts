import { VigieError } from '../model/errors.ts';
import type { LabelChoice } from './ast.ts';
import { plainDigits } from './format-result.ts';
import { byValue, meanOf, quantileOf, sumOf, varianceOf } from './moments.ts';
import {
  asNumber,
  asString,
  chosenLabels,
  labelsKey,
  type Metric,
  metricFrom,
  metricKey,
  type Sample,
  type Value,
  type Vector,
} from './value.ts';

interface Group extends Metric {
  /** Never empty. */
  readonly members: Vector;
}

type AggregationFunction =
  | { readonly parameter?: undefined; readonly combine: (values: readonly number[]) => number }
  | { readonly parameter: 'scalar'; readonly combineWith: (parameter: number, values: readonly number[]) => number }
  | { readonly parameter: 'scalar'; readonly pick: (count: number, members: Vector) => Vector };

type AggregationType = AggregationFunction | { readonly parameter: 'string'; readonly countValues: true };

/** Every aggregation there is; a new one is a line here. */
const AGGREGATIONS: Readonly<Record<string, AggregationType>> = {
  sum: { combine: sumOf },
  avg: { combine: meanOf },
  min: { combine: (values) => values.reduce((a, b) => (b < a || Number.isNaN(a) ? b : a)) },
  max: { combine: (values) => values.reduce((a, b) => (b > a || Number.isNaN(a) ? b : a)) },
  count: { combine: (values) => values.length },
  group: { combine: () => 1 },
  stddev: { combine: (values) => Math.sqrt(varianceOf(values)) },
  stdvar: { combine: varianceOf },
  quantile: { parameter: 'scalar', combineWith: quantileOf },
  topk: { parameter: 'scalar', pick: (count, members) => [...members].sort(descending).slice(0, count) },
  bottomk: { parameter: 'scalar', pick: (count, members) => [...members].sort(ascending).slice(0, count) },
  limitk: { parameter: 'scalar', pick: (count, members) => [...members].sort(byMetric).slice(0, count) },
  count_values: { parameter: 'string', countValues: true },
};

export function aggregationNamed(op: string): AggregationType | undefined {
  return Object.hasOwn(AGGREGATIONS, op) ? AGGREGATIONS[op] : undefined;
}

/** Throws VigieError `execution` when the parameter is no use. */
export function aggregate(op: string, choice: LabelChoice, vector: Vector, parameter: Value | undefined): Vector {
  const known = aggregationNamed(op);
  if (known === undefined) return [];
  if ('countValues' in known) return countValues(choice, vector, asString(parameter));
  const groups = grouped(vector, (sample) => chosenLabels(sample, choice));
  if ('combine' in known)
    return groups.map(({ members, ...metric }) => combined(metric, known.combine(values(members))));
  const number = asNumber(parameter);
  if ('pick' in known) {
    const count = wholeNumber(op, number);
    return count < 1 ? [] : groups.flatMap(({ members }) => known.pick(count, members));
  }
  return groups.map(({ members, ...metric }) => combined(metric, known.combineWith(number, values(members))));
}

function grouped(vector: Vector, labelsOf: (sample: Sample) => Metric['labels']): readonly Group[] {
  const groups = new Map<string, Metric & { members: Sample[] }>();
  for (const sample of vector) {
    const labels = labelsOf(sample);
    const key = labelsKey(labels);
    const group = groups.get(key) ?? { ...('__name__' in labels ? metricFrom(labels) : { labels }), members: [] };
    group.members.push(sample);
    groups.set(key, group);
  }
  return [...groups.values()];
}

function values(members: Vector): readonly number[] {
  return members.map(({ value }) => value);
}

function combined(metric: Metric, value: number): Sample {
  return { ...metric, value };
}

function countValues(choice: LabelChoice, vector: Vector, label: string): Vector {
  if (label === '') throw new VigieError('execution', 'cannot answer query: invalid label name "" in count_values');
  const groups = grouped(vector, (sample) => ({ ...chosenLabels(sample, choice), [label]: plainDigits(sample.value) }));
  return groups.map(({ members, ...metric }) => combined(metric, members.length));
}

function wholeNumber(op: string, parameter: number): number {
  if (Number.isNaN(parameter) || Math.abs(parameter) >= 2 ** 63) {
    const cause = `the parameter of ${op} is ${parameter}; want a number of series`;
    throw new VigieError('execution', `cannot answer query: ${cause}`);
  }
  return Math.trunc(parameter);
}

/** NaN comes last in either direction, equal values by their labels. */
function descending(a: Sample, b: Sample): number {
  return byValue(b.value, a.value) || byMetric(a, b);
}

function ascending(a: Sample, b: Sample): number {
  if (Number.isNaN(a.value) || Number.isNaN(b.value)) return descending(a, b);
  return byValue(a.value, b.value) || byMetric(a, b);
}

function byMetric(a: Metric, b: Metric): number {
  const [keyA, keyB] = [metricKey(a), metricKey(b)];
  return keyA < keyB ? -1 : Number(keyA > keyB);
}
