import type { ExcludedFigures, SloStatus } from '../../server/model/slo.ts';
import { budgetWithin, eventsOf, eventsWithin, type Tally } from '../figures/counted-events.ts';
import type { SloDefinition } from '../slo-definition.ts';
import { trafficPlace } from '../slo-window.ts';
import type { KeptCount } from './kept-counts.ts';
import { joined, lengthOf } from './spans.ts';

type Figures = Pick<SloStatus, 'counts' | 'attained' | 'budget'>;

/**
 * What is left out of the SLO window, and the figures if it were not, by the same arithmetic; undefined when nothing is.
 * @param counts in columns, the windows of the budget first.
 */
export function excludedFigures(
  counts: readonly (readonly KeptCount[])[],
  slo: SloDefinition,
): ExcludedFigures | undefined {
  // The totals: every other column.
  const excluded = counts.flatMap(([first], i) => (i % 2 === 0 ? (first?.excluded ?? []) : []));
  const place = trafficPlace(slo.window);
  const [counted, whole] = [wholeTally(counts, 0), wholeTally(counts, place)];
  if (excluded.length === 0 || counted === undefined || whole === undefined) return undefined;
  const out = { window: counted.window, sums: counts.map(([first]) => first?.excluded?.sum ?? 0) };
  return {
    seconds: lengthOf(joined(excluded.flatMap(({ spans }) => spans))) / 1000,
    counts: eventsWithin(slo, out, counted),
    otherwise: windowFigures(slo, counted, whole),
    exclusions: [...new Set(excluded.flatMap(({ by }) => by))],
  };
}

/** As if nothing were left out. */
function wholeTally(counts: readonly (readonly KeptCount[])[], place: number): Tally | undefined {
  const window = counts[0]?.[place]?.window;
  if (window === undefined) return undefined;
  return { window, sums: counts.map((column) => (column[place]?.sum ?? 0) + (column[place]?.excluded?.sum ?? 0)) };
}

function windowFigures(slo: SloDefinition, counted: Tally, whole: Tally): Figures {
  const counts = eventsOf(slo, counted);
  const attained = counts.total > 0 ? { attained: counts.good / counts.total } : {};
  return { counts, ...attained, budget: budgetWithin(slo, counted, whole) };
}
