import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Language } from '../../server/model/words/words.ts';
import { bars, barWidth } from '../../web/charts/bars.ts';
import { burnDownChart, sliChart, trafficChart } from '../../web/charts/slo-charts.ts';
import { tickLabels, timeStep, timeTicks } from '../../web/charts/time-ticks.ts';
import { createSpeech, ENGLISH } from '../../web/words/speech.ts';
import { NOW, sloDetail, sloStatus } from './statuses.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

describe('distance of ticks', () => {
  const f = (length: number, most: number, want: string) =>
    test(`at most ${most} on ${length / MINUTE_MS} min`, () => {
      const { size, unit } = timeStep(length, most);
      expect(`${size} ${unit}`).toBe(want);
    });
  f(10 * MINUTE_MS, 5, '5 minute');
  f(25 * MINUTE_MS, 5, '10 minute');
  f(HOUR_MS, 5, '15 minute');
  f(HOUR_MS - 1, 5, '15 minute');
  f(6 * HOUR_MS, 5, '2 hour');
  f(DAY_MS, 5, '6 hour');
  f(DAY_MS, 3, '12 hour');
  f(7 * DAY_MS, 5, '2 day');
  f(30 * DAY_MS, 5, '7 day');
  f(30 * DAY_MS, 3, '14 day');
  f(4000 * DAY_MS, 5, '896 day');
});

describe('ticks', () => {
  test('stand on round moments of the wall clock, inside the axis, few of them', () => {
    const lengths = fc.integer({ min: 10 * MINUTE_MS, max: 400 * DAY_MS });
    // Over two years, so that clocks change wherever this runs.
    const starts = fc.integer({ min: NOW - 730 * DAY_MS, max: NOW });
    fc.assert(
      fc.property(starts, lengths, (start, length) => {
        const step = timeStep(length, 5);
        const ticks = timeTicks(start, start + length, step);
        expect(ticks.length).toBeGreaterThan(0);
        expect(ticks.length).toBeLessThanOrEqual(6);
        for (const tick of ticks) {
          const at = new Date(tick);
          expect(tick).toBeGreaterThanOrEqual(start);
          expect(tick).toBeLessThanOrEqual(start + length);
          expect(at.getSeconds()).toBe(0);
          if (step.unit === 'minute') expect(at.getMinutes() % step.size).toBe(0);
          if (step.unit === 'hour' || step.unit === 'day') expect(at.getMinutes()).toBe(0);
        }
      }),
      { seed: 1 },
    );
  });

  test('quarters of an hour', () => {
    const start = NOW + 7 * MINUTE_MS;
    const want = [15, 30, 45, 60].map((minutes) => NOW + minutes * MINUTE_MS);
    expect(timeTicks(start, NOW + HOUR_MS, { unit: 'minute', size: 15 })).toEqual(want);
  });
});

describe('labels of ticks', () => {
  const f = (length: number, language: Language, want: string) =>
    test(`${length / MINUTE_MS} min, ${language}: ${want}`, () => {
      const label = tickLabels(timeStep(length, 5), language, 'Europe/Paris');
      expect(label(NOW + HOUR_MS).replaceAll(/\s/g, ' ')).toBe(want);
    });
  f(MINUTE_MS, 'en', '14:00:00');
  f(HOUR_MS, 'en', '14:00');
  f(HOUR_MS, 'fr', '14:00');
  f(DAY_MS, 'en', 'Sat 14:00');
  f(DAY_MS, 'fr', 'sam. 14:00');
  f(30 * DAY_MS, 'en', 'Nov 21');
  f(30 * DAY_MS, 'fr', '21 nov.');
});

describe('bars', () => {
  const range = { start: 0, end: 3500, step_secs: 1 };
  test('stand in the middle of their step, the unfinished one at the end of the axis', () => {
    expect(bars({ time: [1000, 2000, 3000, 3500], range }, [5, 0, 2, 1])).toEqual([
      { x: 500, y: 5 },
      { x: 1500, y: null },
      { x: 2500, y: 2 },
      { x: 3000, y: 1 },
    ]);
  });

  const width = (plot: number, steps: number, want: number) =>
    test(`${steps} on ${plot} px are ${want} px wide`, () => expect(barWidth(plot, steps)).toBeCloseTo(want, 9));
  width(1000, 100, 9);
  width(1000, 450, 2);
  width(1000, 451, 2);
  width(200, 2000, 2);
  width(0, 0, 2);
});

describe('charts', () => {
  const speech = createSpeech(ENGLISH, 'UTC');
  const colour = '#000000';
  const tokens = {
    text: colour,
    muted: colour,
    hairline: colour,
    background: colour,
    bad: colour,
    ok: colour,
    series: colour,
    palette: [colour],
    faint: (hue: string) => hue,
    tall: true,
    font: 'system-ui',
    wide: true,
  };
  const end = (as_of: number) => {
    const detail = sloDetail(sloStatus({ as_of }));
    return [burnDownChart, sliChart, trafficChart].map(
      (chart) => chart(detail, speech, tokens).options?.scales?.x?.max,
    );
  };
  test('end with their range', () => expect(end(NOW)).toEqual([NOW, NOW, NOW]));
  test('never end after the moment the figures are true for', () => {
    expect(end(NOW - 1)).toEqual([NOW - 1, NOW - 1, NOW - 1]);
  });
});
