import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { budgetGeometry, idealLeft } from '../../web/overview/budget-geometry.ts';
import { NOW, sloStatus } from './statuses.ts';

describe('budget bar', () => {
  const f = (bad: number, left: number, over: number) =>
    test(`${bad} of 1000`, () => {
      const bar = budgetGeometry(sloStatus({ bad }));
      expect(bar?.left).toBeCloseTo(left, 9);
      expect(bar?.over).toBeCloseTo(over, 9);
    });
  f(0, 1, 0);
  f(400, 0.6, 0);
  f(1000, 0, 0);
  f(1001, 0, 0.001);
  f(2000, 0, 1);
  f(9000, 0, 1);

  test('without traffic there is none', () => expect(budgetGeometry(sloStatus({ total: 0, bad: 0 }))).toBeUndefined());

  test('no budget ever leaves the bar', () => {
    const ratio = fc.double({ noNaN: true });
    fc.assert(
      fc.property(ratio, (left_ratio) => {
        const slo = sloStatus();
        const bar = budgetGeometry({ ...slo, budget: { ...slo.budget, left_ratio } });
        for (const share of [bar?.left, bar?.over, bar?.ideal])
          expect(share).toSatisfy((x: number) => x >= 0 && x <= 1);
        expect(Math.min(bar?.left ?? 1, bar?.over ?? 1)).toBe(0);
      }),
      { seed: 1 },
    );
  });
});

describe('even pace', () => {
  const window = { duration_secs: 100, start: NOW, end: NOW + 100_000 };
  const f = (as_of: number, want: number) =>
    test(`${as_of - NOW} ms in`, () => expect(idealLeft(window, as_of)).toBe(want));
  f(NOW - 1, 1);
  f(NOW, 1);
  f(NOW + 25_000, 0.75);
  f(NOW + 100_000, 0);
  f(NOW + 200_000, 0);
});
