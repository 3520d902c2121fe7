import { isAscii } from 'node:buffer';
import { brotliDecompressSync } from 'node:zlib';

/** What the lines of one payload may grow to; a collector reads 16 MiB at once at most. */
const MAX_TEXT_BYTES = 64 * 2 ** 20;

/** Undoes the packing of a collector; undefined when it is none. Bytes that are no UTF-8 become U+FFFD. */
export function unpackText(packed: unknown): string | undefined {
  if (typeof packed !== 'string') return undefined;
  try {
    return textOf(brotliDecompressSync(Buffer.from(packed, 'base64'), { maxOutputLength: MAX_TEXT_BYTES }));
  } catch (error) {
    // What zlib refuses is no packed text, or too long; the caller counts it. Anything else is a mistake of ours.
    if (typeof error === 'object' && error !== null && 'code' in error) return undefined;
    throw error;
  }
}

/** ASCII, the usual case, is copied and not decoded. */
export function textOf(bytes: Buffer): string {
  return bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8');
}

/** Where each line begins, in units: '\n' stands between two. */
export function startsOf(length: ArrayLike<number>): Float64Array {
  const starts = new Float64Array(length.length);
  let next = 0;
  for (let i = 0; i < length.length; i++) {
    starts[i] = next;
    next += (length[i] ?? 0) + 1;
  }
  return starts;
}
