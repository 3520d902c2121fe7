import { expect, test } from 'vitest';
import type { Hello } from '../../server/model/ingest.ts';
import { ms } from '../../server/model/units.ts';
import { Store } from '../../server/store/store.ts';
import { count, increments, NOW, openStore, Queue, tempDir } from './batches.ts';

const T = NOW / 1000;

/** Speaks for one collector: its batches, and the hellos of its starts. */
class Speaker extends Queue {
  configured(store: Store, sources: readonly string[] | undefined, now = NOW): void {
    const { collector, sink, epoch, sequence } = this;
    const acked = { sequence, digest: this.last?.envelope.digest ?? '' };
    const hello: Hello = { collector, sink, epoch, acked, queued: [], ...(sources && { sources }) };
    const answer = store.hello(hello, now);
    if (answer.result === 'rewind') Object.assign(this, { epoch: answer.epoch, sequence: 0, last: undefined });
  }

  says(store: Store, source: string): void {
    this.send(store, increments(['a'], [[0, T, 1]], source));
  }
}

const standing = (store: Store): Record<string, number | undefined> =>
  Object.fromEntries(store.origins().map(({ origin, retired }) => [origin, retired]));

test('a source that its collector no longer names is retired, durably, until it is named again', () => {
  const dataDir = tempDir();
  let store = new Store({ dataDir });
  const one = new Speaker('one');
  const two = new Speaker('two');
  for (const source of ['x', 'y']) one.says(store, source);
  two.says(store, 'x');
  one.configured(store, ['y'], ms(NOW + 5));
  expect(standing(store)).toEqual({ 'one/x': NOW + 5, 'one/y': undefined, 'two/x': undefined });
  one.configured(store, ['y'], ms(NOW + 9));
  store.abandon();
  store = new Store({ dataDir });
  expect(standing(store)['one/x']).toBe(NOW + 5);
  one.says(store, 'x'); // It waited in the queue since before.
  expect(standing(store)['one/x']).toBe(NOW + 5);
  one.configured(store, ['x', 'y']);
  expect(standing(store)['one/x']).toBeUndefined();
  one.configured(store, []);
  one.configured(store, undefined); // A collector that does not tell.
  expect(standing(store)).toEqual({ 'one/x': undefined, 'one/y': undefined, 'two/x': undefined });
  store.close();
});

test('what is forgotten is off the list with its data kept, until it sends again', () => {
  const dataDir = tempDir();
  let store = new Store({ dataDir });
  const one = new Speaker('one');
  const two = new Speaker('a/b "c"');
  for (const source of ['x', 'y']) one.says(store, source);
  two.says(store, 'x');
  expect(store.forgetOrigins('one', 'x')).toEqual(['one/x']);
  expect(store.forgetOrigins('a/b "c"')).toEqual(['a/b "c"/x']);
  expect(() => store.forgetOrigins('one', 'x')).toThrow(expect.objectContaining({ code: 'not_found' }));
  store.abandon();
  store = new Store({ dataDir });
  expect(Object.keys(standing(store))).toEqual(['one/y']);
  expect(store.view.facts(store.view.select([])).origins).toEqual(['one/y']);
  expect(count(store, 'a', NOW - 60_000, NOW).n).toBe(3);
  one.says(store, 'x');
  expect(Object.keys(standing(store)).sort()).toEqual(['one/x', 'one/y']);
  expect(count(store, 'a', NOW - 60_000, NOW).n).toBe(4);
  store.close();
});

test('a hello cannot drive the epochs of a sink away', () => {
  const store = openStore();
  const hello = (epoch: number, sink = 'vigie') =>
    store.hello({ collector: 'c1', sink, epoch, acked: { sequence: 0, digest: '' }, queued: [] }, NOW);
  const refused = (epoch: number, sink?: string) => expect(() => hello(epoch, sink)).toThrow(/got epoch .* want an/);
  expect(hello(0)).toMatchObject({ epoch: 1 });
  refused(2 ** 20 + 2);
  refused(-1);
  expect(hello(2 ** 20 + 1)).toMatchObject({ epoch: 2 ** 20 + 2 });
  refused(2 ** 48 + 1, 'other');
  expect(hello(2 ** 48, 'other')).toMatchObject({ epoch: 2 ** 48 + 1 });
  expect(hello(2 ** 48 + 5, 'other')).toMatchObject({ epoch: 2 ** 48 + 6 });
  store.close();
});

test('a queue under new names goes on where it stood, once; the old one stays as it was', () => {
  const store = openStore();
  const queue = new Queue();
  queue.send(store, { ...increments(['a'], [[0, T, 1]]), positions: { f: 1 } });
  const lost = queue.next({ ...increments(['a'], [[0, T, 1]]), positions: { f: 2 } });
  store.commit([lost], NOW); // The answer is lost.
  const { sequence, digest } = lost.envelope;
  const queued = [{ sequence, digest }];
  const said = { epoch: queue.epoch, acked: { sequence: 1, digest: 'd1' }, queued };
  const old = { collector: 'c1', sink: 'vigie' };
  const hello = (to: object, change: Partial<Hello> = {}) =>
    store.hello({ ...old, ...said, formerly: [old], renamed: true, ...to, ...change }, NOW);
  const answer = { result: 'rewind', epoch: 2, positions: { f: 2 }, appliedOfOldEpoch: 2 };
  expect(hello({ sink: 'new' })).toEqual({ ...answer, continues: true });
  expect(hello({ sink: 'new' })).toEqual({ ...answer, epoch: 3 }); // The answer was lost; what is there is no guess.
  expect(hello({ collector: 'c2' })).toEqual({ ...answer, continues: true });
  const restored = { acked: { sequence: 0, digest: '' }, queued: [] };
  expect(hello({ sink: 'from a backup' }, restored)).toEqual({ ...answer, epoch: 4 });
  const forgetful = { formerly: [{ collector: 'c1', sink: 'never heard' }, old], renamed: false, epoch: 7 };
  expect(hello({ sink: 'older server' }, forgetful)).toEqual({ ...answer, epoch: 8, appliedOfOldEpoch: 0 });
  const strange = { formerly: [{ collector: 'c1', sink: 'never heard' }] };
  const unknown = { ...answer, appliedOfOldEpoch: 0 };
  expect(hello({ collector: 'c3' }, strange)).toEqual({ ...unknown, positions: {} });
  // Under the name of a collector that we know it is the queue of that one.
  expect(hello({ sink: 'forgot its names' }, { ...strange, epoch: 0 })).toEqual({ ...unknown, epoch: 9 });
  expect(store.hello({ ...old, ...said }, NOW)).toEqual({ result: 'agreed', sequence: 2 });
  store.close();
});

test('a collector restored from before its new name does not take the new one back', () => {
  const store = openStore();
  const queue = new Queue();
  const row = increments(['a'], [[0, T, 1]]);
  queue.send(store, { ...row, positions: { f: 1 } });
  const { epoch, sequence, last } = queue;
  const acked = { sequence, digest: last?.envelope.digest ?? '' };
  const formerly = [{ collector: 'c1', sink: 'vigie' }];
  const renamed = { collector: 'c1', sink: 'new', epoch, acked, queued: [], formerly, renamed: true };
  store.hello(renamed, NOW);
  const next = new Queue('c1', 'new');
  Object.assign(next, { epoch: 2 });
  next.send(store, { ...row, positions: { f: 5 } });
  expect(store.hello(renamed, NOW)).toMatchObject({ positions: { f: 5 }, appliedOfOldEpoch: 1 });
  const again = { ...renamed, sink: 'newer', epoch: 2, formerly: [{ collector: 'c1', sink: 'new' }] };
  expect(store.hello(again, NOW)).toMatchObject({ positions: { f: 5 } });
  Object.assign(next, { sink: 'newer', epoch: 4, sequence: 0 });
  next.send(store, { ...row, positions: { f: 6 } });
  expect(store.hello({ ...renamed, sink: 'newer' }, NOW)).toMatchObject({ positions: { f: 6 }, appliedOfOldEpoch: 1 });
  const back = { ...renamed, sink: 'vigie', epoch: 3, formerly: [{ collector: 'c1', sink: 'new' }] };
  expect(store.hello(back, NOW)).toMatchObject({ positions: { f: 6 } });
  expect(store.hello({ ...renamed, epoch: 4 }, NOW)).toMatchObject({ positions: { f: 6 } });
  store.close();
});

test('a collector that lost what it knew stands where the newest name of its queue does', () => {
  const store = openStore();
  const row = increments(['a'], [[0, T, 1]]);
  const lost = { acked: { sequence: 0, digest: '' }, queued: [] };
  const hello = (sink: string, collector = 'c1', epoch = 0) => store.hello({ ...lost, collector, sink, epoch }, NOW);
  const send = (sink: string, f: number) => new Queue('c1', sink).send(store, { ...row, positions: { f } });
  send('vigie', 1);
  expect(hello('new')).toMatchObject({ positions: { f: 1 }, appliedOfOldEpoch: 0 });
  send('new', 2);
  send('newer', 3);
  expect(hello('newest')).toMatchObject({ positions: { f: 3 } });
  expect(hello('new')).toMatchObject({ positions: { f: 3 } });
  expect(hello('vigie', 'c1', 9)).toMatchObject({ positions: { f: 1 } });
  expect(hello('vigie', 'c2')).toMatchObject({ positions: {} });
  store.close();
});

test('a forgotten origin that owns no series leaves its place to another; one that does keeps it', () => {
  const dataDir = tempDir();
  let store = new Store({ dataDir });
  const queue = new Speaker('c');
  const PLACES = 4096;
  const silent = (from: number, to: number): void => {
    const payloads = Array.from({ length: to - from }, (_, i) =>
      queue.next({ v: 1, source: `s${from + i}`, series: [], watermark: { completeTo: 1, state: 'ok' } }),
    );
    store.commit(payloads, NOW);
  };
  queue.says(store, 'x');
  silent(1, PLACES + 1);
  expect([store.origins().length, store.stats().drops.origin_limit]).toEqual([PLACES, 1]);
  store.forgetOrigins('c', 'x');
  queue.says(store, 'y');
  expect([store.origins().length, store.stats().drops.origin_limit]).toEqual([PLACES - 1, 2]);
  expect(store.forgetOrigins('c', 's7')).toEqual(['c/s7']);
  expect(() => store.forgetOrigins('c', 's7')).toThrow(expect.objectContaining({ code: 'not_found' }));
  queue.says(store, 'y');
  store.forgetOrigins('c', 's8');
  store.forgetOrigins('c', 's9');
  store.abandon();
  store = new Store({ dataDir });
  silent(5000, 5003);
  expect(store.stats().drops.origin_limit).toBe(3);
  const names = store.origins().map(({ source }) => source);
  expect(names).toEqual(expect.arrayContaining(['y', 's5000', 's5001']));
  expect([names.length, names.includes('s7'), names.includes('s5002')]).toEqual([PLACES - 1, false, false]);
  expect(store.view.facts(store.view.select([])).origins).toEqual(['c/y']);
  expect(count(store, 'a', NOW - 60_000, NOW).n).toBe(2);
  store.close();
});
