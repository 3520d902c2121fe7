import { invariant } from '../../model/errors.ts';
import type { Labels, SeriesKind } from '../../model/labels.ts';
import { alignDown } from '../../model/rings.ts';
import { type Ms, ms } from '../../model/units.ts';
import { forEachSample } from '../journal/changes.ts';
import type { Pages } from '../pages/pages.ts';
import { appendSample, emptySlot, mergeSlot, type RollupSlot } from '../pages/rollup.ts';
import { RollupPage } from '../pages/rollup-page.ts';
import { SamplePage } from '../pages/sample-page.ts';
import { SumPage, type SumTotal } from '../pages/sum-page.ts';
import { borderBefore, coverWindow, type SlotRun, type Usable } from '../rings/cover.ts';
import { rawFloor, usableRollups } from '../rings/layout.ts';
import { coarsest, finest, pageOfSlot, type Ring, slotOf } from '../rings/ring.ts';
import type { Series } from '../series/series-index.ts';
import { type RollupRun, rollupRun } from './rollup-run.ts';
import { type SampleRun, sampleRun } from './sample-run.ts';

interface Aligned {
  readonly start: Ms;
  readonly end: Ms;
}

/** What a range function sees of a window; the shapes of `WindowView` in the query engine's interface. */
export type SeriesWindow =
  | { readonly form: 'sum'; readonly sum: number; readonly n: number; readonly aligned?: Aligned }
  | { readonly form: 'samples'; readonly times: readonly number[]; readonly values: readonly number[] }
  | { readonly form: 'rollup'; readonly stats: Readonly<RollupSlot>; readonly aligned?: Aligned };

/** One series during one query; not to be kept across commits. Windows are left-open. */
export interface SeriesReader {
  readonly kind: SeriesKind;
  readonly name: string;
  readonly labels: Labels;
  /**
   * Sums: the cumulative value, 0 one slot before birth, until the newest watermark of its origins + lookback. Others: the
   * newest sample in (time - lookback, time], none when a stale marker follows it; where only roll-ups are left, the newest
   * sample they tell of (`newestRollup`).
   */
  at(time: Ms, lookback: Ms): number | undefined;
  /** When the value that `at` gives was sampled, ms; of sums, the end of the newest slot in it. */
  sampledAt(time: Ms, lookback: Ms): number | undefined;
  /** Whether what `at` gives is that of a border of slots before, or older than samples that nobody knows any more. */
  isMoved?(time: Ms, lookback: Ms): boolean;
  /** Whether some of what this reader was asked for is damaged and was taken for empty. */
  hasLost?(): boolean;
  /** `aligned` when the borders had to move outward by more than the 10 s that sums are counted in. */
  window(start: Ms, end: Ms): SeriesWindow | undefined;
  /** Of counters and gauges: all samples of (start, end] but stale markers; undefined when the raw ring does not reach back to `start`. */
  samples?(start: Ms, end: Ms): SampleRun | undefined;
  /** The same of roll-up slots; see `QuerySeries` of the query engine. */
  slots?(start: Ms, end: Ms, grid: Ms): (RollupRun & { readonly from: Ms; readonly until: Ms }) | undefined;
}

interface NewestSample {
  readonly time: number;
  readonly value: number;
  /** Others lie between it and the moment, or may. */
  readonly isMoved?: true;
}

/** Adds the slots of the runs to `total`. */
export function addRuns(pages: Pages, series: Series, runs: readonly SlotRun[], total: SumTotal): void {
  forEachPage(pages, series, runs, (page, first, last) => {
    if (page instanceof SumPage) page.addTo(total, first, last);
  });
}

/** Calls `visit` with every page of the runs that exists and the places (both included) that belong to the run. */
export function forEachPage(
  pages: Pages,
  series: Series,
  runs: readonly SlotRun[],
  visit: (page: NonNullable<ReturnType<Pages['find']>>, first: number, last: number, ring: Ring) => void,
): void {
  for (const { ring, ...run } of runs) {
    const first = Math.max(run.first, slotOf(ring, series.oldest));
    const last = Math.min(run.last, slotOf(ring, series.newest));
    for (let number = pageOfSlot(ring, first); number <= pageOfSlot(ring, last); number++) {
      const base = number * ring.slotsPerPage;
      const page = pages.find(series.id, ring, number);
      if (page === undefined) continue;
      visit(page, Math.max(0, first - base), Math.min(ring.slotsPerPage - 1, last - base), ring);
    }
  }
}

/** @param completeTo the newest watermark of the series' origins, ms. @param usable judged by the newest mark of its origins. */
export function sumReader(pages: Pages, series: Series, usable: Usable, completeTo: number): SeriesReader {
  const losses = pages.losses(series.id);
  const width = finest(usable.rings).width;
  const presentTo = Math.max(completeTo, series.newest);
  const sumBetween = (start: number, end: number): SumTotal & { start: Ms; end: Ms } => {
    const cover = coverWindow(usable, start, end);
    const total = { n: 0, sum: 0, start: cover.start, end: cover.end };
    addRuns(pages, series, cover.runs, total);
    return total;
  };
  let known = { border: Number.NaN, value: Number.NaN };
  const cumulative = (border: Ms): number => {
    const value =
      border >= known.border
        ? known.value + sumBetween(known.border, border).sum
        : series.sum - sumBetween(border, Math.max(border, series.newest)).sum;
    known = { border, value };
    return value;
  };
  const isPresent = (time: Ms, lookback: Ms): boolean => time >= series.oldest - width && time - lookback < presentTo;
  return {
    kind: series.kind,
    name: series.name,
    labels: series.labels,
    at: (time, lookback) => {
      if (!isPresent(time, lookback)) return undefined;
      return time < series.oldest ? 0 : cumulative(borderBefore(usable, time));
    },
    sampledAt: (time, lookback) =>
      isPresent(time, lookback) ? Math.min(borderBefore(usable, time), presentTo) : undefined,
    hasLost: () => pages.losses(series.id) > losses,
    isMoved: (time, lookback) =>
      isPresent(time, lookback) && time >= series.oldest && time - borderBefore(usable, time) >= width,
    window: (start, end) => {
      if (end < series.oldest - width || start >= presentTo) return undefined;
      const { n, sum, ...real } = sumBetween(start, end);
      return { form: 'sum', n, sum, ...alignment(start, end, real, width) };
    },
  };
}

/** Of a counter or gauge: raw samples, then the roll-ups. */
export function sampleReader(pages: Pages, series: Series): SeriesReader {
  const losses = pages.losses(series.id);
  const floor = rawFloor(series);
  const rollups = usableRollups(series.layout, series.newest);
  const newest = (time: Ms, lookback: Ms): NewestSample | undefined => {
    const raw = newestRaw(pages, series, Math.max(time - lookback, floor), Math.min(time, series.newest));
    if (raw !== undefined) return raw.stale ? undefined : raw;
    if (time - lookback >= floor) return undefined;
    return newestRollup(pages, series, rollups, time - lookback, Math.min(time, floor));
  };
  return {
    kind: series.kind,
    name: series.name,
    labels: series.labels,
    at: (time, lookback) => newest(time, lookback)?.value,
    sampledAt: (time, lookback) => newest(time, lookback)?.time,
    hasLost: () => pages.losses(series.id) > losses,
    ...(series.oldest <= floor && {
      isMoved: (time: Ms, lookback: Ms) => time - lookback < floor && newest(time, lookback)?.isMoved === true,
    }),
    window: (start, end) => {
      if (end <= series.oldest - 1 || start >= series.newest) return undefined;
      if (start >= floor || series.oldest > floor) {
        return rawWindow(pages, series, ms(Math.max(start, floor)), ms(Math.min(end, series.newest)));
      }
      return rollupWindow(pages, series, rollups, start, end);
    },
    samples: (start, end) =>
      start >= floor || series.oldest > floor
        ? sampleRun(rawPages(pages, series, start, end), ms(Math.max(start, floor)), end)
        : undefined,
    slots: (start, end, grid) => {
      const ring = coarsest(rollups.rings);
      const from = rollups.from.at(-1);
      const isOnBorders = start % ring.width === 0 && end % ring.width === 0 && grid % ring.width === 0;
      if (!isOnBorders || from === undefined || series.oldest > floor) return undefined;
      return { from, until: floor, ...rollupRun(pages, series, ring, Math.max(start, from), end) };
    },
  };
}

function rawWindow(pages: Pages, series: Series, start: Ms, end: Ms): SeriesWindow | undefined {
  const raw = finest(series.layout.rings);
  const times: number[] = [];
  const values: number[] = [];
  const last = pageOfSlot(raw, slotOf(raw, end));
  for (let number = pageOfSlot(raw, slotOf(raw, start)); number <= last; number++) {
    const page = pages.find(series.id, raw, number);
    if (page instanceof SamplePage) page.copyValues(start, end, times, values);
  }
  return times.length === 0 ? undefined : { form: 'samples', times, values };
}

function rawPages(pages: Pages, series: Series, start: Ms, end: Ms): readonly SamplePage[] {
  const raw = finest(series.layout.rings);
  const last = pageOfSlot(raw, slotOf(raw, Math.min(end, series.newest)));
  const found: SamplePage[] = [];
  for (let number = pageOfSlot(raw, slotOf(raw, Math.max(start, series.oldest - 1))); number <= last; number++) {
    const page = pages.find(series.id, raw, number);
    if (page instanceof SamplePage) found.push(page);
  }
  return found;
}

/** Whole slots where raw samples are gone, raw samples for a right edge that cuts a slot. */
function rollupWindow(pages: Pages, series: Series, usable: Usable, start: Ms, end: Ms): SeriesWindow | undefined {
  const edge = alignDown(end, finest(usable.rings).width);
  const rawEdge = edge >= rawFloor(series) && edge >= borderBefore(usable, start);
  const cover = coverWindow(usable, start, rawEdge ? edge : end);
  const stats = emptySlot();
  forEachPage(pages, series, cover.runs, (page, first, last) => {
    invariant(page instanceof RollupPage, 'a roll-up ring holds a page of another shape');
    page.forEach(first, last, (_offset, slot) => mergeSlot(stats, slot));
  });
  if (rawEdge) forEachSample(pages, series, edge, end, (sample) => appendSample(stats, sample));
  if (stats.n === 0) return undefined;
  return { form: 'rollup', stats, ...alignment(start, end, { start: cover.start, end: rawEdge ? end : cover.end }) };
}

function newestRaw(pages: Pages, series: Series, start: number, end: number) {
  const raw = finest(series.layout.rings);
  const oldest = pageOfSlot(raw, slotOf(raw, start));
  for (let number = pageOfSlot(raw, slotOf(raw, end)); number >= oldest; number--) {
    const page = pages.find(series.id, raw, number);
    if (!(page instanceof SamplePage)) continue;
    const found = page.newestUntil(end);
    if (found !== undefined) return found.time > start ? found : undefined;
  }
  return undefined;
}

/**
 * The newest sample in (start, time] as roll-ups tell it:
 *
 *     slots     | first . . last |      first . . . last      |
 *     time             b     c       a    d       e
 *
 * exact at `a`, `c` and at borders. Between the first and the last of a slot (`b`, `d`) there are samples that nobody knows any more: the first
 * stands for them, however old, for the series is there. That is told (`isMoved`), and so is what a stale marker at an unknown time may end (`e`).
 */
function newestRollup(
  pages: Pages,
  series: Series,
  usable: Usable,
  start: number,
  time: number,
): NewestSample | undefined {
  const ring = usable.rings.find((candidate, i) => alignDown(ms(start), candidate.width) >= (usable.from[i] ?? 0));
  if (ring === undefined) return undefined;
  const own = slotOf(ring, time);
  const isBorder = own * ring.width === time;
  const inside = isBorder ? undefined : slotIn(pages, series, ring, own);
  if (inside === undefined || (inside.n > 0 && inside.firstTime > time)) {
    return newestBefore(pages, series, ring, isBorder ? own : own - 1, start);
  }
  const { n, firstTime, first, lastTime, last, endsStale } = inside;
  if (n > 0 && lastTime > time) return { time: firstTime, value: first, isMoved: true };
  const newest = n > 0 ? within(lastTime, last, start) : newestBefore(pages, series, ring, own - 1, start);
  return newest && endsStale ? { ...newest, isMoved: true } : newest;
}

/** The newest sample after `start` at the end of a slot, none behind a stale marker. */
function newestBefore(pages: Pages, series: Series, ring: Ring, last: number, start: number): NewestSample | undefined {
  for (let slot = last; slot * ring.width > start; slot--) {
    const found = slotIn(pages, series, ring, slot);
    if (found === undefined) continue;
    if (found.endsStale) return undefined;
    if (found.n > 0) return within(found.lastTime, found.last, start);
  }
  return undefined;
}

function slotIn(pages: Pages, series: Series, ring: Ring, slot: number): RollupSlot | undefined {
  const number = pageOfSlot(ring, slot);
  const page = pages.find(series.id, ring, number);
  return page instanceof RollupPage ? page.slot(slot - number * ring.slotsPerPage) : undefined;
}

function within(time: number, value: number, start: number): NewestSample | undefined {
  return time > start ? { time, value } : undefined;
}

/** Moves below `grid` are the resolution of the data, known to all; those beyond it are told. */
function alignment(start: Ms, end: Ms, real: Aligned, grid = 1): { aligned?: Aligned } {
  const moved = Math.max(Math.abs(real.start - start), Math.abs(real.end - end));
  return moved < grid ? {} : { aligned: real };
}
