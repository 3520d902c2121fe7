import { isAscii } from 'node:buffer';
import { MAX_UNPACKED_BYTES } from '../../model/batch.ts';
import { decompressed } from '../encoding/packed-bytes.ts';

/** Lines, '\n' between two; with their bytes in UTF-8, plain and compressed, where they came so. */
export interface LineText {
  readonly text: string;
  readonly bytes?: Buffer;
  readonly packed?: Buffer;
}

/** Undoes the packing of a collector; undefined when it is none, or grows beyond `room` bytes. Bytes that are no UTF-8 become U+FFFD. */
export function unpackText(base64: unknown, room = MAX_UNPACKED_BYTES): LineText | undefined {
  if (typeof base64 !== 'string') return undefined;
  const packed = Buffer.from(base64, 'base64');
  const bytes = decompressed(packed, room);
  return bytes === undefined ? undefined : { text: textOf(bytes), bytes, packed };
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
