import { DAY } from '../../model/units.ts';
import type { BlockHead } from './block-head.ts';

/**
 * Following a log makes a small block at every commit. Blocks of one origin and one day are merged, eight or more of a size at a
 * time, until they hold about 1 MiB of lines, so that a line is written again once for each of a few sizes:
 *
 *     tier 0 up to 2 KiB, 1 up to 16 KiB, 2 up to 128 KiB, 3 up to 896 KiB; beyond that a block is full
 *
 * What is left of a day that is over is merged across sizes, unless a large block would be written again for a few late lines.
 */
const TIERS = [2 * 1024, 16 * 1024, 128 * 1024, 896 * 1024] as const;
const FULL_BYTES = TIERS[3];
const TARGET_BYTES = 2 ** 20;
const FAN_IN = 8;
const MAX_AT_ONCE = 256;

export function isFull(head: BlockHead): boolean {
  return head.rawBytes > FULL_BYTES;
}

/** Blocks to be made one, in the order of their first line; undefined: nothing is due. */
export function chooseMerge(
  open: Iterable<BlockHead>,
  newestOf: ReadonlyMap<string, number>,
): readonly BlockHead[] | undefined {
  const groups = new Map<string, BlockHead[]>();
  for (const head of [...open].sort((a, b) => a.firstSeq - b.firstSeq)) {
    const isPast = dayOf(head.newest) < dayOf(newestOf.get(head.origin) ?? head.newest);
    const key = JSON.stringify([head.origin, dayOf(head.newest), isPast ? 'past' : tierOf(head)]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [head]);
    else group.push(head);
    const due = isDue(groups.get(key) ?? [], isPast);
    if (due) return groups.get(key);
  }
  for (const [key, group] of groups) if (key.endsWith('"past"]') && isWorthwhile(group)) return group;
  return undefined;
}

/** Whether a group need not wait for more: of one tier the fan-in, of a past day whatever fills a block. */
function isDue(group: readonly BlockHead[], isPast: boolean): boolean {
  const raw = group.reduce((sum, { rawBytes }) => sum + rawBytes, 0);
  if (group.length >= MAX_AT_ONCE || (group.length > 1 && raw >= TARGET_BYTES)) return true;
  return !isPast && group.length >= FAN_IN;
}

function isWorthwhile(group: readonly BlockHead[]): boolean {
  const sizes = group.map(({ rawBytes }) => rawBytes);
  const largest = Math.max(...sizes);
  const others = sizes.reduce((sum, size) => sum + size, 0) - largest;
  return group.length >= MAX_AT_ONCE || others * FAN_IN >= largest;
}

function dayOf(time: number): number {
  return Math.floor(time / DAY);
}

function tierOf({ rawBytes }: BlockHead): number {
  return TIERS.findIndex((bytes) => rawBytes <= bytes);
}
