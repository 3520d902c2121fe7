import type { NewBlock } from './block-draft.ts';
import type { BlockHead } from './block-head.ts';
import type { LogReader } from './log-reader.ts';
import { mergedBlock, type ReadBlock } from './merged-block.ts';
import { chooseMerge } from './merging.ts';

export interface Merge {
  readonly merged: NewBlock;
  readonly from: readonly BlockHead[];
}

export interface Merges {
  readonly merges: readonly Merge[];
  /** Blocks that fit with no other, or cannot be read: they stay as they are. */
  readonly unfit: readonly BlockHead[];
}

/** Lines merged in one go: some 20 ms of the thread. */
const MERGE_BYTES = 2 ** 20;
const MERGES_AT_ONCE = 16;

/** Makes one block of several; writing it is the caller's. */
export class BlockMerger {
  readonly #reader: LogReader;
  readonly #nextId: () => number;

  constructor(reader: LogReader, nextId: () => number) {
    this.#reader = reader;
    this.#nextId = nextId;
  }

  /** The merges that are due among `heads`, as many as fit one turn. @param newest the time of the newest line of each origin. */
  mergeDue(heads: Iterable<BlockHead>, newest: ReadonlyMap<string, number>): Merges {
    const open = new Set(heads);
    const merges: Merge[] = [];
    const unfit: BlockHead[] = [];
    let bytes = 0;
    while (merges.length < MERGES_AT_ONCE && bytes < MERGE_BYTES) {
      const chosen = chooseMerge(open, newest);
      if (chosen === undefined) break;
      const merge = this.#merge(chosen);
      const settled = merge?.from ?? chosen.slice(0, 1);
      for (const head of settled) open.delete(head);
      if (merge === undefined) {
        unfit.push(...settled);
        continue;
      }
      merges.push(merge);
      bytes += merge.merged.head.rawBytes;
    }
    return { merges, unfit };
  }

  /** As many of the chosen as fit one block. Undefined: the first of them fits with no other, or one cannot be read. */
  #merge(chosen: readonly BlockHead[]): Merge | undefined {
    let parts = chosen.map((head) => ({ head, block: this.#read(head) }));
    while (parts.length > 1) {
      const blocks = parts.flatMap(({ block }) => block ?? []);
      const whole = blocks.length === parts.length;
      const merged = whole ? mergedBlock(this.#nextId(), parts[0]?.head.origin ?? '', blocks) : undefined;
      if (merged !== undefined) return { merged, from: parts.map(({ head }) => head) };
      parts = parts.slice(0, parts.length >> 1);
    }
    return undefined;
  }

  #read(head: BlockHead): ReadBlock | undefined {
    const streams = this.#reader.streams(head);
    const columns = this.#reader.columns(head);
    const text = this.#reader.text(head);
    if (streams === undefined || columns === undefined || text === undefined) return undefined;
    return { streams, columns, text };
  }
}
