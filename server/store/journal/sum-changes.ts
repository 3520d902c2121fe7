import { invariant } from '../../model/errors.ts';
import type { Ms } from '../../model/units.ts';
import { widen } from '../intake/sum-draft.ts';
import type { SumColumns } from '../pages/sum-columns.ts';
import { SumPage } from '../pages/sum-page.ts';
import { finest, pageOfSlot, type Ring } from '../rings/ring.ts';
import type { Series } from '../series/series-index.ts';
import type { ChangeTarget } from './changes.ts';

/** Rows `from .. to - 1` of a commit: neighbours of one series. */
interface Stretch {
  readonly sums: SumColumns;
  readonly series: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Applies the increments of commit `lsn`, a series at a time where its rows stand together: a page is looked up once for the
 * neighbours that fall into it, and neighbours of one slot are added up first.
 */
export function applySums(target: ChangeTarget, sums: SumColumns, lsn: number, now: Ms): void {
  for (let from = 0, to = 0; from < sums.length; from = to) {
    const series = sums.series[from] ?? 0;
    for (to = from + 1; to < sums.length && sums.series[to] === series; ) to++;
    const stretch = { sums, series, from, to };
    const found = target.index.get(series);
    for (const ring of found.layout.rings) fillRing(target, found, ring, stretch, lsn, now);
    moveHead(target, found, stretch, lsn, now);
  }
}

function fillRing(
  { pages }: ChangeTarget,
  { layout }: Series,
  ring: Ring,
  { sums, series, from, to }: Stretch,
  lsn: number,
  now: Ms,
): void {
  const finer = ring.width / finest(layout.rings).width;
  let number = Number.NaN;
  let page: SumPage | undefined;
  for (let row = from; row < to; ) {
    const slot = Math.ceil((sums.slots[row] ?? 0) / finer);
    const total = { n: 0, sum: 0 };
    let rows = 0;
    for (; row < to && Math.ceil((sums.slots[row] ?? 0) / finer) === slot; row++) {
      if (((sums.rings[row] ?? 0) & (1 << ring.index)) === 0) continue;
      total.n += sums.n[row] ?? 0;
      total.sum += sums.sums[row] ?? 0;
      rows++;
    }
    if (rows === 0) continue;
    if (pageOfSlot(ring, slot) !== number) {
      number = pageOfSlot(ring, slot);
      page = pageToFill(pages.open(series, ring, number, lsn, now), lsn);
    }
    page?.add(slot - number * ring.slotsPerPage, total.n, total.sum);
  }
}

/** Undefined: it has the changes of the commit already, or its row holds a newer lap. */
function pageToFill(page: ReturnType<ChangeTarget['pages']['open']>, lsn: number): SumPage | undefined {
  if (page === undefined || page.mark.storedLsn >= lsn) return undefined;
  invariant(page instanceof SumPage, 'a sum ring holds a page of another shape');
  page.mark.lsn = lsn;
  return page;
}

function moveHead({ heads }: ChangeTarget, series: Series, { sums, from, to }: Stretch, lsn: number, now: Ms): void {
  if (series.storedLsn >= lsn) return;
  const { width } = finest(series.layout.rings);
  for (let row = from; row < to; row++) {
    widen(series, (sums.slots[row] ?? 0) * width);
    series.n += sums.n[row] ?? 0;
    series.sum += sums.sums[row] ?? 0;
  }
  series.lsn = lsn;
  heads.soil(series, lsn, now);
}
