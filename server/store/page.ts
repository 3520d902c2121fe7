import { crc32 } from 'node:zlib';
import { invariant } from '../model/errors.ts';
import { assertByteLimit, ByteReader, ByteWriter } from './bytes.ts';
import { PAGE_BODY_BYTES } from './limits.ts';
import type { PageShape, Ring } from './ring.ts';
import { RollupPage } from './rollup-page.ts';
import { SamplePage } from './sample-page.ts';
import { SumPage } from './sum-page.ts';

/**
 * What a page of any shape does. The bookkeeping fields belong to the page cache (`pages.ts`).
 *
 *     body  = version u8 | shape u8 | page number f64 | last LSN f64 | columns ... | CRC-32 of all before it, u32
 */
export interface Page {
  readonly shape: PageShape;
  /** The absolute page number: proof of the lap. */
  readonly number: number;
  readonly mark: PageMark;
  isEmpty(): boolean;
  /** The end of the newest slot with data, or the time of the newest sample, ms; of a page that is not empty. */
  newestTime(ring: Ring): number;
  /** Drops what lies after `end`, a border of slots; returns how much that was (samples have no sum). */
  dropAfter(end: number, ring: Ring): { n: number; sum: number };
  /** Bytes held in memory, roughly. */
  memoryBytes(): number;
  writeColumns(out: ByteWriter): void;
}

export interface PageMark {
  /** The last commit whose changes the page holds. */
  lsn: number;
  /** The same when the page came from the file; 0 for a page that did not. Replay skips commits up to it. */
  readonly storedLsn: number;
}

const VERSION = 1;
const SHAPE_CODES: Readonly<Record<PageShape, number>> = { sum: 1, raw: 2, rollup: 3 };

/** An empty page with this number. */
export function createPage(ring: Ring, number: number, storedLsn = 0): Page {
  const mark = { lsn: storedLsn, storedLsn };
  if (ring.shape === 'sum') return new SumPage(number, mark);
  return ring.shape === 'raw' ? new SamplePage(ring, number, mark) : new RollupPage(ring, number, mark);
}

export function encodePage(page: Page): Buffer {
  const out = new ByteWriter(512);
  out.writeByte(VERSION);
  out.writeByte(SHAPE_CODES[page.shape]);
  out.writeDouble(page.number);
  out.writeDouble(page.mark.lsn);
  page.writeColumns(out);
  out.writeUint32(crc32(out.finish()));
  assertByteLimit(out.length, PAGE_BODY_BYTES, 'a page');
  return Buffer.from(out.finish());
}

/** Throws RangeError with the reason when the bytes are no page of this ring: torn, damaged or from a later version. */
export function decodePage(ring: Ring, body: Buffer): Page {
  if (body.length < 22) throw new RangeError(`a page of ${body.length} bytes is too short`);
  if (crc32(body.subarray(0, -4)) !== body.readUInt32LE(body.length - 4)) throw new RangeError('the checksum differs');
  const input = new ByteReader(body.subarray(0, -4));
  const version = input.readByte();
  if (version !== VERSION) throw new RangeError(`page version ${version} is not known`);
  if (input.readByte() !== SHAPE_CODES[ring.shape]) throw new RangeError(`the page is not of shape ${ring.shape}`);
  const number = input.readDouble();
  const page = createPage(ring, number, input.readDouble());
  readColumnsInto(page, input);
  return page;
}

function readColumnsInto(page: Page, input: ByteReader): void {
  invariant(
    page instanceof SumPage || page instanceof SamplePage || page instanceof RollupPage,
    'a page of an unknown shape',
  );
  page.readColumns(input);
}
