import type { Buckets, Window, WindowSum } from '../../server/model/engine.ts';
import { type Ms, ms } from '../../server/model/units.ts';
import { clipped, lengthOf } from './spans.ts';

/** The steps of a chart, as windows. */
export function stepWindows({ firstEnd, step, sums }: Buckets): readonly Window[] {
  return sums.map((_, i) => ({ start: ms(firstEnd + (i - 1) * step), end: ms(firstEnd + i * step) }));
}

/** What all steps of a chart cover. */
export function coveredBy({ firstEnd, step, sums }: Buckets): Window {
  return { start: ms(firstEnd - step), end: ms(firstEnd + (sums.length - 1) * step) };
}

/** The excluded parts of the steps that are not excluded whole, with the places of their steps. */
export function partialSteps(
  buckets: Buckets,
  spans: readonly Window[],
): readonly { readonly at: number; readonly part: Window }[] {
  return stepWindows(buckets).flatMap((window, at) => {
    const parts = clipped(spans, window);
    return isWhole(parts, buckets.step) ? [] : parts.map((part) => ({ at, part }));
  });
}

/** The steps without the excluded spans: those inside hold nothing, those that reach out are less what their parts hold. */
export function keptBuckets(buckets: Buckets, spans: readonly Window[], partial: readonly WindowSum[]): Buckets {
  const sums = stepWindows(buckets).map((window, i) =>
    isWhole(clipped(spans, window), buckets.step) ? 0 : (buckets.sums[i] ?? 0),
  );
  for (const [i, { at }] of partialSteps(buckets, spans).entries()) {
    sums[at] = (sums[at] ?? 0) - (partial[i]?.sum ?? 0);
  }
  return { ...buckets, sums };
}

function isWhole(parts: readonly Window[], step: Ms): boolean {
  return lengthOf(parts) === step;
}
