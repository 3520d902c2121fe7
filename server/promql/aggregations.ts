import { VigieError } from '../model/errors.ts';
import { shortHash } from '../model/short-hash.ts';
import type { LabelChoice } from './ast.ts';
import { plainDigits } from './format-result.ts';
import { byValue, meanOf, quantileOf, sumOf, varianceOf } from './moments.ts';
import {
  asNumber,
  asString,
  byMetric,
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
  | { readonly parameter: 'scalar'; readonly pick: (count: number, members: Vector) => Vector }
  | { readonly parameter: 'scalar'; readonly takes: (ratio: number, member: Sample) => boolean };

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
  limit_ratio: { parameter: 'scalar', takes: isInShare },
  count_values: { parameter: 'string', countValues: true },
};

export const AGGREGATION_NAMES: readonly string[] = Object.keys(AGGREGATIONS);

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
  if ('takes' in known) {
    if (Number.isNaN(number)) throw new VigieError('execution', `cannot answer query: the parameter of ${op} is NaN`);
    return vector.filter((sample) => known.takes(number, sample));
  }
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

/** A series is always in the same place from 0 to 1: a negative ratio takes those that the positive rest leaves. */
function isInShare(ratio: number, sample: Sample): boolean {
  const place = placeOf(metricKey(sample));
  return ratio >= 0 ? place < ratio : place >= 1 + ratio;
}

/** The bits of the hash are mixed, for texts that differ in their last letter only have much of it in common (MurmurHash3, fmix32). */
function placeOf(text: string): number {
  let bits = Number.parseInt(shortHash(text), 16);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32;
}

/** NaN comes last in either direction, equal values by their labels. */
function descending(a: Sample, b: Sample): number {
  return byValue(b.value, a.value) || byMetric(a, b);
}

function ascending(a: Sample, b: Sample): number {
  if (Number.isNaN(a.value) || Number.isNaN(b.value)) return descending(a, b);
  return byValue(a.value, b.value) || byMetric(a, b);
}
