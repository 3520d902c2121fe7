import type { Alert } from '../server/model/alerts.ts';
import type { Buckets, SelectorFacts, Window, WindowCount } from '../server/model/engine.ts';
import { alignDown, DEFAULT_RINGS } from '../server/model/rings.ts';
import type { SloStatus } from '../server/model/slo.ts';
import { type Ms, ms } from '../server/model/units.ts';
import { type AlertStanding, inactiveAlert, nextAlert } from './alert-state.ts';
import type { Boundary } from './boundary.ts';
import { windowBefore } from './requirements.ts';
import type { SloDefinition } from './slo-definition.ts';
import { sloStatus } from './status.ts';
import { burnWindows } from './windows.ts';

/** What was known at one moment. */
export interface AlertMoment {
  readonly time: Ms;
  readonly status: SloStatus;
}

export interface AlertReplay {
  /** Every alert that fired, oldest first, as it stood in the end; the last may still fire. */
  readonly alerts: readonly Alert[];
  readonly standing: AlertStanding;
}

/** Runs the alert of one SLO along past moments, in their order. Nobody is told. */
export function replayAlerts(slo: string, moments: Iterable<AlertMoment>): AlertReplay {
  const alerts = new Map<string, Alert>();
  let standing = inactiveAlert(slo);
  for (const { time, status } of moments) {
    const step = nextAlert(standing, status, time);
    standing = step.standing;
    if (step.alert !== undefined && step.alert.state !== 'pending') alerts.set(step.alert.id, step.alert);
  }
  return { alerts: [...alerts.values()], standing };
}

/** The past of one SLO in columns: `total` and `part` begin with the first step of the SLO window before `start`, and have one step. */
export interface PastCounts {
  readonly definition: SloDefinition;
  readonly boundary?: Boundary | undefined;
  readonly facts: SelectorFacts;
  readonly total: Buckets;
  readonly part: Buckets;
  /** When its sources were silent: from the start of each gap until its end nothing was known. */
  readonly gaps: readonly Window[];
}

/** The longest step that measures every window of the SLO exactly, at most that of a ring. */
export function replayStep({ window, alerts }: SloDefinition): Ms {
  const windows = [window, ...burnWindows(window, alerts)];
  const fitting = DEFAULT_RINGS.filter(({ width }) => windows.every((length) => length % width === 0));
  return fitting.at(-1)?.width ?? ms(10_000);
}

/** The status at each step from `start` to `end`, as an evaluation at that moment would have made it. */
export function* pastStatuses(past: PastCounts, start: Ms, end: Ms): Generator<AlertMoment> {
  const { definition, boundary, facts, total, gaps } = past;
  const lengths = [definition.window, ...burnWindows(definition.window, definition.alerts)];
  const sums = [runningSums(past.total), runningSums(past.part)];
  const service = definition.service;
  for (let time = start; time <= end; time = ms(time + total.step)) {
    const gap = gaps.find((candidate) => time > candidate.start && time <= candidate.end);
    const completeTo = gap === undefined ? time : alignDown(gap.start, total.step);
    const windows = lengths.map((length) => windowBefore(completeTo, length));
    const counts = sums.map((sum) => windows.map((window) => countIn(window, sum, total)));
    const origin = { origin: 'past', collector: '', source: 'past', service, completeTo, drops: {} };
    const seen = { ...facts, origins: [origin.origin] };
    yield { time, status: sloStatus({ definition, boundary, facts: seen, origins: [origin], counts, now: time }) };
  }
}

/** Sum of all steps before each. */
function runningSums({ sums }: Buckets): Float64Array {
  const running = new Float64Array(sums.length + 1);
  for (const [i, sum] of sums.entries()) running[i + 1] = (running[i] ?? 0) + sum;
  return running;
}

function countIn(window: Window, running: Float64Array, { firstEnd, step }: Buckets): WindowCount {
  const at = (time: Ms): number => {
    const steps = Math.floor((time - (firstEnd - step)) / step);
    return running[Math.min(Math.max(steps, 0), running.length - 1)] ?? 0;
  };
  const sum = at(window.end) - at(window.start);
  return { window, sum, n: sum };
}
