import { expect, test } from 'vitest';
import { MINUTE, ms } from '../../server/model/units.ts';
import { Store } from '../../server/store/store.ts';
import { count, idsOf, increments, NOW, openStore, Queue, samples, tempDir } from './batches.ts';

const T = NOW / 1000;

test('increments are counted in the window that holds their slot', () => {
  const store = openStore();
  const queue = new Queue();
  expect(
    queue.send(
      store,
      increments(
        ['a', 'b'],
        [
          [0, T - 25, 2],
          [0, T - 15, 3, 1.5],
          [1, T, 7],
        ],
      ),
    ),
  ).toEqual({ result: 'applied' });
  expect(count(store, 'a', NOW - 30_000, NOW)).toEqual({ window: { start: NOW - 30_000, end: NOW }, n: 5, sum: 3.5 });
  expect(count(store, 'a', NOW - 20_000, NOW)).toMatchObject({ n: 3, sum: 1.5 });
  expect(count(store, 'b', NOW - 10_000, NOW)).toMatchObject({ n: 7 });
  expect(count(store, 'b', NOW - 20_000, NOW - 10_000)).toMatchObject({ n: 0 });
  store.close();
});

test('what was acknowledged is there after a restart, with and without a close', () => {
  const dataDir = tempDir();
  const queue = new Queue();
  const first = new Store({ dataDir });
  queue.send(first, increments(['a'], [[0, T - 5, 4]]));
  queue.send(
    first,
    samples('counter', 'c', [
      [NOW - 9000, 5],
      [NOW - 1000, 8],
    ]),
  );
  first.close();
  const second = new Store({ dataDir });
  queue.hello(second);
  expect(queue.epoch).toBe(1);
  expect(count(second, 'a', NOW - MINUTE, NOW).n).toBe(4);
  const [id] = idsOf(second, 'c');
  expect(second.view.reader(id!).window(ms(NOW - 10_000), NOW)).toEqual({
    form: 'samples',
    times: [NOW - 9000, NOW - 1000],
    values: [5, 8],
  });
  second.close();
});

test('selectors asked together are counted over one window, even when only one of them has data of late', () => {
  const store = openStore();
  const queue = new Queue();
  queue.send(store, increments(['h_bucket'], [[0, T - 3 * 86_400, 5]]));
  queue.send(
    store,
    increments(
      ['h_count'],
      [
        [0, T - 3 * 86_400, 6],
        [0, T, 1],
      ],
      'other',
    ),
  );
  const start = NOW - 3 * 86_400_000 - 35_000;
  const { view } = store;
  const [buckets, counts] = ['h_bucket', 'h_count'].map((name) => idsOf(store, name));
  const judgement = view.judge([...buckets!, ...counts!]);
  const window = { start: ms(start), end: ms(NOW) };
  const [good, all] = [view.countWindow(buckets!, window, judgement), view.countWindow(counts!, window, judgement)];
  expect(good.window).toEqual(all.window);
  expect(good.window.start).toBe(NOW - 3 * 86_400_000 - MINUTE);
  expect([good.n, all.n]).toEqual([5, 7]);
  store.close();
});

test('buckets hold each step by itself, and label values are told once', () => {
  const store = openStore();
  const queue = new Queue();
  queue.send(
    store,
    increments(
      ['a', 'b'],
      [
        [0, T - 60, 1],
        [0, T - 59, 2],
        [0, T, 4],
        [1, T, 8],
      ],
    ),
  );
  queue.send(store, samples('gauge', 'g', [[NOW, 5]]));
  const all = store.view.select([]);
  const buckets = (step: number, from: number) =>
    store.view.buckets(all, { start: ms(NOW - from), end: NOW, step: ms(step) });
  expect(buckets(60_000, 120_000)).toEqual({ firstEnd: NOW - 60_000, step: 60_000, sums: [1, 14] });
  expect(buckets(10_000, 60_000).sums).toEqual([2, 0, 0, 0, 0, 12]);
  expect(() => buckets(7000, 60_000)).toThrow(/multiple of a ring width/);
  expect(() => buckets(10_000, 110_010_000)).toThrow(/11000/);
  expect(store.view.labelValues(all, '__name__')).toEqual(['a', 'b', 'g']);
  expect(store.view.labelValues(all, 'host')).toEqual(['h']);
  expect(store.stats().drops).toEqual({});
  store.close();
});

test('one query over everything keeps no more pages in memory than the cache may hold', () => {
  const dataDir = tempDir();
  const first = new Store({ dataDir });
  const queue = new Queue();
  const minutes = Array.from({ length: 2880 }, (_, i) => i);
  queue.send(
    first,
    samples(
      'gauge',
      'g',
      minutes.map((i) => [NOW - i * MINUTE, i] as const),
    ),
  );
  queue.send(
    first,
    increments(
      ['a'],
      minutes.map((i) => [0, T - i * 60, 1] as const),
    ),
  );
  first.close();
  const cacheBytes = 20_000;
  const store = new Store({ dataDir, cacheBytes });
  const [gauge] = idsOf(store, 'g');
  const window = store.view.reader(gauge!).window(ms(NOW - 2880 * MINUTE), NOW);
  expect(window).toMatchObject({ form: 'samples', times: { length: 2880 } });
  expect(store.pages.cachedBytes).toBeLessThanOrEqual(cacheBytes);
  const [sum] = idsOf(store, 'a');
  const reader = store.view.reader(sum!);
  const at = minutes.map((i) => reader.at(ms(NOW - i * MINUTE), ms(5 * MINUTE)));
  expect(at).toEqual(minutes.map((i) => 2880 - i));
  expect(store.pages.cachedBytes).toBeLessThanOrEqual(cacheBytes);
  store.close();
});
