/** Byte ranges of the complete lines of a block; the line end, LF or CRLF, is outside. */
export interface LineRanges {
  readonly start: Int32Array;
  readonly end: Int32Array;
  /** Just behind the last LF: where the next block starts. `from` when there was none. */
  readonly next: number;
  /** Lines left out because they are longer than allowed. */
  readonly tooLong: number;
}

const LF = 10;
const CR = 13;

/** Finds the lines in `bytes[from, to)`. Makes no string; bytes that are no text pass through for the parser to judge. */
export function splitLines(bytes: Buffer, from: number, to: number, maxLineBytes: number): LineRanges {
  let start = new Int32Array(Math.max(16, (to - from) >> 6));
  let end = new Int32Array(start.length);
  let count = 0;
  let tooLong = 0;
  let next = from;
  for (let lf = bytes.indexOf(LF, from); lf >= 0 && lf < to; lf = bytes.indexOf(LF, next)) {
    const stop = lf > next && bytes[lf - 1] === CR ? lf - 1 : lf;
    if (stop - next > maxLineBytes) tooLong++;
    else {
      if (count === start.length) {
        start = grow(start);
        end = grow(end);
      }
      start[count] = next;
      end[count++] = stop;
    }
    next = lf + 1;
  }
  return { start: start.slice(0, count), end: end.slice(0, count), next, tooLong };
}

function grow(column: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(column.length * 2);
  grown.set(column);
  return grown;
}

/** The first byte at or after `from` that is not NUL; `to` when all are. */
export function skipNul(bytes: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to && bytes[at] === 0) at++;
  return at;
}

/** The numbers 0..length-1: every row of a fresh batch. */
export function allRows(length: number): Int32Array {
  const rows = new Int32Array(length);
  for (let i = 0; i < length; i++) rows[i] = i;
  return rows;
}
