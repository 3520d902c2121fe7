import { invariant } from '../../model/errors.ts';

/** The largest magnitude `writeSigned` takes: zigzag doubles the number, which must stay an exact double. */
export const MAX_SIGNED = 2 ** 52 - 1;

/** Appends numbers to a growing buffer. Integers are LEB128 varints, seven bits a byte, low bits first; doubles little-endian. */
export class ByteWriter {
  #bytes: Buffer;
  #length = 0;

  constructor(capacity = 256) {
    this.#bytes = Buffer.allocUnsafe(capacity);
  }

  get length(): number {
    return this.#length;
  }

  writeByte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  /** A safe integer >= 0: 1 to 8 bytes. */
  writeUnsigned(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest >= 128) {
      this.#bytes[this.#length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#length++] = rest;
  }

  /** An integer within ±MAX_SIGNED, zigzag: small magnitudes are short. */
  writeSigned(value: number): void {
    this.writeUnsigned(value < 0 ? -2 * value - 1 : 2 * value);
  }

  writeDouble(value: number): void {
    this.#reserve(8);
    this.#bytes.writeDoubleLE(value, this.#length);
    this.#length += 8;
  }

  writeUint32(value: number): void {
    this.#reserve(4);
    this.#bytes.writeUInt32LE(value, this.#length);
    this.#length += 4;
  }

  writeBytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Room for `length` bytes that the caller writes at `at`; `bytes` is good until the next write. */
  claim(length: number): { readonly bytes: Uint8Array; readonly at: number } {
    this.#reserve(length);
    this.#length += length;
    return { bytes: this.#bytes, at: this.#length - length };
  }

  /** Begins anew in the same memory. */
  clear(): void {
    this.#length = 0;
  }

  /** What was written so far; shares memory with the writer. */
  finish(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + more));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}

/** Reads what a ByteWriter wrote. Throws RangeError past the end: bytes from a disk may be anything. */
export class ByteReader {
  readonly #bytes: Buffer;
  #position: number;

  constructor(bytes: Buffer, position = 0) {
    this.#bytes = bytes;
    this.#position = position;
  }

  get position(): number {
    return this.#position;
  }

  /** Reads the same bytes from another place on. */
  from(position: number): ByteReader {
    return new ByteReader(this.#bytes, position);
  }

  get remaining(): number {
    return this.#bytes.length - this.#position;
  }

  readByte(): number {
    const value = this.#bytes[this.#position++];
    if (value === undefined) throw new RangeError('the bytes end early');
    return value;
  }

  readUnsigned(): number {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 49; scale *= 128) {
      const byte = this.readByte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    throw new RangeError('an integer is longer than 8 bytes');
  }

  readSigned(): number {
    const value = this.readUnsigned();
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }

  readDouble(): number {
    const value = this.#bytes.readDoubleLE(this.#position);
    this.#position += 8;
    return value;
  }

  readUint32(): number {
    const value = this.#bytes.readUInt32LE(this.#position);
    this.#position += 4;
    return value;
  }

  /** Passes over `length` bytes that the caller reads at `at`. */
  pass(length: number): { readonly bytes: Uint8Array; readonly at: number } {
    if (length > this.remaining) throw new RangeError('the bytes end early');
    this.#position += length;
    return { bytes: this.#bytes, at: this.#position - length };
  }

  readBytes(length: number): Buffer {
    if (length > this.remaining) throw new RangeError('the bytes end early');
    this.#position += length;
    return this.#bytes.subarray(this.#position - length, this.#position);
  }
}

/** The bytes that `writeSigned` takes for an integer within ±MAX_SIGNED. */
export function signedBytes(value: number): number {
  let bytes = 1;
  for (let rest = value < 0 ? -2 * value - 1 : 2 * value; rest >= 128; rest = Math.floor(rest / 128)) bytes++;
  return bytes;
}

/** Whether `writeSigned` keeps the number: an integer, and not the negative zero. */
export function isCompactInteger(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) <= MAX_SIGNED && !Object.is(value, -0);
}

export function assertByteLimit(length: number, limit: number, what: string): void {
  invariant(length <= limit, `${what} takes ${length} bytes; at most ${limit} were promised`);
}
