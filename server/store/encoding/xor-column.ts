import { bitWidth, packBits, packedBytes, unpackBits } from './bit-packing.ts';
import type { ByteReader, ByteWriter } from './bytes.ts';

/**
 * Doubles of any kind by what differs from the value before, bit by bit, as in Gorilla
 * (https://www.vldb.org/pvldb/vol8/p1816-teller.pdf), but with one width for a whole block, so that a value is read without a branch.
 * The halves of the 64 bits are packed apart: near values share sign, exponent and the first digits of the mantissa in the high half,
 * short ones the zeros at the end of the low half.
 *
 *     block = bits of the high half u8 | bits of the low half u8 | zeros at its end u8 | high halves | low halves
 */
const BLOCK = 64;

interface Halves {
  readonly high: Float64Array;
  readonly low: Float64Array;
}

/** The differences of `values[0 .. count)`, the first from 0. */
export function xorHalves(values: Float64Array, count: number): Halves {
  const words = new Uint32Array(values.buffer, values.byteOffset, count * 2);
  const high = new Float64Array(count);
  const low = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    low[i] = ((words[2 * i] ?? 0) ^ (words[2 * i - 2] ?? 0)) >>> 0;
    high[i] = ((words[2 * i + 1] ?? 0) ^ (words[2 * i - 1] ?? 0)) >>> 0;
  }
  return { high, low };
}

export function xorBytes({ high, low }: Halves, count: number): number {
  let bytes = 0;
  for (let at = 0; at < count; at += BLOCK) {
    const end = Math.min(count, at + BLOCK);
    const { width } = trimmed(unionOf(low, at, end));
    bytes += 3 + packedBytes(end - at, bitWidth(unionOf(high, at, end))) + packedBytes(end - at, width);
  }
  return bytes;
}

export function writeXor(out: ByteWriter, { high, low }: Halves, count: number): void {
  for (let at = 0; at < count; at += BLOCK) {
    const length = Math.min(BLOCK, count - at);
    const highWidth = bitWidth(unionOf(high, at, at + length));
    const { zeros, width } = trimmed(unionOf(low, at, at + length));
    for (const figure of [highWidth, width, zeros]) out.writeByte(figure);
    const highRoom = out.claim(packedBytes(length, highWidth));
    packBits(high, at, length, 0, highWidth, highRoom.bytes, highRoom.at);
    const lowRoom = out.claim(packedBytes(length, width));
    const shifted = low.subarray(at, at + length).map((word) => word / 2 ** zeros);
    packBits(shifted, 0, length, 0, width, lowRoom.bytes, lowRoom.at);
  }
}

/** Fills `values`. Throws RangeError on bytes that end early or widths that no half has. */
export function readXor(input: ByteReader, values: Float64Array): void {
  const count = values.length;
  const words = new Uint32Array(values.buffer, values.byteOffset, 2 * count);
  const half = new Float64Array(BLOCK);
  for (let at = 0; at < count; at += BLOCK) {
    const length = Math.min(BLOCK, count - at);
    const [highWidth, lowWidth, zeros] = [input.readByte(), input.readByte(), input.readByte()];
    if (Math.max(highWidth, lowWidth + zeros) > 32) throw new RangeError('half a double has more than 32 bits');
    const highRoom = input.pass(packedBytes(length, highWidth));
    unpackBits(half, 0, length, 0, highWidth, highRoom.bytes, highRoom.at);
    for (let i = at; i < at + length; i++) words[2 * i + 1] = (words[2 * i - 1] ?? 0) ^ (half[i - at] ?? 0);
    const lowRoom = input.pass(packedBytes(length, lowWidth));
    unpackBits(half, 0, length, 0, lowWidth, lowRoom.bytes, lowRoom.at);
    for (let i = at; i < at + length; i++) words[2 * i] = (words[2 * i - 2] ?? 0) ^ ((half[i - at] ?? 0) * 2 ** zeros);
  }
}

/** Passes over a column. */
export function skipXor(input: ByteReader, count: number): void {
  for (let at = 0; at < count; at += BLOCK) {
    const length = Math.min(BLOCK, count - at);
    const [highWidth, lowWidth, zeros] = [input.readByte(), input.readByte(), input.readByte()];
    if (Math.max(highWidth, lowWidth + zeros) > 32) throw new RangeError('half a double has more than 32 bits');
    input.pass(packedBytes(length, highWidth) + packedBytes(length, lowWidth));
  }
}

/** All bits that any of the words has. */
function unionOf(words: Float64Array, from: number, end: number): number {
  let union = 0;
  for (let i = from; i < end; i++) union |= words[i] ?? 0;
  return union >>> 0;
}

/** Zeros at the end of a word, and the bits that are left without them. */
function trimmed(word: number): { zeros: number; width: number } {
  if (word === 0) return { zeros: 0, width: 0 };
  const zeros = 31 - Math.clz32(word & -word);
  return { zeros, width: bitWidth(word >>> zeros) };
}
