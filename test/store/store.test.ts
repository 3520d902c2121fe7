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
  expect(second.reader(id!).window(ms(NOW - 10_000), NOW)).toEqual({
    form: 'samples',
    times: [NOW - 9000, NOW - 1000],
    values: [5, 8],
  });
  second.close();
});
