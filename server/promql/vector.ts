import type { Labels } from '../model/labels.ts';
import type { Grouping } from './ast.ts';

/** What tells series apart in a result; the name is '' once an operation dropped it. */
export interface Labelled {
  readonly name: string;
  readonly labels: Labels;
}

/** One element of an instant vector. */
export interface Element extends Labelled {
  readonly value: number;
}

export function withoutName(element: Labelled): Labelled {
  return element.name === '' ? element : { name: '', labels: element.labels };
}

/** The labels a grouping keeps, without the name. */
export function groupLabels(labels: Labels, { by, labels: named }: Grouping): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([label]) => named.includes(label) === by));
}

/** One text per group. */
export function signatureOf(labels: Labels, grouping: Grouping): string {
  return keyOf(groupLabels(labels, grouping));
}

export function keyOf(labels: Labels): string {
  return Object.keys(labels)
    .sort()
    .map((label) => `${label}=${JSON.stringify(labels[label])}`)
    .join(', ');
}
