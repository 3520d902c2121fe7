import type { LogBatch } from '../batch.ts';
import type { MetricDefinition } from './log-to-metric-options.ts';

/** A series of each tag set: its name, and the bound of a bucket. */
export interface SeriesSlot {
  readonly name: string;
  readonly le?: string;
}

/** `slot` is an index into `slots`. */
type PutIncrement = (slot: number, n: number, sum: number) => void;

/** What one metric counts of one batch, per cell (tag set and second). */
export interface MetricAccumulator {
  readonly slots: readonly SeriesSlot[];
  /** Starts again with `cells` empty cells and adds the lines of `batch`; `cellOf` goes with its `rows`. */
  add(batch: LogBatch, cellOf: Int32Array, cells: number): void;
  write(cell: number, put: PutIncrement): void;
}

export function accumulatorFor(metric: MetricDefinition): MetricAccumulator {
  if (metric.type === 'histogram') return new HistogramAccumulator(metric.name, metric.field, metric.buckets);
  return new CounterAccumulator(metric.name, metric.value_field);
}

class CounterAccumulator implements MetricAccumulator {
  readonly slots: readonly SeriesSlot[];
  readonly #field: string | undefined;
  #n = new Float64Array();
  #sum = new Float64Array();

  constructor(name: string, field: string | undefined) {
    this.slots = [{ name }];
    this.#field = field;
  }

  add(batch: LogBatch, cellOf: Int32Array, cells: number): void {
    this.#n = new Float64Array(cells);
    this.#sum = new Float64Array(cells);
    if (this.#field !== undefined) this.#addValues(batch, cellOf, numbersOf(batch, this.#field));
    else for (const cell of cellOf) this.#n[cell] = (this.#n[cell] ?? 0) + 1;
  }

  write(cell: number, put: PutIncrement): void {
    const n = this.#n[cell] ?? 0;
    if (n > 0) put(0, n, this.#field === undefined ? n : (this.#sum[cell] ?? 0));
  }

  #addValues({ rows }: LogBatch, cellOf: Int32Array, values: Float64Array): void {
    for (let i = 0; i < rows.length; i++) {
      const value = values[rows[i] ?? 0] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      const cell = cellOf[i] ?? 0;
      this.#n[cell] = (this.#n[cell] ?? 0) + 1;
      this.#sum[cell] = (this.#sum[cell] ?? 0) + value;
    }
  }
}

/**
 * Emits `_bucket{le}` (n: observations, sum: those at or below the bound), `_sum` and `_count`. Every bucket is written, a bound
 * nothing has reached too, so that all bounds of a histogram exist from its first observation.
 */
class HistogramAccumulator implements MetricAccumulator {
  readonly slots: readonly SeriesSlot[];
  readonly #field: string;
  readonly #bounds: Float64Array;
  #n = new Float64Array();
  #sum = new Float64Array();
  #buckets = new Float64Array();

  constructor(name: string, field: string, bounds: readonly number[]) {
    this.#field = field;
    this.#bounds = Float64Array.from(bounds);
    this.slots = [
      ...[...bounds.map(String), '+Inf'].map((le) => ({ name: `${name}_bucket`, le })),
      { name: `${name}_sum` },
      { name: `${name}_count` },
    ];
  }

  add(batch: LogBatch, cellOf: Int32Array, cells: number): void {
    const width = this.#bounds.length + 1;
    const values = numbersOf(batch, this.#field);
    this.#n = new Float64Array(cells);
    this.#sum = new Float64Array(cells);
    this.#buckets = values === NOTHING ? NOTHING : new Float64Array(cells * width);
    if (values === NOTHING) return;
    for (let i = 0; i < batch.rows.length; i++) {
      const value = values[batch.rows[i] ?? 0] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      const cell = cellOf[i] ?? 0;
      const bucket = cell * width + this.#bucketOf(value);
      this.#n[cell] = (this.#n[cell] ?? 0) + 1;
      this.#sum[cell] = (this.#sum[cell] ?? 0) + value;
      this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
    }
  }

  write(cell: number, put: PutIncrement): void {
    const n = this.#n[cell] ?? 0;
    if (n === 0) return;
    const width = this.#bounds.length + 1;
    let below = 0;
    for (let bucket = 0; bucket < width; bucket++) {
      below += this.#buckets[cell * width + bucket] ?? 0;
      put(bucket, n, below);
    }
    put(width, n, this.#sum[cell] ?? 0);
    put(width + 1, n, n);
  }

  /** Bounds are few and requests are fast: the first bounds are met first. */
  #bucketOf(value: number): number {
    const bounds = this.#bounds;
    let i = 0;
    while (i < bounds.length && value > (bounds[i] ?? 0)) i++;
    return i;
  }
}

const NOTHING = new Float64Array();

function numbersOf({ fields }: LogBatch, name: string): Float64Array {
  const column = fields.get(name);
  return column?.type === 'number' ? column.values : NOTHING;
}
