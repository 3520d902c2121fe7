import type { BatchPayload, IncrementColumns } from '../../server/model/batch.ts';
import { unpackIncrements } from '../../server/store/intake/packed-increments.ts';

/** The increments of a payload, however they travel. */
export function incrementsIn({ increments }: Pick<BatchPayload, 'increments'>): IncrementColumns {
  if (increments === undefined) return { series: [], time: [], n: [], sum: [] };
  if (!('packed' in increments)) return increments;
  const columns = unpackIncrements(increments.rows, increments.packed);
  const column = (name: keyof IncrementColumns): number[] => Array.from(columns?.[name] ?? [], Number);
  return { series: column('series'), time: column('time'), n: column('n'), sum: column('sum') };
}
