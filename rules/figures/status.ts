import type { OriginStatus, SelectorFacts, Window } from '../../server/model/engine.ts';
import type { Burn, HeardFigures, Reason, SloSource, SloStatus, StatusWindow } from '../../server/model/slo.ts';
import type { SloPart } from '../../server/model/slo-part.ts';
import { type Ms, ms } from '../../server/model/units.ts';
import { burnAlerts } from '../alerts/alert-condition.ts';
import { knownSources, type PartFacts } from '../composite/composite-standing.ts';
import { partRemarks, partStatuses } from '../composite/composite-status.ts';
import { excludedFigures } from '../exclusions/excluded-figures.ts';
import type { KeptCount } from '../exclusions/kept-counts.ts';
import type { SloDefinition } from '../slo-definition.ts';
import { nominalLength, type SloWindow, trafficPlace, type WindowFrame, windowAt } from '../slo-window.ts';
import type { Boundary } from './boundary.ts';
import type { EventCounts } from './budget.ts';
import { burnOf, exhaustionOf } from './burn.ts';
import { budgetWithin, eventsOf, type Tally, talliesOf } from './counted-events.ts';
import { constantsOf } from './slo-constants.ts';
import type { FedSource } from './sources.ts';
import { judge } from './state.ts';

/** What an evaluation of one SLO starts from. */
export interface Observation {
  readonly definition: SloDefinition;
  /** Columns (`Tally`) over each of `windowsOf(definition, times)`; empty when nothing could be counted. */
  readonly counts: readonly (readonly KeptCount[])[];
  /** Of `factsSelector(definition)`. */
  readonly facts: SelectorFacts;
  readonly origins: readonly OriginStatus[];
  /** Of a latency SLO: `findBoundary` over the values of `le`. */
  readonly boundary?: Boundary | undefined;
  /** Why the query of an SLO has no answer. */
  readonly unanswered?: string | undefined;
  /** Of a composite, which is `settled`: by part. */
  readonly parts?: readonly PartFacts[] | undefined;
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
  const { sources: fed, byPart, times } = knownSources(observation);
  const { asOf: end, heard } = times;
  const newest_event = newestOf(fed);
  const { window } = definition;
  const frame = windowAt(window, end);
  const { counted, whole, rest } = windowsOf(observation, frame);
  const events = eventsOf(definition, counted);
  const { total: traffic } = eventsOf(definition, whole);
  const budget = budgetWithin(definition, counted, whole);
  const windows = rest.map((tally) => eventsOf(definition, tally));
  const { description, lengths, pairs, silence } = constantsOf(definition);
  const burns = burnsOf(lengths, definition.objective, windows);
  const early = windows.slice(burns.length);
  const alerts = burnAlerts(burns, pairs);
  const excluded = excludedFigures(observation.counts, definition);
  const sources = fed.map(sourceData);
  const parts = partsOf(observation, counted, whole);
  const { state, reasons } = judge({
    definition,
    boundary: observation.boundary,
    unanswered: observation.unanswered,
    parts: partEvidence(observation, byPart),
    remarks: [...partRemarks(parts, observation.parts ?? []), ...damageRemarks(observation)],
    facts,
    sources,
    newest_event,
    events,
    excluded: excluded?.counts,
    traffic,
    budget,
    burns,
    alerts,
    asOf: end,
    now,
  });
  const dated = { as_of: end, window: windowData(window, { start: counted.window.start, end }, frame), counts: events };
  const attained = events.total > 0 ? { attained: events.good / events.total } : {};
  const spent = { budget: window.kind === 'calendar' ? { ...budget, events: traffic } : budget, burns, alerts };
  const late = heard !== undefined && early.length > 0 ? { heard: heardFigures(definition, heard, early) } : {};
  const told = { ...(parts.length > 0 && { parts }), ...(excluded !== undefined && { excluded }), ...late };
  const last = { exhaustion: exhaustionOf(budget, burns, frame), sources };
  const newest = newest_event === undefined ? {} : { newest_event };
  // Object.assign, because spreading into so many members makes an object of a slow kind: 20 us instead of one, for each SLO.
  return Object.assign({}, description, { state, reasons }, dated, attained, spent, told, silence, last, newest);
}

function partsOf({ definition }: Observation, counted: Tally, whole: Tally): readonly SloPart[] {
  const { indicator } = definition;
  return indicator.kind === 'composite' ? partStatuses(definition, indicator, counted, whole) : [];
}

/** Counts that may be too low are said to be. */
function damageRemarks({ definition: { service }, facts, parts = [] }: Observation): readonly Reason[] {
  const isDamaged = facts.damaged === true || parts.some((part) => part.facts.damaged);
  return isDamaged ? [{ code: 'data_damaged', args: { service } }] : [];
}

/** What tells of each part whether there are data of it. */
function partEvidence({ definition, parts = [], now }: Observation, sources: readonly (readonly FedSource[])[]) {
  const { indicator } = definition;
  if (indicator.kind !== 'composite') return undefined;
  return indicator.parts.flatMap((part, i) => {
    const fed = sources[i] ?? [];
    const { boundary, unanswered } = parts[i] ?? {};
    if (part.standing?.kind === 'late') return [];
    return [
      {
        definition: part.definition,
        boundary,
        unanswered,
        sources: fed.map(sourceData),
        newest_event: newestOf(fed),
        now,
      },
    ];
  });
}

function sourceData({ newest_event: _, ...source }: FedSource): SloSource {
  return source;
}

function windowData(window: SloWindow, counted: Window, { resets }: WindowFrame): StatusWindow {
  const data = { duration_secs: nominalLength(window) / 1000, ...counted };
  if (window.kind === 'rolling' || resets === undefined) return data;
  const { every, unit, zone } = window;
  return { ...data, calendar: { every, unit, zone, end: resets } };
}

function burnsOf(lengths: readonly Ms[], objective: number, windows: readonly EventCounts[]): readonly Burn[] {
  return lengths.map((length, i) => burnOf(length, windows[i] ?? NOTHING, objective));
}

function heardFigures(definition: SloDefinition, as_of: Ms, windows: readonly EventCounts[]): HeardFigures {
  const { lengths, pairs } = constantsOf(definition);
  const burns = burnsOf(lengths, definition.objective, windows);
  return { as_of, burns, alerts: burnAlerts(burns, pairs) };
}

/** What was counted over the SLO window, over what its budget is a share of, and over the burn windows of both moments. */
function windowsOf({ definition, counts }: Observation, { counted: window }: WindowFrame) {
  const tallies = talliesOf(counts);
  const place = trafficPlace(definition.window);
  const nothing: Tally = { window, sums: [] };
  const counted = tallies[0] ?? nothing;
  return { counted, whole: tallies[place] ?? counted, rest: tallies.slice(place + 1) };
}

function newestOf(sources: readonly FedSource[]): number | undefined {
  const known = sources.flatMap(({ newest_event }) => newest_event ?? []);
  return known.length === 0 ? undefined : ms(Math.max(...known));
}
