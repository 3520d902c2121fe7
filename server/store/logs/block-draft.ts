import type { Labels } from '../../model/labels.ts';
import { type BlockBody, encodeBlock } from './block.ts';
import { type BlockHead, countLevels, storedBytes } from './block-head.ts';
import type { LineText } from './line-text.ts';
import { StreamSet } from './stream-set.ts';

const LF = 10;

/** A block about to be written. */
export interface NewBlock {
  readonly head: BlockHead;
  readonly streams: string;
  readonly body: BlockBody;
}

/** Lines that stand in one text as they will in the block: one behind the other, '\n' between two. */
interface Run {
  readonly text: LineText;
  readonly start: number;
  end: number;
}

/**
 * The lines of one block while they are gathered. Sequence numbers are given when it is finished. A line is a place in the text it
 * came in: mostly a block is one piece of that, and no line has to be a string of its own.
 */
export class BlockDraft {
  readonly origin: string;
  readonly streams: StreamSet;
  readonly #time: number[] = [];
  readonly #stream: number[] = [];
  readonly #level: number[] = [];
  readonly #length: number[] = [];
  readonly #runs: Run[] = [];
  /** UTF-16 units, line ends included. */
  #units = 0;

  /** @param own the labels every line of the origin has. */
  constructor(origin: string, own: Labels) {
    this.origin = origin;
    this.streams = new StreamSet(own);
  }

  get lines(): number {
    return this.#length.length;
  }

  get units(): number {
    return this.#units;
  }

  /** The line is the `length` units of `text` from `start`. */
  add(stream: number, time: number, level: number, text: LineText, start: number, length: number): void {
    this.#stream.push(stream);
    this.#time.push(time);
    this.#level.push(level);
    this.#length.push(length);
    this.#units += length + 1;
    const run = this.#runs.at(-1);
    const goesOn = run?.text === text && run.end + 1 === start && text.text.charCodeAt(run.end) === LF;
    if (goesOn) run.end = start + length;
    else this.#runs.push({ text, start, end: start + length });
  }

  /** @param seqs one per line, rising. */
  finish(id: number, seqs: ArrayLike<number>): NewBlock {
    const { rawBytes, ...body } = encodeBlock({
      seq: seqs,
      time: this.#time,
      stream: this.#stream,
      level: this.#level,
      length: this.#length,
      text: this.#text(),
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

  /** A text that is in the block whole stays as it came, compressed and all. */
  #text(): LineText {
    const [run] = this.#runs;
    const isWhole = run?.start === 0 && run.end === run.text.text.length && this.#runs.length === 1;
    return isWhole
      ? run.text
      : { text: this.#runs.map(({ text, start, end }) => text.text.slice(start, end)).join('\n') };
  }
}

/** The smallest of the values times `sign`. */
function least(values: readonly number[], sign = 1): number {
  let found = Number.POSITIVE_INFINITY;
  for (const value of values) found = Math.min(found, value * sign);
  return found;
}
