import { describe, expect, test } from 'vitest';
import { type AlertPair, alertPairs, burnFactor, canFire } from '../../rules/alerts/windows.ts';
import { budgetOf } from '../../rules/figures/budget.ts';
import { burnOf, exhaustionOf } from '../../rules/figures/burn.ts';
import { errorBudgetShare } from '../../rules/slo-definition.ts';
import { rolling, windowAt } from '../../rules/slo-window.ts';
import { HOUR, type Ms, ms, parseDuration } from '../../server/model/units.ts';
import { NOW } from './observation.ts';

/** The numbers of the SRE workbook, chapter 5 (https://sre.google/workbook/alerting-on-slos/), worked again. */
const MONTH = parseDuration('30d');

const pair = (budget_share: number, long: string, tier: AlertPair['tier'] = 'page'): AlertPair => {
  const length = parseDuration(long);
  return { tier, long: length, short: ms(length / 12), budget_share, min_events: 1 };
};

describe('factors by window and share of the budget', () => {
  const factor = (window: string, share: number, long: string, want: number) =>
    test(`${share} of ${window} in ${long}`, () =>
      expect(burnFactor(pair(share, long), parseDuration(window))).toBeCloseTo(want, 10));
  // Table 5-8, and the ticket over a day of its PromQL example.
  factor('30d', 0.02, '1h', 14.4);
  factor('30d', 0.05, '6h', 6);
  factor('30d', 0.1, '1d', 3);
  factor('30d', 0.1, '3d', 1);
  factor('28d', 0.02, '1h', 13.44);
  factor('28d', 0.05, '6h', 5.6);
  factor('28d', 0.1, '1d', 2.8);
  factor('28d', 0.1, '3d', 14 / 15);
  // A week is spent faster: the shares that suit it are larger.
  factor('7d', 0.08, '1h', 13.44);
  factor('7d', 0.125, '6h', 3.5);
  factor('7d', 0.2, '1d', 1.4);
  factor('7d', 0.42, '3d', 0.98);
  factor('7d', 0.1, '1h', 16.8);
  factor('7d', 0.2, '6h', 5.6);
  factor('7d', 0.4, '1d', 2.8);
  factor('90d', 0.02, '1h', 43.2);
  factor('90d', 0.05, '6h', 18);
  factor('90d', 0.1, '1d', 9);
  factor('90d', 0.1, '3d', 3);
  factor('90d', 0.01, '1h', 21.6);
  factor('90d', 0.03, '6h', 10.8);
  factor('90d', 0.05, '1d', 4.5);
});

describe('how long a whole budget lasts, by burn rate (table 5-4)', () => {
  const lasts = (rate: number, errors: number, want: string) =>
    test(`${rate}x`, () => {
      const events = { total: 1e6, good: 1e6 - errors, bad: errors };
      const burn = burnOf(HOUR, events, 0.999);
      expect(burn.rate).toBeCloseTo(rate, 9);
      const full = budgetOf({ total: 1e9, good: 1e9, bad: 0 }, 0.999);
      const end = exhaustionOf(full, [burn], windowAt(rolling(MONTH), NOW));
      expect(end.kind === 'at' ? Math.round((end.time - NOW) / 1000) : end).toBe(parseDuration(want) / 1000);
    });
  lasts(1, 1000, '30d');
  lasts(2, 2000, '15d');
  lasts(10, 10_000, '3d');
  lasts(1000, 1_000_000, '43m12s');
});

describe('what a total outage spends', () => {
  const spends = (objective: number, lasting: Ms, window: Ms, want: number) =>
    test(`${lasting / 1000} s at ${objective}`, () => {
      const [total, bad] = [window, lasting];
      const { spent, allowed } = budgetOf({ total, good: total - bad, bad }, objective);
      expect(spent / allowed).toBeCloseTo(want, 3);
    });
  // At 90 % an hour of it is 1.4 % of a month's budget, so "2 % in an hour" never fires; at 99.999 % 26 seconds are all of it.
  spends(0.9, HOUR, MONTH, 0.0139);
  spends(0.999, ms(43.2 * 60_000), MONTH, 1);
  spends(0.99999, ms(25_920), MONTH, 1);

  const fires = (objective: number, want: boolean) =>
    test(`2 % in 1h can fire at ${objective}: ${want}`, () =>
      expect(canFire(pair(0.02, '1h'), MONTH, errorBudgetShare(objective))).toBe(want));
  fires(0.9, false);
  fires(0.999, true);
  fires(0.99999, true);
});

describe('how soon a pair fires, and what is spent by then', () => {
  // (1 - objective) / error ratio x long x factor, for 100 % errors at 99.9 %: 52 s for the hour, 2 min 10 s for six.
  const soon = (share: number, long: string, wantSecs: number) =>
    test(`${share} in ${long}`, () => {
      const one = pair(share, long);
      const secs = (errorBudgetShare(0.999) * one.long * burnFactor(one, MONTH)) / 1000;
      expect(secs).toBeCloseTo(wantSecs, 6);
      expect((secs * 1000) / (MONTH * errorBudgetShare(0.999))).toBeCloseTo(share, 9);
    });
  soon(0.02, '1h', 51.84);
  soon(0.05, '6h', 129.6);
  soon(0.1, '3d', 259.2);
});

test('ten requests an hour: one failure is a burn of 100 and a seventh of a budget of a month', () => {
  expect(burnOf(HOUR, { total: 10, good: 9, bad: 1 }, 0.999).rate).toBeCloseTo(100, 9);
  const { spent, allowed } = budgetOf({ total: 10 * 24 * 30, good: 7199, bad: 1 }, 0.999);
  expect(spent / allowed).toBeCloseTo(0.1389, 4);
});

describe('usual pairs that are in force', () => {
  const inForce = (objective: number, window: string, want: readonly string[]) =>
    test(`${objective} over ${window}`, () =>
      expect(
        alertPairs(parseDuration(window), errorBudgetShare(objective)).map(
          ({ tier, long }) => `${tier} ${long / HOUR}h`,
        ),
      ).toEqual(want));
  const all = ['page 1h', 'page 6h', 'ticket 24h', 'ticket 72h'];
  for (const window of ['7d', '28d', '30d', '90d']) inForce(0.999, window, all);
  // A burn of 20 is the most there is at 95 %: nothing would page within the hour of a quarter.
  inForce(0.95, '90d', all.slice(1));
  inForce(0.9, '30d', all.slice(1));
});
