import { crc32 } from 'node:zlib';
import { assertByteLimit, ByteReader, ByteWriter } from '../encoding/bytes.ts';
import { pageBodyBytes } from '../limits.ts';
import type { PageShape, Ring } from '../rings/ring.ts';
import type { DecodedColumns } from './decoded-columns.ts';
import type { PageRows } from './page-rows.ts';
import { readOldRows } from './page-v1.ts';
import { RollupPage } from './rollup-page.ts';
import { SamplePage } from './sample-page.ts';
import { SumPage } from './sum-page.ts';

/**
 * What a page of any shape does. The bookkeeping fields belong to the page cache (`pages.ts`).
 *
 *     body  = version u8 | shape u8 | page number, zigzag varint | last LSN varint | columns ... | CRC-32 of all before it, u32
 */
export interface Page {
  readonly shape: PageShape;
  /** The absolute page number: proof of the lap. */
  readonly number: number;
  readonly mark: PageMark;
  readonly rows: PageRows;
  /** The end of the newest slot with data, or the time of the newest sample, ms; of a page that is not empty. */
  newestTime(ring: Ring): number;
  /** Drops what lies after `end`, a border of slots; returns how much that was (samples have no sum). */
  dropAfter(end: number, ring: Ring): { n: number; sum: number };
}

export interface PageMark {
  /** The last commit whose changes the page holds. */
  lsn: number;
  /** The same when the page came from the file; 0 for a page that did not. Replay skips commits up to it. */
  readonly storedLsn: number;
}

/** Of version 1 the numbers in the header are doubles, and the columns are those of `page-v1.ts`. */
const VERSION = 2;
const SHAPE_CODES: Readonly<Record<PageShape, number>> = { sum: 1, raw: 2, rollup: 3 };
const CRC_BYTES = 4;

/** An empty page with this number. */
export function createPage(ring: Ring, number: number, storedLsn = 0, decoded?: DecodedColumns): Page {
  const mark = { lsn: storedLsn, storedLsn };
  if (ring.shape === 'sum') return new SumPage(ring, number, mark, decoded);
  if (ring.shape === 'raw') return new SamplePage(ring, number, mark, decoded);
  return new RollupPage(ring, number, mark, decoded);
}

/** Pages are written one after the other. */
const out = new ByteWriter(2 ** 17);

export function encodePage(page: Page, ring: Ring): Buffer {
  out.clear();
  out.writeByte(VERSION);
  out.writeByte(SHAPE_CODES[page.shape]);
  out.writeSigned(page.number);
  out.writeUnsigned(page.mark.lsn);
  page.rows.write(out);
  out.writeUint32(crc32(out.finish()));
  assertByteLimit(out.length, pageBodyBytes(ring), 'a page');
  return Buffer.from(out.finish());
}

/** Throws RangeError with the reason when the bytes are no page of this ring: torn, damaged or from a later version. */
export function decodePage(ring: Ring, body: Buffer, decoded?: DecodedColumns): Page {
  if (body.length < 8) throw new RangeError(`a page of ${body.length} bytes is too short`);
  if (crc32(body.subarray(0, -CRC_BYTES)) !== body.readUInt32LE(body.length - CRC_BYTES)) {
    throw new RangeError('the checksum differs');
  }
  const input = new ByteReader(body.subarray(0, -CRC_BYTES));
  const { version, shape, number, lsn } = readHeader(input);
  if (shape !== SHAPE_CODES[ring.shape]) throw new RangeError(`the page is not of shape ${ring.shape}`);
  const page = createPage(ring, number, lsn, decoded);
  if (version === VERSION) page.rows.read(input);
  else page.rows.adopt(readOldRows(ring, number, input));
  return page;
}

/** The bytes of the columns in the body of a page. */
export function columnsOf(body: Buffer): Buffer {
  const input = new ByteReader(body.subarray(0, -CRC_BYTES));
  readHeader(input);
  return input.readBytes(input.remaining);
}

/** The longest header. */
export const HEADER_BYTES = 18;

/** The number of a page, from the first `HEADER_BYTES` of its body; undefined when they are none. */
export function pageNumber(start: Buffer): number | undefined {
  try {
    return readHeader(new ByteReader(start)).number;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function readHeader(input: ByteReader): { version: number; shape: number; number: number; lsn: number } {
  const version = input.readByte();
  const shape = input.readByte();
  if (version === 1) return { version, shape, number: input.readDouble(), lsn: input.readDouble() };
  if (version !== VERSION) throw new RangeError(`page version ${version} is not known`);
  return { version, shape, number: input.readSigned(), lsn: input.readUnsigned() };
}
