import type { ByteReader, ByteWriter } from './bytes.ts';
import { readBitmap, readColumn, writeBitmap, writeColumn } from './column.ts';
import type { Page, PageMark } from './page.ts';
import type { Ring } from './ring.ts';
import { emptySlot, type RollupSlot } from './rollup.ts';

/** Slot times are stored as offsets from the start of their slot. */
const TIME_COLUMNS = ['firstTime', 'lastTime'] as const;
const COUNT_COLUMNS = ['n', 'resets'] as const;
const VALUE_COLUMNS = ['first', 'last', 'min', 'max', 'sum', 'adj'] as const;

/** The roll-up slots of one page that hold data. */
export class RollupPage implements Page {
  readonly shape = 'rollup';
  readonly number: number;
  readonly mark: PageMark;
  readonly #ring: Ring;
  readonly #slots: (RollupSlot | undefined)[] = [];

  constructor(ring: Ring, number: number, mark: PageMark) {
    this.#ring = ring;
    this.number = number;
    this.mark = mark;
  }

  /** The slot at this place in the page, if it has data. */
  slot(offset: number): Readonly<RollupSlot> | undefined {
    return this.#slots[offset];
  }

  /** The slot at this place in the page, made when it is not there. */
  open(offset: number): RollupSlot {
    const slot = this.#slots[offset] ?? emptySlot();
    this.#slots[offset] = slot;
    return slot;
  }

  replace(offset: number, slot: RollupSlot): void {
    this.#slots[offset] = slot;
  }

  isEmpty(): boolean {
    return this.#slots.every((slot) => slot === undefined);
  }

  /** A slot of stale markers alone has no time of its own; its end is the nearest that is known. */
  newestTime(): number {
    const offset = this.#slots.findLastIndex((slot) => slot !== undefined);
    const slot = this.#slots[offset];
    return slot === undefined || slot.n === 0 ? this.#startOf(offset + 1) : slot.lastTime;
  }

  dropAfter(end: number): { n: number; sum: number } {
    const kept = this.#slots.findIndex((_slot, offset) => this.#startOf(offset) >= end);
    const dropped = kept < 0 ? [] : this.#slots.splice(kept);
    return { n: dropped.reduce((n, slot) => n + (slot?.n ?? 0), 0), sum: 0 };
  }

  memoryBytes(): number {
    return 200 + this.#slots.length * 136;
  }

  writeColumns(out: ByteWriter): void {
    const offsets = Array.from({ length: this.#ring.slotsPerPage }, (_, i) => i).filter((i) => this.#slots[i]);
    const slots = offsets.map((offset) => this.open(offset));
    writeBitmap(out, offsets, this.#ring.slotsPerPage);
    writeBitmap(
      out,
      offsets.filter((offset) => this.#slots[offset]?.endsStale),
      this.#ring.slotsPerPage,
    );
    const count = offsets.length;
    for (const name of TIME_COLUMNS) {
      const values = slots.map((slot, i) => (slot.n === 0 ? 0 : slot[name] - this.#startOf(offsets[i] ?? 0)));
      writeColumn(out, values, count, 4);
    }
    for (const name of COUNT_COLUMNS)
      writeColumn(
        out,
        slots.map((slot) => slot[name]),
        count,
        4,
      );
    let before: number[] | undefined;
    for (const name of VALUE_COLUMNS) {
      const values = slots.map((slot) => slot[name]);
      writeColumn(out, values, count, 8, before);
      before = values;
    }
  }

  readColumns(input: ByteReader): void {
    const offsets = readBitmap(input, this.#ring.slotsPerPage);
    const stale = new Set(readBitmap(input, this.#ring.slotsPerPage));
    const slots = offsets.map((offset) => Object.assign(this.open(offset), { endsStale: stale.has(offset) }));
    const count = offsets.length;
    const times = TIME_COLUMNS.map(() => readColumn(input, count));
    const fill = (name: Exclude<keyof RollupSlot, 'endsStale'>, values: Float64Array): void => {
      for (const [i, slot] of slots.entries()) slot[name] = values[i] ?? 0;
    };
    for (const name of COUNT_COLUMNS) fill(name, readColumn(input, count));
    let before: Float64Array | undefined;
    for (const name of VALUE_COLUMNS) {
      before = readColumn(input, count, before);
      fill(name, before);
    }
    for (const [t, name] of TIME_COLUMNS.entries()) {
      const column = times[t] ?? new Float64Array(count);
      fill(
        name,
        column.map((offset, i) => (slots[i]?.n === 0 ? 0 : offset + this.#startOf(offsets[i] ?? 0))),
      );
    }
  }

  #startOf(offset: number): number {
    return (this.number * this.#ring.slotsPerPage + offset - 1) * this.#ring.width;
  }
}
