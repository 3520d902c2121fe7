import { expect, test } from 'vitest';
import { MINUTE, ms } from '../../server/model/units.ts';
import { count, increments, NOW, openStore, Queue } from './batches.ts';

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

test('a clock that once jumped ahead does not make what its source sends to other series too old', () => {
  const store = openStore();
  const queue = new Queue();
  const ahead = ms(NOW + 10 * YEAR_SECS * 1000);
  queue.send(store, increments(['x'], [[0, T + 10 * YEAR_SECS, 1]]), ahead);
  queue.send(store, increments(['y'], [[0, T, 1]]));
  expect(store.stats().drops.too_old).toBeUndefined();
  expect(count(store, 'y', NOW - MINUTE, NOW).n).toBe(1);
  store.close();
});

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
