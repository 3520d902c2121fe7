import type { Reason } from '../../server/model/slo.ts';
import type { SloPart } from '../../server/model/slo-part.ts';
import { partCounts, type Tally } from '../figures/counted-events.ts';
import { errorBudgetShare, type SloDefinition } from '../slo-definition.ts';
import { type CompositeIndicator, partShares, spentByPart } from './composite.ts';
import type { PartFacts } from './composite-standing.ts';

/** The parts of a composite as its status tells them, in the order of the file, from the window of its budget and what that is a share of. */
export function partStatuses(
  { objective }: SloDefinition,
  indicator: CompositeIndicator,
  counted: Tally,
  whole: Tally,
): readonly SloPart[] {
  const counts = partCounts(indicator, counted);
  const spent = spentByPart(indicator.parts, counts, partCounts(indicator, whole), errorBudgetShare(objective));
  return partShares(indicator.parts, counts).map(({ part, state, share }, i) => {
    const { total = 0, good = 0, bad = 0 } = counts.events[i] ?? {};
    const { slo, weight, late, grouped, definition } = part;
    return {
      ...{ slo, title: definition.title, weight, late, state, share },
      ...(grouped && { grouped }),
      counts: { total, good, bad },
      ...(total > 0 && { attained: good / total }),
      spent_ratio: spent[i] ?? 0,
    };
  });
}

/** Which parts do not count by their events alone, and why. */
export function partRemarks(parts: readonly SloPart[], facts: readonly PartFacts[]): readonly Reason[] {
  return parts.flatMap(({ slo, state }, i) => {
    if (state === 'counted') return [];
    const why = state === 'no_traffic' && facts[i]?.facts.series === 0 ? 'no_series' : state;
    return [{ code: 'part_not_counted', args: { part: slo, why } } as const];
  });
}
