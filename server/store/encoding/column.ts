import { type ByteReader, ByteWriter, isCompactInteger } from './bytes.ts';

/**
 * One column of a page: a tag byte, then the values in the shortest coding that keeps every bit. A new coding is a new tag;
 * a reader refuses a tag it does not know, and that page only.
 *
 *     tag  coding        bytes for c values
 *     0    doubles       8c
 *     1    constant      8
 *     2    deltas        zigzag varints of the differences; integers within ±2^52 only
 *     3    same          0: equal to the column before it
 *     4    uint32        4c; columns of offsets and counts only, so that their worst case is 4 bytes
 */
const TAG = { doubles: 0, constant: 1, deltas: 2, same: 3, uint32: 4 } as const;

export type NumberColumn = ArrayLike<number>;

export type ColumnWidth = 4 | 8;

/** @param width 4 when every value is an integer in [0, 2^32), otherwise 8. */
export function writeColumn(
  out: ByteWriter,
  values: NumberColumn,
  count: number,
  width: ColumnWidth,
  before?: NumberColumn,
): void {
  if (before !== undefined && equalColumns(values, before, count)) {
    out.writeByte(TAG.same);
    return;
  }
  const deltas = deltaBytes(values, count);
  if (deltas !== undefined && deltas.length <= count * width) {
    out.writeByte(TAG.deltas);
    out.writeBytes(deltas);
    return;
  }
  if (width === 8 && count > 1 && isConstant(values, count)) {
    out.writeByte(TAG.constant);
    out.writeDouble(values[0] ?? 0);
    return;
  }
  out.writeByte(width === 8 ? TAG.doubles : TAG.uint32);
  for (let i = 0; i < count; i++) {
    if (width === 8) out.writeDouble(values[i] ?? 0);
    else out.writeUint32(values[i] ?? 0);
  }
}

/** Reads `count` values. Throws RangeError on a coding this version does not know or on bytes that end early. */
export function readColumn(input: ByteReader, count: number, before?: Float64Array): Float64Array {
  const tag = input.readByte();
  if (tag === TAG.same && before !== undefined) return before.slice(0, count);
  const values = new Float64Array(count);
  if (tag === TAG.constant) return values.fill(input.readDouble());
  let previous = 0;
  for (let i = 0; i < count; i++) {
    if (tag === TAG.deltas) previous += input.readSigned();
    else if (tag === TAG.doubles) previous = input.readDouble();
    else if (tag === TAG.uint32) previous = input.readUint32();
    else throw new RangeError(`column coding ${tag} is not known`);
    values[i] = previous;
  }
  return values;
}

/** A bit per position, `size` of them: which slots hold data, which samples are stale markers. */
export function writeBitmap(out: ByteWriter, positions: Iterable<number>, size: number): void {
  const bits = new Uint8Array(Math.ceil(size / 8));
  for (const position of positions) bits[position >> 3] = (bits[position >> 3] ?? 0) | (1 << (position & 7));
  out.writeBytes(bits);
}

/** The positions whose bit is set, rising. */
export function readBitmap(input: ByteReader, size: number): number[] {
  const bits = input.readBytes(Math.ceil(size / 8));
  const positions: number[] = [];
  for (let i = 0; i < size; i++) if (((bits[i >> 3] ?? 0) >> (i & 7)) & 1) positions.push(i);
  return positions;
}

function deltaBytes(values: NumberColumn, count: number): Uint8Array | undefined {
  const out = new ByteWriter(count * 2 + 8);
  let previous = 0;
  for (let i = 0; i < count; i++) {
    const value = values[i] ?? 0;
    if (!isCompactInteger(value) || !isCompactInteger(value - previous)) return undefined;
    out.writeSigned(value - previous);
    previous = value;
  }
  return out.finish();
}

function equalColumns(a: NumberColumn, b: NumberColumn, count: number): boolean {
  for (let i = 0; i < count; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}

function isConstant(values: NumberColumn, count: number): boolean {
  for (let i = 1; i < count; i++) if (!Object.is(values[i], values[0])) return false;
  return true;
}
