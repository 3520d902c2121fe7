import {
  type IncrementColumns,
  MAX_UNPACKED_BYTES,
  PACKED_ROW_BYTES,
  type PackedIncrements,
} from '../../server/model/batch.ts';
import { packed } from './compression.ts';

/** Fewer rows are as small, and as quickly written, as JSON. */
const MIN_PACKED_ROWS = 512;
/** The rows that one payload may hold. */
export const MAX_INCREMENTS = Math.floor(MAX_UNPACKED_BYTES / PACKED_ROW_BYTES);

/** Increments as they travel. @param series how many series they name. */
export function wireIncrements(rows: IncrementColumns, series: number): IncrementColumns | PackedIncrements {
  return rows.series.length < MIN_PACKED_ROWS ? rows : packIncrements(rows, series);
}

/** Rows of one series are put together, in the order they have: so columns compress, and the store looks a page up once. */
export function packIncrements(rows: IncrementColumns, series: number): PackedIncrements {
  const length = rows.series.length;
  const bytes = new Uint8Array(length * PACKED_ROW_BYTES);
  const n = new Float64Array(bytes.buffer, 0, length);
  const sum = new Float64Array(bytes.buffer, 8 * length, length);
  const index = new Uint32Array(bytes.buffer, 16 * length, length);
  const time = new Uint32Array(bytes.buffer, 20 * length, length);
  const next = firstPlaces(rows.series, series);
  for (let row = 0; row < length; row++) {
    const one = rows.series[row] ?? 0;
    const at = next[one] ?? 0;
    next[one] = at + 1;
    n[at] = rows.n[row] ?? 0;
    sum[at] = rows.sum[row] ?? 0;
    index[at] = one;
    time[at] = rows.time[row] ?? 0;
  }
  return { rows: length, packed: packed(bytes) };
}

/** Where the rows of each series begin once they are sorted by it. */
function firstPlaces(rows: readonly number[], series: number): Uint32Array {
  const places = new Uint32Array(series + 1);
  for (const one of rows) places[one + 1] = (places[one + 1] ?? 0) + 1;
  for (let one = 1; one <= series; one++) places[one] = (places[one] ?? 0) + (places[one - 1] ?? 0);
  return places;
}
