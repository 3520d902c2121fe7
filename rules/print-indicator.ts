import { formatDuration } from '../server/model/units.ts';
import type { Indicator } from './indicator.ts';
import { formatObjective } from './percentage.ts';
import type { Slices } from './slices.ts';

/** The keys of a definition that say what is measured, as they are written. */
export function printIndicator(indicator: Indicator): Readonly<Record<string, unknown>> {
  const slices = indicator.slices === undefined ? {} : { slices: printSlices(indicator.slices) };
  if (indicator.kind === 'availability') {
    return { availability: { total: indicator.total.text, [indicator.counts]: indicator.part.text }, ...slices };
  }
  const { histogram, threshold } = indicator;
  return { latency: { histogram: histogram.text, threshold: formatDuration(threshold) }, ...slices };
}

function printSlices({ every, good_at }: Slices) {
  return {
    every: formatDuration(every),
    ...(good_at === undefined ? { mean: true } : { good_at: formatObjective(good_at) }),
  };
}
