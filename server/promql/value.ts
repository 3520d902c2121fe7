import { invariant, VigieError } from '../model/errors.ts';
import { type Labels, type SeriesKind, seriesKey } from '../model/labels.ts';
import type { LabelChoice } from './ast.ts';
import type { Span } from './extrapolate.ts';
import type { WindowView } from './queryable.ts';

/** What is measured; an operation that changes it drops the name. */
export interface Metric {
  readonly name?: string;
  readonly labels: Labels;
}

/** One element of an instant vector. */
export interface Sample extends Metric {
  readonly value: number;
}

export type Vector = readonly Sample[];

export type Value = number | string | Vector;

/** One element of a range vector: what is known of a series over a left-open window. */
export interface SeriesWindow extends Metric {
  /** Absent where the series is the result of an expression. */
  readonly kind?: SeriesKind;
  readonly view: WindowView;
  /** The window that the view really covers. */
  readonly window: Span;
}

export function byMetric(a: Metric, b: Metric): number {
  const [keyA, keyB] = [metricKey(a), metricKey(b)];
  return keyA < keyB ? -1 : Number(keyA > keyB);
}

/** The labels as people see them, name included. */
export function metricOf({ name, labels }: Metric): Labels {
  return name === undefined ? labels : { __name__: name, ...labels };
}

/** The identity of an element. */
export function metricKey({ name = '', labels }: Metric): string {
  return name + labelsKey(labels);
}

// The same label objects come back at every step of a query, so what is made of them is remembered as long as they live.
const keys = new WeakMap<Labels, string>();
const choices = new WeakMap<LabelChoice, WeakMap<Labels, Labels>>();

export function labelsKey(labels: Labels): string {
  const known = keys.get(labels) ?? seriesKey('', labels);
  keys.set(labels, known);
  return known;
}

export function unnamed({ labels }: Metric, value: number): Sample {
  return { labels, value };
}

/** The labels a choice leaves; `__name__` only when it is asked for. */
export function chosenLabels(metric: Metric, choice: LabelChoice): Labels {
  if (choice.labels.includes('__name__')) return choose(metricOf(metric), choice);
  const known = choices.get(choice) ?? new WeakMap<Labels, Labels>();
  choices.set(choice, known);
  const chosen = known.get(metric.labels) ?? choose(metric.labels, choice);
  known.set(metric.labels, chosen);
  return chosen;
}

function choose(all: Labels, { keep, labels }: LabelChoice): Labels {
  const kept = Object.keys(all).filter((label) => labels.includes(label) === keep && (keep || label !== '__name__'));
  return Object.fromEntries(kept.map((label) => [label, all[label] ?? '']));
}

/** The metric of labels as people see them: `__name__` becomes the name, and an empty value is an absent label. */
export function metricFrom(seen: Labels): Metric {
  const { __name__: name, ...rest } = seen;
  const labels = Object.fromEntries(Object.entries(rest).filter(([, text]) => text !== ''));
  return name === undefined || name === '' ? { labels } : { name, labels };
}

/** Two elements may not share their labels: dropping a name can make them. Throws VigieError `execution`. */
export function distinct(vector: Vector): Vector {
  const seen = new Set<string>();
  for (const sample of vector) {
    const key = metricKey(sample);
    if (seen.has(key)) {
      const cause = `vector cannot contain metrics with the same labelset: two results are ${key || '{}'}`;
      throw new VigieError('execution', `cannot answer query: ${cause}`);
    }
    seen.add(key);
  }
  return vector;
}

export function asVector(value: Value | undefined): Vector {
  invariant(typeof value === 'object', 'types were checked: not a vector');
  return value;
}

export function asNumber(value: Value | undefined): number {
  invariant(typeof value === 'number', 'types were checked: not a number');
  return value;
}

export function asString(value: Value | undefined): string {
  invariant(typeof value === 'string', 'types were checked: not a string');
  return value;
}
