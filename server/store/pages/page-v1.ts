import type { ByteReader } from '../encoding/bytes.ts';
import { readBitmap, readColumn } from '../encoding/column.ts';
import type { Ring } from '../rings/ring.ts';
import type { Columns } from './page-rows.ts';

/**
 * The columns of pages of version 1, as `user_version` 3 of the file and older have them; nothing writes them any more.
 *
 *     sum      bitmap of the slots | n | Σ
 *     raw      count varint | bitmap of stale markers | time - page start, ms | value
 *     roll-up  bitmap of the slots | bitmap "ends stale" | first time, last time (ms from slot start) | n | resets |
 *              first | last | min | max | sum | adj
 *
 * Throws RangeError on bytes that are none of these. The result has the order of columns of today's rows.
 */
export function readOldRows(ring: Ring, number: number, input: ByteReader): Columns {
  if (ring.shape === 'sum') return readSums(ring, input);
  const base = (number * ring.slotsPerPage - 1) * ring.width;
  return ring.shape === 'raw' ? readSamples(base, input) : readRollups(ring, base, input);
}

function readSums({ slotsPerPage }: Ring, input: ByteReader): Columns {
  const places = Float64Array.from(readBitmap(input, slotsPerPage));
  const n = readColumn(input, places.length);
  return [places, n, readColumn(input, places.length, n)];
}

function readSamples(base: number, input: ByteReader): Columns {
  const count = input.readUnsigned();
  if (count > input.remaining) throw new RangeError(`a page of ${count} samples is too full`);
  const markers = new Set(readBitmap(input, count));
  const times = readColumn(input, count).map((offset) => base + offset);
  return [times, readColumn(input, count), times.map((_, i) => (markers.has(i) ? 1 : 0))];
}

function readRollups({ slotsPerPage, width }: Ring, base: number, input: ByteReader): Columns {
  const places = Float64Array.from(readBitmap(input, slotsPerPage));
  const markers = new Set(readBitmap(input, slotsPerPage));
  const figures: Float64Array[] = [];
  for (let c = 0; c < 10; c++) figures.push(readColumn(input, places.length, c > 4 ? figures[c - 1] : undefined));
  const [firstTime, lastTime, n, resets, first, last, min, max, sum, adj] = figures;
  const started = (column: Float64Array = NONE): Float64Array =>
    column.map((time, i) => (n?.[i] === 0 ? 0 : base + (places[i] ?? 0) * width + time));
  const stale = places.map((place) => (markers.has(place) ? 1 : 0));
  const kept = [n, resets, first, min, last, max, sum, adj].map((column: Float64Array = NONE) => column);
  return [places, started(firstTime), started(lastTime), ...kept, stale];
}

const NONE = new Float64Array(0);
