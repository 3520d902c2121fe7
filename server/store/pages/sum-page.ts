import type { ByteReader, ByteWriter } from '../encoding/bytes.ts';
import { readPacked, writePacked } from '../encoding/packed-column.ts';
import { readPlaces, writePlaces } from '../encoding/place-set.ts';
import type { Ring } from '../rings/ring.ts';
import type { DecodedColumns } from './decoded-columns.ts';
import type { Page, PageMark } from './page.ts';
import { type Columns, PageRows, type RowCoding } from './page-rows.ts';

export interface SumTotal {
  n: number;
  sum: number;
}

/** Columns of the rows. */
const [N, SUM] = [1, 2] as const;

/** The (n, Σ) slots of one page, only those with data. */
export class SumPage implements Page {
  readonly shape = 'sum';
  readonly number: number;
  readonly mark: PageMark;
  readonly rows: PageRows;
  readonly #slots: number;

  constructor(ring: Ring, number: number, mark: PageMark, decoded?: DecodedColumns) {
    this.number = number;
    this.mark = mark;
    this.#slots = ring.slotsPerPage;
    this.rows = new PageRows(sumCoding(ring), decoded);
  }

  /** Adds to the slot; `offset` is its place in the page. */
  add(offset: number, n: number, sum: number): void {
    const { rows } = this;
    const row = rows.indexOf(offset);
    if (row === rows.count || rows.get(row, 0) !== offset) {
      rows.insert(row, [offset, n, sum]);
      return;
    }
    const { numbers, at } = rows.edit(row);
    numbers[at + N] = (numbers[at + N] ?? 0) + n;
    numbers[at + SUM] = (numbers[at + SUM] ?? 0) + sum;
  }

  /** Adds the slots first..last (offsets, both included) to `total`. */
  addTo(total: SumTotal, first: number, last: number): void {
    const { rows } = this;
    const [from, end] = [rows.indexOf(first), rows.indexOf(last + 1)];
    if (from === end) return;
    total.n += rows.total(N, from, end);
    total.sum += rows.total(SUM, from, end);
  }

  /** Calls `visit` for every slot with data in first..last (offsets, both included), in order. */
  forEach(first: number, last: number, visit: (offset: number, n: number, sum: number) => void): void {
    const [places = NONE, n = NONE, sum = NONE] = this.rows.columns();
    for (let row = this.rows.indexOf(first), end = this.rows.indexOf(last + 1); row < end; row++) {
      visit(places[row] ?? 0, n[row] ?? 0, sum[row] ?? 0);
    }
  }

  newestTime(ring: Ring): number {
    return (this.number * this.#slots + Math.max(0, this.rows.lastPlace)) * ring.width;
  }

  dropAfter(end: number, ring: Ring): SumTotal {
    const kept = this.rows.indexOf(end / ring.width + 1 - this.number * this.#slots);
    const dropped = { n: 0, sum: 0 };
    const [, n = NONE, sum = NONE] = this.rows.columns();
    for (let row = kept; row < this.rows.count; row++) {
      dropped.n += n[row] ?? 0;
      dropped.sum += sum[row] ?? 0;
    }
    this.rows.truncate(kept);
    return dropped;
  }
}

const NONE = new Float64Array(0);

/**
 *     sum   places of slots with data | n | Σ
 */
function sumCoding({ slotsPerPage }: Ring): RowCoding {
  return {
    width: 3,
    write: (out: ByteWriter, [places = NONE, n = NONE, sum = NONE]: Columns): void => {
      writePlaces(out, places, slotsPerPage);
      writePacked(out, n, 8);
      writePacked(out, sum, 8, n);
    },
    read: (input: ByteReader): Columns => {
      const places = readPlaces(input, slotsPerPage);
      const n = readPacked(input, places.length);
      return [places, n, readPacked(input, places.length, n)];
    },
  };
}
