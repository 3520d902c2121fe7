import { HIT_FIGURES, type HitColumns } from '../../server/model/web-log.ts';

const WIDTH = HIT_FIGURES.length;

/** The figures of many rows, side by side in one array, in the order of HIT_FIGURES. */
export class HitSums {
  #sums = new Float64Array(256 * WIDTH);
  #rows = 0;

  begin(): void {
    this.#sums.fill(0, 0, this.#rows * WIDTH);
    this.#rows = 0;
  }

  /** Adds one request. @param ok 0 or 1. @param page 0 or 1. */
  add(row: number, ok: number, page: number, bytes: number): void {
    if (row >= this.#rows) this.#reach(row);
    const sums = this.#sums;
    const at = row * WIDTH;
    sums[at] = (sums[at] ?? 0) + 1;
    sums[at + 1] = (sums[at + 1] ?? 0) + ok;
    sums[at + 2] = (sums[at + 2] ?? 0) + page;
    sums[at + 3] = (sums[at + 3] ?? 0) + bytes;
    sums[at + 4] = (sums[at + 4] ?? 0) + bytes * ok;
  }

  /** The rows that have requests, under the names that `keyOf` gives them. */
  columns(keyOf: (row: number) => string): HitColumns {
    const key: string[] = [];
    const [requests, ok, pages, bytes, ok_bytes]: [number[], number[], number[], number[], number[]] = [
      [],
      [],
      [],
      [],
      [],
    ];
    const figures = [requests, ok, pages, bytes, ok_bytes];
    for (const row of this.counted()) {
      key.push(keyOf(row));
      for (const [i, column] of figures.entries()) column.push(this.#sums[row * WIDTH + i] ?? 0);
    }
    return { key, requests, ok, pages, bytes, ok_bytes };
  }

  /** The rows that have requests, in order. */
  counted(): number[] {
    const rows: number[] = [];
    for (let row = 0; row < this.#rows; row++) if ((this.#sums[row * WIDTH] ?? 0) > 0) rows.push(row);
    return rows;
  }

  #reach(row: number): void {
    this.#rows = row + 1;
    if (this.#rows * WIDTH <= this.#sums.length) return;
    const grown = new Float64Array(Math.max(this.#sums.length * 2, this.#rows * WIDTH));
    grown.set(this.#sums);
    this.#sums = grown;
  }
}
