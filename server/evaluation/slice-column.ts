import type { Buckets, Window, WindowCount } from '../model/engine.ts';
import { alignDown, slotEnd } from '../model/rings.ts';
import { type Ms, ms } from '../model/units.ts';

/** Slices as they are read: `good` as `sliceGood` gives it, and the sums they were made of, in columns of one length. */
export interface SliceRun {
  readonly good: ArrayLike<number>;
  readonly sums: readonly (readonly number[])[];
}

/** Where the slices of one SLO come from. */
export interface SliceReader {
  /** The slices of a range; its borders are those of slices. */
  read(range: Window): Promise<SliceRun>;
  /**
   * What the columns of `SliceRun.sums` add up to, per window. Absent: what changed later cannot be known, and the last slices
   * (`rereads`) are read again each time.
   */
  sums?(windows: readonly Window[]): Promise<readonly (readonly number[])[]>;
  readonly rereads?: Ms;
}

/** Slices that are read, compared and forgotten together. */
const CHUNK = 240;

interface Chunk {
  /** By place; NaN where nothing happened or nothing is known yet. */
  readonly good: Float64Array;
  /** Slices with events, and how many good ones they make. */
  total: number;
  sum: number;
  /** What its slices were made of. */
  sums: readonly number[];
}

/**
 * The slices of one SLO, in memory. Each is read once:
 *
 *     chunk     | k | k+1 | ... | last |
 *     slices    |=====================|--->     known | read when they are over
 *                 compared each time
 *
 * Late events change slices that are known. So each time one exact count over all of them is compared with the sum of what they were
 * made of; where it differs the chunks are counted, and those that differ are read again. Increments are never negative, so no change
 * is missed. Questions take their turns.
 */
export class SliceColumn {
  readonly #every: Ms;
  readonly #keep: Ms;
  readonly #reader: SliceReader;
  readonly #chunks = new Map<number, Chunk>();
  /** The number of the newest slice read; slice j ends at j * every. */
  #known = Number.NEGATIVE_INFINITY;
  #turn: Promise<unknown> = Promise.resolve();

  /** @param keep the window of the SLO: what is older than a count over all of it is forgotten. */
  constructor(every: Ms, keep: Ms, reader: SliceReader) {
    this.#every = every;
    this.#keep = keep;
    this.#reader = reader;
  }

  /** All slices and the good ones over each window, as counts of events are answered. */
  async count(windows: readonly Window[]): Promise<readonly (readonly WindowCount[])[]> {
    if (windows.length === 0) return [[], []];
    const start = Math.min(...windows.map((window) => window.start));
    const end = Math.max(...windows.map((window) => window.end));
    await this.#inTurn(async () => {
      if (end - start >= this.#keep) this.#forget(this.#chunkOf(this.#sliceAfter(start)));
      await this.#refresh(ms(start), ms(end));
    });
    const counts = windows.map((window) => ({ window, ...this.#sumOf(window) }));
    return [
      counts.map(({ window, total }) => ({ window, sum: total, n: total })),
      counts.map(({ window, sum }) => ({ window, sum, n: sum })),
    ];
  }

  /** The same per step, a multiple of the slices; of the time that `count` has asked for, when it has. */
  async buckets(range: Window, step: Ms): Promise<readonly Buckets[]> {
    const start = alignDown(range.start, step);
    const steps = Math.max(0, Math.ceil((range.end - start) / step));
    await this.#inTurn(async () => {
      const oldest = Math.min(...this.#chunks.keys()) * CHUNK * this.#every;
      await this.#refresh(ms(Number.isFinite(oldest) ? Math.max(oldest, start) : start), range.end);
    });
    const sums = Array.from({ length: steps }, (_, i) =>
      this.#sumOf({ start: ms(start + i * step), end: ms(Math.min(range.end, start + (i + 1) * step)) }),
    );
    const column = (values: readonly number[]): Buckets => ({ firstEnd: ms(start + step), step, sums: values });
    return [column(sums.map(({ total }) => total)), column(sums.map(({ sum }) => sum))];
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #refresh(start: Ms, end: Ms): Promise<void> {
    const [first, last] = [this.#chunkOf(this.#sliceAfter(start)), Math.floor(end / this.#every)];
    await this.#compare();
    await this.#readBefore(first, last);
    const again = Math.ceil((this.#reader.rereads ?? 0) / this.#every);
    const from = Math.max(first * CHUNK, Math.min(this.#known, last) - again);
    if (from < last) await this.#read(from, last);
    this.#known = Math.max(this.#known, last);
  }

  /** Chunks that nobody has asked for until now, before those that are known. */
  async #readBefore(first: number, last: number): Promise<void> {
    const oldest = Math.min(...this.#chunks.keys());
    if (this.#chunks.size > 0 && first < oldest) await this.#read(first * CHUNK, Math.min(last, oldest * CHUNK));
  }

  async #compare(): Promise<void> {
    const numbers = [...this.#chunks.keys()].sort((a, b) => a - b);
    const windows = numbers.map((number) => this.#windowOf(number));
    const [first, last] = [windows[0], windows.at(-1)];
    if (this.#reader.sums === undefined || first === undefined || last === undefined) return;
    const [whole] = await this.#reader.sums([{ start: first.start, end: last.end }]);
    if (whole !== undefined && isSame(whole, addColumns(numbers.map((number) => this.#sumsOf(number))))) return;
    const counted = await this.#reader.sums(windows);
    for (const [i, number] of numbers.entries()) {
      if (isSame(counted[i] ?? [], this.#sumsOf(number))) continue;
      await this.#read(number * CHUNK, Math.min((number + 1) * CHUNK, this.#known));
    }
  }

  /** Reads the slices after `from` up to `last`. */
  async #read(from: number, last: number): Promise<void> {
    const run = await this.#reader.read({ start: ms(from * this.#every), end: ms(last * this.#every) });
    for (let at = from; at < last; ) {
      const number = Math.floor(at / CHUNK);
      const to = Math.min(last, (number + 1) * CHUNK);
      this.#put(number, at - number * CHUNK, cut(run, at - from, to - from));
      at = to;
    }
  }

  #put(number: number, place: number, { good, sums }: SliceRun): void {
    // Slices that have sums are read in their order, so the first place begins a chunk, or begins it again.
    const known = place === 0 && sums.length > 0 ? undefined : this.#chunks.get(number);
    const chunk = known ?? { good: new Float64Array(CHUNK).fill(Number.NaN), total: 0, sum: 0, sums: [] };
    chunk.good.set(good, place);
    chunk.sums = addColumns([chunk.sums, sums.map((column) => column.reduce((sum, value) => sum + value, 0))]);
    Object.assign(chunk, sumSlices(chunk.good, 0, CHUNK));
    this.#chunks.set(number, chunk);
  }

  #forget(first: number): void {
    for (const number of this.#chunks.keys()) if (number < first) this.#chunks.delete(number);
  }

  #sumOf({ start, end }: Window): { total: number; sum: number } {
    const found = { total: 0, sum: 0 };
    const last = Math.floor(end / this.#every);
    for (let at = Math.floor(start / this.#every); at < last; ) {
      const number = Math.floor(at / CHUNK);
      const to = Math.min(last, (number + 1) * CHUNK);
      const chunk = this.#chunks.get(number);
      const part =
        chunk !== undefined && to - at < CHUNK
          ? sumSlices(chunk.good, at - number * CHUNK, to - number * CHUNK)
          : chunk;
      found.total += part?.total ?? 0;
      found.sum += part?.sum ?? 0;
      at = to;
    }
    return found;
  }

  #windowOf(number: number): Window {
    const end = Math.min((number + 1) * CHUNK, this.#known);
    return { start: ms(number * CHUNK * this.#every), end: ms(end * this.#every) };
  }

  #sumsOf(number: number): readonly number[] {
    return this.#chunks.get(number)?.sums ?? [];
  }

  #sliceAfter(time: number): number {
    return slotEnd(ms(time + 1), this.#every) / this.#every;
  }

  #chunkOf(slice: number): number {
    return Math.floor((slice - 1) / CHUNK);
  }
}

function sumSlices(good: Float64Array, from: number, to: number): { total: number; sum: number } {
  let total = 0;
  let sum = 0;
  for (let i = from; i < to; i++) {
    const share = good[i] ?? Number.NaN;
    if (Number.isNaN(share)) continue;
    total++;
    sum += share;
  }
  return { total, sum };
}

function cut({ good, sums }: SliceRun, from: number, to: number): SliceRun {
  return {
    good: Float64Array.from({ length: to - from }, (_, i) => good[from + i] ?? Number.NaN),
    sums: sums.map((column) => column.slice(from, to)),
  };
}

function addColumns(rows: readonly (readonly number[])[]): readonly number[] {
  const sums: number[] = [];
  for (const row of rows) for (const [i, value] of row.entries()) sums[i] = (sums[i] ?? 0) + value;
  return sums;
}

/** Sums of fractions differ in their last bits by the order they were added in. */
function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.every((value, i) => Math.abs(value - (b[i] ?? 0)) <= 1e-9 * Math.max(1, Math.abs(value)));
}
