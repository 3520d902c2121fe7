import { MAX_AHEAD_MS } from '../../model/batch.ts';
import type { Labels } from '../../model/labels.ts';
import { LOG_LEVELS } from '../../model/logs.ts';
import type { Ms } from '../../model/units.ts';
import type { CountDrop } from '../payload.ts';
import { BlockDraft } from './block-draft.ts';
import { startsOf } from './line-text.ts';

/** The columns of the wire, before anything in them is believed. */
export interface UncheckedLines {
  /** `undefined` where the label set is none. */
  readonly streams: readonly (Labels | undefined)[];
  readonly stream: readonly unknown[];
  readonly time: readonly unknown[];
  readonly level: readonly unknown[];
  readonly length: readonly unknown[];
  /** All lines, '\n' between two; undefined when they cannot be unpacked. */
  readonly text: string | undefined;
}

/** A block is closed when its lines reach this many UTF-16 units; a line never spans blocks. */
export const BLOCK_UNITS = 2 ** 20;
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
    for (const [row, units] of places.length.entries()) {
      const stream = Number(lines.stream[row]);
      const time = lines.time[row];
      const labels = lines.streams[stream];
      if (!isTime(time) || labels === undefined) {
        drop('bad_line');
        continue;
      }
      if (block.units >= BLOCK_UNITS) {
        this.blocks.push(block);
        block = new BlockDraft(block.origin, own);
        indices = new Map();
      }
      const index = indices.get(stream) ?? indexOf(block, labels, drop);
      indices.set(stream, index);
      const level = levelOf(lines.level[row]);
      block.add(index, this.#heldBack(time, drop), level, text, places.start[row] ?? 0, cut(units, drop));
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
function placesOf({ length, text }: UncheckedLines): { length: readonly number[]; start: Float64Array } | undefined {
  const isLength = (value: unknown): value is number => Number.isInteger(value) && Number(value) >= 0;
  if (text === undefined || !length.every(isLength)) return undefined;
  const start = startsOf(length);
  const last = length.length - 1;
  if ((start[last] ?? 0) + (length[last] ?? 0) !== text.length) return undefined;
  return { length, start };
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
