import { MAX_AHEAD_MS } from '../../model/batch.ts';
import type { Labels } from '../../model/labels.ts';
import { LINE_BLOCK, LOG_LEVELS } from '../../model/logs.ts';
import type { Ms } from '../../model/units.ts';
import type { CountDrop } from '../intake/payload.ts';
import { BlockDraft } from './block-draft.ts';
import { type LineText, startsOf } from './line-text.ts';

/** The columns of the wire, before anything in them is believed. */
export interface UncheckedLines {
  /** `undefined` where the label set is none. */
  readonly streams: readonly (Labels | undefined)[];
  readonly stream: ArrayLike<unknown>;
  readonly time: ArrayLike<unknown>;
  readonly level: ArrayLike<unknown>;
  readonly length: ArrayLike<unknown>;
  /** Undefined when they cannot be unpacked. */
  readonly text: LineText | undefined;
}

/** Longer lines are cut; what a collector lets through by default is a tenth of it. */
const MAX_LINE_UNITS = 2 ** 20;

/** The lines of one commit: checked, then gathered into blocks of one origin each. */
export class LineIntake {
  readonly blocks: BlockDraft[] = [];
  readonly #now: Ms;

  constructor(now: Ms) {
    this.#now = now;
  }

  get lines(): number {
    return this.blocks.reduce((sum, block) => sum + block.lines, 0);
  }

  /** Rows that are no lines are dropped and counted, `bad_line`: all of them when the lengths are not those of the text. */
  add(lines: UncheckedLines, collector: string, source: string, drop: CountDrop): void {
    if (lines.length.length === 0) return;
    const { text } = lines;
    const places = placesOf(lines);
    if (text === undefined || places === undefined) {
      drop('bad_line', lines.length.length);
      return;
    }
    const own = { collector, source };
    let block = new BlockDraft(`${collector}/${source}`, own);
    let indices = new Map<number, number>();
    for (let row = 0; row < places.length.length; row++) {
      const stream = Number(lines.stream[row]);
      const time = lines.time[row];
      const labels = lines.streams[stream];
      if (!isTime(time) || labels === undefined) {
        drop('bad_line');
        continue;
      }
      if (block.units >= LINE_BLOCK.units) {
        this.blocks.push(block);
        block = new BlockDraft(block.origin, own);
        indices = new Map();
      }
      const index = indices.get(stream) ?? indexOf(block, labels, drop);
      indices.set(stream, index);
      const level = levelOf(lines.level[row]);
      const units = cut(places.length[row] ?? 0, drop);
      block.add(index, this.#heldBack(time, drop), level, text, places.start[row] ?? 0, units);
    }
    if (block.lines > 0) this.blocks.push(block);
  }

  /** A time too far ahead becomes that of arrival, as everywhere. */
  #heldBack(time: number, drop: CountDrop): number {
    if (time <= this.#now + MAX_AHEAD_MS) return time;
    drop('ahead_of_time');
    return Math.ceil(this.#now);
  }
}

/** Where each line is in the text; undefined when the lengths are no lengths, or not those of the text. */
function placesOf({ length, text }: UncheckedLines): { length: ArrayLike<number>; start: Float64Array } | undefined {
  if (text === undefined || !areLengths(length)) return undefined;
  const start = startsOf(length);
  const last = length.length - 1;
  if ((start[last] ?? 0) + (length[last] ?? 0) !== text.text.length) return undefined;
  return { length, start };
}

function areLengths(column: ArrayLike<unknown>): column is ArrayLike<number> {
  for (let row = 0; row < column.length; row++) {
    const value = column[row];
    if (!Number.isInteger(value) || Number(value) < 0) return false;
  }
  return true;
}

function indexOf(block: BlockDraft, labels: Labels, drop: CountDrop): number {
  const index = block.streams.add(labels);
  if (index === undefined) drop('stream_limit');
  return index ?? block.streams.overflow();
}

function isTime(time: unknown): time is number {
  return typeof time === 'number' && Number.isInteger(time) && time >= 0;
}

function levelOf(level: unknown): number {
  const known = typeof level === 'number' && Number.isInteger(level) && level >= 0 && level < LOG_LEVELS.length;
  return known ? level : -1;
}

function cut(units: number, drop: CountDrop): number {
  if (units <= MAX_LINE_UNITS) return units;
  drop('long_line');
  return MAX_LINE_UNITS;
}
