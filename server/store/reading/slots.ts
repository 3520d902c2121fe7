import type { SeriesSlots } from '../../model/engine.ts';
import { type Ms, ms } from '../../model/units.ts';
import type { Pages } from '../pages/pages.ts';
import { emptySlot, mergeSlot, type RollupSlot } from '../pages/rollup.ts';
import { RollupPage } from '../pages/rollup-page.ts';
import { floorOf } from '../rings/layout.ts';
import { coarsest, type Ring, slotOf } from '../rings/ring.ts';
import type { Series } from '../series/series-index.ts';
import { forEachPage } from './reader.ts';

export interface SlotRange {
  readonly start: Ms;
  readonly end: Ms;
  readonly step: Ms;
}

/**
 * The roll-up slots of a counter or gauge in (start, end], merged to `step` by the merge rule, so that nothing is lost but the
 * samples between. They come from the coarsest ring whose width divides `step`; where that one no longer reaches back to
 * `start`, from the finest one that does, whose slots may be longer than `step`.
 */
export function mergedSlots(pages: Pages, series: Series, range: SlotRange): SeriesSlots {
  const merged = new Map<number, RollupSlot>();
  if (Number.isFinite(series.oldest)) {
    const ring = ringFor(series, range);
    const run = { ring, first: Math.floor(range.start / ring.width) + 1, last: slotOf(ring, range.end) };
    forEachPage(pages, series, [run], (page, first, last) => {
      if (!(page instanceof RollupPage)) return;
      page.forEach(first, last, (offset, slot) => {
        if (slot.n === 0) return;
        const at = Math.ceil(((page.number * ring.slotsPerPage + offset) * ring.width) / range.step);
        const into = merged.get(at) ?? emptySlot();
        mergeSlot(into, slot);
        merged.set(at, into);
      });
    });
  }
  return columnsOf(series, [...merged.values()]);
}

function ringFor({ layout, oldest, newest }: Series, { start, step }: SlotRange): Ring {
  const rollups = layout.rings.slice(1);
  const reaches = (ring: Ring): boolean => Math.max(start, oldest - 1) >= floorOf(layout, ring, newest);
  const dividing = rollups.filter(({ width }) => step % width === 0);
  return dividing.findLast(reaches) ?? rollups.find(reaches) ?? coarsest(rollups);
}

function columnsOf({ name, labels, newest }: Series, slots: readonly RollupSlot[]): SeriesSlots {
  const column = (key: Exclude<keyof RollupSlot, 'endsStale'>): number[] => slots.map((slot) => slot[key]);
  return {
    name,
    labels,
    ...(Number.isFinite(newest) && { newest: ms(newest) }),
    n: column('n'),
    firstTime: column('firstTime'),
    first: column('first'),
    lastTime: column('lastTime'),
    last: column('last'),
    adj: column('adj'),
    resets: column('resets'),
  };
}
