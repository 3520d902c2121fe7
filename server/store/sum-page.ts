import type { ByteReader, ByteWriter } from './bytes.ts';
import { readBitmap, readColumn, writeBitmap, writeColumn } from './column.ts';
import type { Page, PageMark } from './page.ts';
import { type Ring, SLOTS_PER_PAGE } from './ring.ts';

const SLOTS = SLOTS_PER_PAGE.sum;

export interface SumTotal {
  n: number;
  sum: number;
}

/** The (n, Σ) slots of one page, only those with data: columns sorted by slot that grow as they fill. */
export class SumPage implements Page {
  readonly shape = 'sum';
  readonly number: number;
  readonly mark: PageMark;
  #count = 0;
  #offset: Uint8Array = new Uint8Array(4);
  #n: Float64Array = new Float64Array(4);
  #sum: Float64Array = new Float64Array(4);

  constructor(number: number, mark: PageMark) {
    this.number = number;
    this.mark = mark;
  }

  get count(): number {
    return this.#count;
  }

  /** Adds to the slot; `offset` is its place in the page, 0 to 239. */
  add(offset: number, n: number, sum: number): void {
    const at = this.#lowerBound(offset);
    if (at === this.#count || this.#offset[at] !== offset) this.#insert(at, offset);
    this.#n[at] = (this.#n[at] ?? 0) + n;
    this.#sum[at] = (this.#sum[at] ?? 0) + sum;
  }

  /** Adds the slots first..last (offsets, both included) to `total`. */
  addTo(total: SumTotal, first: number, last: number): void {
    for (let i = this.#lowerBound(first); i < this.#count && (this.#offset[i] ?? SLOTS) <= last; i++) {
      total.n += this.#n[i] ?? 0;
      total.sum += this.#sum[i] ?? 0;
    }
  }

  /** Calls `visit` for every slot with data in first..last (offsets, both included), in order. */
  forEach(first: number, last: number, visit: (offset: number, n: number, sum: number) => void): void {
    for (let i = this.#lowerBound(first); i < this.#count; i++) {
      const offset = this.#offset[i] ?? SLOTS;
      if (offset > last) return;
      visit(offset, this.#n[i] ?? 0, this.#sum[i] ?? 0);
    }
  }

  isEmpty(): boolean {
    return this.#count === 0;
  }

  newestTime(ring: Ring): number {
    return (this.number * SLOTS + (this.#offset[this.#count - 1] ?? 0)) * ring.width;
  }

  dropAfter(end: number, ring: Ring): SumTotal {
    const firstDropped = Math.min(SLOTS, Math.max(0, end / ring.width + 1 - this.number * SLOTS));
    const dropped = { n: 0, sum: 0 };
    this.addTo(dropped, firstDropped, SLOTS - 1);
    this.#count = this.#offset.subarray(0, this.#count).filter((offset) => offset < firstDropped).length;
    return dropped;
  }

  memoryBytes(): number {
    return 200 + this.#offset.length * 17;
  }

  writeColumns(out: ByteWriter): void {
    writeBitmap(out, this.#offset.subarray(0, this.#count), SLOTS);
    writeColumn(out, this.#n, this.#count, 8);
    writeColumn(out, this.#sum, this.#count, 8, this.#n);
  }

  readColumns(input: ByteReader): void {
    this.#offset = Uint8Array.from(readBitmap(input, SLOTS));
    this.#count = this.#offset.length;
    this.#n = readColumn(input, this.#count);
    this.#sum = readColumn(input, this.#count, this.#n);
  }

  #lowerBound(offset: number): number {
    if (this.#count === 0 || offset > (this.#offset[this.#count - 1] ?? 0)) return this.#count;
    let low = 0;
    let high = this.#count - 1;
    if (this.#offset[high] === offset) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#offset[middle] ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #insert(at: number, offset: number): void {
    if (this.#count === this.#offset.length) this.#grow();
    this.#offset.copyWithin(at + 1, at, this.#count);
    this.#n.copyWithin(at + 1, at, this.#count);
    this.#sum.copyWithin(at + 1, at, this.#count);
    this.#offset[at] = offset;
    this.#n[at] = 0;
    this.#sum[at] = 0;
    this.#count++;
  }

  #grow(): void {
    const size = Math.min(SLOTS, Math.max(4, this.#count * 2));
    const grown = [new Uint8Array(size), new Float64Array(size), new Float64Array(size)] as const;
    grown[0].set(this.#offset);
    grown[1].set(this.#n);
    grown[2].set(this.#sum);
    [this.#offset, this.#n, this.#sum] = grown;
  }
}
