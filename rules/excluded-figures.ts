import type { ExcludedFigures, SloStatus } from '../server/model/slo.ts';
import { budgetOf, type EventCounts, splitEvents } from './budget.ts';
import { countedSide } from './indicator.ts';
import type { KeptCount } from './kept-counts.ts';
import type { SloDefinition } from './slo-definition.ts';
import { trafficPlace } from './slo-window.ts';
import { lengthOf } from './spans.ts';

type Figures = Pick<SloStatus, 'counts' | 'attained' | 'budget'>;

/**
 * The figures of a window from its counts: the same arithmetic with and without exclusions.
 * @param traffic events the budget is a share of.
 */
function windowFigures(counts: EventCounts, traffic: number, objective: number): Figures {
  const attained = counts.total > 0 ? { attained: counts.good / counts.total } : {};
  return { counts, ...attained, budget: budgetOf({ ...counts, total: traffic }, objective) };
}

/**
 * What is left out of the SLO window, and the figures if it were not; undefined when nothing is.
 * @param counts of all events and of one side, the windows of the budget first.
 * @param kept what they count.
 */
export function excludedFigures(
  counts: readonly (readonly KeptCount[])[],
  { events: kept, traffic }: { readonly events: EventCounts; readonly traffic: number },
  { objective, indicator, window }: SloDefinition,
): ExcludedFigures | undefined {
  const [total, part] = counts.map(([first]) => first?.excluded);
  if (total === undefined) return undefined;
  const out = splitEvents(total.sum, part?.sum ?? 0, countedSide(indicator));
  const all = { total: kept.total + out.total, good: kept.good + out.good, bad: kept.bad + out.bad };
  return {
    seconds: lengthOf(total.spans) / 1000,
    counts: out,
    otherwise: windowFigures(all, traffic + (counts[0]?.[trafficPlace(window)]?.excluded?.sum ?? 0), objective),
    exclusions: total.by,
  };
}
