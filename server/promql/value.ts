import { VigieError } from '../model/errors.ts';
import { type Labels, seriesKey } from '../model/labels.ts';
import type { LabelChoice } from './ast.ts';

/** One element of an instant vector; an operation that changes what is measured drops the name. */
export interface Sample {
  readonly name?: string;
  readonly labels: Labels;
  readonly value: number;
}

export type Value = number | readonly Sample[];

/** The labels as people see them, name included. */
export function metricOf({ name, labels }: Pick<Sample, 'name' | 'labels'>): Labels {
  return name === undefined ? labels : { __name__: name, ...labels };
}

export function unnamed({ labels }: Pick<Sample, 'labels'>, value: number): Sample {
  return { labels, value };
}

/** The labels a choice leaves; `__name__` only when it is asked for. */
export function chosenLabels(sample: Sample, { keep, labels }: LabelChoice): Labels {
  const metric = metricOf(sample);
  const kept = Object.keys(metric).filter((label) => labels.includes(label) === keep && (keep || label !== '__name__'));
  return Object.fromEntries(kept.map((label) => [label, metric[label] ?? '']));
}

/** Two elements may not share their labels: dropping a name can make them. Throws VigieError `execution`. */
export function distinct(vector: readonly Sample[]): readonly Sample[] {
  const seen = new Set<string>();
  for (const { name, labels } of vector) {
    const key = seriesKey(name ?? '', labels);
    if (seen.has(key))
      throw new VigieError('execution', `cannot answer query: two results have the labels ${key || '{}'}`);
    seen.add(key);
  }
  return vector;
}
