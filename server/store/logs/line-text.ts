import { isAscii } from 'node:buffer';
import { unpacked } from '../packed-bytes.ts';

/** Undoes the packing of a collector; undefined when it is none. Bytes that are no UTF-8 become U+FFFD. */
export function unpackText(packed: unknown): string | undefined {
  const bytes = unpacked(packed);
  return bytes === undefined ? undefined : textOf(bytes);
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
