import { describe, expect, test } from 'vitest';
import type { BatchPayload } from '../../server/model/batch.ts';
import { Store } from '../../server/store/store.ts';
import { count, increments, NOW, openStore, Queue, tempDir } from './batches.ts';

const T = NOW / 1000;
const part = (n: number): BatchPayload => ({ ...increments(['a'], [[0, T, n]]), more: true });
const last = (n: number, line: number): BatchPayload => ({
  ...increments(['a'], [[0, T, n]]),
  positions: { line },
});
const counted = (store: Store): number => count(store, 'a', NOW - 60_000, NOW).n;

/** Says hello as a collector does that has forgotten everything. */
function rewind(store: Store, epoch: number) {
  const answer = store.hello(
    { collector: 'c1', sink: 'vigie', epoch, acked: { sequence: 0, digest: '' }, queued: [] },
    NOW,
  );
  if (answer.result !== 'rewind') throw new Error('want a rewind');
  return answer;
}

describe('the parts of a batch', () => {
  test('are applied together when the last one comes, also across a kill', () => {
    const dataDir = tempDir();
    let store = new Store({ dataDir });
    const queue = new Queue();
    expect([queue.send(store, part(1)), queue.send(store, part(2))]).toEqual([
      { result: 'applied' },
      { result: 'applied' },
    ]);
    expect(store.view.select([])).toEqual([]);
    store.abandon();
    store = new Store({ dataDir });
    expect(store.commit([queue.last as never], NOW)).toEqual([{ result: 'duplicate' }]);
    expect(queue.send(store, last(4, 9))).toEqual({ result: 'applied' });
    expect(counted(store)).toBe(7);
    expect(rewind(store, 0).positions).toEqual({ line: 9 });
    store.close();
  });

  test('in one commit as well', () => {
    const store = openStore();
    const queue = new Queue();
    queue.hello(store);
    expect(store.commit([queue.next(part(1)), queue.next(last(2, 9)), queue.next(part(4))], NOW)).toHaveLength(3);
    expect(counted(store)).toBe(3);
    store.close();
  });

  test('are forgotten by a rewind, which tells how far whole batches came', () => {
    const store = openStore();
    const queue = new Queue();
    queue.send(store, last(1, 1));
    queue.send(store, part(2));
    queue.send(store, part(4));
    const { epoch } = queue;
    expect(rewind(store, epoch)).toMatchObject({ appliedOfOldEpoch: 1, positions: { line: 1 } });
    // Of the epoch before, too.
    expect(rewind(store, epoch)).toMatchObject({ appliedOfOldEpoch: 1 });
    Object.assign(queue, { epoch: epoch + 2, sequence: 0 });
    queue.send(store, last(8, 2));
    expect(counted(store)).toBe(9);
    store.close();
  });

  test('go on with the queue that was given another name', () => {
    const store = openStore();
    const queue = new Queue();
    queue.send(store, last(1, 1));
    const acked = { sequence: 1, digest: queue.last?.envelope.digest ?? '' };
    queue.send(store, part(2));
    const queued = [{ sequence: 2, digest: queue.last?.envelope.digest ?? '' }];
    const formerly = [{ collector: 'c1', sink: 'vigie' }];
    const hello = { collector: 'c1', sink: 'new', epoch: queue.epoch, acked, queued, formerly, renamed: true };
    expect(store.hello(hello, NOW)).toMatchObject({ appliedOfOldEpoch: 1, continues: true, positions: { line: 1 } });
    store.close();
  });

  test('whose commit failed are not held', () => {
    let fails = false;
    const onPoint = (): void => {
      if (fails) throw new Error('the process has ended');
    };
    const store = openStore({ onPoint });
    const queue = new Queue();
    queue.hello(store);
    const first = queue.next(part(1));
    fails = true;
    expect(() => store.commit([first], NOW)).toThrow('ended');
    fails = false;
    expect(store.commit([first, queue.next(last(2, 1))], NOW)).toHaveLength(2);
    expect(counted(store)).toBe(3);
    store.close();
  });

  test('that find no room are applied as they come, counted', () => {
    const store = openStore();
    const queue = new Queue();
    const heavy = { ...part(1), ballast: 'x'.repeat(15 * 2 ** 20) };
    for (let i = 0; i < 9; i++) queue.send(store, heavy);
    expect([counted(store), store.stats().drops.held_limit]).toEqual([9, 1]);
    queue.send(store, part(1));
    expect(counted(store)).toBe(9);
    queue.send(store, last(1, 1));
    expect(counted(store)).toBe(11);
    store.close();
  });
});

describe('positions of one sink', () => {
  const send = (store: Store, queue: Queue, positions: BatchPayload['positions']): void => {
    queue.send(store, { v: 1, source: 's', series: [], ...(positions && { positions }) });
  };
  const held = (store: Store): Readonly<Record<string, unknown>> => rewind(store, 0).positions;

  test('are bounded in keys', () => {
    const store = openStore();
    const queue = new Queue();
    const keys = Array.from({ length: 65_536 }, (_, i) => [`k${i}`, 1] as const);
    send(store, queue, Object.fromEntries(keys));
    send(store, queue, { k0: 2, more: 1, k1: null });
    send(store, queue, { fits: 1 });
    const { k0, k1, more, fits } = held(store);
    expect([k0, k1, more, fits]).toEqual([2, undefined, undefined, 1]);
    expect(store.stats().drops).toEqual({ position_limit: 1 });
    store.close();
  });

  test('and in bytes, also after a start and a failed commit: a hello may answer with all of them', () => {
    const dataDir = tempDir();
    let fails = false;
    const onPoint = (): void => {
      if (fails) throw new Error('the process has ended');
    };
    let store = new Store({ dataDir, onPoint });
    const queue = new Queue();
    // Escaped in JSON: six bytes for each of these characters.
    const value = '\u0001'.repeat(600);
    for (let i = 0; i < 20; i++) {
      send(store, queue, Object.fromEntries(Array.from({ length: 1000 }, (_, k) => [`${i}/${k}`, value])));
      if (i !== 10) continue;
      store.abandon();
      store = new Store({ dataDir, onPoint });
      const { result } = store.commit([queue.last as never], NOW)[0] ?? {};
      expect(result).toBe('duplicate');
      fails = true;
      expect(() => store.commit([queue.next(part(1))], NOW)).toThrow('ended');
      queue.sequence--;
      fails = false;
    }
    const bytes = JSON.stringify(held(store)).length;
    expect(bytes).toBeLessThanOrEqual(64 * 2 ** 20);
    expect(bytes).toBeGreaterThan(64 * 2 ** 20 - 4096);
    expect(store.stats().drops.position_limit).toBe(20_000 - Object.keys(held(store)).length);
    store.close();
  });
});
