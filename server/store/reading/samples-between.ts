import { slotEnd } from '../../model/rings.ts';
import { type Ms, ms } from '../../model/units.ts';
import { forEachSample } from '../journal/changes.ts';
import type { Pages } from '../pages/pages.ts';
import { SampleColumns } from '../pages/sample-columns.ts';
import { rawFloor } from '../rings/layout.ts';
import { finest, type Ring } from '../rings/ring.ts';
import type { Series } from '../series/series-index.ts';
import type { SeriesReader } from './reader.ts';
import { mergedSlots } from './slots.ts';

/** Points of one series that is made of sums: a chart of more has a coarser grid. */
const MAX_SUM_POINTS = 11_000;

/**
 * The samples of a counter or gauge in [start, end], stale markers among them. Where only roll-ups are left: the first and the last
 * sample of every slot of the finest ring that reaches back.
 */
export function samplesBetween(
  pages: Pages,
  series: Series,
  { start, end }: { readonly start: Ms; readonly end: Ms },
): SampleColumns {
  const samples = new SampleColumns();
  const floor = rawFloor(series);
  if (start <= floor && series.oldest <= floor) pushSlotEnds(samples, pages, series, start, ms(Math.min(end, floor)));
  const after = Math.max(start - 1, floor);
  forEachSample(pages, series, after, end, ({ time, value, stale }) => {
    samples.push(series.id, time, value, stale);
  });
  return samples;
}

function pushSlotEnds(samples: SampleColumns, pages: Pages, series: Series, start: Ms, end: Ms): void {
  const { rings } = series.layout;
  const step = rings[1]?.width ?? finest(rings).width;
  const slots = mergedSlots(pages, series, { start: ms(start - 1), end, step });
  const push = (time = 0, value = 0): void => {
    if (time >= start && time <= end) samples.push(series.id, time, value, false);
  };
  for (const i of slots.n.keys()) {
    push(slots.firstTime[i], slots.first[i]);
    if (slots.lastTime[i] !== slots.firstTime[i]) push(slots.lastTime[i], slots.last[i]);
  }
}

/** The cumulative value of a sum at the borders of slots in [start, end]. @param rings those of sums. */
export function sumsBetween(
  reader: SeriesReader,
  rings: readonly Ring[],
  { start, end }: { readonly start: Ms; readonly end: Ms },
): SampleColumns {
  const samples = new SampleColumns();
  const width =
    rings.find((ring) => (end - start) / ring.width <= MAX_SUM_POINTS)?.width ?? ms((end - start) / MAX_SUM_POINTS);
  for (let time = slotEnd(start, width); time <= end; time = ms(time + width)) {
    const value = reader.at(time, ms(1));
    if (value !== undefined) samples.push(0, time, value, false);
  }
  return samples;
}
