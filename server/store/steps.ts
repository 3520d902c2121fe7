import type { Buckets } from '../model/engine.ts';
import { VigieError } from '../model/errors.ts';
import { alignDown } from '../model/rings.ts';
import { type Ms, ms } from '../model/units.ts';
import { forEachIncrease } from './counter-increase.ts';
import { coverWindow, type SlotRun, type Usable } from './cover.ts';
import type { Pages } from './pages.ts';
import { forEachPage } from './reader.ts';
import { finest } from './ring.ts';
import type { Series } from './series-index.ts';
import { SumPage } from './sum-page.ts';

const MAX_STEPS = 11_000;

/** Rings that are complete from a border on, judged by one mark. */
export interface UsableOfKinds {
  readonly sums: Usable;
  readonly samples: Usable;
}

/** Σ per step of sums, and what counters rose; gauges count nothing. Throws `bad_query` for a step that no ring divides or for more than 11,000 steps. */
export function countSteps(
  pages: Pages,
  all: readonly Series[],
  usable: UsableOfKinds,
  range: { readonly start: Ms; readonly end: Ms; readonly step: Ms },
): Buckets {
  const { step } = range;
  const start = alignDown(range.start, step);
  const steps = Math.ceil((range.end - start) / step);
  if (!(step > 0) || step % finest(usable.sums.rings).width !== 0 || !(steps <= MAX_STEPS)) {
    const want = `want a multiple of a ring width and at most ${MAX_STEPS} steps`;
    throw new VigieError('bad_query', `cannot count per ${step} ms: ${want}`);
  }
  const sums = new Array<number>(Math.max(0, steps)).fill(0);
  const add = (time: number, sum: number): void => {
    const at = Math.ceil((time - start) / step) - 1;
    if (at >= 0 && at < sums.length) sums[at] = (sums[at] ?? 0) + sum;
  };
  const runs = lazy(() => stepRuns(usable.sums, start, steps, step));
  const sampleRuns = lazy(() => stepRuns(usable.samples, start, steps, step));
  for (const series of all) {
    if (series.kind === 'sum') addSums(pages, series, runs(), add);
    if (series.kind === 'counter') forEachIncrease(pages, series, sampleRuns(), usable.samples, add);
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

function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
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
