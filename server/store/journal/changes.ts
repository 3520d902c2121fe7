import { type Ms, ms } from '../../model/units.ts';
import { widen } from '../intake/sum-draft.ts';
import type { Pages } from '../pages/pages.ts';
import { appendSample, emptySlot, isNewest, type RollupSlot, type Sample } from '../pages/rollup.ts';
import { RollupPage } from '../pages/rollup-page.ts';
import type { SampleColumns } from '../pages/sample-columns.ts';
import { SamplePage } from '../pages/sample-page.ts';
import { rawFloor } from '../rings/layout.ts';
import { finest, pageOfSlot, type Ring, ringHasPage, slotOf, slotStart } from '../rings/ring.ts';
import type { Heads } from '../series/heads.ts';
import type { Series, SeriesIndex } from '../series/series-index.ts';

export interface ChangeTarget {
  readonly index: SeriesIndex;
  readonly pages: Pages;
  readonly heads: Heads;
}

/**
 * Applies the rows from `first` on to the pages in memory, one after the other: the way for those that are late. A page or head whose
 * stored LSN is not below the record's has the changes already and is left alone, so that replay is idempotent.
 */
export function applySamples(target: ChangeTarget, samples: SampleColumns, first: number, lsn: number, now: Ms): void {
  const { length, series, times, values, stale } = samples;
  for (let row = first; row < length; row++) {
    const sample = { time: times[row] ?? 0, value: values[row] ?? 0, stale: stale[row] === 1 };
    applySample(target, target.index.get(series[row] ?? 0), sample, lsn, now);
  }
}

function applySample(target: ChangeTarget, series: Series, sample: Sample, lsn: number, now: Ms): void {
  const { pages, heads } = target;
  for (const ring of series.layout.rings) {
    const slot = slotOf(ring, sample.time);
    const number = pageOfSlot(ring, slot);
    // A sample of the past goes to the rings that still hold it.
    if (!ringHasPage(ring, number, series.newest)) continue;
    const page = pages.open(series.id, ring, number, lsn, now);
    if (page === undefined || page.mark.storedLsn >= lsn) continue;
    if (page instanceof SamplePage) page.insert(sample);
    if (page instanceof RollupPage) rollUp(target, series, ring, page, slot, sample);
    page.mark.lsn = lsn;
  }
  if (series.storedLsn >= lsn) return;
  widen(series, sample.time);
  series.n++;
  series.lsn = lsn;
  heads.soil(series, lsn, now);
}

/** Appends to the slot when the sample is its newest, otherwise makes the slot again from the raw samples. */
function rollUp(
  target: ChangeTarget,
  series: Series,
  ring: Ring,
  page: RollupPage,
  slot: number,
  sample: Sample,
): void {
  const offset = slot - page.number * ring.slotsPerPage;
  const known = page.slot(offset);
  const remade =
    known === undefined || isNewest(known, sample.time) ? undefined : slotFromRaw(target, series, ring, slot);
  const changed = remade ?? known ?? emptySlot();
  if (remade === undefined) appendSample(changed, sample);
  page.replace(offset, changed);
}

/** The slot made from raw samples; undefined when the raw ring no longer holds all of it. */
export function slotFromRaw(target: ChangeTarget, series: Series, ring: Ring, slot: number): RollupSlot | undefined {
  const end = slot * ring.width;
  const start = slotStart(end, ring.width);
  const floor = rawFloor(series);
  if (start < floor && series.oldest <= floor) return undefined;
  const made = emptySlot();
  forEachSample(target.pages, series, start, ms(end), (sample) => appendSample(made, sample));
  return made;
}

/** Calls `visit` for the raw samples of (start, end], in time order. */
export function forEachSample(
  pages: Pages,
  series: Series,
  start: number,
  end: number,
  visit: (sample: { readonly time: number; readonly value: number; readonly stale: boolean }) => void,
): void {
  const raw = finest(series.layout.rings);
  const last = pageOfSlot(raw, slotOf(raw, end));
  for (let number = pageOfSlot(raw, slotOf(raw, start)); number <= last; number++) {
    const page = pages.find(series.id, raw, number);
    if (!(page instanceof SamplePage)) continue;
    const { times, values, stale } = page.columns();
    for (let i = page.rows.indexOf(Math.floor(start) + 1), to = page.rows.indexOf(Math.floor(end) + 1); i < to; i++) {
      visit({ time: times[i] ?? 0, value: values[i] ?? 0, stale: stale?.[i] === 1 });
    }
  }
}
