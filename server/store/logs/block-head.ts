import { LOG_LEVELS } from '../../model/logs.ts';
import { SQLITE_PAGE_BYTES } from '../limits.ts';
import type { BlockBody } from './block.ts';

/** What memory holds of a block; its streams and body are read when a question needs them. */
export interface BlockHead {
  readonly id: number;
  /** `collector/source`: the lines of a block come from one. */
  readonly origin: string;
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly lines: number;
  /** The times of its oldest and newest line. */
  readonly oldest: number;
  readonly newest: number;
  /** Of the lines before compression. */
  readonly rawBytes: number;
  /** What the block takes of the file, generously. */
  readonly bytes: number;
  /** Lines per level; the last entry counts lines without one. */
  readonly levels: readonly number[];
}

/** Lines per level, and behind them those without a level. */
export function countLevels(levels: ArrayLike<number>): number[] {
  const counts = new Array<number>(LOG_LEVELS.length + 1).fill(0);
  for (let i = 0; i < levels.length; i++) {
    const slot = levelSlot(levels[i] ?? -1);
    counts[slot] = (counts[slot] ?? 0) + 1;
  }
  return counts;
}

export function levelSlot(level: number): number {
  return level < 0 ? LOG_LEVELS.length : level;
}

/** A row that fits a leaf shares it with others; a longer one has pages of its own. */
const LEAF_BYTES = 3800;
const ROW_BYTES = 160;

/** The head's row and the body's row, with what the tree around them may waste. */
export function storedBytes(body: BlockBody, streams: string): number {
  const { filter, columns, text } = body;
  return rowBytes(filter.length + columns.length + text.length) + rowBytes(Buffer.byteLength(streams));
}

function rowBytes(content: number): number {
  const bytes = content + ROW_BYTES;
  if (bytes <= LEAF_BYTES) return Math.ceil(bytes * 1.5);
  return (Math.ceil(bytes / SQLITE_PAGE_BYTES) + 1) * SQLITE_PAGE_BYTES;
}
