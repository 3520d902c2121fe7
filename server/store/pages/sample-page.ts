import type { ByteReader, ByteWriter } from '../encoding/bytes.ts';
import { readPacked, writePacked } from '../encoding/packed-column.ts';
import { readPlaces, writePlaces } from '../encoding/place-set.ts';
import { type Ring, samplesPerPage } from '../rings/ring.ts';
import type { DecodedColumns } from './decoded-columns.ts';
import type { Page, PageMark } from './page.ts';
import { type Columns, PageRows, type RowCoding, sharedCoding } from './page-rows.ts';
import type { Sample } from './rollup.ts';
import type { OrderedSamples } from './rollup-page.ts';

export type SampleVerdict = 'new' | 'same' | 'duplicate_timestamp' | 'too_dense';

/** The raw samples of a page as columns of one length, in time order; a stale marker has the value 0. Times are ms. */
export interface SampleColumns {
  readonly times: Float64Array;
  readonly values: Float64Array;
  /** 1 where the sample is a stale marker; absent when none is. */
  readonly stale: Float64Array | undefined;
}

/** Columns of the rows. */
const [VALUE, STALE, WIDTH] = [1, 2, 3] as const;

/** Raw samples of one page in time order, with their own timestamps. */
export class SamplePage implements Page {
  readonly shape = 'raw';
  readonly number: number;
  readonly mark: PageMark;
  readonly rows: PageRows;
  readonly #most: number;

  constructor(ring: Ring, number: number, mark: PageMark, decoded?: DecodedColumns, rows?: PageRows) {
    this.number = number;
    this.mark = mark;
    this.#most = samplesPerPage(ring);
    this.rows = rows ?? new PageRows(codingOf(ring, number), decoded);
  }

  get samples(): readonly Sample[] {
    const { times, values, stale } = this.columns();
    return Array.from(times, (time, i) => ({ time, value: values[i] ?? 0, stale: stale?.[i] === 1 }));
  }

  /** Good until the page changes. */
  columns(): SampleColumns {
    const [times = NONE, values = NONE, stale = NONE] = this.rows.columns();
    return { times, values, stale: stale.length === 0 ? undefined : stale };
  }

  /** Appends the samples of (start, end] but stale markers to the columns. */
  copyValues(start: number, end: number, times: number[], values: number[]): void {
    const held = this.columns();
    const to = this.rows.indexOf(Math.floor(end) + 1);
    for (let row = this.rows.indexOf(Math.floor(start) + 1); row < to; row++) {
      if (held.stale?.[row] === 1) continue;
      times.push(held.times[row] ?? 0);
      values.push(held.values[row] ?? 0);
    }
  }

  /** The samples of (start, end] but stale markers; they may share the numbers of `columns`. */
  run(start: number, end: number): { readonly times: Float64Array; readonly values: Float64Array } {
    const held = this.columns();
    const from = this.rows.indexOf(Math.floor(start) + 1);
    const to = Math.max(from, this.rows.indexOf(Math.floor(end) + 1));
    const { stale } = held;
    const [times, values] = [held.times.subarray(from, to), held.values.subarray(from, to)];
    if (stale === undefined) return { times, values };
    const isThere = (_: number, row: number): boolean => stale[from + row] !== 1;
    return { times: times.filter(isThere), values: values.filter(isThere) };
  }

  /** The newest sample at or before `time`. */
  newestUntil(time: number): Sample | undefined {
    const { rows } = this;
    const row = time >= rows.lastPlace ? rows.count - 1 : rows.indexOf(Math.floor(time) + 1) - 1;
    if (row < 0) return undefined;
    return { time: rows.get(row, 0), value: rows.get(row, VALUE), stale: rows.get(row, STALE) === 1 };
  }

  get size(): number {
    return this.rows.count;
  }

  /** What `insert` would do. */
  judge({ time, value, stale }: Sample): SampleVerdict {
    const { rows } = this;
    if (time <= rows.lastPlace) {
      const row = rows.indexOf(time);
      if (rows.get(row, 0) === time) {
        const same = (rows.get(row, STALE) === 1) === stale && Object.is(rows.get(row, VALUE), value);
        return same ? 'same' : 'duplicate_timestamp';
      }
    }
    return rows.count >= this.#most ? 'too_dense' : 'new';
  }

  /** Puts the sample in its place; a time that is already there stays as it is, so that replay changes nothing. */
  insert({ time, value, stale }: Sample): void {
    const { rows } = this;
    const row = rows.indexOf(time);
    if (row === rows.count || rows.get(row, 0) !== time) rows.insert(row, [time, value, stale ? 1 : 0]);
  }

  /** `insert` for many, the times of which rise. */
  append({ samples, order, from, to }: OrderedSamples): void {
    const { times, values, stale } = samples;
    if ((times[order[from] ?? 0] ?? 0) <= this.rows.lastPlace) {
      for (let k = from; k < to; k++) {
        const row = order[k] ?? 0;
        this.insert({ time: times[row] ?? 0, value: values[row] ?? 0, stale: stale[row] === 1 });
      }
      return;
    }
    const { numbers, at } = this.rows.extend(to - from);
    for (let k = from, place = at; k < to; k++, place += WIDTH) {
      const row = order[k] ?? 0;
      numbers[place] = times[row] ?? 0;
      numbers[place + VALUE] = values[row] ?? 0;
      numbers[place + STALE] = stale[row] ?? 0;
    }
  }

  /** A copy to judge the samples of a commit on before it is on disk. */
  draft(ring: Ring): SamplePage {
    return new SamplePage(ring, this.number, this.mark, undefined, this.rows.copy());
  }

  newestTime(): number {
    return this.rows.lastPlace;
  }

  dropAfter(end: number): { n: number; sum: number } {
    const { rows } = this;
    const kept = rows.indexOf(end + 1);
    const n = rows.count - kept;
    rows.truncate(kept);
    return { n, sum: 0 };
  }
}

const NONE = new Float64Array(0);

/**
 *     raw   count varint | places of stale markers | time - start of the page, ms | value
 */
function sampleCoding(ring: Ring, number: number): RowCoding {
  const base = (number * ring.slotsPerPage - 1) * ring.width;
  const most = samplesPerPage(ring);
  return {
    width: WIDTH,
    marks: STALE,
    write: (out: ByteWriter, [times = NONE, values = NONE, stale = NONE]: Columns): void => {
      out.writeUnsigned(times.length);
      const markers = Array.from(stale.keys()).filter((i) => stale[i] === 1);
      writePlaces(out, markers, times.length);
      writePacked(
        out,
        times.map((time) => time - base),
        4,
      );
      writePacked(out, values, 8);
    },
    read: (input: ByteReader): Columns => {
      const count = input.readUnsigned();
      if (count > most) throw new RangeError(`a page of ${count} samples is too full`);
      const markers = readPlaces(input, count);
      const times = readPacked(input, count);
      for (let i = 0; i < count; i++) times[i] = (times[i] ?? 0) + base;
      const values = readPacked(input, count);
      const stale = new Float64Array(markers.length === 0 ? 0 : count);
      for (const at of markers) stale[at] = 1;
      return [times, values, stale];
    },
  };
}

const codingOf = sharedCoding(sampleCoding);
