import { bitWidth, packBits, packedBytes, unpackBits } from './bit-packing.ts';
import { type ByteReader, type ByteWriter, MAX_SIGNED, signedBytes } from './bytes.ts';

/**
 * Frame of reference with exceptions (Zukowski et al., Super-Scalar RAM-CPU Cache Compression, ICDE 2006): integers in blocks, each
 * block by its least value and the bits that the others need above it. Values that would widen the frame for all, such as the first
 * slot of a series, the reset of a counter or the few increments of one that mostly stands still, are left out of it and follow.
 *
 *     block = width u8, + 64 with exceptions | least, zigzag varint | values less the least, `width` bits each | exceptions
 *     exceptions = count u8 | for each: place in the block u8 | value less the least, zigzag varint
 */
const BLOCK = 128;
const MAX_WIDTH = 53;
const WITH_EXCEPTIONS = 64;

interface Frame {
  readonly least: number;
  readonly width: number;
  /** No fewer than the block takes. */
  readonly bytes: number;
  /** No value is left out. */
  readonly isWhole: boolean;
}

/** How a column is cut into frames. */
export interface FramePlan {
  readonly frames: readonly Frame[];
  /** No fewer than they take. */
  readonly bytes: number;
}

/** The shortest frames of `values[from .. count)`, integers; undefined when a block spans more than a frame holds. */
export function planFrames(values: Float64Array, from: number, count: number): FramePlan | undefined {
  const frames: Frame[] = [];
  let bytes = 0;
  for (let at = from; at < count; at += BLOCK) {
    const frame = frameOf(values, at, Math.min(count, at + BLOCK));
    if (frame === undefined) return undefined;
    frames.push(frame);
    bytes += frame.bytes;
  }
  return { frames, bytes };
}

export function writeFrames(out: ByteWriter, values: Float64Array, from: number, { frames }: FramePlan): void {
  for (const [i, frame] of frames.entries()) {
    const at = from + i * BLOCK;
    const length = Math.min(BLOCK, values.length - at);
    if (frame.isWhole) writeWhole(out, values, at, length, frame);
    else writeWithExceptions(out, values.slice(at, at + length), frame);
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
      checkPlace(place, length);
      values[at + place] = least + input.readSigned();
    }
  }
}

function checkPlace(place: number, length: number): void {
  if (place >= length) throw new RangeError(`an exception at ${place} lies outside of a block of ${length}`);
}

/** Passes over frames. Throws as `readFrames` does. */
export function skipFrames(input: ByteReader, from: number, count: number): void {
  for (let at = from; at < count; at += BLOCK) {
    const code = input.readByte();
    const width = code % WITH_EXCEPTIONS;
    if (width > MAX_WIDTH || code >= 2 * WITH_EXCEPTIONS) throw new RangeError(`a frame of code ${code} is not known`);
    input.readUnsigned();
    const length = Math.min(BLOCK, count - at);
    input.pass(packedBytes(length, width));
    if (code < WITH_EXCEPTIONS) continue;
    for (let left = input.readByte(); left > 0; left--) {
      checkPlace(input.readByte(), length);
      input.readUnsigned();
    }
  }
}

function writeWhole(out: ByteWriter, values: Float64Array, at: number, length: number, { least, width }: Frame): void {
  out.writeByte(width);
  out.writeSigned(least);
  const room = out.claim(packedBytes(length, width));
  packBits(values, at, length, least, width, room.bytes, room.at);
}

function writeWithExceptions(out: ByteWriter, block: Float64Array, { least, width }: Frame): void {
  const places: number[] = [];
  for (let i = 0; i < block.length; i++) {
    const above = (block[i] ?? 0) - least;
    if (above < 0 || above >= 2 ** width) places.push(i);
  }
  const exceptions = places.map((place) => (block[place] ?? 0) - least);
  for (const place of places) block[place] = least;
  out.writeByte(width + WITH_EXCEPTIONS);
  out.writeSigned(least);
  const room = out.claim(packedBytes(block.length, width));
  packBits(block, 0, block.length, least, width, room.bytes, room.at);
  out.writeByte(places.length);
  for (const [i, place] of places.entries()) {
    out.writeByte(place);
    out.writeSigned(exceptions[i] ?? 0);
  }
}

/** The shortest frame of `values[from .. end)`; undefined when they span too much. */
function frameOf(values: Float64Array, from: number, end: number): Frame | undefined {
  let lowest = values[from] ?? 0;
  let highest = lowest;
  let sum = 0;
  for (let i = from; i < end; i++) {
    const value = values[i] ?? 0;
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
    sum += value;
  }
  if (highest - lowest > MAX_SIGNED || Math.abs(lowest) > MAX_SIGNED) return undefined;
  if (highest === lowest) return { least: lowest, width: 0, bytes: 1 + signedBytes(lowest), isWhole: true };
  return shortest(values, from, end, leastWithin(values, from, end, sum / (end - from)));
}

/** The lowest value but for those that lie far below the mean, eight times as far as values do in the mean. */
function leastWithin(values: Float64Array, from: number, end: number, mean: number): number {
  let distances = 0;
  for (let i = from; i < end; i++) distances += Math.abs((values[i] ?? 0) - mean);
  const floor = mean - (8 * distances) / (end - from);
  let least = Number.POSITIVE_INFINITY;
  for (let i = from; i < end; i++) {
    const value = values[i] ?? 0;
    if (value < least && value >= floor) least = value;
  }
  return least;
}

/** The frame above `least` of the width that takes the fewest bytes, exceptions included. */
function shortest(values: Float64Array, from: number, end: number, least: number): Frame {
  const ofWidth = new Uint8Array(MAX_WIDTH + 1);
  let below = 0;
  let exceptions = 0;
  let widest = 0;
  for (let i = from; i < end; i++) {
    const above = (values[i] ?? 0) - least;
    if (above < 0) {
      below++;
      exceptions += 1 + signedBytes(above);
      continue;
    }
    const width = bitWidth(above);
    ofWidth[width] = (ofWidth[width] ?? 0) + 1;
    if (width > widest) widest = width;
  }
  const head = 1 + signedBytes(least);
  let best = { least, width: widest, bytes: Number.POSITIVE_INFINITY, isWhole: below === 0 };
  for (let width = widest, left = below; width >= 0; width--) {
    const bytes = head + packedBytes(end - from, width) + (left > 0 ? 1 + exceptions : 0);
    if (bytes < best.bytes) best = { least, width, bytes, isWhole: left === 0 };
    const next = ofWidth[width] ?? 0;
    left += next;
    exceptions += next * (1 + Math.ceil((width + 1) / 7));
  }
  return best;
}
