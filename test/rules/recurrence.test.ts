import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { namesItsStart, occurrences, readRecurrence } from '../../rules/exclusions/recurrence.ts';
import { DAY, HOUR, MINUTE, type Ms, ms } from '../../server/model/units.ts';
import { seededOfRun } from '../support/random.ts';

const at = (text: string): Ms => ms(Date.parse(text));
const iso = (time: Ms): string => new Date(time).toISOString().replace(':00.000Z', 'Z');
const [PARIS, YORK] = ['Europe/Paris', 'America/New_York'];

describe('the first occurrences of a rule', () => {
  const f = (rule: string, zone: string, first: string, want: readonly string[]) =>
    test(`${rule} in ${zone}`, () => {
      const read = readRecurrence({ rule, zone });
      const starts = at(first);
      const found = occurrences(read, starts, starts, ms(starts + 800 * DAY));
      expect(found.slice(0, want.length).map(iso)).toEqual(want);
      expect(namesItsStart(read, starts)).toBe(true);
    });
  f('FREQ=DAILY', 'UTC', '2026-02-27T23:30Z', ['2026-02-27T23:30Z', '2026-02-28T23:30Z', '2026-03-01T23:30Z']);
  f('FREQ=DAILY;INTERVAL=2', 'UTC', '2026-02-27T00:00Z', ['2026-02-27T00:00Z', '2026-03-01T00:00Z']);
  // On 29 March 2026 clocks in Paris go from 02:00 to 03:00, on 25 October from 03:00 back to 02:00.
  f('FREQ=DAILY', PARIS, '2026-03-28T01:30Z', ['2026-03-28T01:30Z', '2026-03-29T01:30Z', '2026-03-30T00:30Z']);
  f('FREQ=DAILY', PARIS, '2026-10-24T00:30Z', ['2026-10-24T00:30Z', '2026-10-25T00:30Z', '2026-10-26T01:30Z']);
  f('FREQ=DAILY', PARIS, '2026-03-28T20:00Z', ['2026-03-28T20:00Z', '2026-03-29T19:00Z']);
  // In New York on 8 March and 1 November.
  f('FREQ=WEEKLY;BYDAY=SU', YORK, '2026-03-01T07:15Z', ['2026-03-01T07:15Z', '2026-03-08T07:15Z', '2026-03-15T06:15Z']);
  f('FREQ=WEEKLY;BYDAY=SU', YORK, '2026-10-25T05:30Z', ['2026-10-25T05:30Z', '2026-11-01T05:30Z', '2026-11-08T06:30Z']);
  // What is Tuesday there is Wednesday in UTC.
  f('FREQ=WEEKLY;BYDAY=TU', YORK, '2026-06-03T03:00Z', ['2026-06-03T03:00Z', '2026-06-10T03:00Z']);
  f('FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=MO', 'UTC', '2026-06-01T00:00Z', [
    '2026-06-01T00:00Z',
    '2026-06-07T00:00Z',
    '2026-06-15T00:00Z',
  ]);
  f('FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=SU', 'UTC', '2026-06-01T00:00Z', [
    '2026-06-01T00:00Z',
    '2026-06-14T00:00Z',
    '2026-06-15T00:00Z',
  ]);
  f('FREQ=MONTHLY', 'UTC', '2026-01-31T00:00Z', ['2026-01-31T00:00Z', '2026-03-31T00:00Z', '2026-05-31T00:00Z']);
  f('FREQ=MONTHLY;BYMONTHDAY=-1', 'UTC', '2026-01-31T00:00Z', ['2026-01-31T00:00Z', '2026-02-28T00:00Z']);
  f('FREQ=MONTHLY;BYDAY=2TU', 'UTC', '2026-01-13T00:00Z', ['2026-01-13T00:00Z', '2026-02-10T00:00Z']);
  f('FREQ=MONTHLY;BYDAY=-1FR', 'UTC', '2026-01-30T00:00Z', ['2026-01-30T00:00Z', '2026-02-27T00:00Z']);
  f('FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13', 'UTC', '2026-02-13T00:00Z', ['2026-02-13T00:00Z', '2026-03-13T00:00Z']);
  f('FREQ=YEARLY', 'UTC', '2026-05-01T00:00Z', ['2026-05-01T00:00Z', '2027-05-01T00:00Z']);
  f('FREQ=YEARLY;BYMONTH=11;BYDAY=4TH', YORK, '2026-11-26T05:00Z', ['2026-11-26T05:00Z', '2027-11-25T05:00Z']);
});

describe('how many there are', () => {
  const f = (rule: string, zone: string, want: number) =>
    test(`${rule} in ${zone}`, () => {
      const starts = at('2026-06-01T22:00Z');
      const read = readRecurrence({ rule, zone });
      const all = occurrences(read, starts, starts, ms(starts + 400 * DAY));
      expect(all).toHaveLength(want);
      // COUNT counts from the first, whatever is asked for.
      const late = ms(starts + 2 * DAY);
      expect(occurrences(read, starts, late, ms(starts + 400 * DAY))).toEqual(all.filter((start) => start >= late));
    });
  f('FREQ=DAILY;COUNT=3', 'UTC', 3);
  f('FREQ=WEEKLY;COUNT=1', 'UTC', 1);
  f('FREQ=DAILY;UNTIL=20260603', 'UTC', 3);
  // 22:00 in UTC is the next day in Paris.
  f('FREQ=DAILY;UNTIL=20260603', PARIS, 2);
  f('FREQ=DAILY;UNTIL=20260603T220000Z', PARIS, 3);
  f('FREQ=DAILY;UNTIL=20260603T215959Z', PARIS, 2);
  f('FREQ=DAILY;UNTIL=20260603T000000', PARIS, 2);
  f('FREQ=DAILY;UNTIL=20260602T235959', PARIS, 1);
  f('FREQ=DAILY;BYMONTH=7;UNTIL=20261231', 'UTC', 31);
});

describe('what is refused', () => {
  const f = (rule: string, want: string) =>
    test(rule, () => {
      expect(() => readRecurrence({ rule, zone: 'UTC' })).toThrow(want);
    });
  f('', 'want parts FREQ');
  f('FREQ=HOURLY', 'want one of DAILY, WEEKLY, MONTHLY, YEARLY');
  f('INTERVAL=2', 'got FREQ=');
  f('FREQ=DAILY;BYSETPOS=1', 'got "BYSETPOS=1"');
  f('FREQ=DAILY;FREQ=DAILY', 'got FREQ twice');
  f('FREQ=DAILY;INTERVAL=0', 'got INTERVAL=0; want a number of 1 to 1000');
  f('FREQ=DAILY;INTERVAL=1001', 'got INTERVAL=1001');
  f('FREQ=DAILY;INTERVAL=1e3', 'got INTERVAL=1E3');
  f('FREQ=DAILY;COUNT=2;UNTIL=20260101', 'got both COUNT and UNTIL');
  f('FREQ=DAILY;UNTIL=20260231', 'got UNTIL=20260231');
  f('FREQ=DAILY;UNTIL=tomorrow', 'got UNTIL=TOMORROW');
  f('FREQ=WEEKLY;BYDAY=XX', 'got weekday "XX"');
  f('FREQ=WEEKLY;BYDAY=1MO', 'got a numbered weekday with FREQ=WEEKLY');
  f('FREQ=MONTHLY;BYDAY=6MO', 'got BYDAY=6');
  f('FREQ=MONTHLY;BYMONTHDAY=0', 'got BYMONTHDAY=0');
  f('FREQ=MONTHLY;BYMONTHDAY=32', 'got BYMONTHDAY=32');
  f('FREQ=WEEKLY;BYMONTHDAY=3', 'got BYMONTHDAY with FREQ=WEEKLY');
  f('FREQ=YEARLY;BYMONTH=13', 'got BYMONTH=13');
  f('FREQ=YEARLY;BYDAY=MO', 'want BYMONTH as well');
  f(`FREQ=DAILY;BYMONTH=${'1,'.repeat(200)}1`, 'got more than 300 characters');
});

test('a rule that names no day ends, and names not its start', () => {
  const never = readRecurrence({ rule: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', zone: 'UTC' });
  const starts = at('2026-02-01T00:00Z');
  expect(occurrences(never, starts, starts, ms(starts + 3000 * DAY))).toEqual([]);
  expect(namesItsStart(never, starts)).toBe(false);
});

test('a part of the occurrences is that part of all of them, and the clock shows the same time each day', () => {
  const { seed } = seededOfRun('recurrence');
  const rules = fc.constantFrom(
    'FREQ=DAILY',
    'FREQ=DAILY;INTERVAL=3',
    'FREQ=WEEKLY;BYDAY=MO,SA',
    'FREQ=DAILY;COUNT=90',
  );
  const minute = fc.integer({ min: at('2026-01-01T00:00Z') / MINUTE, max: at('2026-12-31T00:00Z') / MINUTE });
  const days = fc.integer({ min: 0, max: 300 });
  fc.assert(
    fc.property(rules, fc.constantFrom(PARIS, YORK), minute, days, days, (rule, zone, minutes, from, length) => {
      const starts = ms(minutes * MINUTE);
      const read = readRecurrence({ rule, zone });
      const all = occurrences(read, starts, starts, ms(starts + 700 * DAY));
      const [first, last] = [ms(starts + from * DAY), ms(starts + (from + length) * DAY)];
      expect(occurrences(read, starts, first, last)).toEqual(all.filter((start) => start >= first && start <= last));
      const shown = new Intl.DateTimeFormat('en', { timeZone: zone, timeStyle: 'short' });
      const shifted = all.filter((start) => shown.format(start) !== shown.format(starts));
      // Only a time that clocks skip is moved, once a spring.
      expect(shifted.length).toBeLessThanOrEqual(2);
      for (const start of shifted) expect(shown.format(start - HOUR)).not.toBe(shown.format(starts));
    }),
    { seed, numRuns: 60 },
  );
});
