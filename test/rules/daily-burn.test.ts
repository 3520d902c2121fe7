import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dailyBurns, historyDays, historyRange } from '../../rules/history/daily-burn.ts';
import { HISTORY_DAYS } from '../../server/model/slo.ts';
import { DAY, ms } from '../../server/model/units.ts';
import { barPath, dayBars } from '../../web/overview/day-geometry.ts';
import { slo as makeSlo } from './observation.ts';

const slo = makeSlo({ objective: 0.99 });
const column = (sums: number[]) => ({ firstEnd: ms(DAY), step: DAY, sums });

describe('the days of an SLO', () => {
  test('end with the one that runs, at midnights of UTC', () => {
    const days = historyDays(ms(100 * DAY + 1));
    expect(days.length).toBe(HISTORY_DAYS);
    expect([days[0], days.at(-1)]).toEqual([(101 - HISTORY_DAYS + 1) * DAY, 101 * DAY]);
    expect(historyDays(ms(101 * DAY - 1))).toEqual(days);
    expect(historyDays(ms(101 * DAY)).at(-1)).toBe(102 * DAY);
  });

  test('are asked for in whole days', () => {
    const days = { start: (101 - HISTORY_DAYS) * DAY, end: 101 * DAY };
    expect(historyRange(ms(100 * DAY + 5))).toEqual(days);
  });

  test('a day burns 1 where its share of bad events is the share allowed', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(1000), fc.nat(1000)), { maxLength: HISTORY_DAYS }), (days) => {
        const bad = days.map(([a, b]) => Math.min(a, b));
        const total = days.map(([a, b]) => Math.max(a, b));
        const burns = dailyBurns(slo, [column(total), column(bad)]);
        expect(burns.length).toBe(HISTORY_DAYS);
        burns.forEach((burn, day) => {
          const events = total[day] ?? 0;
          if (events === 0) expect(burn).toBeNull();
          else expect(burn).toBeCloseTo(((bad[day] ?? 0) / events) * 100, 9);
        });
      }),
    );
  });

  test('nothing to count is no traffic', () => {
    expect(dailyBurns(slo, [])).toEqual(Array(HISTORY_DAYS).fill(null));
  });
});

describe('the bars of the days', () => {
  const bar = (burn: number | null) => dayBars([burn], 20).bars[0];
  test('a day without traffic has none', () => expect(bar(null)).toBeUndefined());
  test('a day without a failure has a foot', () => expect(bar(0)).toMatchObject({ height: 1, over: false }));
  test('a failure rises above the feet', () => expect(bar(1e-9)).toMatchObject({ height: 2, over: false }));
  test('feet touch each other, bars do not', () => {
    const [foot, next] = dayBars([0, 0.5], 20).bars;
    expect(foot!.x + foot!.width).toBe(next!.x);
    expect(next!.width).toBeLessThan(foot!.width);
  });
  test('its share of the budget reaches the line', () => {
    expect(bar(1)).toMatchObject({ top: dayBars([], 20).allowance, over: false });
  });
  test('more than that is over it', () => expect(bar(1.1)).toMatchObject({ over: true }));
  test('no bar leaves the picture', () => expect(bar(1e9)).toMatchObject({ top: 0, height: 20 }));
  test('an outline draws them, and nothing for a day without traffic', () => {
    expect(barPath(dayBars([0, null, 1], 20).bars)).toBe('M0 19h4v1h-4zM8 15h3v5h-3z');
    expect(barPath([])).toBe('');
  });
  test('the worst day is told', () => expect(dayBars([0, null, 3, 2], 20).worst).toEqual({ day: 2, burn: 3 }));
});
