import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, test } from 'vitest';
import { exhaustionOf } from '../../rules/figures/burn.ts';
import { burnDown } from '../../rules/history/burn-down.ts';
import {
  type CalendarDay,
  type CalendarWindow,
  longestLength,
  nominalLength,
  periodAt,
  rolling,
  windowAt,
} from '../../rules/slo-window.ts';
import { CALENDAR_UNITS, type CalendarUnit } from '../../server/model/slo.ts';
import { DAY, HOUR, MINUTE, type Ms, ms } from '../../server/model/units.ts';
import { slo, statusOf } from './observation.ts';

const moment = (iso: string): Ms => ms(Date.parse(iso));
const calendar = (unit: CalendarUnit, zone = 'UTC', every = 1, from?: CalendarDay): CalendarWindow => ({
  kind: 'calendar',
  every,
  unit,
  zone,
  ...(from && { from }),
});

describe('the period of a moment', () => {
  const period = (window: CalendarWindow, at: string, start: string, end: string) =>
    test(`${window.every} ${window.unit} of ${window.zone} at ${at}`, () => {
      const got = periodAt(window, moment(at));
      expect([got.start, got.end].map((time) => new Date(time).toISOString().replace('.000', ''))).toEqual([
        start,
        end,
      ]);
    });
  const paris = (unit: CalendarUnit) => calendar(unit, 'Europe/Paris');
  // A border belongs to what it ends.
  period(calendar('day'), '2026-11-21T00:00:00Z', '2026-11-20T00:00:00Z', '2026-11-21T00:00:00Z');
  period(calendar('day'), '2026-11-21T00:00:00.001Z', '2026-11-21T00:00:00Z', '2026-11-22T00:00:00Z');
  // Clocks are put forward, and back.
  period(paris('day'), '2026-03-29T12:00:00Z', '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z');
  period(paris('day'), '2026-10-25T12:00:00Z', '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z');
  period(paris('week'), '2026-11-21T12:00:00Z', '2026-11-15T23:00:00Z', '2026-11-22T23:00:00Z');
  period(paris('month'), '2026-11-21T12:00:00Z', '2026-10-31T23:00:00Z', '2026-11-30T23:00:00Z');
  period(paris('quarter'), '2026-11-21T12:00:00Z', '2026-09-30T22:00:00Z', '2026-12-31T23:00:00Z');
  period(paris('year'), '2028-02-29T12:00:00Z', '2027-12-31T23:00:00Z', '2028-12-31T23:00:00Z');
  // Where the change skips midnight the day begins at one o'clock; where it repeats it, the first time.
  period(calendar('day', 'America/Sao_Paulo'), '2018-11-04T12:00:00Z', '2018-11-04T03:00:00Z', '2018-11-05T02:00:00Z');
  period(calendar('day', 'America/Havana'), '2026-11-01T12:00:00Z', '2026-11-01T04:00:00Z', '2026-11-02T05:00:00Z');
  // Samoa had no 30 December 2011.
  period(calendar('day', 'Pacific/Apia'), '2011-12-30T11:00:00Z', '2011-12-30T10:00:00Z', '2011-12-31T10:00:00Z');
  // Of one's own start.
  const sprint = calendar('week', 'UTC', 2, { year: 2026, month: 1, day: 7 });
  period(sprint, '2026-01-21T00:00:00Z', '2026-01-07T00:00:00Z', '2026-01-21T00:00:00Z');
  period(sprint, '2026-01-21T00:00:01Z', '2026-01-21T00:00:00Z', '2026-02-04T00:00:00Z');
  period(sprint, '2026-01-01T00:00:00Z', '2025-12-24T00:00:00Z', '2026-01-07T00:00:00Z');
  const last = calendar('month', 'UTC', 1, { year: 2026, month: 1, day: 31 });
  period(last, '2026-02-10T00:00:00Z', '2026-01-31T00:00:00Z', '2026-02-28T00:00:00Z');
  period(last, '2026-03-10T00:00:00Z', '2026-02-28T00:00:00Z', '2026-03-31T00:00:00Z');
});

const ZONES = ['UTC', 'Europe/Paris', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'America/Sao_Paulo'];

test('periods are those of another calendar library, and follow on one another', () => {
  const time = fc.integer({ min: Date.parse('1990-01-01'), max: Date.parse('2037-01-01') });
  fc.assert(
    fc.property(time, fc.constantFrom(...ZONES), fc.constantFrom(...CALENDAR_UNITS), (at, zone, unit) => {
      const window = calendar(unit, zone);
      const { start, end } = periodAt(window, ms(at));
      const want = DateTime.fromMillis(at - 1, { zone }).startOf(unit);
      expect([start, end]).toEqual([
        want.toMillis(),
        want
          .plus({ [unit]: 1 })
          .startOf(unit)
          .toMillis(),
      ]);
      expect(periodAt(window, start).end).toBe(start);
      expect(end - start).toBeLessThanOrEqual(longestLength(window));
    }),
    { seed: 31, numRuns: 400 },
  );
});

test('periods of one’s own start hold every moment once', () => {
  const from = fc.record({ year: fc.integer({ min: 1990, max: 2030 }), month: fc.integer({ min: 1, max: 12 }) });
  const day = fc.integer({ min: 1, max: 28 });
  const time = fc.integer({ min: Date.parse('1990-01-01'), max: Date.parse('2037-01-01') });
  const units = fc.constantFrom(...CALENDAR_UNITS);
  fc.assert(
    fc.property(from, day, time, units, fc.integer({ min: 1, max: 12 }), (first, date, at, unit, every) => {
      const window = calendar(unit, 'Europe/Paris', every, { ...first, day: date });
      const { start, end } = periodAt(window, ms(at));
      expect(start < at && at <= end).toBe(true);
      expect(periodAt(window, ms(end + 1)).start).toBe(end);
      const borders = [start, end].map((border) => DateTime.fromMillis(border, { zone: 'Europe/Paris' }));
      const begun = DateTime.fromObject({ ...first, day: date }, { zone: 'Europe/Paris' });
      const steps = borders[0]!.diff(begun, `${unit}s`).as(`${unit}s`) / every;
      expect(steps).toBeCloseTo(Math.round(steps), 6);
      expect(borders[0]!.plus({ [unit]: every }).toMillis()).toBe(end);
    }),
    { seed: 32, numRuns: 300 },
  );
});

describe('lengths', () => {
  const lengths = (window: CalendarWindow, nominal: number, longest: number) =>
    test(`${window.every} ${window.unit}`, () => {
      expect(nominalLength(window)).toBe(nominal * DAY);
      expect(longestLength(window)).toBe(longest * DAY + HOUR);
    });
  lengths(calendar('day'), 1, 1);
  lengths(calendar('week'), 7, 7);
  lengths(calendar('month'), 30, 31);
  lengths(calendar('month', 'UTC', 2), 60, 62);
  lengths(calendar('quarter'), 90, 92);
  lengths(calendar('year'), 365, 366);
  lengths(calendar('week', 'UTC', 2), 14, 14);
});

describe('the budget of a calendar month', () => {
  const month = slo({ window: calendar('month'), objective: 0.99, minimum_events: 100 });
  const at = (iso: string, events: readonly (readonly [iso: string, good: number, bad: number])[]) => {
    const told = events.flatMap(([time, good, bad]) => [
      ...Array.from({ length: good }, () => ({ time: moment(time), bad: false })),
      ...Array.from({ length: bad }, () => ({ time: moment(time), bad: true })),
    ]);
    const now = moment(iso);
    const origins = [
      {
        origin: 'web-1/access',
        collector: 'web-1',
        source: 'access',
        service: 'shop',
        completeTo: now,
        newestEvent: now,
        state: 'ok',
        drops: {},
      } as const,
    ];
    return statusOf(month, told, { now, origins });
  };
  const october = ['2026-10-15T12:00:00Z', 990, 10] as const;

  test('starts anew: what October spent is not spent in November', () => {
    const before = at('2026-11-01T00:00:00Z', [october]);
    expect(before.window).toMatchObject({ start: moment('2026-10-01T00:00:00Z'), end: moment('2026-11-01T00:00:00Z') });
    expect(before).toMatchObject({ state: 'exhausted', budget: { allowed: 10, spent: 10, left: 0 } });
    const after = at('2026-11-01T00:00:10Z', [october]);
    expect(after.budget).toEqual({ allowed: 10, spent: 0, left: 10, left_ratio: 1, events: 1000 });
    expect(after).toMatchObject({ state: 'ok', counts: { total: 0, good: 0, bad: 0 } });
    expect(after.attained).toBeUndefined();
  });
  test('an outage in its first minute is held against a whole month, not against a minute', () => {
    const status = at('2026-11-01T00:01:00Z', [october, ['2026-11-01T00:00:30Z', 0, 4]]);
    expect(status.budget).toMatchObject({ events: 1004, allowed: 10.04, spent: 4 });
    expect(status.state).not.toBe('exhausted');
  });
  test('when it is over its budget is a share of its own events', () => {
    const status = at('2026-12-01T00:00:00Z', [october, ['2026-11-20T00:00:00Z', 400, 2]]);
    expect(status.budget).toMatchObject({ events: 402, spent: 2, left: 2.02 });
    expect(status.window.calendar).toMatchObject({ unit: 'month', zone: 'UTC', end: moment('2026-12-01T00:00:00Z') });
  });
  test('alerts keep the factors of 30 days in every month', () => {
    for (const time of ['2026-02-10T00:00:00Z', '2026-03-10T00:00:00Z']) {
      expect(at(time, [october]).alerts.map(({ factor }) => Number(factor.toFixed(9)))).toEqual([14.4, 6, 3, 1]);
    }
  });
});

describe('how long the budget of a period lasts', () => {
  const asOf = moment('2026-11-11T00:00:00Z');
  const lasts = (leftRatio: number, rate: number, want: ReturnType<typeof exhaustionOf>) =>
    test(`${leftRatio} at ${rate}`, () => {
      const budget = { allowed: 100, spent: 100 - 100 * leftRatio, left: 100 * leftRatio, left_ratio: leftRatio };
      const burns = [{ window_secs: 3600, total: 1, bad: 0, rate }];
      expect(exhaustionOf(budget, burns, windowAt(calendar('month'), asOf))).toEqual(want);
    });
  // Twenty of thirty days are to come.
  lasts(1, 1.49, { kind: 'lasts' });
  lasts(1, 1.6, { kind: 'at', time: asOf + 18.75 * DAY });
  lasts(0.1, 0.5, { kind: 'at', time: asOf + 6 * DAY });
  lasts(0.5, 0, { kind: 'lasts' });
  lasts(0, 0, { kind: 'spent' });
});

test('the ideal line falls to 0 at the end of the period, 25 hours after its start when clocks are put back', () => {
  const asOf = moment('2026-10-25T10:30:00Z');
  const { counted, resets, length } = windowAt(calendar('day', 'Europe/Paris'), asOf);
  expect(length).toBe(25 * HOUR);
  const step = { time: asOf, total: 1, good: 1, bad: 0 };
  const line = burnDown([step], { allowed: 1, spent: 0 }, { start: counted.start, end: resets ?? 0 });
  expect(line.at(-1)?.ideal).toBe(0.5);
});

test('a rolling window never starts anew', () => {
  expect(windowAt(rolling(HOUR), ms(10 * MINUTE))).toEqual({
    counted: { start: -50 * MINUTE, end: 10 * MINUTE },
    length: HOUR,
  });
});
