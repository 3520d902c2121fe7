import { formatDuration } from '../../server/model/units.ts';
import { printComposite } from '../composite/composite-schema.ts';
import type { Slices } from '../figures/slices.ts';
import type { Indicator } from '../indicator.ts';
import { printComparison, type QueryIndicator } from '../query-indicator.ts';
import { formatObjective } from './percentage.ts';

/** The keys of a definition that say what is measured, as they are written. */
export function printIndicator(indicator: Indicator): Readonly<Record<string, unknown>> {
  switch (indicator.kind) {
    case 'availability':
      return {
        availability: { total: indicator.total.text, [indicator.counts]: indicator.part.text },
        ...printSlices(indicator.slices),
      };
    case 'latency':
      return printLatency(indicator);
    case 'query':
      return { query: printQuery(indicator) };
    case 'up': {
      const { every, good_at = 1 } = indicator.slices;
      const share = good_at === 1 ? {} : { good_at: formatObjective(good_at) };
      return { up: { metric: indicator.metric.text, every: formatDuration(every), ...share } };
    }
    case 'composite':
      return { composite: printComposite(indicator) };
  }
}

function printLatency({ histogram, slices, isPercentile, ...indicator }: Extract<Indicator, { kind: 'latency' }>) {
  const threshold = formatDuration(indicator.threshold);
  if (isPercentile !== true || slices === undefined) {
    return { latency: { histogram: histogram.text, threshold }, ...printSlices(slices) };
  }
  const quantile = formatObjective(slices.good_at ?? 1);
  return { percentile: { histogram: histogram.text, quantile, threshold, every: formatDuration(slices.every) } };
}

function printQuery({ query, good, slices: { every, good_at } }: QueryIndicator) {
  if (good !== 'error_ratio') return { expr: query.text, good: printComparison(good), every: formatDuration(every) };
  const share = good_at === undefined ? {} : { good_at: formatObjective(good_at) };
  return { error_ratio: query.text, every: formatDuration(every), ...share };
}

function printSlices(slices: Slices | undefined) {
  if (slices === undefined) return {};
  const { every, good_at } = slices;
  const judged = good_at === undefined ? { mean: true } : { good_at: formatObjective(good_at) };
  return { slices: { every: formatDuration(every), ...judged } };
}
