import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SeriesSlots } from '../../server/model/engine.ts';
import { DAY, HOUR, MINUTE, ms } from '../../server/model/units.ts';
import { appendSample, emptySlot } from '../../server/store/pages/rollup.ts';
import { counterCurve } from '../../server/traffic/counter-curve.ts';
import { extremes, figuresOf, knownBetween, meanRates, percentile } from '../../server/traffic/rates.ts';
import { evenBorders, RANGE_SHAPES, stepBorders } from '../../server/traffic/steps.ts';

type Row = readonly [secs: number, value: number];

/** Slots as the store makes them of these samples. */
function slotsOf(rows: readonly Row[], width_secs = 60): SeriesSlots {
  const slots = new Map<number, ReturnType<typeof emptySlot>>();
  for (const [secs, value] of rows) {
    const slot = slots.get(Math.ceil(secs / width_secs)) ?? emptySlot();
    appendSample(slot, { time: secs * 1000, value, stale: false });
    slots.set(Math.ceil(secs / width_secs), slot);
  }
  const all = [...slots.values()];
  const column = (key: 'n' | 'firstTime' | 'first' | 'lastTime' | 'last' | 'adj' | 'resets') => all.map((s) => s[key]);
  return {
    name: 'c',
    labels: {},
    n: column('n'),
    firstTime: column('firstTime'),
    first: column('first'),
    lastTime: column('lastTime'),
    last: column('last'),
    adj: column('adj'),
    resets: column('resets'),
  };
}

/** One sample every ten seconds; `bytes` come between two of them. */
const every10s = (bytes: readonly number[], from = 0, value = 1000): Row[] => {
  const rows: Row[] = [[from, value]];
  for (const [i, more] of bytes.entries()) rows.push([from + (i + 1) * 10, (rows.at(-1)?.[1] ?? 0) + more]);
  return rows;
};
const total = (stretches: readonly { bytes: number }[]) => stretches.reduce((sum, { bytes }) => sum + bytes, 0);
const steady = (count: number, bytes = 1000) => Array.from({ length: count }, () => bytes);

describe('the curve of a counter', () => {
  test('without gap and reset it adds up to last - first, whatever the ring', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1e9 }), { minLength: 1, maxLength: 200 }),
        fc.constantFrom(60, 300, 3600),
        (bytes, width) => {
          const rows = every10s(bytes);
          expect(total(counterCurve(slotsOf(rows, width)))).toBe(bytes.reduce((a, b) => a + b, 0));
        },
      ),
      { seed: 7 },
    );
  });

  test('its stretches rise, touch at most, and never count less than nothing', () => {
    const row = fc.tuple(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 0, max: 2 ** 33 }));
    fc.assert(
      fc.property(fc.array(row, { maxLength: 100 }), fc.option(fc.integer({ min: 1, max: 1e9 })), (steps, capacity) => {
        let at = 0;
        const rows = steps.map(([wait, value]): Row => {
          at += wait;
          return [at, value];
        });
        const curve = counterCurve(slotsOf(rows), capacity ?? undefined);
        for (const [i, { start, end, bytes }] of curve.entries()) {
          expect(end).toBeGreaterThan(start);
          expect(bytes).toBeGreaterThanOrEqual(0);
          expect(start).toBeGreaterThanOrEqual(curve[i - 1]?.end ?? 0);
        }
      }),
      { seed: 7 },
    );
  });

  const gap = (pause_secs: number, isGap: boolean) =>
    test(`a pause of ${pause_secs} s is ${isGap ? 'a gap' : 'none'}`, () => {
      const before = every10s(steady(30));
      const [end, value] = before.at(-1) ?? [0, 0];
      const curve = counterCurve(slotsOf([...before, ...every10s(steady(30), end + pause_secs, value + 500)]));
      const [inside] = knownBetween(curve, [end * 1000, (end + pause_secs) * 1000]);
      expect(inside).toEqual(isGap ? { bytes: 0, ms: 0 } : { bytes: 500, ms: pause_secs * 1000 });
    });
  gap(60, false);
  gap(61, true);
  gap(600, true);

  test('a slow counter has a longer heartbeat: three samples', () => {
    const rows: Row[] = [0, 300, 600, 900, 1800, 2701, 3001].map((secs) => [secs, secs]);
    const known = knownBetween(counterCurve(slotsOf(rows)), [0, 900_000, 1_800_000, 2_701_000, 3_001_000]);
    expect(known.map(({ bytes }) => bytes)).toEqual([900, 900, 0, 300]);
  });

  test('one that is sampled more often from now on has no gap before', () => {
    const slow = Array.from({ length: 20 }, (_, i): Row => [i * 300, i * 300]);
    const rows = [...slow, ...every10s(steady(60, 10), 5710, 5710)];
    for (const width of [60, 300]) expect(total(counterCurve(slotsOf(rows, width)))).toBe(6310);
  });
});

describe('a counter that falls', () => {
  /** A counter at `before` that is next seen at `after`, in the middle of 1 kB/s. */
  const fallen = (before: number, after: number, capacity?: number, width_secs = 60) => {
    const rise = every10s(steady(30, 10_000), 0, before - 300_000);
    const curve = counterCurve(slotsOf([...rise, ...every10s(steady(30, 10_000), 310, after)], width_secs), capacity);
    const rates = meanRates(curve, evenBorders(ms(0), ms(610_000), MINUTE)).filter((rate) => rate !== null);
    return { highest: Math.max(...rates), total: total(curve) };
  };
  const fast = 12_500_000;

  const restart = (name: string, before: number, after: number, capacity?: number) =>
    test.each([60, 300])(`${name}, slots of %i s: no burst`, (width) => {
      const { highest, total: bytes } = fallen(before, after, capacity, width);
      expect(highest).toBeLessThanOrEqual(1000.0001);
      expect(bytes).toBeLessThanOrEqual(610_000);
    });
  restart('a device begins again at 0', 5e12, 0);
  restart('a device begins again at 0, far from 2^32', 1e9, 0, fast);
  restart('another device takes the name', 5e12, 4e12);
  restart('another device takes the name, capacity known', 5e12, 4e12, fast);
  restart('32 bits run over, capacity not known', 2 ** 32 - 2000, 8000);

  test('what came since the restart is counted', () => expect(fallen(5e12, 5000).total).toBe(605_000));

  const wrap = (before: number, after: number, capacity: number, want: number) =>
    test(`${before} -> ${after} at ${capacity} B/s: ${want - 600_000} between`, () => {
      expect(fallen(before, after, capacity).total).toBe(want);
      expect(fallen(before, after, capacity, 300).total).toBe(want);
    });
  wrap(2 ** 32 - 2000, 8000, fast, 610_000);
  wrap(2 ** 32, 10_000, fast, 610_000);
  // Further from the end than the line could carry in ten seconds: a restart.
  wrap(2 ** 32 - fast * 10 + 8000, 8000, fast, 600_000 + fast * 10);
  wrap(2 ** 32 - fast * 10 - 1, 8000, fast, 608_000);
  // So fast that it could have run over twice: not judged.
  wrap(2 ** 32 - 2000, 8000, 1.25e9, 608_000);
  wrap(2 ** 40, 8000, fast, 608_000);
});

describe('rates of steps', () => {
  const line = [{ start: 0, end: 10_000, bytes: 1000 }];
  const known = (start: number, end: number, bytes: number, covered: number) =>
    test(`(${start}, ${end}] knows ${bytes} bytes in ${covered} ms`, () => {
      expect(knownBetween(line, [start, end])).toEqual([{ bytes, ms: covered }]);
    });
  known(0, 10_000, 1000, 10_000);
  known(-5000, 0, 0, 0);
  known(10_000, 20_000, 0, 0);
  known(2000, 4500, 250, 2500);
  known(9000, 50_000, 100, 1000);

  const rate = (end: number, want: number | null) =>
    test(`a step of ${end} ms, of which 10000 are known: ${want}`, () =>
      expect(meanRates(line, [0, end])).toEqual([want]));
  rate(10_000, 100);
  rate(20_000, 100);
  rate(20_001, null);

  test('the steps of a range add up to the whole of it', () => {
    const curve = counterCurve(slotsOf(every10s(Array.from({ length: 500 }, (_, i) => (i * 7919) % 10_007))));
    const borders = evenBorders(ms(0), ms(5_000_000), ms(300_000));
    const sum = total(knownBetween(curve, borders));
    expect(sum).toBeCloseTo(total(curve), 6);
    expect(knownBetween(curve, [0, 5_000_000])[0]?.bytes).toBeCloseTo(total(curve), 6);
  });

  test('a spike in a finer slot is the high of its step', () => {
    const curve = counterCurve(slotsOf(every10s([...steady(60), 60_000, ...steady(119)])));
    const [borders, fine] = [
      evenBorders(ms(0), ms(1_800_000), ms(1_800_000)),
      evenBorders(ms(0), ms(1_800_000), MINUTE),
    ];
    const { high, low } = extremes(meanRates(curve, fine), fine, borders);
    expect(high[0]).toBeCloseTo((60_000 + 5 * 1000) / 60);
    expect(low[0]).toBeCloseTo(100);
    expect(extremes([null, null], [0, 1, 2], [0, 2])).toEqual({ high: [null], low: [null] });
  });
});

describe('95th percentile by nearest rank', () => {
  const f = (n: number, want: number | undefined) =>
    test(`of 1..${n}: ${want}`, () => {
      expect(
        percentile(
          Array.from({ length: n }, (_, i) => i + 1),
          0.95,
        ),
      ).toBe(want);
    });
  f(0, undefined);
  f(1, 1);
  f(19, 19);
  f(20, 19);
  f(21, 20);
  f(100, 95);
  f(8928, 8482);

  test('unknown slots have no share in it', () => {
    const figures = figuresOf([null, 3, 1, null, 2], { bytes: 60, ms: 10_000 }, 5);
    expect(figures).toEqual({ max: 3, p95: 3, mean: 6, current: 5, total: 60, known_secs: 10 });
    expect(figuresOf([null], { bytes: 0, ms: 0 })).toEqual({ total: 0, known_secs: 0 });
  });
});

describe('steps', () => {
  const hours = (end: string, zone: string, want: readonly number[]) =>
    test(`days of ${zone} before ${end}: ${want} hours`, () => {
      const shape = { ...RANGE_SHAPES.year, span: ms(3 * DAY) };
      const borders = stepBorders(shape, ms(Date.parse(end)), zone);
      expect(borders.slice(1).map((border, i) => (border - (borders[i] ?? 0)) / HOUR)).toEqual(want);
    });
  hours('2026-03-30T10:00:00Z', 'Europe/Paris', [24, 24, 23, 12]);
  hours('2026-10-26T12:00:00Z', 'Europe/Paris', [24, 24, 25, 13]);
  hours('2026-03-30T10:00:00Z', 'UTC', [24, 24, 24, 10]);
  hours('2026-03-30T10:00:00Z', 'Asia/Kolkata', [24, 24, 24, 15.5]);
  // Lebanon's clocks skip midnight itself.
  hours('2026-03-30T10:00:00Z', 'Asia/Beirut', [24, 24, 23, 13]);
  // Samoa had no 30 December 2011.
  hours('2012-01-01T12:00:00Z', 'Pacific/Apia', [24, 24, 24, 2]);

  test('even steps begin at whole multiples, and the last may be shorter', () => {
    expect(evenBorders(ms(601), ms(1650), ms(300))).toEqual([600, 900, 1200, 1500, 1650]);
    expect(evenBorders(ms(600), ms(1200), ms(300))).toEqual([600, 900, 1200]);
  });
});
