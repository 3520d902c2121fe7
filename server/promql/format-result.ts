import type { Labels } from '../model/labels.ts';
import type { Labelled } from './vector.ts';

/** A value as Go writes it in Prometheus' answers: the shortest digits that read back, `e` notation below 1e-6 and from 1e21. */
export function formatValue(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (Object.is(value, -0)) return '-0';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-6 || size >= 1e21)) return exponential(value);
  return String(value);
}

/** Go pads the exponent to two digits: 1e-07. */
function exponential(value: number): string {
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
}

/** Labels as the API shows them, with the name among them when there is one. */
export function metricOf({ name, labels }: Labelled): Labels {
  return name === '' ? labels : { __name__: name, ...labels };
}
