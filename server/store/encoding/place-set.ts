import type { ByteReader, ByteWriter } from './bytes.ts';
import { readBitmap, writeBitmap } from './column.ts';

/**
 * Which places of a page something is at, rising; at most 1 + ceil(size / 8) bytes for two places and more.
 *
 *     0                              none
 *     1 | first varint | length varint   a run without a gap: the slots of a series that never pauses
 *     2 | a bit per place            any other
 */
const KIND = { none: 0, run: 1, bitmap: 2 } as const;

/** @param places rising, each in [0, size). */
export function writePlaces(out: ByteWriter, places: ArrayLike<number>, size: number): void {
  const [first, last] = [places[0], places[places.length - 1]];
  if (first === undefined || last === undefined) {
    out.writeByte(KIND.none);
  } else if (last - first + 1 === places.length) {
    out.writeByte(KIND.run);
    out.writeUnsigned(first);
    out.writeUnsigned(places.length);
  } else {
    out.writeByte(KIND.bitmap);
    writeBitmap(out, Array.from(places), size);
  }
}

/** Throws RangeError on a kind this version does not know, a place outside the page, or bytes that end early. */
export function readPlaces(input: ByteReader, size: number): Float64Array {
  const kind = input.readByte();
  if (kind === KIND.none) return new Float64Array(0);
  if (kind === KIND.bitmap) return Float64Array.from(readBitmap(input, size));
  if (kind !== KIND.run) throw new RangeError(`places of kind ${kind} are not known`);
  const [first, length] = [input.readUnsigned(), input.readUnsigned()];
  if (first + length > size)
    throw new RangeError(`places ${first} to ${first + length} lie outside of a page of ${size}`);
  const places = new Float64Array(length);
  for (let i = 0; i < length; i++) places[i] = first + i;
  return places;
}
