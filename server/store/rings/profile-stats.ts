import type { RingProfileStats } from '../../model/engine.ts';
import { worstCaseBytesPerSeries } from '../limits.ts';
import type { SeriesIndex } from '../series/series-index.ts';
import type { RingPlan } from './ring-plan.ts';

/** What rings there are, how many series have them, and what these may take. */
export function profileStats(plan: RingPlan, index: SeriesIndex): readonly RingProfileStats[] {
  const counts = new Map<number, { series: number; waiting: number }>();
  for (const series of index.values()) {
    const count = counts.get(series.layout.profile) ?? { series: 0, waiting: 0 };
    counts.set(series.layout.profile, count);
    count.series++;
    if (!plan.fits(series)) count.waiting++;
  }
  return plan.profiles().map(({ id, rings, matches, isChosen }) => ({
    matches,
    rings: rings.map(({ width, span }) => ({ step_secs: width / 1000, keep_secs: span / 1000 })),
    ...(counts.get(id) ?? { series: 0, waiting: 0 }),
    bytesPerSeries: worstCaseBytesPerSeries(rings),
    ...(!isChosen && { retired: true as const }),
  }));
}
