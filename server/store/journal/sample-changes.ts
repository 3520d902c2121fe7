import { invariant } from '../../model/errors.ts';
import type { Ms } from '../../model/units.ts';
import type { Page } from '../pages/page.ts';
import { RollupPage } from '../pages/rollup-page.ts';
import { SamplePage } from '../pages/sample-page.ts';
import { pageOfSlot, pageTime, type Ring, slotOf } from '../rings/ring.ts';
import type { Series } from '../series/series-index.ts';
import type { RunRows } from './backlog.ts';
import { type ChangeTarget, slotFromRaw } from './changes.ts';

/**
 * Applies samples of one series to one ring, raw first, then the roll-ups: a slot is appended to while rows are its newest, otherwise it
 * is made again from raw. A page whose stored LSN is not below a row's has the row already.
 */
export function applyToRing(target: ChangeTarget, series: Series, ring: Ring, run: RunRows, since: Since): void {
  const open = (number: number): Page | undefined => target.pages.open(series.id, ring, number, since.lsn, since.now);
  if (ring.shape === 'raw') fillRaw(ring, run, open);
  else fillRollups(target, series, ring, run, open);
}

/** What the series itself knows, after all its rings. */
export function applyToHead(
  { heads }: ChangeTarget,
  series: Series,
  { lsns, order, from, to }: RunRows,
  since: Since,
): void {
  for (let k = from; k < to; k++) if ((lsns[order[k] ?? 0] ?? 0) > series.storedLsn) series.n++;
  if (series.lsn > series.storedLsn) heads.soil(series, since.lsn, since.now);
}

/** When the first of the rows was committed. */
export interface Since {
  readonly lsn: number;
  readonly now: Ms;
}

type OpenPage = (number: number) => Page | undefined;

function fillRaw(ring: Ring, { rows, lsns, order, from, to }: RunRows, open: OpenPage): void {
  for (let k = from; k < to; ) {
    const number = pageOfSlot(ring, slotOf(ring, rows.times[order[k] ?? 0] ?? 0));
    const end = endOfSlot(rows.times, { order, to }, k, pageTime(ring, number).end);
    const page = open(number);
    invariant(page === undefined || page instanceof SamplePage, 'a raw ring holds a page of another shape');
    // What the page has already.
    while (k < end && (page === undefined || (lsns[order[k] ?? 0] ?? 0) <= page.mark.storedLsn)) k++;
    if (page !== undefined && k < end) {
      page.append({ samples: rows, order, from: k, to: end });
      page.mark.lsn = lsns[order[end - 1] ?? 0] ?? 0;
    }
    k = end;
  }
}

function fillRollups(target: ChangeTarget, series: Series, ring: Ring, run: RunRows, open: OpenPage): void {
  const { rows, lsns, order, to } = run;
  let number = Number.NaN;
  let page: RollupPage | undefined;
  for (let from = run.from; from < to; ) {
    const slot = slotOf(ring, rows.times[order[from] ?? 0] ?? 0);
    const end = endOfSlot(rows.times, run, from, slot * ring.width);
    if (pageOfSlot(ring, slot) !== number) {
      number = pageOfSlot(ring, slot);
      page = rollupPage(open(number));
    }
    // What the page has already.
    while (from < end && (page === undefined || (lsns[order[from] ?? 0] ?? 0) <= page.mark.storedLsn)) from++;
    if (page !== undefined && from < end) {
      const offset = slot - number * ring.slotsPerPage;
      const samples = { samples: rows, order, from, to: end };
      if (!page.appendNewest(offset, samples)) {
        const remade = slotFromRaw(target, series, ring, slot);
        if (remade === undefined) page.append(offset, samples);
        else page.replace(offset, remade);
      }
      page.mark.lsn = lsns[order[end - 1] ?? 0] ?? 0;
    }
    from = end;
  }
}

/** The first row of the run after `from` that is not in the slot, or page, that ends at `slotEnd`; rows of a run rise in time. */
function endOfSlot(
  times: Float64Array,
  { order, to }: Pick<RunRows, 'order' | 'to'>,
  from: number,
  slotEnd: number,
): number {
  let end = from + 1;
  while (end < to && (times[order[end] ?? 0] ?? 0) <= slotEnd) end++;
  return end;
}

function rollupPage(page: Page | undefined): RollupPage | undefined {
  invariant(page === undefined || page instanceof RollupPage, 'a roll-up ring holds a page of another shape');
  return page;
}
