import type { OriginStatus, SelectorFacts, Window } from '../server/model/engine.ts';
import { invariant } from '../server/model/errors.ts';
import type { Burn, HeardFigures, SloStatus, StatusWindow } from '../server/model/slo.ts';
import { type Ms, ms } from '../server/model/units.ts';
import { burnAlerts, leftOutAlerts } from './alert-condition.ts';
import type { Boundary } from './boundary.ts';
import { budgetOf, type EventCounts, eventCounts } from './budget.ts';
import { burnOf, exhaustionOf } from './burn.ts';
import { excludedFigures } from './excluded-figures.ts';
import { countedSide, countedUnit } from './indicator.ts';
import type { KeptCount } from './kept-counts.ts';
import { badSilence, noDataTierOf } from './missing-policy.ts';
import { burnLengths } from './requirements.ts';
import type { SloDefinition } from './slo-definition.ts';
import { nominalLength, type SloWindow, trafficPlace, type WindowFrame, windowAt } from './slo-window.ts';
import { feedingOrigins, figureTimes } from './sources.ts';
import { judge } from './state.ts';

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
  const { objective, window } = definition;
  const frame = windowAt(window, end);
  const { start, events, traffic, windows } = countsOf(observation, frame);
  const budget = budgetOf({ ...events, total: traffic }, objective);
  const burns = burnsOf(definition, windows);
  const early = windows.slice(burns.length);
  const alerts = burnAlerts(burns, definition);
  const left_out = leftOutAlerts(definition);
  const no_data = noDataTierOf(definition);
  const bad_silence = badSilence(definition);
  const excluded = excludedFigures(observation.counts, { events, traffic }, definition);
  const figures = { sources, events, traffic, excluded: excluded?.counts, budget, burns, alerts, newest_event };
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
    window: windowData(window, { start, end }, frame),
    counts: events,
    ...(events.total > 0 && { attained: events.good / events.total }),
    budget: { ...budget, ...(window.kind === 'calendar' && { events: traffic }) },
    burns,
    alerts,
    ...(excluded !== undefined && { excluded }),
    ...(heard !== undefined && early.length > 0 && { heard: heardFigures(definition, heard, early) }),
    ...(no_data !== 'none' && { no_data_tier: no_data }),
    ...(bad_silence.length > 0 && { bad_silence }),
    ...(left_out.length > 0 && { alerts_left_out: left_out }),
    exhaustion: exhaustionOf(budget, burns, frame),
    sources,
    ...(newest_event !== undefined && { newest_event }),
  };
}

function windowData(window: SloWindow, counted: Window, { resets }: WindowFrame): StatusWindow {
  const data = { duration_secs: nominalLength(window) / 1000, ...counted };
  if (window.kind === 'rolling' || resets === undefined) return data;
  const { every, unit, zone } = window;
  return { ...data, calendar: { every, unit, zone, end: resets } };
}

function burnsOf(definition: SloDefinition, windows: readonly EventCounts[]): readonly Burn[] {
  return burnLengths(definition).map((length, i) => burnOf(length, windows[i] ?? NOTHING, definition.objective));
}

function heardFigures(definition: SloDefinition, as_of: Ms, windows: readonly EventCounts[]): HeardFigures {
  const burns = burnsOf(definition, windows);
  return { as_of, burns, alerts: burnAlerts(burns, definition) };
}

function descriptionOf(definition: SloDefinition) {
  const { id, title, service, owner, labels, proposed, indicator, objective, group } = definition;
  const grouped = group && { group: { of: group.of, labels: group.labels } };
  const kind = indicator.kind;
  const threshold = indicator.kind === 'latency' ? { threshold_secs: indicator.threshold / 1000 } : {};
  const { slices } = indicator;
  const timed = slices && {
    every_secs: slices.every / 1000,
    ...(slices.good_at !== undefined && { good_at: slices.good_at }),
  };
  const counted = { unit: countedUnit(indicator), ...(timed && { slices: timed }) };
  return { id, title, service, owner, labels, ...grouped, proposed, kind, ...threshold, ...counted, objective };
}

/** The SLO window as it was really counted, the events its budget is a share of, and the burn windows of both moments. */
function countsOf({ definition, counts }: Observation, { counted }: WindowFrame) {
  const [totals, parts] = counts;
  if (totals === undefined || parts === undefined) {
    return { start: counted.start, events: NOTHING, traffic: 0, windows: [] };
  }
  const side = countedSide(definition.indicator);
  const all = totals.map((total, i) => {
    const part = parts[i];
    invariant(part !== undefined, 'a window counted for one selector of an SLO only');
    return eventCounts(total, part, side);
  });
  const [events = NOTHING] = all;
  const place = trafficPlace(definition.window);
  const traffic = all[place]?.total ?? 0;
  return { start: totals[0]?.window.start ?? counted.start, events, traffic, windows: all.slice(place + 1) };
}

function newestOf(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : ms(Math.max(...known));
}
