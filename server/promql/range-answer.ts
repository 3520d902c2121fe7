import type { QueryData } from '../model/engine.ts';
import type { Labels } from '../model/labels.ts';
import type { Work } from './evaluate.ts';
import { formatValue } from './format-result.ts';
import { type Line, type Steps, timeOfStep } from './lines.ts';
import { metricKey, metricOf, type Vector } from './value.ts';

/** What an answer says when `limit` left series out. */
export const CUT_WARNING = 'results truncated due to limit';

/** One series of an answer: its values, and the numbers of the steps they are of. */
interface Row {
  readonly key: string;
  readonly metric: Labels;
  readonly steps: number[];
  readonly values: number[];
}

interface Remarks {
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

/** Collects the values of a range query, one row per series. They become text when they are printed. */
export class RangeAnswer {
  readonly #steps: Steps;
  readonly #rows = new Map<string, Row>();
  #points = 0;

  constructor(steps: Steps) {
    this.#steps = steps;
  }

  /** Values so far. */
  get points(): number {
    return this.#points;
  }

  /** The value of one step. */
  add(value: number | Vector, step: number): void {
    for (const sample of typeof value === 'number' ? [{ labels: {}, value }] : value) {
      const key = metricKey(sample);
      const row = this.#rows.get(key) ?? { key, metric: metricOf(sample), steps: [], values: [] };
      row.steps.push(step);
      row.values.push(sample.value);
      this.#rows.set(key, row);
      this.#points++;
    }
  }

  /** All steps of a series that was not there before. */
  addLine(line: Line): void {
    const [key, steps, values] = [metricKey(line), [] as number[], [] as number[]];
    for (let step = 0; step < line.there.length; step++) {
      if (line.there[step] !== 1) continue;
      steps.push(step);
      values.push(line.values[step] ?? Number.NaN);
    }
    this.#rows.set(key, { key, metric: metricOf(line), steps, values });
    this.#points += values.length;
  }

  data(): QueryData {
    const result = this.#sorted().map(({ metric, steps, values }) => ({
      metric,
      values: values.map((value, i): [number, string] => [this.#secs(steps[i] ?? 0), formatValue(value)]),
    }));
    return { resultType: 'matrix', result };
  }

  /** The body of Prometheus' HTTP API in parts, with at most `limit` series. */
  *json({ warnings, infos }: Remarks, limit = Number.POSITIVE_INFINITY): Work<readonly string[]> {
    const told = this.#rows.size > limit ? [...warnings, CUT_WARNING] : warnings;
    const stamps = Array.from({ length: this.#steps.count }, (_, step) => `[${this.#secs(step)},"`);
    const parts = ['{"status":"success","data":{"resultType":"matrix","result":['];
    for (const [i, { metric, steps, values }] of this.#sorted().slice(0, limit).entries()) {
      const points = values.map((value, k) => `${stamps[steps[k] ?? 0]}${formatValue(value)}"]`);
      parts.push(`${i === 0 ? '' : ','}{"metric":${JSON.stringify(metric)},"values":[${points.join()}]}`);
      yield;
    }
    const remark = (name: string, of: readonly string[]): string =>
      of.length > 0 ? `,"${name}":${JSON.stringify(of)}` : '';
    parts.push(`]}${remark('warnings', told)}${remark('infos', infos)}}`);
    return parts;
  }

  #sorted(): readonly Row[] {
    return [...this.#rows.values()].sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)));
  }

  #secs(step: number): number {
    return timeOfStep(this.#steps, step) / 1000;
  }
}
