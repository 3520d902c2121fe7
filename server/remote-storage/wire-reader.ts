/** How a field is written: the lower three bits of its tag. */
const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/**
 * Reads Protocol Buffers' wire format (https://protobuf.dev/programming-guides/encoding). Bytes from outside may be anything: whoever
 * reads a message checks with `endAt` that its fields end where it does. Throws RangeError.
 */
export class WireReader {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  position = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Field number * 8 + wire type; also any other unsigned integer below 2^53. */
  varint(): number {
    let byte = this.bytes[this.position++];
    if (byte !== undefined && byte < 128) return byte;
    let value = 0;
    for (let scale = 1; scale <= 2 ** 63 && byte !== undefined; scale *= 128) {
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      byte = this.bytes[this.position++];
    }
    throw new RangeError(byte === undefined ? 'the bytes end early' : 'an integer is longer than 10 bytes');
  }

  /** A signed integer of 64 bits, rounded to a double. */
  int64(): number {
    const { bytes } = this;
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = bytes[this.position++];
      if (byte === undefined) throw new RangeError('the bytes end early');
      low |= (byte & 127) << shift;
      if (byte < 128) return low;
    }
    const high = this.varint() % 2 ** 36;
    return (high >= 2 ** 35 ? high - 2 ** 36 : high) * 2 ** 28 + low;
  }

  /** The end of a field of bytes, whose length comes next. */
  endOfBytes(within: number): number {
    const length = this.varint();
    const end = this.position + length;
    if (end > within) throw new RangeError('a field is longer than what it is in');
    return end;
  }

  /** A field of text, whose length comes next; bytes that are not UTF-8 become U+FFFD. */
  text(within: number): string {
    const end = this.endOfBytes(within);
    const start = this.position;
    this.position = end;
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset + start, end - start).toString();
  }

  /** Passes over the value of a field. */
  skip(tag: number, within: number): void {
    const type = tag & 7;
    if (tag < 8) throw new RangeError('a field has number 0');
    if (type === WIRE.varint) this.varint();
    else if (type === WIRE.fixed64) this.position += 8;
    else if (type === WIRE.bytes) this.position = this.endOfBytes(within);
    else if (type === WIRE.fixed32) this.position += 4;
    else throw new RangeError(`wire type ${type} is not known`);
  }

  /** After the last field of a message. */
  endAt(end: number): void {
    if (this.position !== end) throw new RangeError('a message ends within a field');
  }
}
