import type { OriginStatus, SelectorFacts } from '../server/model/engine.ts';
import { invariant } from '../server/model/errors.ts';
import type { Burn, HeardFigures, SloStatus } from '../server/model/slo.ts';
import { type Ms, ms } from '../server/model/units.ts';
import { burnAlerts, leftOutAlerts } from './alert-condition.ts';
import type { Boundary } from './boundary.ts';
import { budgetOf, type EventCounts, eventCounts } from './budget.ts';
import { burnOf, exhaustionOf } from './burn.ts';
import { excludedFigures } from './excluded-figures.ts';
import { countedSide, countedUnit } from './indicator.ts';
import type { KeptCount } from './kept-counts.ts';
import { windowBefore } from './requirements.ts';
import { DEFAULT_NO_DATA, type SloDefinition } from './slo-definition.ts';
import { feedingOrigins, figureTimes } from './sources.ts';
import { judge } from './state.ts';
import { burnWindows } from './windows.ts';

/** What an evaluation of one SLO starts from. */
export interface Observation {
  readonly definition: SloDefinition;
  /** All events and one side (`countedSide`) over each of `windowsOf(definition, times)`; empty when nothing could be counted. */
  readonly counts: readonly (readonly KeptCount[])[];
  /** Of `factsSelector(definition)`. */
  readonly facts: SelectorFacts;
  readonly origins: readonly OriginStatus[];
  /** Of a latency SLO: `findBoundary` over the values of `le`. */
  readonly boundary?: Boundary | undefined;
  /** Why the query of an SLO has no answer. */
  readonly unanswered?: string | undefined;
  readonly now: Ms;
}

const NOTHING: EventCounts = { total: 0, good: 0, bad: 0 };

/**
 * The status of an SLO, and the only place it is computed: pure, from counts, facts, watermarks and `now`.
 *
 *     counts ---> events ---> budget, burns ---> alerts, exhaustion ---+
 *     facts, origins ---> sources ---> as_of -------------------------+--> state and reasons
 *
 * While sources are silent the burn windows are counted a second time, up to what the others have told: `heard`.
 */
export function sloStatus(observation: Observation): SloStatus {
  const { definition, facts, now } = observation;
  const fed = feedingOrigins(definition, facts, observation.origins);
  const { asOf: end, heard } = figureTimes(fed, now, definition);
  const newest_event = newestOf(fed.map((source) => source.newest_event));
  const sources = fed.map(({ newest_event: _, ...source }) => source);
  const { start, events, windows } = countsOf(observation, end);
  const { objective, window } = definition;
  const budget = budgetOf(events, objective);
  const burns = burnsOf(definition, windows);
  const early = windows.slice(burns.length);
  const alerts = burnAlerts(burns, definition);
  const left_out = leftOutAlerts(definition);
  const { no_data = DEFAULT_NO_DATA } = definition;
  const excluded = excludedFigures(observation.counts, events, definition);
  const figures = { sources, events, excluded: excluded?.counts, budget, burns, alerts, newest_event };
  return {
    ...descriptionOf(definition),
    ...judge({
      ...figures,
      definition,
      boundary: observation.boundary,
      unanswered: observation.unanswered,
      facts,
      asOf: end,
      now,
    }),
    as_of: end,
    window: { duration_secs: window / 1000, start, end },
    counts: events,
    ...(events.total > 0 && { attained: events.good / events.total }),
    budget,
    burns,
    alerts,
    ...(excluded !== undefined && { excluded }),
    ...(heard !== undefined && early.length > 0 && { heard: heardFigures(definition, heard, early) }),
    ...(no_data !== 'none' && { no_data_tier: no_data }),
    ...(left_out.length > 0 && { alerts_left_out: left_out }),
    exhaustion: exhaustionOf(budget, burns, window, end),
    sources,
    ...(newest_event !== undefined && { newest_event }),
  };
}

function burnsOf({ window, objective, alerts }: SloDefinition, windows: readonly EventCounts[]): readonly Burn[] {
  return burnWindows(window, alerts).map((length, i) => burnOf(length, windows[i] ?? NOTHING, objective));
}

function heardFigures(definition: SloDefinition, as_of: Ms, windows: readonly EventCounts[]): HeardFigures {
  const burns = burnsOf(definition, windows);
  return { as_of, burns, alerts: burnAlerts(burns, definition) };
}

function descriptionOf(definition: SloDefinition) {
  const { id, title, service, owner, labels, proposed, indicator, objective } = definition;
  const kind = indicator.kind;
  const threshold = indicator.kind === 'latency' ? { threshold_secs: indicator.threshold / 1000 } : {};
  const { slices } = indicator;
  const timed = slices && {
    every_secs: slices.every / 1000,
    ...(slices.good_at !== undefined && { good_at: slices.good_at }),
  };
  const counted = { unit: countedUnit(indicator), ...(timed && { slices: timed }) };
  return { id, title, service, owner, labels, proposed, kind, ...threshold, ...counted, objective };
}

/** The SLO window as it was really counted, and the burn windows of both moments, as events. */
function countsOf({ definition, counts }: Observation, end: Ms) {
  const [totals, parts] = counts;
  if (totals === undefined || parts === undefined) {
    return { start: windowBefore(end, definition.window).start, events: NOTHING, windows: [] };
  }
  const side = countedSide(definition.indicator);
  const all = totals.map((total, i) => {
    const part = parts[i];
    invariant(part !== undefined, 'a window counted for one selector of an SLO only');
    return eventCounts(total, part, side);
  });
  const [events = NOTHING, ...windows] = all;
  return { start: totals[0]?.window.start ?? end, events, windows };
}

function newestOf(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : ms(Math.max(...known));
}
