import { type Ms, ms } from '../model/units.ts';
import { type Metric, type Sample, unnamed, type Vector } from './value.ts';

/** The moments a range query asks for: `count` of them, the first at `start`. */
export interface Steps {
  readonly start: Ms;
  readonly step: Ms;
  readonly count: number;
}

/** One element over all steps of a query: its value at step `i`, where `there[i]` is 1. */
export interface Line extends Metric {
  readonly values: Float64Array;
  readonly there: Uint8Array;
}

export function emptyLine({ name, labels }: Metric, { count }: Steps): Line {
  const line = { labels, values: new Float64Array(count), there: new Uint8Array(count) };
  return name === undefined ? line : { ...line, name };
}

export function timeOfStep({ start, step }: Steps, i: number): Ms {
  return ms(start + i * step);
}

/** The number of the step at `time`; undefined between steps and outside of them. */
export function stepAt({ start, step, count }: Steps, time: Ms): number | undefined {
  const i = Math.round((time - start) / step);
  return i >= 0 && i < count && start + i * step === time ? i : undefined;
}

/** The vector of one step. */
export function vectorOf(lines: readonly Line[], i: number): Vector {
  const vector: Sample[] = [];
  for (const line of lines) {
    if (line.there[i] !== 1) continue;
    const value = line.values[i] ?? Number.NaN;
    vector.push(line.name === undefined ? unnamed(line, value) : { name: line.name, labels: line.labels, value });
  }
  return vector;
}
