import { expect, test } from 'vitest';
import { queryableOf } from '../../server/engine/series-readers.ts';
import { labelEquals } from '../../server/model/labels.ts';
import { MINUTE, ms } from '../../server/model/units.ts';
import { increments, NOW, openStore, Queue, samples } from '../store/batches.ts';

const T = NOW / 1000;

test('between two slices of a query the store may change: readers are made again', () => {
  const store = openStore();
  const queue = new Queue();
  let changes = 0;
  const queryable = queryableOf(store, () => changes);
  queue.send(store, increments(['n_total'], [[0, T - 60, 5]]));
  queue.send(store, samples('gauge', 'g', [[NOW - 60_000, 1]]));
  const [sum] = queryable.select([labelEquals('__name__', 'n_total')], ms(0), NOW);
  const [gauge] = queryable.select([labelEquals('__name__', 'g')], ms(0), NOW);
  const seen = () => [
    sum!.at(NOW, ms(5 * MINUTE)),
    sum!.window(ms(NOW - 5 * MINUTE), NOW),
    gauge!.at(NOW, ms(5 * MINUTE)),
  ];
  expect(seen()).toMatchObject([5, { sum: 5 }, 1]);
  queue.send(store, increments(['n_total'], [[0, T - 120, 2]]));
  queue.send(store, samples('gauge', 'g', [[NOW, 7]]));
  changes++;
  expect(seen()).toMatchObject([7, { sum: 7 }, 7]);
  store.close();
});

test('a series that is gone has nothing to say', () => {
  const store = openStore();
  let changes = 0;
  new Queue().send(store, samples('gauge', 'g', [[NOW, 1]]));
  let isThere = true;
  const index = { find: (key: string) => (isThere ? store.index.find(key) : undefined) };
  const queryable = queryableOf({ view: store.view, index }, () => changes);
  const [gauge] = queryable.select([labelEquals('__name__', 'g')], ms(0), NOW);
  changes++;
  expect(gauge!.at(NOW, MINUTE)).toBe(1);
  isThere = false;
  changes++;
  expect([gauge!.at(NOW, MINUTE), gauge!.sampledAt(NOW, MINUTE), gauge!.window(ms(0), NOW)]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  store.close();
});
