import { bitWidth, packBits, packedBytes, unpackBits } from './bit-packing.ts';
import { type ByteReader, type ByteWriter, MAX_SIGNED, signedBytes } from './bytes.ts';

/**
 * Frame of reference with exceptions (Zukowski et al., Super-Scalar RAM-CPU Cache Compression, ICDE 2006): integers in blocks, each
 * block by its least value and the bits that the others need above it. A few values that would widen the frame for all, such as the
 * first slot of a series or the reset of a counter, are left out of it and follow as they are.
 *
 *     block = width u8, + 64 with exceptions | least, zigzag varint | values less the least, `width` bits each | exceptions
 *     exceptions = count u8 | for each: place in the block u8 | value less the least, zigzag varint
 */
const BLOCK = 128;
const MAX_WIDTH = 53;
const WITH_EXCEPTIONS = 64;

/** At each end of the values at most this many are left out. */
const EXTREMES = 4;

interface Frame {
  readonly least: number;
  readonly width: number;
  /** No fewer than the block takes. */
  readonly bytes: number;
}

/** No fewer bytes than the frames of `values[from .. count)` take, integers; undefined when a block spans more than a frame holds. */
export function framesBytes(values: Float64Array, from: number, count: number): number | undefined {
  let bytes = 0;
  for (let at = from; at < count; at += BLOCK) {
    const frame = frameOf(values, at, Math.min(count, at + BLOCK));
    if (frame === undefined) return undefined;
    bytes += frame.bytes;
  }
  return bytes;
}

/** Writes what `framesBytes` has measured. */
export function writeFrames(out: ByteWriter, values: Float64Array, from: number, count: number): void {
  for (let at = from; at < count; at += BLOCK) {
    const end = Math.min(count, at + BLOCK);
    const frame = frameOf(values, at, end);
    if (frame !== undefined) writeFrame(out, values.slice(at, end), frame);
  }
}

/** Fills `values[from .. count)`. Throws RangeError on bytes that end early or a width that no frame has. */
export function readFrames(input: ByteReader, values: Float64Array, from: number, count: number): void {
  for (let at = from; at < count; at += BLOCK) {
    const length = Math.min(BLOCK, count - at);
    const code = input.readByte();
    const width = code % WITH_EXCEPTIONS;
    if (width > MAX_WIDTH || code >= 2 * WITH_EXCEPTIONS) throw new RangeError(`a frame of code ${code} is not known`);
    const least = input.readSigned();
    const room = input.pass(packedBytes(length, width));
    unpackBits(values, at, length, least, width, room.bytes, room.at);
    if (code < WITH_EXCEPTIONS) continue;
    for (let left = input.readByte(); left > 0; left--) {
      const place = input.readByte();
      if (place >= length) throw new RangeError(`an exception at ${place} lies outside of a block of ${length}`);
      values[at + place] = least + input.readSigned();
    }
  }
}

function writeFrame(out: ByteWriter, block: Float64Array, { least, width }: Frame): void {
  const places: number[] = [];
  for (let i = 0; i < block.length; i++) {
    const above = (block[i] ?? 0) - least;
    if (above < 0 || above >= 2 ** width) places.push(i);
  }
  const exceptions = places.map((place) => (block[place] ?? 0) - least);
  for (const place of places) block[place] = least;
  out.writeByte(width + (places.length > 0 ? WITH_EXCEPTIONS : 0));
  out.writeSigned(least);
  const room = out.claim(packedBytes(block.length, width));
  packBits(block, 0, block.length, least, width, room.bytes, room.at);
  if (places.length === 0) return;
  out.writeByte(places.length);
  for (const [i, place] of places.entries()) {
    out.writeByte(place);
    out.writeSigned(exceptions[i] ?? 0);
  }
}

/** The shortest frame of `values[from .. end)`; undefined when they span too much. */
function frameOf(values: Float64Array, from: number, end: number): Frame | undefined {
  const { low, high } = extremesOf(values, from, end);
  const [least, most] = [low[0] ?? 0, high[0] ?? 0];
  if (most - least > MAX_SIGNED || Math.abs(least) > MAX_SIGNED) return undefined;
  let best = frameBetween(low, high, 0, 0, end - from);
  for (let l = 0; l < low.length && best.width > 0; l++) {
    for (let h = 0; h < high.length && l + h < end - from; h++) {
      const frame = frameBetween(low, high, l, h, end - from);
      if (frame.bytes < best.bytes) best = frame;
    }
  }
  return best;
}

/** The frame without the `l` lowest and the `h` highest values. */
function frameBetween(low: readonly number[], high: readonly number[], l: number, h: number, count: number): Frame {
  const least = low[l] ?? 0;
  const width = bitWidth(Math.max(0, (high[h] ?? 0) - least));
  let bytes = 1 + signedBytes(least) + packedBytes(count, width) + (l + h > 0 ? 1 : 0);
  for (let i = 0; i < l; i++) bytes += 1 + signedBytes((low[i] ?? 0) - least);
  for (let i = 0; i < h; i++) bytes += 1 + signedBytes((high[i] ?? 0) - least);
  return { least, width, bytes };
}

/** The lowest values, rising, and the highest, falling. */
function extremesOf(values: Float64Array, from: number, end: number): { low: number[]; high: number[] } {
  const low: number[] = [];
  const high: number[] = [];
  for (let i = from; i < end; i++) {
    const value = values[i] ?? 0;
    if (low.length < EXTREMES || value < (low[EXTREMES - 1] ?? 0)) insert(low, value, 1);
    if (high.length < EXTREMES || value > (high[EXTREMES - 1] ?? 0)) insert(high, value, -1);
  }
  return { low, high };
}

/** Keeps a short list sorted in this direction. */
function insert(list: number[], value: number, direction: 1 | -1): void {
  let at = Math.min(list.length, EXTREMES - 1);
  for (; at > 0 && ((list[at - 1] ?? 0) - value) * direction > 0; at--) list[at] = list[at - 1] ?? 0;
  list[at] = value;
}
