import type { Labels } from '../../model/labels.ts';
import { type BlockBody, encodeBlock } from './block.ts';
import { type BlockHead, countLevels, storedBytes } from './block-head.ts';
import { StreamSet } from './stream-set.ts';

/** A block about to be written. */
export interface NewBlock {
  readonly head: BlockHead;
  readonly streams: string;
  readonly body: BlockBody;
}

/** The lines of one block while they are gathered. Sequence numbers are given when it is finished. */
export class BlockDraft {
  readonly origin: string;
  readonly streams: StreamSet;
  readonly #time: number[] = [];
  readonly #stream: number[] = [];
  readonly #level: number[] = [];
  readonly #text: string[] = [];
  /** UTF-16 units, line ends included. */
  #units = 0;

  /** @param own the labels every line of the origin has. */
  constructor(origin: string, own: Labels) {
    this.origin = origin;
    this.streams = new StreamSet(own);
  }

  get lines(): number {
    return this.#text.length;
  }

  get units(): number {
    return this.#units;
  }

  add(stream: number, time: number, level: number, text: string): void {
    this.#stream.push(stream);
    this.#time.push(time);
    this.#level.push(level);
    this.#text.push(text);
    this.#units += text.length + 1;
  }

  /** @param seqs one per line, rising. */
  finish(id: number, seqs: ArrayLike<number>): NewBlock {
    const { rawBytes, ...body } = encodeBlock({
      seq: seqs,
      time: this.#time,
      stream: this.#stream,
      level: this.#level,
      text: this.#text,
    });
    const streams = JSON.stringify(this.streams.streams);
    const head: BlockHead = {
      id,
      origin: this.origin,
      firstSeq: seqs[0] ?? 0,
      lastSeq: seqs[this.lines - 1] ?? 0,
      lines: this.lines,
      oldest: least(this.#time),
      newest: -least(this.#time, -1),
      rawBytes,
      bytes: storedBytes(body, streams),
      levels: countLevels(this.#level),
    };
    return { head, streams, body };
  }
}

/** The smallest of the values times `sign`. */
function least(values: readonly number[], sign = 1): number {
  let found = Number.POSITIVE_INFINITY;
  for (const value of values) found = Math.min(found, value * sign);
  return found;
}
