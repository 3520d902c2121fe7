import { describe, expect, test } from 'vitest';
import { leftOutAlerts, pairVerdict } from '../../rules/alerts/alert-condition.ts';
import { ALERT_PAIRS } from '../../rules/alerts/windows.ts';
import { burnOf } from '../../rules/figures/burn.ts';
import { nominalLength, rolling } from '../../rules/slo-window.ts';
import { HOUR, MINUTE, ms, parseDuration } from '../../server/model/units.ts';
import { events, slo, statusOf } from './observation.ts';

describe('a pair of windows at 99 %, factor 10', () => {
  const alert = {
    tier: 'page',
    long_secs: 3600,
    short_secs: 300,
    factor: 10,
    budget_share: 0.02,
    min_events: 20,
  } as const;
  const verdict = (name: string, long: readonly [number, number], short: readonly [number, number], want: string) =>
    test(name, () => {
      const burn = (window: typeof HOUR, [total, bad]: readonly [number, number]) =>
        burnOf(window, { total, bad, good: total - bad }, 0.99);
      expect(pairVerdict(alert, [burn(ms(5 * MINUTE), short), burn(HOUR, long)])).toBe(want);
    });
  verdict('both above', [100, 11], [10, 2], 'above');
  verdict('long at the factor', [100, 10], [10, 2], 'below');
  verdict('short at the factor', [100, 11], [10, 1], 'below');
  verdict('short without an event', [100, 11], [0, 0], 'unknown');
  verdict('long without an event', [0, 0], [0, 0], 'below');
  verdict('as few events as it takes', [20, 3], [5, 3], 'above');
  verdict('one event too few', [19, 3], [5, 3], 'unknown');
  verdict('one bad event is no rate', [20, 1], [1, 1], 'below');
  test('one bad event above the factor is no rate either', () => {
    const burns = [
      burnOf(HOUR, { total: 20, bad: 1, good: 19 }, 0.999),
      burnOf(ms(5 * MINUTE), { total: 1, bad: 1, good: 0 }, 0.999),
    ];
    expect(pairVerdict(alert, burns)).toBe('unknown');
    expect(pairVerdict({ ...alert, min_events: 1 }, burns)).toBe('above');
  });
  test('a window that was not counted is no alarm', () => expect(pairVerdict(alert, [])).toBe('below'));
});

describe('usual pairs that can never fire are left out, with the arithmetic', () => {
  const leftOut = (objective: number, window: string, want: string[]) =>
    test(`${objective} over ${window}`, () => {
      const definition = slo({ objective, window: rolling(parseDuration(window)) });
      const told = leftOutAlerts(definition).map(({ tier, factor, max_burn }) => `${tier} ${factor} > ${max_burn}`);
      expect(told).toEqual(want);
      const status = statusOf(definition, events(100, 100));
      expect(status.alerts_left_out ?? []).toHaveLength(want.length);
      expect(status.alerts.length + want.length).toBe(
        ALERT_PAIRS.filter(({ long }) => long <= nominalLength(definition.window)).length,
      );
    });
  leftOut(0.999, '30d', []);
  // At 90 % a full outage burns at 10 only: "2 % in 1 h" can never be.
  leftOut(0.9, '30d', ['page 14.4 > 10']);
  leftOut(0.95, '90d', ['page 43.2 > 20']);
  leftOut(0.8, '90d', ['page 43.2 > 5', 'page 18 > 5', 'ticket 9 > 5']);
  leftOut(0.5, '7d', ['page 3.36 > 2']);
  leftOut(0.5, '1h', []);
});
