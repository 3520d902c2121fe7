import { VigieError } from '../model/errors.ts';
import { type Ms, ms } from '../model/units.ts';
import type { Expr, Subquery } from './ast.ts';
import type { Work } from './evaluate.ts';
import type { Moments } from './spans.ts';
import { type Metric, metricKey, type SeriesWindow, type Vector } from './value.ts';

/** Values of all subqueries of a query in memory at once; an empty vector counts as one. */
const MAX_HELD = 2_000_000;

interface Column extends Metric {
  readonly times: number[];
  readonly values: number[];
}

/**
 * Evaluates subqueries at the multiples of their step in a left-open window. The windows of the steps of a range query overlap, so
 * the vectors of a window are kept until the next one has passed them by. Throws VigieError `execution` when that is too much.
 */
export class Subqueries {
  readonly #evaluate: (expr: Expr, time: Ms) => Work<Vector>;
  readonly #defaultStep: Ms;
  readonly #kept = new Map<Subquery, Map<number, Vector>>();
  #held = 0;

  /** @param defaultStep of a subquery that names none. */
  constructor(evaluate: (expr: Expr, time: Ms) => Work<Vector>, defaultStep: Ms) {
    this.#evaluate = evaluate;
    this.#defaultStep = defaultStep;
  }

  *windows(subquery: Subquery, window: Moments): Work<readonly SeriesWindow[]> {
    const { step = this.#defaultStep } = subquery;
    if ((window.end - window.start) / step > MAX_HELD) throw tooMuch();
    const vectors = this.#vectors(subquery, window.start);
    const columns = new Map<string, Column>();
    const first = (Math.floor(window.start / step) + 1) * step;
    for (let time = first; time <= window.end; time += step) {
      const vector = vectors.get(time) ?? (yield* this.#keep(vectors, subquery, time));
      for (const sample of vector) {
        const column = columnOf(columns, sample);
        column.times.push(time);
        column.values.push(sample.value);
      }
    }
    return [...columns.values()].map(({ times, values, ...metric }) => ({
      ...metric,
      view: { form: 'samples', times, values },
      window,
    }));
  }

  *#keep(vectors: Map<number, Vector>, { arg }: Subquery, time: number): Work<Vector> {
    const vector = yield* this.#evaluate(arg, ms(time));
    vectors.set(time, vector);
    this.#held += vector.length + 1;
    if (this.#held > MAX_HELD) throw tooMuch();
    return vector;
  }

  /** What is kept, without what lies at or before `start`. */
  #vectors(subquery: Subquery, start: Ms): Map<number, Vector> {
    const vectors = this.#kept.get(subquery) ?? new Map<number, Vector>();
    this.#kept.set(subquery, vectors);
    for (const [time, vector] of vectors) {
      if (time > start) break;
      vectors.delete(time);
      this.#held -= vector.length + 1;
    }
    return vectors;
  }
}

function tooMuch(): VigieError {
  const cause = `its subqueries hold more than ${MAX_HELD} values at once; want a longer step or a shorter range`;
  return new VigieError('execution', `cannot answer query: ${cause}`);
}

function columnOf(columns: Map<string, Column>, { name, labels }: Metric): Column {
  const metric = name === undefined ? { labels } : { name, labels };
  const key = metricKey(metric);
  const column = columns.get(key) ?? { ...metric, times: [], values: [] };
  columns.set(key, column);
  return column;
}
