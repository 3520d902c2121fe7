import { describe, expect, test } from 'vitest';
import { type AlertMoment, pastStatuses, replayAlerts } from '../../rules/alerts/alert-replay.ts';
import { ALERT_PAIRS, burnFactor } from '../../rules/alerts/windows.ts';
import { proposedSlo } from '../../rules/proposal.ts';
import type { SloDefinition } from '../../rules/slo-definition.ts';
import { longestLength } from '../../rules/slo-window.ts';
import type { Alert } from '../../server/model/alerts.ts';
import type { Buckets, Window } from '../../server/model/engine.ts';
import { DAY, HOUR, MINUTE, type Ms, ms, SECOND } from '../../server/model/units.ts';

/** The outage begins here; a fake clock steps on by the seconds of an evaluation. */
const T0 = ms(1_800_000_000_000);
const STEP = ms(10 * SECOND);
const STEPS = (from: Ms, to: Ms): number => (to - from) / STEP;

interface Story {
  readonly definition: SloDefinition;
  /** Events per step. */
  readonly perStep: number;
  /** The share of bad events at a moment, ms after the beginning. */
  readonly badShare: (after: number) => number;
  readonly until: Ms;
  readonly gaps?: readonly Window[];
}

/** Evaluates every ten seconds over exact counts, from a healthy past of a whole window. */
function* moments({ definition, perStep, badShare, until, gaps = [] }: Story): Generator<AlertMoment> {
  const from = ms(T0 - longestLength(definition.window) - HOUR);
  const end = ms(T0 + until);
  const column = (value: (after: number) => number): Buckets => {
    const sums = Array.from({ length: STEPS(from, end) }, (_, i) => value(from + i * STEP - T0));
    return { firstEnd: ms(from + STEP), step: STEP, sums };
  };
  const bad = (after: number): number => (after < 0 ? 0 : perStep * badShare(after));
  const facts = { series: 2, origins: [], oldest: from, newest: end };
  yield* pastStatuses({ definition, facts, columns: [column(() => perStep), column(bad)], gaps }, ms(T0 - HOUR), end);
}

const slo = (changes: Partial<SloDefinition> = {}): SloDefinition => ({
  ...proposedSlo('shop'),
  objective: 0.999,
  ...changes,
});
const alertsOf = (story: Omit<Story, 'definition'> & { definition?: SloDefinition }): readonly Alert[] => {
  const definition = story.definition ?? slo();
  return replayAlerts(definition.id, moments({ ...story, definition })).alerts;
};
const sinceT0 = (time: number | undefined): number | undefined => (time === undefined ? undefined : time - T0);
const events = (alert: Alert | undefined) => alert?.timeline.map(({ kind, tier }) => `${kind} ${tier}`);

const [FAST, SLOW, , SLOWEST] = ALERT_PAIRS;
const only = (...pairs: (typeof ALERT_PAIRS)[number][]) => slo({ alerts: pairs, no_data: 'none' });

describe('time to fire = (1 - SLO) / error ratio x window x burn rate', () => {
  const fires = (name: string, definition: SloDefinition, ratio: number, want: Ms) =>
    test(`${name} at ${ratio * 100} % bad: after ${want / 1000} s`, () => {
      const until = ms(want + HOUR);
      const [alert] = alertsOf({ definition, perStep: 1000, badShare: () => ratio, until });
      const fired = sinceT0(alert?.fired);
      // Strictly above the factor, seen by the next evaluation.
      expect(fired).toBeGreaterThan(want);
      expect(fired).toBeLessThanOrEqual(want + 2 * STEP);
    });
  // (0.001 / ratio) x 1 h x 14.4
  fires('1h/5m', only(FAST!), 1, ms(51.84 * SECOND));
  fires('1h/5m', only(FAST!), 0.1, ms(518.4 * SECOND));
  fires('1h/5m', only(FAST!), 0.02, ms(2592 * SECOND));
  // (0.001 / ratio) x 6 h x 6
  fires('6h/30m', only(SLOW!), 1, ms(129.6 * SECOND));
  fires('6h/30m', only(SLOW!), 0.01, ms(12_960 * SECOND));
  // (0.001 / ratio) x 3 d x 1
  fires('3d/6h', only(SLOWEST!), 0.01, ms(25_920 * SECOND));

  const silent = (name: string, definition: SloDefinition, ratio: number, until: Ms) =>
    test(`${name} at ${ratio * 100} % bad never fires`, () => {
      expect(alertsOf({ definition, perStep: 1000, badShare: () => ratio, until })).toEqual([]);
    });
  // A burn of exactly the factor spends exactly the share, not more.
  silent('1h/5m', only(FAST!), 0.0144, ms(3 * HOUR));
  silent('6h/30m', only(SLOW!), 0.006, ms(8 * HOUR));
  silent('3d/6h', only(SLOWEST!), 0.001, ms(4 * DAY));

  test('what was spent when it fires is burn rate x window / period', () => {
    const [alert] = alertsOf({ definition: only(FAST!), perStep: 1000, badShare: () => 0.02, until: HOUR });
    expect(alert?.figures.spent_ratio).toBeGreaterThan(0.02);
    expect(alert?.figures.spent_ratio).toBeLessThan(0.0201);
    expect(alert?.figures.pair.factor).toBe(burnFactor(FAST!, ms(30 * DAY)));
  });
});

describe('reset', () => {
  test('the short window clears five minutes after the errors stop, not the hour of the long one', () => {
    const stop = 10 * MINUTE;
    const badShare = (time: number) => (time < stop ? 1 : 0);
    const [alert] = alertsOf({ definition: only(FAST!), perStep: 1000, badShare, until: ms(2 * HOUR) });
    // 5 min x (1 - 14.4 x 0.001) after the stop the short window is down to the factor: 295.68 s.
    expect(sinceT0(alert?.resolved)).toBe(stop + 300_000);
    expect(events(alert)).toEqual(['fired page', 'resolved page']);
  });
  test('one incident is one alert: a page eases to a ticket and ends when the last pair lets go', () => {
    const badShare = (time: number) => (time < 10 * MINUTE ? 1 : 0);
    const [alert, ...more] = alertsOf({ perStep: 1000, badShare, until: ms(9 * HOUR) });
    expect(more).toEqual([]);
    expect(events(alert)).toEqual(['fired page', 'eased ticket', 'resolved ticket']);
    const [, eased] = alert?.timeline ?? [];
    expect(sinceT0(eased?.time)).toBeGreaterThan(30 * MINUTE);
    expect(sinceT0(alert?.resolved)).toBeGreaterThan(6 * HOUR);
    expect(alert).toMatchObject({ worst_tier: 'page', tier: 'ticket', resolved_by: 'recovered' });
  });
  test('a slow burn is a ticket and grows into a page', () => {
    const badShare = (time: number) => (time < 40 * HOUR ? 0.002 : 0.05);
    const [alert] = alertsOf({ perStep: 1000, badShare, until: ms(42 * HOUR) });
    expect(events(alert)).toEqual(['fired ticket', 'escalated page']);
    expect(sinceT0(alert?.fired)).toBeGreaterThan(36 * HOUR);
  });
});

describe('spikes', () => {
  test('five minutes of outage every ten fire, where a `for` of more would stay silent while 35 % of the budget goes', () => {
    const badShare = (time: number) => (time % (10 * MINUTE) < 5 * MINUTE ? 1 : 0);
    const [alert] = alertsOf({ definition: only(FAST!), perStep: 1000, badShare, until: ms(HOUR) });
    expect(sinceT0(alert?.fired)).toBeLessThan(2 * MINUTE);
  });
  test('a spike shorter than the share of the budget fires nothing', () => {
    const badShare = (time: number) => (time < 50 * SECOND ? 1 : 0);
    expect(alertsOf({ definition: only(FAST!), perStep: 1000, badShare, until: ms(2 * HOUR) })).toEqual([]);
  });
});

describe('silence is not health', () => {
  const outage = (time: number) => (time < 20 * MINUTE ? 1 : 0);
  test('a source that falls silent while firing neither resolves nor escalates', () => {
    const gaps = [{ start: ms(T0 + 10 * MINUTE), end: ms(T0 + 5 * HOUR) }];
    const [alert] = alertsOf({ definition: only(FAST!), perStep: 1000, badShare: outage, until: ms(6 * HOUR), gaps });
    expect(events(alert)).toEqual(['fired page', 'no_data page', 'data_back page', 'resolved page']);
    expect(sinceT0(alert?.timeline[1]?.time)).toBe(15 * MINUTE + STEP);
    expect(sinceT0(alert?.resolved)).toBe(5 * HOUR + STEP);
  });
  test('meanwhile it says since when nothing is known', () => {
    const gaps = [{ start: ms(T0 + 10 * MINUTE), end: ms(T0 + 5 * HOUR) }];
    const [alert] = alertsOf({ definition: only(FAST!), perStep: 1000, badShare: outage, until: ms(3 * HOUR), gaps });
    expect(alert).toMatchObject({ state: 'firing', no_data_since: T0 + 10 * MINUTE });
    expect(alert?.sentences.map(({ code }) => code)).toContain('no_data');
  });
  test('where no source says how far it is, since the figures judged last', () => {
    const run = [...moments({ definition: only(FAST!), perStep: 1000, badShare: outage, until: ms(5 * MINUTE) })];
    const { time, status } = run.at(-1)!;
    const unheard: AlertMoment = {
      time: ms(time + HOUR),
      status: { ...status, state: 'no_data', as_of: time + HOUR, sources: [{ origin: 'web-1/access' }] },
    };
    expect(replayAlerts('shop-availability', [...run, unheard]).standing.alert?.no_data_since).toBe(time);
  });
  test('figures too old to wake anybody are pending: told when fresh ones agree', () => {
    const gaps = [{ start: ms(T0 - 30 * MINUTE), end: ms(T0 - MINUTE) }];
    const story = { definition: only(FAST!), perStep: 1000, badShare: () => 1, until: ms(20 * MINUTE), gaps };
    const late = [...moments(story)].map((moment): AlertMoment => {
      const old = moment.time > T0 + 2 * MINUTE && moment.time < T0 + 10 * MINUTE;
      return old ? { ...moment, status: { ...moment.status, state: 'no_data' } } : moment;
    });
    const quiet = late.filter(({ time }) => time > T0 + 2 * MINUTE);
    const [alert] = replayAlerts('shop-availability', quiet).alerts;
    expect(events(alert)).toEqual(['pending page', 'fired page']);
    expect(sinceT0(alert?.since)).toBe(2 * MINUTE + STEP);
    expect(sinceT0(alert?.fired)).toBe(10 * MINUTE);
  });
  test('and forgotten when they do not', () => {
    const story = { definition: only(FAST!), perStep: 1000, badShare: (time: number) => (time < 3 * MINUTE ? 1 : 0) };
    const late = [...moments({ ...story, until: ms(20 * MINUTE) })].map((moment): AlertMoment => {
      const old = moment.time < T0 + 10 * MINUTE;
      return old ? { ...moment, status: { ...moment.status, state: 'no_data' } } : moment;
    });
    const { alerts, standing } = replayAlerts('shop-availability', late);
    expect(alerts).toEqual([]);
    expect(standing.alert).toBeUndefined();
  });
  test('no request in the short window is no recovery; the long window forgets in the end', () => {
    const definition = only(FAST!);
    const until = ms(3 * HOUR);
    const from = ms(T0 - longestLength(definition.window) - HOUR);
    const busy = (i: number) => from + i * STEP < T0 + 2 * MINUTE;
    const length = STEPS(from, ms(T0 + until));
    const total = Array.from({ length }, (_, i) => (busy(i) ? 1000 : 0));
    const part = Array.from({ length }, (_, i) => (busy(i) && from + i * STEP >= T0 ? 1000 : 0));
    const column = (sums: readonly number[]) => ({ firstEnd: ms(from + STEP), step: STEP, sums });
    const past = {
      definition,
      facts: { series: 2, origins: [], oldest: from, newest: T0 },
      columns: [column(total), column(part)] as const,
      gaps: [],
    };
    const [alert] = replayAlerts(definition.id, pastStatuses(past, ms(T0 - HOUR), ms(T0 + until))).alerts;
    expect(sinceT0(alert?.resolved)).toBe(HOUR + 2 * MINUTE);
  });
});

describe('a clock that jumps', () => {
  const story = { definition: only(FAST!), perStep: 1000, badShare: () => 1, until: ms(5 * MINUTE) };
  const run = [...moments(story)];
  const healthy = run.filter(({ time }) => time < T0 - 30 * MINUTE);
  test('back by less than ten minutes does not resolve', () => {
    const before = run.filter(({ time }) => time >= T0 - 4 * MINUTE && time <= T0);
    const { alerts, standing } = replayAlerts('shop-availability', [...run, ...before]);
    expect(alerts).toHaveLength(1);
    expect(standing.alert?.state).toBe('firing');
  });
  const monthAhead = (list: readonly AlertMoment[]) =>
    list.map(({ time, status }) => ({
      time: ms(time + 30 * DAY),
      status: { ...status, as_of: status.as_of + 30 * DAY },
    }));
  test('far ahead and back keeps the alert, and judges it by the right time', () => {
    const later = run.slice(-12);
    const { alerts, standing } = replayAlerts('shop-availability', [...run, ...monthAhead(run.slice(-1)), ...later]);
    expect(alerts).toHaveLength(1);
    expect(standing).toMatchObject({
      as_of: later.at(-1)!.status.as_of,
      alert: { state: 'firing', id: alerts[0]!.id },
    });
  });
  test('an outage that began far ahead ends when the right time is well, and lasted no less than no time', () => {
    const { alerts } = replayAlerts('shop-availability', [...monthAhead(run), ...healthy]);
    expect(alerts).toMatchObject([{ state: 'resolved', resolved: healthy[0]!.status.as_of }]);
    expect(alerts[0]!.since).toBeLessThanOrEqual(alerts[0]!.resolved!);
  });
  test('far back forgets what was judged while nothing fires', () => {
    const ahead = healthy.map(({ time, status }) => ({
      time: ms(time + DAY),
      status: { ...status, as_of: status.as_of + DAY },
    }));
    expect(replayAlerts('shop-availability', [...ahead, ...run]).alerts).toHaveLength(1);
  });
});

describe('low traffic', () => {
  const hourly = (bad: readonly number[], definition = only(FAST!)) => {
    const from = ms(T0 - longestLength(definition.window));
    const length = STEPS(from, ms(T0 + 12 * HOUR));
    const every = HOUR / STEP / 10;
    const total = Array.from({ length }, (_, i) => (i % every === 0 ? 1 : 0));
    const part = Array.from({ length }, (_, i) => {
      const request = (from + i * STEP - T0) / (6 * MINUTE);
      return bad.includes(request) ? 1 : 0;
    });
    const column = (sums: readonly number[]) => ({ firstEnd: ms(from + STEP), step: STEP, sums });
    const facts = { series: 2, origins: [], oldest: from, newest: T0 };
    const past = { definition, facts, columns: [column(total), column(part)] as const, gaps: [] };
    return replayAlerts(definition.id, pastStatuses(past, T0, ms(T0 + 12 * HOUR))).alerts;
  };
  test('of ten requests an hour one that fails is no rate, though it burns at 100x', () =>
    expect(hourly([20])).toEqual([]));
  test('two that fail are: 28 % of what 30 days allow', () => expect(hourly([20, 21])).toHaveLength(1));
  test('a definition may say that one is enough', () =>
    expect(hourly([20], only({ ...FAST!, min_events: 1 }))).toHaveLength(1));
  test('below its minimum of events a pair is silent', () =>
    expect(hourly([20, 21, 22], only({ ...FAST!, min_events: 11 }))).toEqual([]));
});
