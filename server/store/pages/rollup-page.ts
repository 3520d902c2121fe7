import type { ByteReader, ByteWriter } from '../encoding/bytes.ts';
import { fillPacked, skipPacked, writePacked } from '../encoding/packed-column.ts';
import { readPlaces, writePlaces } from '../encoding/place-set.ts';
import type { Numbers } from '../encoding/row-numbers.ts';
import type { Ring } from '../rings/ring.ts';
import type { DecodedColumns } from './decoded-columns.ts';
import type { Page, PageMark } from './page.ts';
import { type ColumnSet, type Columns, columnSet, isIn, PageRows, type RowCoding, sharedCoding } from './page-rows.ts';
import { greater, lesser, type RollupSlot } from './rollup.ts';
import type { SampleColumns } from './sample-columns.ts';

/** Columns of the rows between the place and the mark of a stale end. Of a counter that only rises min is first and max is last, which then take no room. */
const ROLLUP_COLUMNS = ['firstTime', 'lastTime', 'n', 'resets', 'first', 'min', 'last', 'max', 'sum', 'adj'];
const TIMES = 2;
const COUNTS = 2;
const N = 3;
const ADJ = ROLLUP_COLUMNS.length;
const STALE = ROLLUP_COLUMNS.length + 1;
/** Places are there in every set. */
const PLACE = 0;
/** What rate, increase and delta are made of: the place, first time, last time, n, first, last, adj. */
const CHANGE = columnSet(PLACE, 1, 2, N, 5, 7, ADJ);
const EMPTY_ROW = new Array<number>(STALE + 1).fill(0);

type RollupColumns = Readonly<
  Record<'places' | 'firstTime' | 'lastTime' | 'n' | 'first' | 'last' | 'adj', Float64Array>
>;

/** Samples that follow each other, as `order[from]` to before `order[to]` number them. */
export interface OrderedSamples {
  readonly samples: SampleColumns;
  readonly order: Int32Array;
  readonly from: number;
  readonly to: number;
}

/** The roll-up slots of one page that hold data. */
export class RollupPage implements Page {
  readonly shape = 'rollup';
  readonly number: number;
  readonly mark: PageMark;
  readonly rows: PageRows;
  readonly #ring: Ring;

  constructor(ring: Ring, number: number, mark: PageMark, decoded?: DecodedColumns) {
    this.#ring = ring;
    this.number = number;
    this.mark = mark;
    this.rows = new PageRows(codingOf(ring, number), decoded);
  }

  /** A copy of the slot at this place in the page, if it has data. */
  slot(offset: number): RollupSlot | undefined {
    const row = this.rows.indexOf(offset);
    return row < this.rows.count && this.rows.get(row, 0) === offset ? this.#slotAt(row) : undefined;
  }

  /** `append` when the samples are newer than every event of the slot, which may have none yet; otherwise false, and nothing is done. */
  appendNewest(offset: number, samples: OrderedSamples): boolean {
    const { rows } = this;
    const row = rows.indexOf(offset);
    const isThere = row < rows.count && rows.get(row, 0) === offset;
    const first = samples.samples.times[samples.order[samples.from] ?? 0] ?? 0;
    if (isThere && (rows.get(row, STALE) === 1 || (rows.get(row, N) > 0 && first <= rows.get(row, 2)))) return false;
    this.#appendTo(row, isThere, offset, samples);
    return true;
  }

  /** `appendSample` for many to the slot at this place, each newer than the one before. */
  append(offset: number, samples: OrderedSamples): void {
    const row = this.rows.indexOf(offset);
    this.#appendTo(row, row < this.rows.count && this.rows.get(row, 0) === offset, offset, samples);
  }

  #appendTo(row: number, isThere: boolean, offset: number, samples: OrderedSamples): void {
    if (!isThere) this.rows.insert(row, EMPTY_ROW);
    const { numbers, at } = this.rows.edit(row);
    numbers[at] = offset;
    appendTo(numbers, at, samples);
  }

  /** Puts the slot at this place in the page, instead of the one that is there. */
  replace(offset: number, slot: RollupSlot): void {
    const { rows } = this;
    const row = rows.indexOf(offset);
    if (row === rows.count || rows.get(row, 0) !== offset) rows.insert(row, EMPTY_ROW);
    const { numbers, at } = rows.edit(row);
    numbers[at] = offset;
    numbers[at + 1] = slot.firstTime;
    numbers[at + 2] = slot.lastTime;
    numbers[at + 3] = slot.n;
    numbers[at + 4] = slot.resets;
    numbers[at + 5] = slot.first;
    numbers[at + 6] = slot.min;
    numbers[at + 7] = slot.last;
    numbers[at + 8] = slot.max;
    numbers[at + 9] = slot.sum;
    numbers[at + 10] = slot.adj;
    numbers[at + STALE] = slot.endsStale ? 1 : 0;
  }

  /** The slots with data, column by column; not to be changed, nor kept across a change of the page. */
  columns(): RollupColumns {
    const columns = this.rows.columns(CHANGE);
    const [places = NONE, firstTime = NONE, lastTime = NONE, n = NONE, , first = NONE] = columns;
    return { places, firstTime, lastTime, n, first, last: columns[7] ?? NONE, adj: columns[ADJ] ?? NONE };
  }

  /** Calls `visit` with a copy of every slot with data in first..last (offsets, both included), in order. */
  forEach(first: number, last: number, visit: (offset: number, slot: RollupSlot) => void): void {
    const end = this.rows.indexOf(last + 1);
    for (let row = this.rows.indexOf(first); row < end; row++) visit(this.rows.get(row, 0), this.#slotAt(row));
  }

  /** A slot of stale markers alone has no time of its own; its end is the nearest that is known. */
  newestTime(): number {
    const offset = this.rows.lastPlace;
    const slot = this.slot(offset);
    return slot === undefined || slot.n === 0 ? startOf(this.#ring, this.number, offset + 1) : slot.lastTime;
  }

  dropAfter(end: number): { n: number; sum: number } {
    const { rows } = this;
    const kept = rows.indexOf((end - startOf(this.#ring, this.number, 0)) / this.#ring.width);
    let n = 0;
    for (let row = kept; row < rows.count; row++) n += rows.get(row, N);
    rows.truncate(kept);
    return { n, sum: 0 };
  }

  #slotAt(row: number): RollupSlot {
    const { rows } = this;
    return {
      firstTime: rows.get(row, 1),
      lastTime: rows.get(row, 2),
      n: rows.get(row, 3),
      resets: rows.get(row, 4),
      first: rows.get(row, 5),
      min: rows.get(row, 6),
      last: rows.get(row, 7),
      max: rows.get(row, 8),
      sum: rows.get(row, 9),
      adj: rows.get(row, 10),
      endsStale: rows.get(row, STALE) === 1,
    };
  }
}

/** The figures are in registers meanwhile: an object for each slot costs more than the arithmetic. */
function appendTo(numbers: Numbers, at: number, { samples, order, from, to }: OrderedSamples): void {
  const { times, values, stale } = samples;
  let n = numbers[at + 3] ?? 0;
  let last = numbers[at + 7] ?? 0;
  let min = numbers[at + 6] ?? 0;
  let max = numbers[at + 8] ?? 0;
  let sum = numbers[at + 9] ?? 0;
  let newest = -1;
  for (let k = from; k < to; k++) {
    const row = order[k] ?? 0;
    if (stale[row] === 1) continue;
    const value = values[row] ?? 0;
    if (n === 0) {
      numbers[at + 1] = times[row] ?? 0;
      numbers[at + 5] = value;
      min = value;
      max = value;
    } else if (value < last) {
      numbers[at + 10] = (numbers[at + 10] ?? 0) + last;
      numbers[at + 4] = (numbers[at + 4] ?? 0) + 1;
    }
    n++;
    last = value;
    newest = row;
    sum += value;
    min = lesser(min, value);
    max = greater(max, value);
  }
  numbers[at + STALE] = stale[order[to - 1] ?? 0] ?? 0;
  if (newest < 0) return;
  numbers[at + 2] = times[newest] ?? 0;
  numbers[at + 3] = n;
  numbers[at + 6] = min;
  numbers[at + 7] = last;
  numbers[at + 8] = max;
  numbers[at + 9] = sum;
}

function startOf(ring: Ring, page: number, offset: number): number {
  return (page * ring.slotsPerPage + offset - 1) * ring.width;
}

/**
 *     roll-up   places of slots with data | places that end stale | first time, last time (ms from slot start) | n | resets |
 *               first | min | last | max | sum | adj
 */
function rollupCoding(ring: Ring, number: number): RowCoding {
  const { slotsPerPage, width } = ring;
  const base = startOf(ring, number, 0);
  return {
    width: STALE + 1,
    write: (out: ByteWriter, columns: Columns): void => {
      const [places = NONE, ...figures] = columns;
      const stale = columns[STALE] ?? NONE;
      writePlaces(out, places, slotsPerPage);
      writePlaces(out, Array.from(places.filter((_, i) => stale[i] === 1)), slotsPerPage);
      const times = figures.slice(0, TIMES).map((column) => offsetsOf(column, columns));
      for (const column of [...times, ...figures.slice(TIMES, TIMES + COUNTS)]) writePacked(out, column, 4);
      for (let c = TIMES + COUNTS; c < ROLLUP_COLUMNS.length; c++) {
        writePacked(out, figures[c] ?? NONE, 8, c === TIMES + COUNTS ? undefined : figures[c - 1]);
      }
    },
    read: (input: ByteReader, wanted: ColumnSet): Columns => {
      const places = readPlaces(input, slotsPerPage);
      const markers = readPlaces(input, slotsPerPage);
      const columns = figuresOf(input, places.length, wanted);
      columns[PLACE] = places;
      for (let c = 1; c <= TIMES; c++) if (isIn(wanted, c)) fromSlotStarts(columns[c] ?? NONE, columns);
      if (isIn(wanted, STALE)) columns[STALE] = staleAt(places, markers);
      return columns;
    },
  };

  /** Offsets from the starts of slots become times, in place. */
  function fromSlotStarts(offsets: Float64Array, [places = NONE, , , n = NONE]: Columns): void {
    for (let i = 0; i < offsets.length; i++) {
      if (n[i] !== 0) offsets[i] = (offsets[i] ?? 0) + base + (places[i] ?? 0) * width;
    }
  }

  /** Times less the start of their slots; those of a slot without samples are 0 in both. */
  function offsetsOf(times: Float64Array, [places, , , n]: Columns): Float64Array {
    return times.map((time, i) => (n?.[i] === 0 ? 0 : time - (base + (places?.[i] ?? 0) * width)));
  }
}

/** The wanted columns between places and marks, side by side in one room; times only with the counts that tell which of them are any. */
function figuresOf(input: ByteReader, count: number, wanted: ColumnSet): Float64Array[] {
  const sources: number[] = [];
  let before: number | undefined;
  for (let c = 1; c <= ADJ; c++) {
    before = skipPacked(input, count, c > TIMES + COUNTS + 1 ? before : undefined);
    if (isIn(wanted, c)) sources[c] = before;
  }
  const columns = new Array<Float64Array>(STALE + 1).fill(NONE);
  const room = new Float64Array(Object.keys(sources).length * count);
  let at = 0;
  for (const [c, source] of sources.entries()) {
    if (source === undefined) continue;
    const column = room.subarray(at, at + count);
    fillPacked(input.from(source), column);
    columns[c] = column;
    at += count;
  }
  return columns;
}

function staleAt(places: Float64Array, markers: Float64Array): Float64Array {
  const stale = new Float64Array(places.length);
  if (markers.length === 0) return stale;
  const marked = new Set(markers);
  for (let row = 0; row < stale.length; row++) if (marked.has(places[row] ?? 0)) stale[row] = 1;
  return stale;
}

const NONE = new Float64Array(0);

const codingOf = sharedCoding(rollupCoding);
