import { MAX_AHEAD_MS } from '../../model/batch.ts';
import type { Labels } from '../../model/labels.ts';
import { LOG_LEVELS } from '../../model/logs.ts';
import type { Ms } from '../../model/units.ts';
import type { CountDrop } from '../payload.ts';
import { BlockDraft } from './block-draft.ts';

/** The columns of the wire, before anything in them is believed. */
export interface UncheckedLines {
  /** `undefined` where the label set is none. */
  readonly streams: readonly (Labels | undefined)[];
  readonly stream: readonly unknown[];
  readonly time: readonly unknown[];
  readonly level: readonly unknown[];
  readonly text: readonly unknown[];
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

  /** Rows that are no lines are dropped and counted, `bad_line`. */
  add(lines: UncheckedLines, collector: string, source: string, drop: CountDrop): void {
    const own = { collector, source };
    let block = new BlockDraft(`${collector}/${source}`, own);
    let indices = new Map<number, number>();
    for (let row = 0; row < lines.text.length; row++) {
      const { text, time, stream } = {
        text: lines.text[row],
        time: lines.time[row],
        stream: Number(lines.stream[row]),
      };
      const labels = lines.streams[stream];
      if (typeof text !== 'string' || !isTime(time) || labels === undefined) {
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
      block.add(index, this.#heldBack(time, drop), levelOf(lines.level[row]), cut(text, drop));
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

function cut(text: string, drop: CountDrop): string {
  if (text.length <= MAX_LINE_UNITS) return text;
  drop('long_line');
  return text.slice(0, MAX_LINE_UNITS);
}
