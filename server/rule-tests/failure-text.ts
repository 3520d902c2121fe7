import type { RuleAlert } from '../../rules/prometheus/alerting-rule.ts';
import type { LabelledValue } from '../../rules/prometheus/labelled-value.ts';
import { goExponent } from '../model/go-number.ts';
import { type Labels, quoteLabelValue } from '../model/labels.ts';

export type AlertText = Pick<RuleAlert, 'labels' | 'annotations'>;

/** Elements as promtool writes them: `{__name__="up", job="shop"} 1E+00`. */
export function samplesText(samples: readonly LabelledValue[]): string {
  if (samples.length === 0) return 'nil';
  return samples.map(({ labels, value }) => `${labelsText(labels)} ${goExponent(value).replace('e', 'E')}`).join(', ');
}

export function alertsText(alerts: readonly AlertText[]): string {
  if (alerts.length === 0) return '[]';
  const entries = alerts.map(
    ({ labels, annotations }, i) =>
      `${' '.repeat(12)}${i}:\n${' '.repeat(14)}Labels:${labelsText(labels)}\n${' '.repeat(14)}Annotations:${labelsText(annotations)}`,
  );
  return `[\n${entries.join(',\n')}\n${' '.repeat(12)}]`;
}

function labelsText(labels: Labels): string {
  const names = Object.keys(labels).sort();
  return `{${names.map((name) => `${name}=${quoteLabelValue(labels[name] ?? '')}`).join(', ')}}`;
}

/** The order of labels in Prometheus: the first pair that differs, then the shorter one. */
export function compareLabels(a: Labels, b: Labels): number {
  const [left, right] = [Object.entries(a).sort(byName), Object.entries(b).sort(byName)];
  for (const [i, [name, value]] of left.entries()) {
    const other = right[i];
    if (other === undefined) return 1;
    const order = compareTexts(name, other[0]) || compareTexts(value, other[1]);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function byName([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return compareTexts(a, b);
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
