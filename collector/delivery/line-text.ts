import { isAscii } from 'node:buffer';
import type { LogBatch } from '../batch.ts';

/** One unit more than a server keeps of a line: it sees that the line was longer, and says so. */
const MAX_LINE_UNITS = 2 ** 20 + 1;
const LF = 10;

/** The texts of the lines of a batch, by their place among its rows. Bytes that are no UTF-8 become U+FFFD; everything else stays. */
export interface LineTexts {
  /** In UTF-16 units. */
  lengthOf(place: number): number;
  /** The lines `from .. to - 1` in UTF-8, '\n' between two. */
  join(from: number, to: number): Buffer;
}

/** Lines too long for a server are cut; a character cut in half becomes U+FFFD, which is as long. */
export function textsOf(batch: LogBatch): LineTexts {
  return isAscii(batch.bytes) ? new AsciiTexts(batch) : new WideTexts(batch);
}

/** Makes no text: mostly the lines stand in the batch as they have to travel. */
class AsciiTexts implements LineTexts {
  readonly #batch: LogBatch;

  constructor(batch: LogBatch) {
    this.#batch = batch;
  }

  lengthOf(place: number): number {
    return this.#endOf(place) - this.#startOf(place);
  }

  join(from: number, to: number): Buffer {
    const { bytes } = this.#batch;
    const runs: Buffer[] = [];
    for (let first = from, next = from + 1; first < to; first = next++) {
      while (next < to && this.#follows(next)) next++;
      if (runs.length > 0) runs.push(LINE_END);
      runs.push(bytes.subarray(this.#startOf(first), this.#endOf(next - 1)));
    }
    const [whole] = runs;
    return runs.length === 1 && whole !== undefined ? whole : Buffer.concat(runs);
  }

  /** Whether nothing but '\n' stands between a line and the one before it. */
  #follows(place: number): boolean {
    const end = this.#endOf(place - 1);
    return this.#startOf(place) === end + 1 && this.#batch.bytes[end] === LF;
  }

  #startOf(place: number): number {
    const { rows, start } = this.#batch;
    return start[rows[place] ?? -1] ?? 0;
  }

  #endOf(place: number): number {
    const { rows, end } = this.#batch;
    return Math.min(end[rows[place] ?? -1] ?? 0, this.#startOf(place) + MAX_LINE_UNITS);
  }
}

const LINE_END = Buffer.from('\n');

class WideTexts implements LineTexts {
  readonly #texts: readonly string[];

  constructor({ bytes, start, end, rows }: LogBatch) {
    this.#texts = Array.from(rows, (row) => bytes.toString('utf8', start[row], end[row]).slice(0, MAX_LINE_UNITS));
  }

  lengthOf(place: number): number {
    return this.#texts[place]?.length ?? 0;
  }

  join(from: number, to: number): Buffer {
    return Buffer.from(this.#texts.slice(from, to).join('\n'), 'utf8');
  }
}
