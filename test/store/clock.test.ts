import fc from 'fast-check';
import { expect, test } from 'vitest';
import { slotEnd } from '../../server/model/rings.ts';
import { MINUTE, ms } from '../../server/model/units.ts';
import { Store } from '../../server/store/store.ts';
import { tries } from '../support/long.ts';
import { count, type IncrementRow, idsOf, increments, NOW, openStore, Queue, samples, tempDir } from './batches.ts';

const T = NOW / 1000;
const YEAR_SECS = 365 * 86_400;

test('a log of 2015 is answered as 2015, also beside one of today', () => {
  const store = openStore();
  const queue = new Queue();
  queue.send(store, increments(['today'], [[0, T, 1]], 'today'));
  queue.send(
    store,
    increments(
      ['old'],
      [
        [0, T - 11 * YEAR_SECS, 1],
        [0, T - 11 * YEAR_SECS - 60, 1],
      ],
      'old',
    ),
  );
  const end = NOW - 11 * YEAR_SECS * 1000;
  expect(count(store, 'old', end - 10 * MINUTE, end).n).toBe(2);
  expect(count(store, 'old', end - 50_000, end).n).toBe(1);
  store.close();
});

const QUARTER = 15 * MINUTE;

test('a clock that came back is believed after a quarter of an hour, and nothing is taken before', () => {
  const told: string[] = [];
  const store = openStore({ onClock: (sentence) => told.push(sentence) });
  const queue = new Queue();
  const ahead = ms(NOW + 10 * YEAR_SECS * 1000);
  queue.send(store, { ...increments(['x', 'y'], [[0, T - 60, 1]]), watermark: { completeTo: NOW, state: 'ok' } });
  queue.send(store, increments(['x', 'y'], [[0, ahead / 1000, 5]]), ahead);
  const late = queue.next(
    increments(
      ['x', 'y'],
      [
        [0, T, 2],
        [1, T - 60, 3],
      ],
    ),
  );
  expect(() => store.commit([late], NOW)).toThrow(/cannot take data: the clock of this machine says 2027/);
  expect(store.origins()[0]).not.toHaveProperty('completeTo');
  store.flush(ms(NOW + QUARTER - 1), 10);
  expect(() => store.commit([late], ms(NOW + QUARTER - 1))).toThrow(/data up to 2037/);
  expect(store.commit([late], ms(NOW + QUARTER))).toEqual([{ result: 'applied' }]);
  expect(store.stats().drops).toEqual({ from_the_future: 5 });
  expect(count(store, 'x', NOW - 2 * MINUTE, NOW).n).toBe(3);
  expect(count(store, 'y', NOW - 2 * MINUTE, NOW).n).toBe(3);
  expect(store.view.facts(idsOf(store, 'x')).newest).toBe(NOW);
  expect(told).toHaveLength(2);
  store.close();
});

test('a step of the clock up to a day is lived with; of more, nothing is removed when the clock is right again in time', () => {
  const store = openStore();
  const queue = new Queue();
  queue.send(store, increments(['x'], [[0, T, 1]]));
  queue.send(store, increments(['x'], [[0, T - 86_400, 2]]), ms(NOW - 86_400_000));
  const year = ms(NOW - 365 * 86_400_000);
  expect(() => queue.send(store, increments(['x'], [[0, year / 1000, 1]]), year)).toThrow(/cannot take data/);
  store.commit([queue.last!], ms(NOW + 5 * MINUTE));
  expect(count(store, 'x', NOW - 2 * 86_400_000, NOW).n).toBe(3);
  expect(store.stats().drops).toEqual({});
  store.close();
});

test('a watermark that is ahead after a small step of the clock comes back with it', () => {
  const store = openStore();
  const ahead = ms(NOW + 3_600_000);
  new Queue().send(store, { v: 1, source: 's', series: [], watermark: { completeTo: ahead, state: 'ok' } }, ahead);
  store.flush(NOW, 10);
  expect(store.origins()[0]?.completeTo).toBe(NOW);
  store.close();
});

/** Rings short enough that an hour of writing takes many rows. */
const RINGS = [
  { width: ms(10_000), span: ms(7_200_000) },
  { width: ms(60_000), span: ms(21_600_000) },
  { width: ms(300_000), span: ms(86_400_000) },
];
const NAMES = ['a_total', 'b_total'];

const step = fc.record({
  by: fc.integer({ min: 1, max: 900 }),
  source: fc.nat(1),
  rows: fc.array(fc.tuple(fc.nat(1), fc.integer({ min: -20_000, max: 500 }), fc.integer({ min: 1, max: 9 })), {
    maxLength: 8,
  }),
  end: fc.constantFrom('nothing', 'nothing', 'flush', 'kill', 'close'),
});
const steps = fc.array(step, { minLength: 1, maxLength: 12 });
const story = fc.record({
  before: steps,
  ahead_secs: fc.integer({ min: 3 * 86_400, max: 10 * YEAR_SECS }),
  during: steps,
  after: steps,
  windows: fc.array(fc.tuple(fc.integer({ min: -30_000, max: 900 }), fc.integer({ min: 0, max: 30_000 })), {
    minLength: 4,
    maxLength: 6,
  }),
});

test('the clock leaps ahead, data is written, the clock comes back: what was written under the right clock is right', () => {
  fc.assert(
    fc.property(story, ({ before, ahead_secs, during, after, windows }) => {
      const dataDir = tempDir();
      const open = (): Store => new Store({ dataDir, rings: RINGS, cacheBytes: 2000 });
      const right: { name: string; time: number; n: number }[] = [];
      const gauge: [number, number][] = [];
      const queue = new Queue();
      let store = open();
      let clock = T;
      const play = (list: typeof before, offset: number): void => {
        for (const { by, source, rows, end } of list) {
          clock += by;
          const now = ms((clock + offset) * 1000);
          const columns = rows.map(([series, time, n]): IncrementRow => [series, clock + offset + time, n]);
          expect(queue.send(store, increments(NAMES, columns, `s${source}`), now).result).toBe('applied');
          expect(queue.send(store, samples('gauge', 'g', [[now, by]]), now).result).toBe('applied');
          if (offset === 0) {
            gauge.push([now, by]);
            for (const [series, time, n] of columns) right.push({ name: NAMES[series]!, time: time * 1000, n });
          }
          if (end === 'flush') store.flush(ms(now + 600_000), 7);
          if (end === 'close') store.close();
          if (end === 'kill') store.abandon();
          if (end === 'close' || end === 'kill') store = open();
        }
      };
      play(before, 0);
      play(during, ahead_secs);
      store.flush(ms(clock * 1000), 5);
      clock += QUARTER / 1000;
      store.flush(ms(clock * 1000), 5);
      play(after, 0);
      for (const name of NAMES) {
        const mine = right.filter((one) => one.name === name);
        for (const id of idsOf(store, name)) expect(store.index.get(id).n).toBe(total(mine));
        for (const [offset, length] of windows) {
          const start = (clock + offset) * 1000;
          const got = count(store, name, start, start + length * 1000);
          const inside = mine.filter(
            ({ time }) =>
              slotEnd(ms(time), ms(10_000)) > got.window.start && slotEnd(ms(time), ms(10_000)) <= got.window.end,
          );
          expect(got.n).toBe(total(inside));
          expect(start - got.window.start).toBeLessThan(300_000);
        }
      }
      const [id] = idsOf(store, 'g');
      const held = gauge.filter(([time]) => time > clock * 1000 - 3_600_000);
      expect(store.view.reader(id!).window(ms(clock * 1000 - 3_600_000), ms(clock * 1000))).toEqual({
        form: 'samples',
        times: held.map(([time]) => time),
        values: held.map(([, value]) => value),
      });
      store.close();
    }),
    { seed: 43, numRuns: tries(40) },
  );
});

function total(list: readonly { n: number }[]): number {
  return list.reduce((sum, { n }) => sum + n, 0);
}

test('a watermark is never ahead of the server, and none is no moment of 1970', () => {
  const store = openStore();
  const queue = new Queue();
  const progress = (source: string, completeTo: number) =>
    queue.send(store, { v: 1, source, series: [], watermark: { completeTo, state: 'ok' } });
  progress('ahead', NOW + 86_400_000);
  progress('never', 0);
  const origins = Object.fromEntries(store.origins().map((origin) => [origin.source, origin.completeTo]));
  expect(origins).toEqual({ ahead: NOW, never: undefined });
  store.close();
});

test('a position nested deeper than the stack is counted, and the rest of its batch applied', () => {
  const store = openStore();
  const queue = new Queue();
  const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
  const payload = JSON.stringify(increments(['x'], [[0, T, 1]])).replace(/}$/, `,"positions":{"k":${deep}}}`);
  expect(queue.send(store, Buffer.from(payload)).result).toBe('applied');
  expect(store.stats().drops).toMatchObject({ bad_position: 1 });
  expect(count(store, 'x', NOW - MINUTE, NOW).n).toBe(1);
  store.close();
});
