import type { Consolidation } from '../../model/data-source.ts';
import type { RollupSlot } from '../pages/rollup.ts';

/**
 * The consolidated data point (CDP) of a roll-up slot whose samples are the known PDPs and whose stale markers begin unknown ones, as
 * rrdtool 1.7.2 makes it; NaN: unknown. All known PDPs weigh the same; the last one counts even when it is unknown, whatever xff.
 * @param pdps of a whole slot, known and unknown.
 * @param xff the share of them that may be unknown, 0 to below 1.
 */
export function consolidated(slot: RollupSlot | undefined, pdps: number, how: Consolidation, xff: number): number {
  if (slot === undefined || slot.n === 0 || pdps - slot.n > pdps * xff) return Number.NaN;
  if (how === 'LAST') return slot.endsStale ? Number.NaN : slot.last;
  if (how === 'AVERAGE') return slot.sum / slot.n;
  return how === 'MIN' ? slot.min : slot.max;
}
