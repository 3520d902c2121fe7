import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE, type Ms, ms } from '../../server/model/units.ts';
import { appendSample, emptySlot } from '../../server/store/pages/rollup.ts';
import type { Store } from '../../server/store/store.ts';
import { tries } from '../support/long.ts';
import { idsOf, increments, NOW, openStore, Queue, samples } from './batches.ts';

type Row = readonly [time: number, value: number];

const slotsOf = (store: Store, start: number, end: number, step: Ms) => {
  const [id] = idsOf(store, 'c');
  if (id === undefined) throw new Error('the series is not there');
  return store.view.slots(id, { start: ms(start), end: ms(end), step });
};

function filled(rows: readonly Row[]): Store {
  const store = openStore();
  const queue = new Queue();
  // Samples older than the raw ring, judged by the newest of their batch, are not taken.
  for (let i = 0; i < rows.length; i += 24) {
    const part = rows.slice(i, i + 24);
    queue.send(store, samples('counter', 'c', part), ms(part.at(-1)?.[0] ?? NOW));
  }
  return store;
}

/** What the slots of `step` must be, from the samples themselves. */
function expected(rows: readonly Row[], start: number, end: number, step: number) {
  const slots = new Map<number, ReturnType<typeof emptySlot>>();
  for (const [time, value] of rows) {
    const at = Math.ceil(time / step);
    if (time <= start || at > Math.ceil(end / step)) continue;
    const slot = slots.get(at) ?? emptySlot();
    appendSample(slot, { time, value, stale: false });
    slots.set(at, slot);
  }
  return [...slots.values()];
}

describe('slots of a counter', () => {
  test.each([MINUTE, ms(5 * MINUTE), ms(30 * MINUTE), HOUR])('of %d ms are what its samples say', (step) => {
    const gaps = fc.array(fc.tuple(fc.integer({ min: 1, max: 900 }), fc.integer({ min: 0, max: 1e6 })), {
      minLength: 1,
      maxLength: 300,
    });
    fc.assert(
      fc.property(gaps, (steps) => {
        let time = NOW - 3 * DAY;
        const rows = steps.map(([secs, value]): Row => {
          time += secs * 1000;
          return [time, value];
        });
        const store = filled(rows);
        const [start, end] = [NOW - 3 * DAY, time];
        const want = expected(rows, start, end, step);
        const got = slotsOf(store, start, end, step);
        expect(got?.newest).toBe(time);
        for (const key of ['n', 'firstTime', 'first', 'lastTime', 'last', 'adj', 'resets'] as const) {
          expect(got?.[key], key).toEqual(want.map((slot) => slot[key]));
        }
        store.close();
      }),
      { seed: 11, numRuns: tries(20) },
    );
  });

  test('where the fine ring no longer reaches, a coarser one answers', () => {
    const rows = Array.from({ length: 40 * 24 }, (_, i): Row => [NOW - 40 * DAY + i * HOUR + MINUTE, i]);
    const store = filled(rows);
    // One minute is kept for two weeks, five minutes for a hundred days.
    expect(slotsOf(store, NOW - 2 * DAY, NOW, MINUTE)?.n).toHaveLength(48);
    expect(slotsOf(store, NOW - 39 * DAY, NOW, MINUTE)?.n).toHaveLength(39 * 24);
    expect(slotsOf(store, NOW - 39 * DAY, NOW, DAY)?.n.reduce((a, b) => a + b, 0)).toBe(39 * 24);
    store.close();
  });

  test('a range without samples is empty, and a sum has no slots', () => {
    const store = filled([[NOW - DAY, 1]]);
    expect(slotsOf(store, NOW - HOUR, NOW, MINUTE)).toMatchObject({ newest: NOW - DAY, n: [] });
    new Queue('c2').send(store, increments(['s'], [[0, NOW / 1000, 1]]));
    const [sum] = idsOf(store, 's');
    expect(store.view.slots(sum ?? -1, { start: ms(NOW - HOUR), end: NOW, step: MINUTE })).toBeUndefined();
    store.close();
  });
});
