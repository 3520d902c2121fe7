import type { ByteReader, ByteWriter } from './bytes.ts';
import { readBitmap, readColumn, writeBitmap, writeColumn } from './column.ts';
import type { Page, PageMark } from './page.ts';
import { RAW_SAMPLES_PER_PAGE, type Ring } from './ring.ts';
import type { Sample } from './rollup.ts';

export type SampleVerdict = 'new' | 'same' | 'duplicate_timestamp' | 'too_dense';

/** Raw samples of one page in time order, with their own timestamps. */
export class SamplePage implements Page {
  readonly shape = 'raw';
  readonly number: number;
  readonly mark: PageMark;
  /** The time before the page's first slot, ms; times are stored as offsets from it. */
  readonly #base: number;
  #samples: Sample[] = [];

  constructor(ring: Ring, number: number, mark: PageMark) {
    this.number = number;
    this.mark = mark;
    this.#base = (number * ring.slotsPerPage - 1) * ring.width;
  }

  get samples(): readonly Sample[] {
    return this.#samples;
  }

  get size(): number {
    return this.#samples.length;
  }

  /** What `insert` would do. */
  judge(sample: Sample): SampleVerdict {
    const found = this.#samples[this.#lowerBound(sample.time)];
    if (found?.time === sample.time) {
      const same = found.stale === sample.stale && Object.is(found.value, sample.value);
      return same ? 'same' : 'duplicate_timestamp';
    }
    return this.#samples.length >= RAW_SAMPLES_PER_PAGE ? 'too_dense' : 'new';
  }

  /** Puts the sample in its place; a time that is already there stays as it is, so that replay changes nothing. */
  insert(sample: Sample): void {
    const at = this.#lowerBound(sample.time);
    if (this.#samples[at]?.time !== sample.time) this.#samples.splice(at, 0, sample);
  }

  /** A copy to judge the samples of a commit on before it is on disk. */
  draft(ring: Ring): SamplePage {
    const copy = new SamplePage(ring, this.number, this.mark);
    copy.#samples = this.#samples.slice();
    return copy;
  }

  isEmpty(): boolean {
    return this.#samples.length === 0;
  }

  newestTime(): number {
    return this.#samples.at(-1)?.time ?? this.#base;
  }

  dropAfter(end: number): { n: number; sum: number } {
    const dropped = this.#samples.splice(this.#lowerBound(end + 1));
    return { n: dropped.length, sum: 0 };
  }

  memoryBytes(): number {
    return 200 + this.#samples.length * 48;
  }

  writeColumns(out: ByteWriter): void {
    const count = this.#samples.length;
    out.writeUnsigned(count);
    const stale = this.#samples.flatMap((sample, i) => (sample.stale ? [i] : []));
    writeBitmap(out, stale, count);
    writeColumn(
      out,
      this.#samples.map((sample) => sample.time - this.#base),
      count,
      4,
    );
    writeColumn(
      out,
      this.#samples.map((sample) => sample.value),
      count,
      8,
    );
  }

  readColumns(input: ByteReader): void {
    const count = input.readUnsigned();
    if (count > RAW_SAMPLES_PER_PAGE) throw new RangeError(`a page of ${count} samples is too full`);
    const stale = new Set(readBitmap(input, count));
    const offsets = readColumn(input, count);
    const values = readColumn(input, count);
    this.#samples = Array.from(offsets, (offset, i) => ({
      time: this.#base + offset,
      value: values[i] ?? 0,
      stale: stale.has(i),
    }));
  }

  #lowerBound(time: number): number {
    let low = 0;
    let high = this.#samples.length;
    if (high === 0 || time > (this.#samples[high - 1]?.time ?? 0)) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#samples[middle]?.time ?? 0) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
