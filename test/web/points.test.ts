import { describe, expect, test } from 'vitest';
import { moveCursor, stepAt } from '../../web/charts/cursor.ts';
import { dotRadii, lastPoint, lossSpans, points, sliFacts, sliFloor, trafficFacts } from '../../web/charts/points.ts';
import { tickDigits } from '../../web/charts/slo-charts.ts';
import { sloDetail, sloStatus } from './statuses.ts';

const detail = sloDetail(sloStatus());
const HOUR_MS = 3_600_000;

describe('points', () => {
  test('a gap stays a gap and a short column ends in gaps', () => {
    expect(points([1, 2, 3], [0.5, null])).toEqual([
      { x: 1, y: 0.5 },
      { x: 2, y: null },
      { x: 3, y: null },
    ]);
  });

  test('the label stands at the last value, before a gap at the end', () => {
    expect(lastPoint(points([1, 2, 3], [0, 0.5, null]))).toEqual({ x: 2, y: 0.5 });
    expect(lastPoint(points([1], [null]))).toBeUndefined();
  });
});

describe('dots', () => {
  const f = (values: (number | null)[], want: boolean[]) =>
    test(JSON.stringify(values), () => expect(dotRadii(values).map((radius) => radius > 0)).toEqual(want));
  f([], []);
  f([0], [true]);
  f([1, 1], [false, false]);
  f([null, 1, null, 1, 1], [false, true, false, false, false]);
  f([1, null, 1], [true, false, true]);
});

test('a newest step that is not over loses budget only since the step before it', () => {
  expect(lossSpans({ time: [1000, 2000, 2400], sli: [1, 1, 0] }, 0.9, 1)).toEqual([{ start: 2000, end: 2400 }]);
});

describe('spans of loss', () => {
  const f = (sli: (number | null)[], want: [number, number][]) =>
    test(JSON.stringify(sli), () => {
      const time = sli.map((_, i) => (i + 1) * 1000);
      expect(lossSpans({ time, sli }, 0.9, 1)).toEqual(want.map(([start, end]) => ({ start, end })));
    });
  f([1, 0.9, 0.95], []);
  f(
    [0.89, 1, 0.5],
    [
      [0, 1000],
      [2000, 3000],
    ],
  );
  f([1, 0.5, 0.8, 1], [[1000, 3000]]);
  f(
    [0.5, null, 0.5],
    [
      [0, 1000],
      [2000, 3000],
    ],
  );
  f([], []);
});

describe('what a chart says in words', () => {
  test('the worst step, and how many miss the objective', () => {
    expect(sliFacts(detail, 0.95)).toEqual({ steps: 4, below: 0, worst: { value: 0.95, time: detail.time[1] } });
    expect(sliFacts(detail, 0.991)).toMatchObject({ steps: 4, below: 2 });
    expect(sliFacts({ time: [1], sli: [null] }, 0.9)).toBeUndefined();
  });

  test('all requests, the bad ones and the busiest step', () => {
    expect(trafficFacts(detail)).toEqual({ total: 800, bad: 11, peak: { value: 400, time: detail.time[3] } });
    expect(trafficFacts({ time: [1], total: [0], bad: [0] })).toBeUndefined();
    expect(trafficFacts({ time: [], total: [], bad: [] })).toBeUndefined();
  });

  test('the axis is cut below the lowest step or the objective, never below 0', () => {
    expect(sliFloor([1, null, 0.95], 0.999)).toBeCloseTo(0.945, 9);
    expect(sliFloor([1, 1], 0.99)).toBeCloseTo(0.989, 9);
    expect(sliFloor([0, 1], 0.99)).toBe(0);
  });

  const f = (height: number, want: number) => test(`ticks on ${height}`, () => expect(tickDigits(height)).toBe(want));
  f(1, 0);
  f(0.05, 0);
  f(0.049, 1);
  f(0.001, 2);
  f(1e-9, 6);
});

describe('cursor', () => {
  const at = (moment: number, want: number) =>
    test(`at ${moment}`, () => expect(stepAt([10, 20, 30], moment)).toBe(want));
  at(0, 0);
  at(10, 0);
  at(11, 1);
  at(30, 2);
  at(31, 2);
  test('of nothing', () => expect(stepAt([], HOUR_MS)).toBe(-1));

  const key = (name: string, cursor: number | undefined, want: number | undefined) =>
    test(`${name} from ${cursor}`, () => expect(moveCursor(name, cursor, 3)).toBe(want));
  key('ArrowLeft', undefined, 2);
  key('ArrowLeft', 2, 1);
  key('ArrowLeft', 0, 0);
  key('ArrowRight', 2, 2);
  key('ArrowRight', 0, 1);
  key('Home', 2, 0);
  key('End', 0, 2);
  key('Tab', 1, undefined);
  test('without steps no key moves it', () => expect(moveCursor('End', undefined, 0)).toBeUndefined());
});
