/** Absolute samples as columns of one length, which grow. A stale marker is an event without a value: its value is 0. */
export class SampleColumns {
  series: Int32Array;
  times: Float64Array;
  values: Float64Array;
  stale: Uint8Array;
  #length = 0;

  constructor(capacity = 16) {
    this.series = new Int32Array(capacity);
    this.times = new Float64Array(capacity);
    this.values = new Float64Array(capacity);
    this.stale = new Uint8Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  /** Appends a row and returns its number. */
  push(series: number, time: number, value: number, stale: boolean): number {
    const row = this.#length;
    if (row === this.times.length) this.#grow();
    this.series[row] = series;
    this.times[row] = time;
    this.values[row] = value;
    this.stale[row] = stale ? 1 : 0;
    this.#length = row + 1;
    return row;
  }

  /** Drops the rows from `length` on. */
  cut(length: number): void {
    this.#length = Math.min(length, this.#length);
  }

  /** The rows from `from` to before `to`; they share the numbers. */
  slice(from: number, to: number): SampleColumns {
    const part = new SampleColumns(0);
    const { series, times, values, stale } = this;
    part.series = series.subarray(from, to);
    part.times = times.subarray(from, to);
    part.values = values.subarray(from, to);
    part.stale = stale.subarray(from, to);
    part.#length = Math.min(to, this.#length) - from;
    return part;
  }

  /** A copy without the rows of these series. */
  without(isLeftOut: (series: number) => boolean): SampleColumns {
    const { series, times, values, stale } = this;
    const left = new SampleColumns();
    for (let row = 0; row < this.#length; row++) {
      const id = series[row] ?? 0;
      if (!isLeftOut(id)) left.push(id, times[row] ?? 0, values[row] ?? 0, stale[row] === 1);
    }
    return left;
  }

  #grow(): void {
    const { series, times, values, stale } = this;
    const grown = new SampleColumns(Math.max(16, times.length * 2));
    grown.series.set(series);
    grown.times.set(times);
    grown.values.set(values);
    grown.stale.set(stale);
    Object.assign(this, { series: grown.series, times: grown.times, values: grown.values, stale: grown.stale });
  }
}
