import { invariant } from '../../model/errors.ts';
import { ByteReader, type ByteWriter } from '../encoding/bytes.ts';
import { grown, NO_NUMBERS, type Numbers, released } from '../encoding/row-numbers.ts';
import type { Ring } from '../rings/ring.ts';
import type { DecodedColumns } from './decoded-columns.ts';

/** Columns of one length (one of marks may be empty when there are none); the first is the place of each row, rising. */
export type Columns = readonly Float64Array[];

/** How the rows of one shape of page are written. */
export interface RowCoding {
  /** Columns, the place included. */
  readonly width: number;
  /** A column of marks that is empty when no row has one. */
  readonly marks?: number;
  write(out: ByteWriter, columns: Columns): void;
  /** Columns that are not wanted may be empty. Throws RangeError on bytes that are none of its. */
  read(input: ByteReader, wanted: ColumnSet): Columns;
}

/** Columns by number, a bit for each. */
export type ColumnSet = number;

export const EVERY_COLUMN: ColumnSet = -1;

export function columnSet(...columns: readonly number[]): ColumnSet {
  return columns.reduce((set, column) => set | (1 << column), 0);
}

export function isIn(set: ColumnSet, column: number): boolean {
  return (set & (1 << column)) !== 0;
}

/** One coding for the pages of a ring that have the same number: a hundred thousand of them are made one after the other. */
export function sharedCoding(make: (ring: Ring, number: number) => RowCoding): typeof make {
  const latest = new WeakMap<Ring, { readonly number: number; readonly coding: RowCoding }>();
  return (ring, number) => {
    const known = latest.get(ring);
    if (known?.number === number) return known.coding;
    const coding = make(ring, number);
    latest.set(ring, { number, coding });
    return coding;
  };
}

/** The numbers of a row, from `at` on. */
interface PlaceOfRow {
  readonly numbers: Numbers;
  readonly at: number;
}

/** Rows as they were last written; of `count` of them the page still thinks the same. */
interface Sealed {
  readonly bytes: Buffer;
  readonly count: number;
}

/**
 * The rows of one page, sorted by place: what is in the file as the bytes it has there, and the newest row and what came since as
 * numbers.
 *
 *     rows     0 ............................ count-1
 *              |  sealed: encoded, 1 to 10 bytes each  |  open: numbers, `width` for each row  |
 *     seal()   ------------------------------------------------------------------------->|  |   the newest row stays open
 *     change before the open rows: all rows become open until the next seal
 *
 * A series that is only appended to thus keeps its pages encoded, and appending decodes nothing.
 */
export class PageRows {
  readonly #coding: RowCoding;
  readonly #decoded: DecodedColumns | undefined;
  #sealed: Sealed | undefined;
  /** Row by row, `used` of them. */
  #open: Numbers = NO_NUMBERS;
  #used = 0;
  /** Those that were decoded the last time, and may still be kept. */
  #kept: ColumnSet = 0;

  constructor(coding: RowCoding, decoded?: DecodedColumns) {
    this.#coding = coding;
    this.#decoded = decoded;
  }

  get count(): number {
    return this.#sealedCount + this.#used / this.#coding.width;
  }

  /** The place of the newest row; -Infinity without any. */
  get lastPlace(): number {
    return this.#used === 0 ? Number.NEGATIVE_INFINITY : (this.#open[this.#used - this.#coding.width] ?? 0);
  }

  /** All rows, decoded; not to be changed, nor kept across a change of the page. Columns that are not wanted may be empty. */
  columns(wanted: ColumnSet = EVERY_COLUMN): Columns {
    const known = this.#kept === 0 ? undefined : this.#decoded?.get(this);
    if (known === undefined) this.#kept = 0;
    else if ((this.#kept & wanted) === wanted) return known;
    const decoded = wanted | this.#kept;
    const columns = this.#gather(decoded);
    if (this.#sealed !== undefined && this.#decoded !== undefined) {
      this.#decoded.keep(this, columns);
      this.#kept = decoded;
    }
    return columns;
  }

  /** The first row whose place is not before `place`. */
  indexOf(place: number): number {
    if (place > this.lastPlace) return this.count;
    const { width } = this.#coding;
    if (this.#sealed !== undefined && place < (this.#open[0] ?? 0)) return lowerBound(this.columns()[0] ?? NONE, place);
    let [low, high] = [0, this.#used / width];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#open[middle * width] ?? 0) < place) low = middle + 1;
      else high = middle;
    }
    return this.#sealedCount + low;
  }

  /** A number of a row; column 0 is its place. */
  get(row: number, column: number): number {
    const open = row - this.#sealedCount;
    return (open < 0 ? this.columns()[column]?.[row] : this.#open[open * this.#coding.width + column]) ?? 0;
  }

  /** The sum of a column over the rows from `first` to before `end`. Rows that are open are added where they are. */
  total(column: number, first: number, end: number): number {
    const sealed = this.#sealedCount;
    let sum = 0;
    if (first < sealed) {
      const values = this.columns()[column] ?? NONE;
      for (let row = first, last = Math.min(end, sealed); row < last; row++) sum += values[row] ?? 0;
    }
    const { width } = this.#coding;
    const [open, from, to] = [this.#open, Math.max(first, sealed) - sealed, end - sealed];
    for (let row = from, at = from * width + column; row < to; row++, at += width) sum += open[at] ?? 0;
    return sum;
  }

  /** The numbers of a row to be changed, from `at` on, the place first; good until the next call. */
  edit(row: number): PlaceOfRow {
    this.#unseal(row);
    return { numbers: this.#open, at: (row - this.#sealedCount) * this.#coding.width };
  }

  /** Puts a row, as long as the coding is wide, at its place, which must be free. */
  insert(row: number, values: readonly number[]): void {
    const { width } = this.#coding;
    invariant(values.length === width, `a row of ${values.length} numbers; want ${width}`);
    this.#unseal(row);
    const at = (row - this.#sealedCount) * width;
    this.#reserve(width);
    this.#open.copyWithin(at + width, at, this.#used - width);
    for (let c = 0; c < width; c++) this.#open[at + c] = values[c] ?? 0;
  }

  /** Room for `rows` more behind the last, which the caller fills at once; good until the next call. */
  extend(rows: number): PlaceOfRow {
    this.#unseal(this.count);
    const at = this.#used;
    this.#reserve(rows * this.#coding.width);
    return { numbers: this.#open, at };
  }

  /** Drops the rows from `count` on. */
  truncate(count: number): void {
    if (count >= this.count) return;
    this.#unseal(count === 0 ? 0 : count - 1);
    this.#used = (count - this.#sealedCount) * this.#coding.width;
  }

  write(out: ByteWriter): void {
    this.#coding.write(out, this.#gather());
  }

  /** Takes the rows from their coding. Throws RangeError on bytes that are none. */
  read(input: ByteReader): void {
    const bytes = input.readBytes(input.remaining);
    this.adopt(this.#coding.read(new ByteReader(bytes), EVERY_COLUMN), bytes);
  }

  /** Takes rows that are there as columns. */
  adopt(columns: Columns, bytes?: Buffer): void {
    const rows = columns[0]?.length ?? 0;
    const sealed = bytes === undefined || rows < 2 ? 0 : rows - 1;
    this.#sealed = bytes === undefined || sealed === 0 ? undefined : { bytes, count: sealed };
    const numbers: number[] = [];
    for (let row = sealed; row < rows; row++) for (const column of columns) numbers.push(column[row] ?? 0);
    this.#hold(numbers);
  }

  /** Keeps the bytes that `write` made instead of all rows but the newest. */
  seal(bytes: Buffer): void {
    const { count } = this;
    if (count > 1) this.#sealed = { bytes, count: count - 1 };
    this.#hold(Array.from(this.#open.slice(Math.max(0, this.#used - this.#coding.width), this.#used)));
  }

  /** The same rows; changes of either are none of the other. */
  copy(): PageRows {
    const copy = new PageRows(this.#coding);
    copy.#sealed = this.#sealed;
    copy.#hold(this.#open.slice(0, this.#used));
    return copy;
  }

  memoryBytes(): number {
    return 400 + (this.#sealed?.bytes.length ?? 0) + this.#open.length * 8;
  }

  get #sealedCount(): number {
    return this.#sealed === undefined ? 0 : this.#sealed.count;
  }

  #hold(numbers: Numbers): void {
    released(this.#open);
    this.#open = numbers;
    this.#used = numbers.length;
  }

  #reserve(more: number): void {
    const used = this.#used + more;
    if (used > this.#open.length) this.#open = grown(this.#open, used);
    this.#used = used;
  }

  /** Opens all rows when `row` is not open; call before every change. */
  #unseal(row: number): void {
    if (row < this.#sealedCount) {
      const columns = this.#gather();
      this.#sealed = undefined;
      this.adopt(columns);
    }
    if (this.#kept !== 0) this.#decoded?.drop(this);
    this.#kept = 0;
  }

  #gather(wanted = EVERY_COLUMN): Columns {
    const { count } = this;
    const stored = this.#sealed && this.#coding.read(new ByteReader(this.#sealed.bytes), wanted);
    const columns: Float64Array[] = [];
    // One room for all: memory for each column is much to get and give back.
    const isStored = stored?.[0]?.length === count;
    const room = isStored || wanted !== EVERY_COLUMN ? NONE : new Float64Array(this.#coding.width * count);
    for (let c = 0; c < this.#coding.width; c++) {
      columns.push(isIn(wanted, c) ? this.#column(stored?.[c], c, room.subarray(c * count, (c + 1) * count)) : NONE);
    }
    return columns;
  }

  /** One column of all rows, in the stored one when that is as long, otherwise in `room`. */
  #column(stored: Float64Array | undefined, c: number, room: Float64Array): Float64Array {
    const { count } = this;
    const { width } = this.#coding;
    const sealed = this.#sealedCount;
    const hasMarks = c !== this.#coding.marks || (stored?.length ?? 0) > 0 || this.#isMarked(c);
    if (!hasMarks) return NONE;
    const column = stored?.length === count ? stored : room.length === count ? room : new Float64Array(count);
    if (stored !== undefined && stored !== column)
      column.set(stored.length > sealed ? stored.subarray(0, sealed) : stored);
    const open = this.#open;
    for (let row = sealed, at = c; row < count; row++, at += width) column[row] = open[at] ?? 0;
    return column;
  }

  #isMarked(c: number): boolean {
    const [open, { width }] = [this.#open, this.#coding];
    for (let at = c; at < this.#used; at += width) if (open[at] !== 0) return true;
    return false;
  }
}

const NONE = new Float64Array(0);

/** The first of the places, which rise, that is not before `place`. */
export function lowerBound(places: Float64Array, place: number): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle] ?? 0) < place) low = middle + 1;
    else high = middle;
  }
  return low;
}
