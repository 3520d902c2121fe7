import { expect, test } from 'vitest';
import { DAY, MINUTE, ms } from '../../server/model/units.ts';
import { ClockWatch } from '../../server/store/clock/clock-watch.ts';

const DAYS = (days: number): number => days * DAY;

/** The steps of a store whose newest data is of day 100, seen at these moments (days). */
const steps = (...moments: readonly number[]): string[] => {
  const watch = new ClockWatch(DAYS(100), undefined);
  return moments.map((at) => watch.observe(ms(DAYS(at)), DAYS(100)));
};
const MINUTE_DAYS = MINUTE / DAY;

test.each<[what: string, moments: readonly number[], want: readonly string[]]>([
  ['a day ahead is no leap', [101], ['none']],
  ['more is', [101.01], ['leap']],
  ['a leap is true after a day', [200, 200.99, 201, 201.5], ['leap', 'none', 'leap_is_true', 'none']],
  ['a second leap within it begins the day again', [200, 300, 300.5, 301], ['leap', 'leap', 'none', 'leap_is_true']],
  ['a leap that goes back is over', [200, 199.9], ['leap', 'leap_is_true']],
  ['a day behind is none', [99], ['none']],
  [
    'more waits a quarter of an hour',
    [98.9, 98.9 + 14 * MINUTE_DAYS, 98.9 + 15.1 * MINUTE_DAYS],
    ['wait', 'wait', 'return'],
  ],
  ['a further step back waits anew', [98, 97, 97 + 14 * MINUTE_DAYS], ['wait', 'wait', 'wait']],
  ['right again in time', [98, 100, 98], ['wait', 'none', 'wait']],
])('%s', (_what, moments, want) => {
  expect(steps(...moments)).toEqual(want);
});

test('an empty store believes any clock, and the base of a leap is what was before the first', () => {
  const watch = new ClockWatch(Number.NEGATIVE_INFINITY, undefined);
  expect(watch.observe(ms(DAYS(1)), Number.NEGATIVE_INFINITY)).toBe('none');
  watch.observe(ms(DAYS(50)), DAYS(1));
  watch.observe(ms(DAYS(90)), DAYS(50));
  expect(watch.leap).toEqual({ base: DAYS(1) + 10 * MINUTE, since: DAYS(90) });
});
