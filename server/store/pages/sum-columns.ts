/** Accepted increments of sum series as columns of one length, which grow. */
export class SumColumns {
  series: Int32Array;
  /** Slots of the finest ring. */
  slots: Float64Array;
  /** Bit r: ring r took it. */
  rings: Uint8Array;
  n: Float64Array;
  sums: Float64Array;
  #length = 0;

  constructor(capacity = 16) {
    this.series = new Int32Array(capacity);
    this.slots = new Float64Array(capacity);
    this.rings = new Uint8Array(capacity);
    this.n = new Float64Array(capacity);
    this.sums = new Float64Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  push(series: number, slot: number, rings: number, n: number, sum: number): void {
    const row = this.#length;
    if (row === this.series.length) this.#grow();
    this.series[row] = series;
    this.slots[row] = slot;
    this.rings[row] = rings;
    this.n[row] = n;
    this.sums[row] = sum;
    this.#length = row + 1;
  }

  /** The rows from `from` to before `to`; they share the numbers. */
  slice(from: number, to: number): SumColumns {
    const part = new SumColumns(0);
    part.series = this.series.subarray(from, to);
    part.slots = this.slots.subarray(from, to);
    part.rings = this.rings.subarray(from, to);
    part.n = this.n.subarray(from, to);
    part.sums = this.sums.subarray(from, to);
    part.#length = Math.min(to, this.#length) - from;
    return part;
  }

  /** A copy without the rows of these series. */
  without(isLeftOut: (series: number) => boolean): SumColumns {
    const { series, slots, rings, n, sums } = this;
    const left = new SumColumns();
    for (let row = 0; row < this.#length; row++) {
      const id = series[row] ?? 0;
      if (!isLeftOut(id)) left.push(id, slots[row] ?? 0, rings[row] ?? 0, n[row] ?? 0, sums[row] ?? 0);
    }
    return left;
  }

  #grow(): void {
    const { series, slots, rings, n, sums } = this;
    const grown = new SumColumns(Math.max(16, series.length * 2));
    grown.series.set(series);
    grown.slots.set(slots);
    grown.rings.set(rings);
    grown.n.set(n);
    grown.sums.set(sums);
    this.series = grown.series;
    this.slots = grown.slots;
    this.rings = grown.rings;
    this.n = grown.n;
    this.sums = grown.sums;
  }
}
