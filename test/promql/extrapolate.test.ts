import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { extrapolated, statsOf } from '../../server/promql/extrapolate.ts';

const RATE = { counter: true, perSecond: true };
const INCREASE = { counter: true, perSecond: false };
const DELTA = { counter: false, perSecond: false };

/** Samples as [seconds, value] in the window (0, end] seconds. */
function over(points: readonly (readonly [number, number])[], end: number, kind: typeof RATE): number | undefined {
  const stats = statsOf(
    points.map(([t]) => t * 1000),
    points.map(([, v]) => v),
  );
  return stats && extrapolated(stats, { start: 0, end: end * 1000 }, kind);
}

describe('extrapolation, against values worked out by hand', () => {
  const gives = (
    what: string,
    points: readonly (readonly [number, number])[],
    end: number,
    kind: typeof RATE,
    want: number | undefined,
  ) => test(what, () => expect(over(points, end, kind)).toBe(want));

  const steady = [60, 120, 180, 240, 300].map((t) => [t, t] as const);
  gives('a steady counter is stretched to the start: 240 * 300/240', steady, 300, INCREASE, 300);
  gives('its rate', steady, 300, RATE, 1);
  gives('one sample is none', [[60, 1]], 300, INCREASE, undefined);
  gives('no sample is none', [], 300, INCREASE, undefined);
  const far = [100, 110, 120].map((t) => [t, 1000 + t] as const);
  gives('borders far away: half an interval on both sides, 20 * 30/20', far, 300, INCREASE, 30);
  gives(
    'never below zero: 10 of 100 in 60 s is 6 s back to zero, not 10 s to the border',
    [
      [10, 10],
      [70, 110],
    ],
    70,
    INCREASE,
    100 * ((60 + 60 * (10 / 100)) / 60),
  );
  gives(
    'a reset adds what was counted before it: 15 - 10 + 20',
    [
      [60, 10],
      [120, 20],
      [180, 5],
      [240, 15],
    ],
    240,
    INCREASE,
    25 * ((180 + 60) / 180),
  );
  gives(
    'delta takes a fall as a fall',
    [
      [60, 20],
      [120, 5],
    ],
    120,
    DELTA,
    -15 * ((60 + 60) / 60),
  );
  gives(
    'a gap of just 1.1 intervals counts as far',
    [
      [11, 0],
      [21, 0],
      [31, 10],
    ],
    31,
    DELTA,
    10 * ((20 + 5) / 20),
  );
  gives(
    'a gap just below it counts as near',
    [
      [10.9, 0],
      [20.9, 0],
      [30.9, 10],
    ],
    30.9,
    DELTA,
    10 * ((20 + 10.9) / 20),
  );
});

test('statistics are those of the samples', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1 }), (values) => {
      const stats = statsOf(
        values.map((_, i) => i * 1000),
        values,
      );
      const drops = values.filter((value, i) => i > 0 && value < values[i - 1]!).length;
      let increase = 0;
      for (let i = 1; i < values.length; i++) {
        increase += values[i]! < values[i - 1]! ? values[i]! : values[i]! - values[i - 1]!;
      }
      expect(stats).toMatchObject({
        n: values.length,
        min: Math.min(...values),
        max: Math.max(...values),
        resets: drops,
      });
      expect(stats!.last - stats!.first + stats!.adj).toBe(increase);
    }),
    { seed: 20 },
  );
});
