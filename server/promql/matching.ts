import { VigieError } from '../model/errors.ts';
import type { LabelChoice, Matching } from './ast.ts';
import {
  chosenLabels,
  labelsKey,
  type Metric,
  metricFrom,
  metricKey,
  metricOf,
  type Sample,
  type Vector,
} from './value.ts';

/** Elements with equal keys match. */
export function matchKey(metric: Metric, choice: LabelChoice): string {
  return labelsKey(chosenLabels(metric, choice));
}

/**
 * One-to-one, or many-to-one as the matching says: each element of the many side meets the one that matches it. `answer` gets the
 * values in the order they were written; undefined leaves the pair out, which still is one. Throws VigieError `execution` where a match is ambiguous.
 */
export function matched(
  matching: Matching,
  dropsName: boolean,
  left: Vector,
  right: Vector,
  answer: (left: number, right: number) => number | undefined,
): Vector {
  if (matching.fill === undefined && (left.length === 0 || right.length === 0)) return [];
  const turned = matching.many === 'right';
  const [many, one] = turned ? [right, left] : [left, right];
  const { left: leftFill, right: rightFill } = matching.fill ?? {};
  const [fillMany, fillOne] = turned ? [rightFill, leftFill] : [leftFill, rightFill];
  const partners = onePerKey(one, matching, turned ? 'left' : 'right');
  const taken = new Set<string>();
  const met = new Set<string>();
  const results: Sample[] = [];
  const meet = (key: string, sample: Sample, partner: Sample): void => {
    met.add(key);
    const [a, b] = turned ? [partner, sample] : [sample, partner];
    const value = answer(a.value, b.value);
    const metric = resultMetric(matching, dropsName, sample, partner);
    claim(taken, matching, key, metric);
    if (value !== undefined) results.push({ ...metric, value });
  };
  for (const sample of many) {
    const key = matchKey(sample, matching);
    const partner = partners.get(key) ?? filled(sample, matching, fillOne);
    if (partner !== undefined) meet(key, sample, partner);
  }
  for (const [key, partner] of fillMany === undefined ? [] : partners) {
    const sample = filled(partner, matching, fillMany);
    if (sample !== undefined && !met.has(key)) meet(key, sample, partner);
  }
  return results;
}

/** What stands for the element that `sample` does not meet. */
function filled(sample: Sample, matching: Matching, value: number | undefined): Sample | undefined {
  return value === undefined ? undefined : { ...metricFrom(chosenLabels(sample, matching)), value };
}

function onePerKey(vector: Vector, matching: Matching, side: 'left' | 'right'): ReadonlyMap<string, Sample> {
  const partners = new Map<string, Sample>();
  for (const sample of vector) {
    const key = matchKey(sample, matching);
    if (partners.has(key)) throw ambiguous(key, side);
    partners.set(key, sample);
  }
  return partners;
}

/** One-to-one a key answers once; many-to-one the results must still differ. */
function claim(taken: Set<string>, matching: Matching, key: string, metric: Metric): void {
  const claimed = matching.many === undefined ? key : metricKey(metric);
  if (taken.has(claimed)) {
    if (matching.many === undefined) throw ambiguous(key, 'left');
    const cause = `multiple matches for labels: grouping labels must ensure unique matches; two results are ${claimed || '{}'}`;
    throw new VigieError('execution', `cannot answer query: ${cause}`);
  }
  taken.add(claimed);
}

function resultMetric(matching: Matching, dropsName: boolean, { name, labels }: Sample, partner: Sample): Metric {
  if (matching.many === undefined) {
    const keepsName = !dropsName && name !== undefined && matching.labels.includes('__name__') === matching.keep;
    const chosen = chosenLabels({ labels }, matching);
    return keepsName ? { name, labels: chosen } : { labels: chosen };
  }
  const metric = dropsName || name === undefined ? { labels } : { name, labels };
  if (matching.include.length === 0) return metric;
  const taken = metricOf(partner);
  const included = Object.fromEntries(matching.include.map((label) => [label, taken[label] ?? '']));
  return metricFrom({ ...metricOf(metric), ...included });
}

function ambiguous(key: string, side: 'left' | 'right'): VigieError {
  const cause = `several series on the ${side} side of the operator match the group ${key || '{}'}`;
  return new VigieError('execution', `cannot answer query: ${cause}; want one, so add on(...) or aggregate first`);
}
