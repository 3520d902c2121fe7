import { bitWidth } from './bit-packing.ts';
import { type ByteReader, type ByteWriter, isCompactInteger, MAX_SIGNED, signedBytes } from './bytes.ts';
import { planFrames, readFrames, skipFrames, writeFrames } from './frames.ts';
import { readXor, skipXor, writeXor, xorBytes, xorHalves } from './xor-column.ts';

/**
 * One column of a page: a tag byte, then the values in the shortest of these codings, each of which keeps every bit. The bytes of a
 * coding are computed before it is written, so that only the best is. A new coding is a new tag; a reader refuses a tag it does not
 * know, and that page only.
 *
 *     tag  coding    bytes for c values
 *     0    doubles   8c
 *     1    constant  8
 *     2    linear    first and step, zigzag varints: regular times, counters that stand still
 *     3    same      0: equal to the column before it
 *     4    uint32    4c; columns of offsets and counts only, so that their worst case is 4 bytes
 *     5    frames    order u8 | exponent u8 | `order` first values | frames (`frames.ts`) of the differences of that order
 *     6    xor       see `xor-column.ts`
 *
 * Frames hold integers m = v * 10^exponent for decimals v of at most nine digits after the point: m / 10^exponent is again the double
 * nearest to the decimal, hence the same bits, and that is checked for each value. An exponent of 16 + k is for integers v = m * 2^k.
 */
const TAG = { doubles: 0, constant: 1, linear: 2, same: 3, uint32: 4, frames: 5, xor: 6 } as const;

const MAX_EXPONENT = 9;
/** Added to the exponent of a power of two. */
const BINARY = 16;

export type ColumnWidth = 4 | 8;

interface Coding {
  readonly bytes: number;
  write(out: ByteWriter): void;
}

/** At most 1 + count * width bytes. @param width 4 when every value is an integer in [0, 2^32), otherwise 8. */
export function writePacked(out: ByteWriter, values: Float64Array, width: ColumnWidth, before?: Float64Array): void {
  const codings = before !== undefined && equalBits(values, before) ? [same] : codingsOf(values, width);
  codings.reduce((best, coding) => (coding.bytes < best.bytes ? coding : best), plain(values, width)).write(out);
}

/** Reads `count` values. Throws RangeError on a coding this version does not know or on bytes that end early. */
export function readPacked(input: ByteReader, count: number, before?: Float64Array): Float64Array {
  const values = new Float64Array(count);
  fillPacked(input, values, before);
  return values;
}

/** Fills all of `values`, and throws as `readPacked` does. */
export function fillPacked(input: ByteReader, values: Float64Array, before?: Float64Array): void {
  const tag = input.readByte();
  if (tag === TAG.linear) fillLinear(input, values);
  else if (tag === TAG.frames) fillDifferences(input, values);
  else if (tag === TAG.same && before !== undefined) values.set(before.subarray(0, values.length));
  else if (tag === TAG.constant) values.fill(input.readDouble());
  else if (tag === TAG.xor) readXor(input, values);
  else if (tag === TAG.doubles) for (let i = 0; i < values.length; i++) values[i] = input.readDouble();
  else if (tag === TAG.uint32) for (let i = 0; i < values.length; i++) values[i] = input.readUint32();
  else throw unknownCoding(tag);
}

/**
 * Passes over a column of `count` values and returns where they can be read from: `before`, that of the column before it, when both are the
 * same. Throws as `readPacked` does.
 */
export function skipPacked(input: ByteReader, count: number, before?: number): number {
  const { position } = input;
  const tag = input.readByte();
  if (tag === TAG.same && before !== undefined) return before;
  if (tag === TAG.linear) {
    input.readUnsigned();
    input.readUnsigned();
  } else if (tag === TAG.frames) {
    const { order } = readOrder(input);
    for (let i = 0; i < Math.min(order, count); i++) input.readUnsigned();
    skipFrames(input, order, count);
  } else if (tag === TAG.constant) input.pass(8);
  else if (tag === TAG.xor) skipXor(input, count);
  else if (tag === TAG.doubles) input.pass(8 * count);
  else if (tag === TAG.uint32) input.pass(4 * count);
  else throw unknownCoding(tag);
  return position;
}

function unknownCoding(tag: number): RangeError {
  return new RangeError(`column coding ${tag} is not known`);
}

const same: Coding = { bytes: 0, write: (out) => out.writeByte(TAG.same) };

function plain(values: Float64Array, width: ColumnWidth): Coding {
  return {
    bytes: values.length * width,
    write: (out) => {
      out.writeByte(width === 8 ? TAG.doubles : TAG.uint32);
      for (const value of values) {
        if (width === 8) out.writeDouble(value);
        else out.writeUint32(value);
      }
    },
  };
}

function codingsOf(values: Float64Array, width: ColumnWidth): readonly Coding[] {
  const exponent = decimalExponent(values);
  if (exponent !== undefined) {
    const integers = exponent === 0 ? values : values.map((value) => Math.round(value * 10 ** exponent));
    return integerCodings(integers, exponent);
  }
  if (width === 8 && isConstant(values)) return [constant(values)];
  const halves = xorHalves(values, values.length);
  const write = (out: ByteWriter): void => {
    out.writeByte(TAG.xor);
    writeXor(out, halves, values.length);
  };
  return [{ bytes: xorBytes(halves, values.length), write }];
}

function constant(values: Float64Array): Coding {
  const write = (out: ByteWriter): void => {
    out.writeByte(TAG.constant);
    out.writeDouble(values[0] ?? 0);
  };
  return { bytes: 8, write };
}

/** Differences stand in these until the column is written: columns are written one after the other, and memory for each is much to get. */
const ONCE = { numbers: new Float64Array(0) };
const TWICE = { numbers: new Float64Array(0) };

/** Of the differences of order 0, 1 and 2, the values themselves being order 0, those with the fewest digits. */
function integerCodings(integers: Float64Array, exponent: number): readonly Coding[] {
  const once = differences(integers, 1, ONCE);
  if (exponent === 0 && once !== undefined && isLinear(once)) return [linear(integers, once)];
  const zeros = exponent === 0 ? sharedZeros(integers) : 0;
  if (zeros > 0)
    return integerCodings(
      integers.map((value) => value / 2 ** zeros),
      zeros + BINARY,
    );
  const twice = once && differences(once, 2, TWICE);
  let best = { series: integers, order: 0, bits: digitsOf(integers, 0) };
  for (const [i, series] of [once, twice].entries()) {
    if (series === undefined) break;
    const bits = digitsOf(series, i + 1);
    if (bits < best.bits) best = { series, order: i + 1, bits };
  }
  const coding = frames(best.series, best.order, exponent);
  return coding === undefined ? [] : [coding];
}

/** Zeros at the end of all integers, at most 32: sizes of memory are multiples of 4096. */
function sharedZeros(integers: Float64Array): number {
  let union = 0;
  for (let i = 0; i < integers.length; i++) union |= integers[i] ?? 0;
  return union === 0 ? 32 : 31 - Math.clz32(union & -union);
}

/** Bits of the distances of `series[order ..]` from the middle of three of them. */
function digitsOf(series: Float64Array, order: number): number {
  const [a = 0, b = 0, c = 0] = [1, 2, 3].map((quarter) => series[order + ((quarter * (series.length - order)) >> 2)]);
  const middle = Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
  let bits = 0;
  for (let i = order; i < series.length; i++) bits += bitWidth(Math.abs((series[i] ?? 0) - middle));
  return bits;
}

function linear(integers: Float64Array, once: Float64Array): Coding {
  const [first, step] = [integers[0] ?? 0, once[1] ?? 0];
  const write = (out: ByteWriter): void => {
    out.writeByte(TAG.linear);
    out.writeSigned(first);
    out.writeSigned(step);
  };
  return { bytes: signedBytes(first) + signedBytes(step), write };
}

function fillLinear(input: ByteReader, values: Float64Array): void {
  const first = input.readSigned();
  const step = input.readSigned();
  if (step === 0) values.fill(first);
  else for (let i = 0; i < values.length; i++) values[i] = first + i * step;
}

function frames(series: Float64Array, order: number, exponent: number): Coding | undefined {
  const firsts = series.subarray(0, order);
  const plan = planFrames(series, order, series.length);
  if (plan === undefined) return undefined;
  const write = (out: ByteWriter): void => {
    for (const byte of [TAG.frames, order, exponent]) out.writeByte(byte);
    for (const first of firsts) out.writeSigned(first);
    writeFrames(out, series, order, plan);
  };
  return { bytes: firsts.reduce((sum, first) => sum + signedBytes(first), 2 + plan.bytes), write };
}

function readOrder(input: ByteReader): { readonly order: number; readonly exponent: number } {
  const [order, exponent] = [input.readByte(), input.readByte()];
  const zeros = exponent - BINARY;
  const isKnown = order <= 2 && (exponent <= MAX_EXPONENT || (zeros > 0 && zeros <= 32));
  if (!isKnown) throw new RangeError(`differences of order ${order} and exponent ${exponent} are not known`);
  return { order, exponent };
}

function fillDifferences(input: ByteReader, values: Float64Array): void {
  const { order, exponent } = readOrder(input);
  const zeros = exponent - BINARY;
  const count = values.length;
  for (let i = 0; i < Math.min(order, count); i++) values[i] = input.readSigned();
  readFrames(input, values, order, count);
  for (let pass = order; pass >= 1; pass--) {
    let sum = values[pass - 1] ?? 0;
    for (let i = pass; i < count; i++) {
      sum += values[i] ?? 0;
      values[i] = sum;
    }
  }
  const scale = zeros > 0 ? 2 ** -zeros : 10 ** exponent;
  if (scale !== 1) for (let i = 0; i < count; i++) values[i] = (values[i] ?? 0) / scale;
}

/**
 * The values before place `order`, then what each differs by from the one before: `[a, b, c, d]` is `[a, b-a, c-b, d-c]` in order 1
 * and `[a, b-a, (c-b)-(b-a), ...]` in order 2. Undefined when one is too large to be exact, or there are too few.
 * They stand in `room`.
 */
function differences(series: Float64Array, order: number, room: { numbers: Float64Array }): Float64Array | undefined {
  if (series.length <= order) return undefined;
  if (room.numbers.length < series.length) room.numbers = new Float64Array(2 * series.length);
  const result = room.numbers.subarray(0, series.length);
  for (let i = 0; i < order; i++) result[i] = series[i] ?? 0;
  for (let i = order; i < series.length; i++) {
    const difference = (series[i] ?? 0) - (series[i - 1] ?? 0);
    if (difference > MAX_SIGNED || difference < -MAX_SIGNED) return undefined;
    result[i] = difference;
  }
  return result;
}

function isLinear(once: Float64Array): boolean {
  for (let i = 2; i < once.length; i++) if (once[i] !== once[1]) return false;
  return true;
}

/** The least number of digits after the point that keeps all values; undefined when nine do not, or one is -0, NaN or infinite. */
function decimalExponent(values: Float64Array): number | undefined {
  let exponent = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    while (!isDecimal(value, exponent)) if (++exponent > MAX_EXPONENT) return undefined;
  }
  return exponent === 0 || values.every((value) => isDecimal(value, exponent)) ? exponent : undefined;
}

function isDecimal(value: number, exponent: number): boolean {
  if (exponent === 0) return isCompactInteger(value);
  const scale = 10 ** exponent;
  const integer = Math.round(value * scale);
  return Math.abs(integer) <= MAX_SIGNED && integer / scale === value && !Object.is(value, -0);
}

function equalBits(a: Float64Array, b: Float64Array): boolean {
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}

function isConstant(values: Float64Array): boolean {
  for (let i = 1; i < values.length; i++) if (!Object.is(values[i], values[0])) return false;
  return values.length > 1;
}
