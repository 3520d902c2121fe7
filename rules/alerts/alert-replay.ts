import type { Alert, AlertFigures, AlertTier } from '../../server/model/alerts.ts';
import type { Buckets, SelectorFacts, Window, WindowCount } from '../../server/model/engine.ts';
import { alignDown, DEFAULT_RINGS, type RingProfile } from '../../server/model/rings.ts';
import type { SloStatus } from '../../server/model/slo.ts';
import { MINUTE, type Ms, ms } from '../../server/model/units.ts';
import type { Boundary } from '../figures/boundary.ts';
import type { EventCounts } from '../figures/budget.ts';
import { burnOf } from '../figures/burn.ts';
import { eventsOf, type Tally } from '../figures/counted-events.ts';
import { burnLengths, figureWindows, windowBefore } from '../figures/requirements.ts';
import { sliceGrid } from '../figures/slices.ts';
import { sloStatus } from '../figures/status.ts';
import type { SloDefinition } from '../slo-definition.ts';
import { pairsOf, pairVerdict } from './alert-condition.ts';
import { type AlertStanding, inactiveAlert, nextAlert } from './alert-state.ts';

/** What was known at one moment. */
export interface AlertMoment {
  readonly time: Ms;
  /** No pair of windows is above its factor: no alert begins here. Absent: not known. */
  readonly isQuiet?: boolean;
  readonly status: SloStatus;
}

export interface AlertCall {
  readonly alert: string;
  readonly time: Ms;
  readonly tier: AlertTier;
  /** Those that made it call. */
  readonly figures: AlertFigures;
}

export interface AlertReplay {
  /** Every alert that fired, oldest first, as it stood in the end; the last may still fire. */
  readonly alerts: readonly Alert[];
  /** When each of them first called for somebody, by tier. */
  readonly calls: readonly AlertCall[];
  readonly standing: AlertStanding;
}

/** Runs the alert of one SLO along past moments, in their order. Nobody is told. */
export function replayAlerts(slo: string, moments: Iterable<AlertMoment>): AlertReplay {
  const alerts = new Map<string, Alert>();
  const calls: AlertCall[] = [];
  let standing = inactiveAlert(slo);
  for (const moment of moments) {
    // Most of the past is quiet, and a status is many times the work of knowing that.
    if (standing.alert === undefined && moment.isQuiet === true) continue;
    const step = nextAlert(standing, moment.status, moment.time);
    standing = step.standing;
    if (step.alert === undefined || step.alert.state === 'pending') continue;
    if (isCall(step.alert, alerts.get(step.alert.id))) calls.push(callOf(step.alert, moment.time));
    alerts.set(step.alert.id, step.alert);
  }
  return { alerts: [...alerts.values()], calls, standing };
}

function isCall({ state, worst_tier }: Alert, before: Alert | undefined): boolean {
  return state === 'firing' && before?.worst_tier !== worst_tier;
}

function callOf({ id, worst_tier, figures }: Alert, time: Ms): AlertCall {
  return { alert: id, time, tier: worst_tier, figures };
}

/** The past of one SLO in columns, which begin with the first step of the SLO window before `start`, and have one step. */
export interface PastCounts {
  readonly definition: SloDefinition;
  readonly boundary?: Boundary | undefined;
  readonly facts: SelectorFacts;
  readonly columns: readonly [Buckets, ...Buckets[]];
  /** When its sources were silent: from the start of each gap until its end nothing was known. */
  readonly gaps: readonly Window[];
  /** Before it the store keeps only steps that are wider; slices of one length are counted from there on. */
  readonly sharpFrom?: Ms;
}

/** Clocks of all zones differ by whole quarters of an hour, so periods of a calendar begin on one. */
const CALENDAR_GRID = ms(15 * MINUTE);

/**
 * The longest slot of a ring that measures every window of the SLO exactly and is a number of its slices.
 * @param rings those of its series, by selector (`ringsOf`).
 */
export function replayStep(slo: SloDefinition, rings: readonly (readonly RingProfile[])[] = [DEFAULT_RINGS]): Ms {
  const windows = [slo.window.kind === 'rolling' ? slo.window.length : CALENDAR_GRID, ...burnLengths(slo)];
  const slice = sliceGrid(slo.indicator) ?? ms(1);
  const finest = rings.flatMap(([ring]) => ring?.width ?? []);
  const isFit = (width: Ms): boolean =>
    width % slice === 0 &&
    windows.every((length) => length % width === 0) &&
    finest.every((slot) => width % slot === 0 || slot % width === 0);
  const fitting = rings.flatMap((ring) => ring.map(({ width }) => width)).filter(isFit);
  return ms(fitting.length > 0 ? Math.max(...fitting) : Math.max(slice, ...finest));
}

/** The status at each step from `start` to `end`, as an evaluation at that moment would have made it; worked out when it is asked for. */
export function* pastStatuses(past: PastCounts, start: Ms, end: Ms): Generator<AlertMoment> {
  const { gaps, columns } = past;
  const [{ step }] = columns;
  const counts = runningCounts(past);
  const isQuiet = quietTest(past, counts);
  for (let time = start; time <= end; time = ms(time + step)) {
    const gap = gaps.find((candidate) => time > candidate.start && time <= candidate.end);
    const completeTo = gap === undefined ? time : alignDown(gap.start, step);
    yield {
      time,
      isQuiet: isQuiet(completeTo),
      get status() {
        return pastStatus(past, counts, time, completeTo);
      },
    };
  }
}

/** Sums of all steps before each, by column. */
type Running = readonly Float64Array[];

function pastStatus(past: PastCounts, counts: Running, time: Ms, completeTo: Ms): SloStatus {
  const { definition, boundary, facts, columns } = past;
  const [grid] = columns;
  const windows = figureWindows(definition, completeTo);
  const counted = counts.map((sums) => windows.map((window) => countIn(window, sums, grid)));
  const origin = { origin: 'past', collector: '', source: 'past', service: definition.service, completeTo, drops: {} };
  const seen = { ...facts, origins: [origin.origin] };
  const { indicator } = definition;
  const parts = indicator.kind === 'composite' ? indicator.parts.map(() => ({ facts: seen })) : undefined;
  return sloStatus({ definition, boundary, facts: seen, parts, origins: [origin], counts: counted, now: time });
}

/** The events of any window of the past whose borders are borders of steps. */
export function pastEvents(past: PastCounts, counts = runningCounts(past)): (window: Window) => EventCounts {
  const tallyIn = pastTally(past, counts);
  return (window) => eventsOf(past.definition, tallyIn(window));
}

export function pastTally({ columns }: PastCounts, counts: Running): (window: Window) => Tally {
  return (window) => ({ window, sums: counts.map((sums) => sumIn(window, sums, columns[0])) });
}

/** Whether no pair is above its factor, with the arithmetic of the status and nothing else. */
function quietTest(past: PastCounts, counts: Running): (completeTo: Ms) => boolean {
  const { definition } = past;
  const { objective } = definition;
  const pairs = pairsOf(definition);
  const eventsIn = pastEvents(past, counts);
  return (completeTo) =>
    pairs.every((pair) => {
      const lengths = [ms(pair.long_secs * 1000), ms(pair.short_secs * 1000)];
      const burns = lengths.map((length) => burnOf(length, eventsIn(windowBefore(completeTo, length)), objective));
      return pairVerdict(pair, burns) !== 'above';
    });
}

export function runningCounts({ columns }: PastCounts): Running {
  return columns.map(runningSums);
}

function runningSums({ sums }: Buckets): Float64Array {
  const running = new Float64Array(sums.length + 1);
  for (const [i, sum] of sums.entries()) running[i + 1] = (running[i] ?? 0) + sum;
  return running;
}

function countIn(window: Window, running: Float64Array, column: Buckets): WindowCount {
  const sum = sumIn(window, running, column);
  return { window, sum, n: sum };
}

function sumIn({ start, end }: Window, running: Float64Array, { firstEnd, step }: Buckets): number {
  const at = (time: Ms): number => {
    const steps = Math.floor((time - (firstEnd - step)) / step);
    return running[Math.min(Math.max(steps, 0), running.length - 1)] ?? 0;
  };
  return at(end) - at(start);
}
