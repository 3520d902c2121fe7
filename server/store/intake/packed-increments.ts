import { MAX_UNPACKED_BYTES, PACKED_ROW_BYTES } from '../../model/batch.ts';
import { unpacked } from '../encoding/packed-bytes.ts';
import type { UncheckedIncrements } from './payload.ts';

/** The columns of `PackedIncrements` (`server/model/batch.ts`); undefined when the bytes are not those of so many rows. */
export function unpackIncrements(rows: unknown, packed: unknown): UncheckedIncrements | undefined {
  const bytes = unpacked(packed, MAX_UNPACKED_BYTES);
  if (bytes === undefined || !Number.isInteger(rows) || bytes.length !== Number(rows) * PACKED_ROW_BYTES) {
    return undefined;
  }
  const length = Number(rows);
  // A copy, because columns of eight bytes have to begin at a multiple of eight.
  const { buffer } = Uint8Array.from(bytes);
  return {
    n: new Float64Array(buffer, 0, length),
    sum: new Float64Array(buffer, 8 * length, length),
    series: new Uint32Array(buffer, 16 * length, length),
    time: new Uint32Array(buffer, 20 * length, length),
  };
}
