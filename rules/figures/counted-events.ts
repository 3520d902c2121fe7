import type { Buckets, Window, WindowSum } from '../../server/model/engine.ts';
import { type CompositeIndicator, compositeEvents, type PartCounts, weighedEvents } from '../composite/composite.ts';
import { stepWindows } from '../exclusions/kept-buckets.ts';
import { countedSide } from '../indicator.ts';
import type { SloDefinition } from '../slo-definition.ts';
import { type Budget, budgetOf, type EventCounts, splitEvents } from './budget.ts';

/**
 * What was counted for an SLO over one window: all events and one side (`countedSide`); of a composite those of each part, one after
 * another.
 */
export interface Tally {
  readonly window: Window;
  readonly sums: readonly number[];
}

/** The tallies of all windows, from columns of counts; none when nothing could be counted. */
export function talliesOf(columns: readonly (readonly WindowSum[])[]): readonly Tally[] {
  return (columns[0] ?? []).map(({ window }, i) => ({ window, sums: columns.map((column) => column[i]?.sum ?? 0) }));
}

/** Those of the steps of a chart. */
export function stepTallies(columns: readonly Buckets[]): readonly Tally[] {
  const [first] = columns;
  if (first === undefined) return [];
  return stepWindows(first).map((window, i) => ({ window, sums: columns.map(({ sums }) => sums[i] ?? 0) }));
}

/** The events of an SLO over a window. */
export function eventsOf({ indicator }: SloDefinition, tally: Tally): EventCounts {
  if (indicator.kind === 'composite') return compositeEvents(indicator.parts, partCounts(indicator, tally));
  return splitEvents(tally.sums[0] ?? 0, tally.sums[1] ?? 0, countedSide(indicator));
}

/** The events of a window within `whole`: those of all steps of it add up to its own. */
export function eventsWithin(slo: SloDefinition, tally: Tally, whole: Tally): EventCounts {
  const { indicator } = slo;
  if (indicator.kind !== 'composite') return eventsOf(slo, tally);
  return weighedEvents(indicator.parts, partCounts(indicator, tally), partCounts(indicator, whole));
}

/** The budget that the events of `whole` make, less what the window within it spent. */
export function budgetWithin(slo: SloDefinition, tally: Tally, whole: Tally): Budget {
  const { total } = eventsOf(slo, whole);
  return budgetOf({ ...eventsWithin(slo, tally, whole), total }, slo.objective);
}

export function partCounts({ parts }: CompositeIndicator, { window, sums }: Tally): PartCounts {
  const events = parts.map(({ definition }, i) =>
    splitEvents(sums[2 * i] ?? 0, sums[2 * i + 1] ?? 0, countedSide(definition.indicator)),
  );
  return { window, events };
}
