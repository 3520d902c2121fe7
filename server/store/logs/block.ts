import { isAscii } from 'node:buffer';
import { brotliCompressSync, brotliDecompressSync, constants, crc32 } from 'node:zlib';
import { ByteReader, ByteWriter } from '../encoding/bytes.ts';
import { readColumn, writeColumn } from '../encoding/column.ts';
import { gramFilter } from './gram-filter.ts';
import { type LineText, startsOf, textOf } from './line-text.ts';

/**
 * The body of a block: three parts, each with its own CRC-32 behind it, so that a question reads no more than it needs.
 *
 *     filter    which runs of bytes the lines may hold (`gram-filter.ts`)
 *     columns   version u8 | seq | time | stream | level + 1 | length (`column.ts`), compressed
 *     text      the lines in UTF-8, in the order of seq, '\n' between them, compressed; lengths count UTF-16 units
 *
 * Compression is brotli of quality 1: over 1 MiB of access log it took half the time of deflate level 1 and left a fifth less.
 */
const VERSION = 1;

/** Lines in rising order of `seq`; the columns have one length. */
export interface LineRows {
  readonly seq: ArrayLike<number>;
  readonly time: ArrayLike<number>;
  readonly stream: ArrayLike<number>;
  /** Index into LOG_LEVELS, or -1. */
  readonly level: ArrayLike<number>;
  /** In UTF-16 units. */
  readonly length: ArrayLike<number>;
  readonly text: LineText;
}

export interface BlockBody {
  readonly filter: Buffer;
  readonly columns: Buffer;
  readonly text: Buffer;
}

export interface BlockColumns {
  readonly lines: number;
  readonly seq: Float64Array;
  readonly time: Float64Array;
  readonly stream: Float64Array;
  readonly level: Float64Array;
  /** Where each line begins in the text, in UTF-16 units; its end is `start + length`. */
  readonly start: Float64Array;
  readonly length: Float64Array;
}

export function encodeBlock(rows: LineRows): BlockBody & { readonly rawBytes: number } {
  const { text, bytes = Buffer.from(text, 'utf8'), packed = compress(bytes) } = rows.text;
  return {
    filter: filterOf(text, bytes),
    columns: sealed(compress(columnsOf(rows))),
    text: sealed(packed),
    rawBytes: bytes.length,
  };
}

/** The filter of a text; `bytes` is the text in UTF-8. */
export function filterOf(text: string, bytes: Buffer): Buffer {
  return sealed(gramFilter(isAscii(bytes) ? bytes : Buffer.from(text.toLowerCase(), 'utf8')));
}

/** @throws RangeError with the reason when the bytes are damaged or of a later version; so do all that read a part. */
export function decodeColumns(part: Buffer, lines: number): BlockColumns {
  const input = new ByteReader(brotliDecompressSync(unsealed(part)));
  const version = input.readByte();
  if (version !== VERSION) throw new RangeError(`block version ${version} is not known`);
  const seq = readColumn(input, lines);
  const time = readColumn(input, lines);
  const stream = readColumn(input, lines);
  const level = readColumn(input, lines).map((stored) => stored - 1);
  const length = readColumn(input, lines);
  return { lines, seq, time, stream, level, length, start: startsOf(length) };
}

export function decodeText(part: Buffer): string {
  return textOf(brotliDecompressSync(unsealed(part)));
}

export function decodeFilter(part: Buffer): Buffer {
  return unsealed(part);
}

function columnsOf(rows: LineRows): Buffer {
  const lines = rows.length.length;
  const out = new ByteWriter(lines * 8 + 64);
  out.writeByte(VERSION);
  writeColumn(out, rows.seq, lines, 8);
  writeColumn(out, rows.time, lines, 8);
  writeColumn(out, rows.stream, lines, 4);
  const levels = new Float64Array(rows.level);
  for (let i = 0; i < lines; i++) levels[i] = (levels[i] ?? 0) + 1;
  writeColumn(out, levels, lines, 4);
  writeColumn(out, rows.length, lines, 4);
  return out.finish();
}

function compress(bytes: Buffer): Buffer {
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN, BROTLI_PARAM_SIZE_HINT } = constants;
  const params = { [BROTLI_PARAM_QUALITY]: 1, [BROTLI_PARAM_LGWIN]: 20, [BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return brotliCompressSync(bytes, { params });
}

function sealed(bytes: Uint8Array): Buffer {
  const whole = Buffer.allocUnsafe(bytes.length + 4);
  whole.set(bytes);
  whole.writeUInt32LE(crc32(bytes), bytes.length);
  return whole;
}

function unsealed(part: Buffer): Buffer {
  if (part.length < 4) throw new RangeError(`a part of ${part.length} bytes is too short`);
  const bytes = part.subarray(0, -4);
  if (crc32(bytes) !== part.readUInt32LE(part.length - 4)) throw new RangeError('the checksum differs');
  return bytes;
}
