import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE, type Ms, ms } from '../../server/model/units.ts';
import type { Store } from '../../server/store/store.ts';
import { tries } from '../support/long.ts';
import { idsOf, increments, NOW, openStore, Queue, samples } from './batches.ts';

type Row = readonly [time: number, value: number];

function filled(rows: readonly Row[], kind: 'counter' | 'gauge' = 'counter'): Store {
  const store = openStore();
  const queue = new Queue();
  for (const part of batches(rows)) queue.send(store, samples(kind, 'c', part), ms(part.at(-1)?.[0] ?? NOW));
  return store;
}

/** Samples older than the raw ring, judged by the newest of their batch, are not taken: so a batch spans a day at most. */
function batches(rows: readonly Row[]): readonly Row[][] {
  const parts: Row[][] = [];
  for (const row of rows) {
    const part = parts.at(-1);
    if (part?.[0] !== undefined && row[0] - part[0][0] < DAY) part.push(row);
    else parts.push([row]);
  }
  return parts;
}

/** From the samples alone: each rise belongs to the sample that tells it, a fall begins again at 0. */
function recount(rows: readonly Row[], start: number, end: number): number {
  return rows.reduce((sum, [time, value], i) => {
    const before = rows[i - 1]?.[1];
    if (before === undefined || time <= start || time > end) return sum;
    return sum + (value < before ? value : value - before);
  }, 0);
}

const counted = (store: Store, start: number, end: number) =>
  store.view.countWindow(idsOf(store, 'c'), { start: ms(start), end: ms(end) });

const histories = fc
  .array(fc.tuple(fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 60, max: 90_000 })), fc.nat(1e6)), {
    minLength: 1,
    maxLength: 120,
  })
  .map((steps) => {
    let time = NOW - 40 * DAY;
    return steps.map(([secs, value]): Row => {
      time += secs * 1000;
      return [time, value];
    });
  });

describe('what a counter rose', () => {
  test('over a window of any ring is the sum of what its samples tell', () => {
    fc.assert(
      fc.property(histories, fc.nat(40 * 24), fc.nat(40 * 24), (rows, from, length) => {
        const store = filled(rows);
        const start = NOW - 40 * DAY + from * HOUR;
        const { window, sum } = counted(store, start, start + length * HOUR);
        expect(sum).toBe(recount(rows, window.start, window.end));
        store.close();
      }),
      { seed: 5, numRuns: tries(15) },
    );
  });

  test('adds up over steps, each the window of its own', () => {
    fc.assert(
      fc.property(histories, fc.constantFrom<Ms>(ms(5 * MINUTE), HOUR, DAY), (rows, step) => {
        const store = filled(rows);
        const end = rows.at(-1)?.[0] ?? NOW;
        const start = Math.ceil((end - 10 * DAY) / step) * step;
        const { sums } = store.view.buckets(idsOf(store, 'c'), { start: ms(start), end: ms(end), step });
        const want = sums.map((_, i) => recount(rows, start + i * step, start + (i + 1) * step));
        expect(sums).toEqual(want);
        store.close();
      }),
      { seed: 6, numRuns: tries(10) },
    );
  });

  const at = (secs: number, value: number): Row => [NOW - HOUR + secs * 1000, value];
  const risen = (rows: readonly Row[], fromSecs: number, toSecs: number, want: number) =>
    test(`${JSON.stringify(rows.map(([time, value]) => [(time - NOW + HOUR) / 1000, value]))} (${fromSecs} s, ${toSecs} s]`, () => {
      const store = filled(rows);
      expect(counted(store, NOW - HOUR + fromSecs * 1000, NOW - HOUR + toSecs * 1000).sum).toBe(want);
      store.close();
    });
  // Nobody knows what came before the first sample.
  risen([at(15, 17)], 0, 60, 0);
  risen([at(15, 17), at(30, 20)], 0, 60, 3);
  // What is told in the window counts in it, though the sample before it is outside.
  risen([at(5, 10), at(25, 14)], 10, 30, 4);
  risen([at(5, 10), at(25, 14)], 0, 20, 0);
  // A counter that falls has begun again.
  risen([at(5, 10), at(25, 3), at(35, 4)], 0, 60, 4);
  risen([at(5, 10), at(25, Number.NaN), at(35, 14)], 0, 60, 4);
  // Silence of any length loses nothing.
  risen([[NOW - 39 * DAY, 10], at(25, 14)], 20, 30, 4);

  test('gauges count nothing, sums count beside counters', () => {
    const gauge = filled([at(5, 1), at(25, 2)], 'gauge');
    expect(counted(gauge, NOW - HOUR, NOW).sum).toBe(0);
    gauge.close();
    const store = filled([at(5, 1), at(25, 3)]);
    new Queue('other').send(store, increments(['s'], [[0, (NOW - HOUR) / 1000 + 30, 5]]));
    const ids = [...idsOf(store, 'c'), ...idsOf(store, 's')];
    expect(store.view.countWindow(ids, { start: ms(NOW - HOUR), end: NOW }).sum).toBe(7);
    store.close();
  });
});
