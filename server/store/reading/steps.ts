import type { Buckets } from '../../model/engine.ts';
import { VigieError } from '../../model/errors.ts';
import { isCounted } from '../../model/labels.ts';
import { alignDown } from '../../model/rings.ts';
import { type Ms, ms } from '../../model/units.ts';
import type { Pages } from '../pages/pages.ts';
import { SumPage } from '../pages/sum-page.ts';
import { coverWindow, type SlotRun, type Usable } from '../rings/cover.ts';
import { type Layout, usableOf } from '../rings/layout.ts';
import { finest } from '../rings/ring.ts';
import type { Series } from '../series/series-index.ts';
import { forEachIncrease } from './counter-increase.ts';
import { forEachPage } from './reader.ts';

const MAX_STEPS = 11_000;

/**
 * Σ per step of sums, and what counters rose; gauges count nothing. Throws `bad_query` for a step that fits the rings of some series
 * not, or for more than 11,000 steps.
 * @param mark what ages are judged by.
 */
export function countSteps(
  pages: Pages,
  all: readonly Series[],
  mark: Ms,
  range: { readonly start: Ms; readonly end: Ms; readonly step: Ms },
): Buckets {
  const { step } = range;
  const start = alignDown(range.start, step);
  const steps = Math.ceil((range.end - start) / step);
  if (!(step > 0) || !all.every(({ layout }) => fits(step, finest(layout.rings).width)) || !(steps <= MAX_STEPS)) {
    const want = `want a multiple of a ring width and at most ${MAX_STEPS} steps`;
    throw new VigieError('bad_query', `cannot count per ${step} ms: ${want}`);
  }
  const sums = new Array<number>(Math.max(0, steps)).fill(0);
  const add = (time: number, sum: number): void => {
    const at = Math.ceil((time - start) / step) - 1;
    if (at >= 0 && at < sums.length) sums[at] = (sums[at] ?? 0) + sum;
  };
  const covers = new Map<Layout, StepCover>();
  for (const series of all) {
    if (!isCounted(series.kind)) continue;
    const cover = covers.get(series.layout) ?? coverSteps(usableOf(series.layout, mark), start, steps, step);
    covers.set(series.layout, cover);
    if (series.kind === 'sum') addSums(pages, series, cover.runs, add);
    else forEachIncrease(pages, series, cover.runs, cover.usable, add);
  }
  return { firstEnd: ms(start + step), step, sums };
}

function addSums(
  pages: Pages,
  series: Series,
  runs: readonly SlotRun[],
  add: (time: number, sum: number) => void,
): void {
  forEachPage(pages, series, runs, (page, first, last, ring) => {
    if (!(page instanceof SumPage)) return;
    page.forEach(first, last, (offset, _n, sum) => {
      add((page.number * ring.slotsPerPage + offset) * ring.width, sum);
    });
  });
}

/** Slots of a few steps or steps of a few slots. */
function fits(step: number, width: number): boolean {
  return step % width === 0 || width % step === 0;
}

interface StepCover {
  readonly usable: Usable;
  readonly runs: readonly SlotRun[];
}

function coverSteps(usable: Usable, start: Ms, steps: number, step: Ms): StepCover {
  return { usable, runs: stepRuns(usable, start, steps, step) };
}

/**
 * Covers each step by itself, so that no slot straddles two; a slot longer than what is left of its step is taken once. Runs that
 * follow each other are one, so that a page is looked up once for all of its steps.
 */
function stepRuns(usable: Usable, start: Ms, steps: number, step: Ms): readonly SlotRun[] {
  const runs: SlotRun[] = [];
  let at: number = start;
  for (let i = 1; i <= steps; i++) {
    const end = start + i * step;
    if (at >= end) continue;
    const cover = coverWindow(usable, at, end);
    if (cover.end <= at) continue;
    for (const run of cover.runs) append(runs, run);
    at = cover.end;
  }
  return runs;
}

function append(runs: SlotRun[], run: SlotRun): void {
  const last = runs.at(-1);
  const goesOn = last?.ring === run.ring && last.last + 1 === run.first;
  if (goesOn) runs[runs.length - 1] = { ...last, last: run.last };
  else runs.push(run);
}
