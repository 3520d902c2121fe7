import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ALERT_PAIRS, alertPairs, burnFactor, burnWindows } from '../../rules/alerts/windows.ts';
import { findBoundary } from '../../rules/figures/boundary.ts';
import { budgetOf, isSpent, splitEvents } from '../../rules/figures/budget.ts';
import { burnOf, exhaustionOf } from '../../rules/figures/burn.ts';
import { detailStep, selectorsOf, windowsOf } from '../../rules/figures/requirements.ts';
import { formatObjective, parseObjective } from '../../rules/files/percentage.ts';
import { burnDown, sloDetail } from '../../rules/history/burn-down.ts';
import { defaultMinimumEvents } from '../../rules/slo-definition.ts';
import { rolling, windowAt } from '../../rules/slo-window.ts';
import { DAY, HOUR, MINUTE, ms, parseDuration, SECOND } from '../../server/model/units.ts';
import { NOW, slo, statusOf } from './observation.ts';

describe('burn factors of the workbook', () => {
  const factors = (window: string, want: number[]) =>
    test(window, () => {
      const got = ALERT_PAIRS.map((pair) => burnFactor(pair, parseDuration(window)));
      expect(got.map((factor) => Number(factor.toFixed(10)))).toEqual(want);
    });
  factors('30d', [14.4, 6, 3, 1]);
  factors('28d', [13.44, 5.6, 2.8, 0.9333333333]);
  factors('7d', [3.36, 1.4, 0.7, 0.2333333333]);
  factors('90d', [43.2, 18, 9, 3]);

  const windows = (window: string, want: string) =>
    test(`windows within ${window}`, () => expect(burnWindows(parseDuration(window)).at(-1)).toBe(parseDuration(want)));
  windows('1h', '1h');
  windows('5h', '2h');
  windows('30d', '3d');

  const pairs = (window: string, share: number, want: number) =>
    test(`pairs at ${window}, ${share}`, () => expect(alertPairs(parseDuration(window), share)).toHaveLength(want));
  pairs('30d', 0.001, 4);
  pairs('1d', 0.001, 3);
  pairs('30d', 0.5, 1);
});

test('a budget of which nothing is left has 0 left, not -0', () => {
  const { left, left_ratio } = budgetOf({ total: 3, good: 3 - 0.3 - 1e-15, bad: 0.3 + 1e-15 }, 0.9);
  expect([left, left_ratio].map((value) => Object.is(value, 0))).toEqual([true, true]);
});

describe('the fewest events that can be judged', () => {
  const fewest = (objective: number, want: number) =>
    test(`${objective}`, () => expect(defaultMinimumEvents(objective)).toBe(want));
  fewest(0.9, 10);
  fewest(0.99, 100);
  fewest(0.999, 1000);
  fewest(0.9999, 10_000);
  fewest(0.997, 334);
  fewest(0.5, 2);
});

describe('a budget', () => {
  const budget = (total: number, bad: number, objective: number, left: number, spent: boolean) =>
    test(`${bad} bad of ${total} at ${objective}`, () => {
      const got = budgetOf({ total, good: total - bad, bad }, objective);
      expect(got.left).toBe(left);
      expect(isSpent(got)).toBe(spent);
    });
  budget(1000, 0, 0.999, 1, false);
  budget(1000, 1, 0.999, 0, true);
  budget(10_000, 9, 0.999, 1, false);
  budget(10_000, 11, 0.999, -1, true);
  budget(0, 0, 0.999, 0, false);
  budget(70, 7, 0.9, 0, true);
});

describe('events have two sides, none negative', () => {
  const split = (total: number, part: number, side: 'good' | 'bad', good: number, bad: number) =>
    test(`${part} ${side} of ${total}`, () => expect(splitEvents(total, part, side)).toEqual({ total, good, bad }));
  split(10, 3, 'bad', 7, 3);
  split(10, 3, 'good', 3, 7);
  split(10, 11, 'bad', 0, 10);
  split(10, 11, 'good', 10, 0);
  split(10, -1, 'bad', 10, 0);
});

describe('how long the budget lasts', () => {
  const lasts = (leftRatio: number, rate: number | undefined, want: ReturnType<typeof exhaustionOf>) =>
    test(`${leftRatio} at ${rate}`, () => {
      const burns = [{ window_secs: 3600, total: 1, bad: 0, ...(rate !== undefined && { rate }) }];
      const budget = { allowed: 100, spent: 100 - 100 * leftRatio, left: 100 * leftRatio, left_ratio: leftRatio };
      expect(exhaustionOf(budget, burns, windowAt(rolling(ms(30 * DAY)), NOW))).toEqual(want);
    });
  lasts(1, 1, { kind: 'at', time: NOW + 30 * DAY });
  lasts(0.5, 10, { kind: 'at', time: NOW + 1.5 * DAY });
  lasts(0.5, 0.99, { kind: 'gains' });
  lasts(0, 10, { kind: 'spent' });
  lasts(-1, 0, { kind: 'spent' });
  lasts(0.5, undefined, { kind: 'unknown' });
});

describe('an objective', () => {
  const reads = (text: unknown, want: number | RegExp) =>
    test(JSON.stringify(text), () => {
      if (typeof want === 'number') expect(parseObjective(text)).toBe(want);
      else expect(() => parseObjective(text)).toThrow(want);
    });
  reads('99.9%', 0.999);
  reads('99.95 %', 0.9995);
  reads('0.1%', 0.001);
  reads('100%', /leaves no budget/);
  reads('99.99999999999999999%', /leaves no budget/);
  reads('0%', /promises nothing/);
  reads('99.9', /with its sign/);
  reads(0.999, /with its sign/);
  test('is printed as it is read', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9_999_999 }), (n) => {
        const ratio = parseObjective(`${n / 100_000}%`);
        expect(parseObjective(formatObjective(ratio))).toBe(ratio);
      }),
      { seed: 23 },
    );
  });
});

describe('a threshold must be a boundary', () => {
  const bounds = ['0.5', '0.25', '+Inf', '1.0'];
  test('found as the histogram spells it', () => {
    expect(findBoundary(ms(1000), bounds)).toEqual({ kind: 'found', le: '1.0' });
    expect(findBoundary(ms(250), bounds)).toEqual({ kind: 'found', le: '0.25' });
  });
  const misplaced = (threshold: number, want: string) =>
    test(`${threshold} ms`, () => expect(findBoundary(ms(threshold), bounds)).toMatchObject({ message: want }));
  misplaced(300, 'threshold 300ms lies between buckets 0.25 and 0.5; choose one of 0.25, 0.5, 1.0 seconds');
  misplaced(10, 'threshold 10ms lies below the first bucket 0.25; choose one of 0.25, 0.5, 1.0 seconds');
  misplaced(2000, 'threshold 2s lies above the last bucket 1.0; choose one of 0.25, 0.5, 1.0 seconds');
  test('no histogram', () => expect(findBoundary(ms(1), ['+Inf'])).toEqual({ kind: 'no_histogram' }));
});

describe('what is counted for latency', () => {
  const histogram = { text: 'h{a="b"}', selector: [{ name: '__name__', op: '=', value: 'h' } as const] };
  const latency = slo({ indicator: { kind: 'latency', histogram, threshold: ms(250) } });
  test('all of it, and what fell below the boundary', () => {
    const pair = selectorsOf(latency, { kind: 'found', le: '0.25' });
    expect(pair?.total).toEqual([{ name: '__name__', op: '=', value: 'h_count' }]);
    expect(pair?.part).toEqual([
      { name: '__name__', op: '=', value: 'h_bucket' },
      { name: 'le', op: '=', value: '0.25' },
    ]);
    const windows = windowsOf(latency, { asOf: NOW });
    expect(windows[0]).toEqual({ start: NOW - 30 * DAY, end: NOW });
    expect(windows).toHaveLength(8);
  });
  test('nothing while the threshold is no boundary', () => {
    expect(selectorsOf(latency, { kind: 'no_histogram' })).toBeUndefined();
  });
});

describe('the page of an SLO', () => {
  const step = (window: string, want: number) =>
    test(`${window} is drawn in steps of ${want} ms`, () =>
      expect(detailStep(parseDuration(window), slo())).toBe(want));
  step('1h', 10 * SECOND);
  step('30d', HOUR);
  step('12h', MINUTE);
  step('730d', DAY);

  test('its budget line ends where the budget stands, and ideal at 0', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ good: fc.nat(1000), bad: fc.nat(5) }), { minLength: 1, maxLength: 50 }),
        (columns) => {
          const window = { start: 0, end: columns.length };
          const steps = columns.map(({ good, bad }, i) => ({ time: i + 1, total: good + bad, good, bad }));
          const allowed = steps.reduce((events, step) => events + step.total, 0) * 0.01;
          const sum = (pick: (c: { good: number; bad: number }) => number) => columns.reduce((s, c) => s + pick(c), 0);
          const bad = sum((c) => c.bad);
          const last = burnDown(steps, { allowed, spent: bad }, window).at(-1);
          const good = sum((c) => c.good);
          const { left_ratio } = budgetOf({ total: good + bad, good, bad }, 0.99);
          expect(last?.ideal).toBe(0);
          if (left_ratio === undefined) expect(last?.left).toBeNull();
          else expect(last?.left).toBeCloseTo(left_ratio, 6);
        },
      ),
      { seed: 24 },
    );
  });

  test('a part of the window ends with what is left then; a step without traffic is a gap', () => {
    const definition = slo();
    const status = { ...statusOf(definition, []), budget: { allowed: 1, spent: 5, left: -4 } };
    const columns = (first: number, sums: readonly (readonly number[])[]) =>
      sums.map((column) => ({ firstEnd: ms(first), step: HOUR, sums: column }));
    const counted = { window: { start: ms(NOW - 30 * DAY), end: NOW }, sums: [100, 5] };
    const whole = sloDetail({
      definition,
      status,
      shown: { start: ms(NOW - 3 * HOUR), end: ms(NOW - 1000) },
      buckets: columns(NOW - 2 * HOUR, [
        [100, 0, 100],
        [4, 0, 1],
      ]),
      whole: counted,
      isWhole: true,
    });
    expect(whole.sli).toEqual([0.96, null, 0.99]);
    expect(whole.budget_left).toEqual([-3, -3, -4]);
    expect(whole.time).toEqual([NOW - 2 * HOUR, NOW - HOUR, NOW - 1000]);
    const shown = { start: ms(NOW - HOUR), end: NOW };
    const part = sloDetail({
      definition,
      status,
      shown,
      buckets: columns(NOW, [[100], [1]]),
      whole: counted,
      isWhole: false,
    });
    expect(part.budget_left).toEqual([-4]);
    expect(part.range).toEqual({ start: NOW - HOUR, end: NOW, step_secs: 3600 });
  });
});

test('burn is the bad share over the allowed share', () => {
  expect(burnOf(HOUR, { total: 1000, good: 856, bad: 144 }, 0.99).rate).toBeCloseTo(14.4, 12);
  expect(burnOf(HOUR, { total: 0, good: 0, bad: 0 }, 0.99)).toEqual({ window_secs: 3600, total: 0, bad: 0 });
});
