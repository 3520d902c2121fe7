import { brotliCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type BatchPayload, MAX_UNPACKED_BYTES, PACKED_ROW_BYTES } from '../../server/model/batch.ts';
import { ms } from '../../server/model/units.ts';
import { judgeHello, withWord } from '../../server/store/intake/clients.ts';
import { LABEL_LIMITS } from '../../server/store/limits.ts';
import { Store } from '../../server/store/store.ts';
import { count, type IncrementRow, increments, NOW, openStore, packed, Queue, samples, tempDir } from './batches.ts';

const T = NOW / 1000;
const ID = { collector: 'c1', sink: 'vigie' };
const mark = (sequence: number, digest = `d${sequence}`) => ({ sequence, digest });

test('a hello agrees only with the database that sent our last batch', () => {
  const ours = (epoch: number, sequence: number) => ({ id: 1, epoch, ...mark(sequence) });
  const judge = (
    us: ReturnType<typeof ours> | undefined,
    epoch: number,
    acked: ReturnType<typeof mark>,
    queued: ReturnType<typeof mark>[],
    want: string,
  ) => expect(judgeHello({ ...ID, epoch, acked, queued }, us)).toBe(want);
  const none = mark(0, '');
  judge(undefined, 0, none, [], 'rewind'); // two new databases
  judge(undefined, 3, mark(9), [], 'rewind'); // the server's was lost
  judge(ours(3, 9), 0, none, [], 'rewind'); // the collector's was lost
  judge(ours(3, 9), 3, mark(9), [], 'agreed');
  judge(ours(3, 9), 3, mark(9), [mark(10)], 'agreed');
  judge(ours(3, 9), 3, mark(8), [mark(9), mark(10)], 'agreed'); // the acknowledgement was lost
  judge(ours(3, 9), 3, mark(8), [mark(9, 'x')], 'rewind'); // a clone went on differently
  judge(ours(3, 9), 3, mark(9, 'x'), [], 'rewind');
  judge(ours(3, 9), 3, mark(5), [mark(6)], 'rewind'); // the collector was restored
  judge(ours(3, 9), 3, mark(20), [mark(21)], 'rewind'); // the server was restored
  judge(ours(3, 9), 2, mark(9), [], 'rewind');
  judge(ours(3, 9), 4, mark(9), [], 'rewind');
  judge(ours(3, 0), 3, none, [], 'agreed');
  judge(ours(3, 0), 3, none, [mark(1)], 'agreed');
  judge(ours(3, 0), 3, mark(1), [], 'rewind');
});

test('a rewind hands out a fresh epoch, the positions, and how far the old epoch came, also when its answer is lost', () => {
  const store = openStore();
  const queue = new Queue();
  queue.hello(store);
  queue.send(store, { ...increments(['a'], [[0, T, 1]]), positions: { f: 10, g: [1] } });
  queue.send(store, { ...increments(['a'], [[0, T, 1]]), positions: { f: 20, g: null } });
  const restored = { ...ID, epoch: 1, acked: mark(1), queued: [] };
  const answer = (epoch: number) => ({ result: 'rewind', epoch, positions: { f: 20 }, appliedOfOldEpoch: 2 });
  expect(store.hello(restored, NOW)).toEqual(answer(2));
  expect(store.hello(restored, NOW)).toEqual(answer(3));
  expect(store.hello({ ...restored, epoch: 7 }, NOW)).toEqual({ ...answer(8), appliedOfOldEpoch: 0 });
  expect(() => store.hello({ ...restored, epoch: 2 ** 60 }, NOW)).toThrow(/got epoch/);
  store.close();
});

test('resent, torn, skipped and forged batches change nothing', () => {
  const store = openStore();
  const queue = new Queue();
  queue.send(store, increments(['a'], [[0, T, 3]]));
  const applied = queue.last!;
  const next = queue.next(increments(['a'], [[0, T, 5]]));
  const answer = (change: object, payload = next.payload) =>
    store.commit([{ envelope: { ...next.envelope, ...change }, payload }], NOW)[0];
  expect(store.commit([applied], NOW)).toEqual([{ result: 'duplicate' }]);
  expect(answer({}, applied.payload)).toMatchObject({ result: 'refused', reason: 'torn' });
  expect(answer({ sequence: 3 })).toMatchObject({ reason: 'sequence_gap' });
  expect(answer({ sequence: 0 })).toMatchObject({ reason: 'sequence_gap' });
  expect(answer({ sequence: 1 })).toMatchObject({ reason: 'digest_mismatch' });
  expect(answer({ epoch: 2 })).toMatchObject({ reason: 'unknown_epoch' });
  expect(answer({ sink: 'other' })).toMatchObject({ reason: 'unknown_epoch' });
  expect(count(store, 'a', NOW - 60_000, NOW).n).toBe(3);
  expect(store.stats().drops).toEqual({ torn: 1, sequence_gap: 2, digest_mismatch: 1, unknown_epoch: 2 });
  expect(store.commit([next, next], NOW)).toEqual([{ result: 'applied' }, { result: 'duplicate' }]);
  expect(count(store, 'a', NOW - 60_000, NOW).n).toBe(8);
  store.close();
});

test('bad content is counted by reason and never blocks the queue', () => {
  const drops = (payload: unknown, want: object) => {
    const store = openStore({ maxSeries: 4 });
    const bytes = payload instanceof Uint8Array ? payload : Buffer.from(JSON.stringify(payload));
    expect(new Queue().send(store, bytes)).toEqual({ result: 'applied' });
    expect(store.stats().drops).toEqual(want);
    store.close();
  };
  const good = increments(['a'], [[0, T, 1]]);
  const named = (series: object): object => ({ ...good, series: [series] });
  drops(Buffer.from([0xff, 0x7b]), { bad_payload: 1 });
  drops('[]', { bad_payload: 1 });
  drops({ ...good, v: 2 }, { bad_payload: 1 });
  drops({ ...good, source: '' }, { bad_payload: 1 });
  drops({ ...good, increments: { ...good.increments, n: [1, 2] } }, { bad_increment: 1 });
  for (const n of [0, -1, 1.5, null, '1']) drops(increments(['a'], [[0, T, n as number, 1]]), { bad_increment: 1 });
  drops(increments(['a'], [[0, T, 1, 'x' as never]]), { bad_increment: 1 });
  for (const time of [-1, T + 0.5, null]) drops(increments(['a'], [[0, time as number, 1]]), { bad_increment: 1 });
  const many = packed(good).increments;
  drops({ ...good, increments: many }, {});
  drops({ ...good, increments: { ...many, rows: 2 } }, { bad_increment: 1 });
  drops({ ...good, increments: { ...many, rows: 'all' } }, { bad_increment: 1 });
  drops({ ...good, increments: { rows: 1, packed: 'AAAA' } }, { bad_increment: 1 });
  drops({ ...good, increments: { rows: 1, packed: 24 } }, { bad_increment: 1 });
  const none = brotliCompressSync(Buffer.alloc(PACKED_ROW_BYTES)).toString('base64');
  drops({ ...good, increments: { rows: 1, packed: none } }, { bad_increment: 1 });
  const huge = brotliCompressSync(Buffer.alloc(MAX_UNPACKED_BYTES + PACKED_ROW_BYTES)).toString('base64');
  drops(
    { ...good, increments: { rows: MAX_UNPACKED_BYTES / PACKED_ROW_BYTES + 1, packed: huge } },
    { bad_increment: 1 },
  );
  drops(increments(['a'], [[1, T, 1]]), { bad_series: 1 });
  drops(named({ kind: 'sum', name: '9', labels: {} }), { bad_series: 2 });
  drops(named({ kind: 'sum', name: 'a', labels: { 'b-c': 'd' } }), { bad_series: 2 });
  drops(named({ kind: 'sum', name: 'a', labels: { b: 'x'.repeat(LABEL_LIMITS.value_bytes + 1) } }), { bad_series: 2 });
  drops(named({ kind: 'sum', name: 'a', labels: { b: 'x'.repeat(LABEL_LIMITS.value_bytes) } }), {});
  drops(named({ kind: 'gauge', name: 'a', labels: {} }), { wrong_kind: 1 });
  drops({ ...good, series: [...good.series, { kind: 'gauge', name: 'a', labels: {} }] }, {});
  drops(
    increments(
      ['a', 'b', 'c', 'd', 'e'],
      [
        [0, T, 1],
        [4, T, 1],
        [4, T, 1],
      ],
    ),
    { series_limit: 2 },
  );
  drops({ ...good, watermark: { completeTo: 'x', state: 'ok' } }, { bad_watermark: 1 });
  drops(increments(['a'], [[0, T + 601, 1]]), { ahead_of_time: 1 });
  drops(increments(['a'], [[0, T + 600, 1]]), {});
  drops(
    samples('gauge', 'g', [
      [NOW, 1],
      [NOW, 2],
      [NOW, 1],
    ]),
    { duplicate_timestamp: 1 },
  );
});

test('a histogram is admitted whole or not at all', () => {
  const histogram = ['0.1', '1', '+Inf'].map((le) => ({ kind: 'sum' as const, name: 'h_bucket', labels: { le } }));
  const series = [
    ...histogram,
    { kind: 'sum' as const, name: 'h_sum', labels: {} },
    { kind: 'sum' as const, name: 'x', labels: {} },
  ];
  const payload: BatchPayload = {
    v: 1,
    source: 's',
    series,
    increments: { series: [0, 3, 4], time: [T, T, T], n: [1, 1, 1], sum: [1, 1, 1] },
  };
  const admitted = (limits: { maxSeries?: number; maxSeriesPerMetric?: number }, want: number, drops: object) => {
    const store = openStore(limits);
    new Queue().send(store, payload);
    expect(store.stats()).toMatchObject({ series: want, drops });
    store.close();
  };
  admitted({ maxSeries: 3 }, 1, { series_limit: 2 });
  admitted({ maxSeries: 4 }, 4, { series_limit: 1 });
  admitted({ maxSeries: 5 }, 5, {});
  admitted({ maxSeriesPerMetric: 2 }, 1, { metric_series_limit: 2 });
  admitted({ maxSeriesPerMetric: 3 }, 5, {});
});

test('series are counted before they are made, whatever the order they come in', () => {
  const part = (name: string, host: string, le?: string) => ({
    kind: 'sum' as const,
    name,
    labels: { host, ...(le !== undefined && { le }) },
  });
  // Two histograms of three parts each, one part of either in turn; each row names a part.
  const parts = ['1', '+Inf'].flatMap((le) => ['a', 'b'].map((host) => part('h_bucket', host, le)));
  const series = [...parts, part('h_count', 'a'), part('h_count', 'b')];
  const made = (limits: { maxSeries?: number; maxSeriesPerMetric?: number }, want: number, drops: object) => {
    const store = openStore(limits);
    const rows = series.map((_, i): IncrementRow => [i, T, 1]);
    const { increments: columns } = increments([], rows);
    new Queue().send(store, { v: 1, source: 's', series, ...(columns && { increments: columns }) });
    expect(store.stats()).toMatchObject({ series: want, drops });
    store.close();
  };
  made({ maxSeries: 5 }, 3, { series_limit: 3 });
  made({ maxSeries: 6 }, 6, {});
  made({ maxSeriesPerMetric: 3 }, 3, { metric_series_limit: 3 });
  made({ maxSeriesPerMetric: 4 }, 6, {});
});

test('age is judged by the origin, so a log of long ago fills an empty store', () => {
  const store = openStore();
  const queue = new Queue();
  const old = 1_420_070_400;
  queue.send(store, increments(['a'], [[0, old, 2]], 'archive'));
  queue.send(
    store,
    increments(
      ['b'],
      [
        [0, T, 1],
        [0, T - 731 * 86_400, 1],
      ],
      'live',
    ),
  );
  expect(count(store, 'a', (old - 20) * 1000, old * 1000)).toMatchObject({
    n: 2,
    window: { start: (old - 20) * 1000 },
  });
  expect(store.stats().drops).toEqual({ too_old: 1 });
  store.close();
});

describe('since when a source is heard', () => {
  const told = (completeTo: number) => ({
    ...increments(['a'], [[0, T, 1]]),
    watermark: { completeTo, state: 'ok' as const },
  });
  const heardAfter = (...words: readonly number[]): number | undefined => {
    const dataDir = tempDir();
    const queue = new Queue();
    for (const word of words) {
      const store = new Store({ dataDir });
      queue.send(store, told(word));
      store.close();
    }
    const store = new Store({ dataDir });
    const [origin] = store.origins();
    store.close();
    return origin?.heardFrom;
  };
  const f = (what: string, words: readonly number[], want: number | undefined) =>
    test(what, () => expect(heardAfter(...words)).toBe(want));
  f('its first word, over restarts', [NOW - 3000, NOW - 2000, NOW - 1000], NOW - 3000);
  f('not before it was complete to anything', [0], undefined);
  f('from when it is complete to something', [0, NOW - 2000, NOW - 1000], NOW - 2000);
  f('no later than what it says now: its clock came back', [NOW - 1000, NOW - 5000], NOW - 5000);
  test('of one that an older store heard nobody knows', () => {
    const watermark = { completeTo: 1000, state: 'ok' as const };
    const known = { id: 0, collector: 'c', source: 's', highWater: 0, watermark };
    expect(withWord(known, { ...watermark, completeTo: 2000 })).not.toHaveProperty('heardFrom');
  });
});

test('watermarks, origins and facts are told as they were sent, also after a restart', () => {
  const dataDir = tempDir();
  const queue = new Queue();
  let store = new Store({ dataDir });
  const watermark = { completeTo: NOW - 1000, state: 'ok' as const, service: 'shop', drops: { too_long: 2 } };
  queue.send(store, {
    ...increments(
      ['a'],
      [
        [0, T - 25, 1],
        [0, T, 1],
      ],
    ),
    watermark,
  });
  for (const close of [true, false]) {
    const heardFrom = watermark.completeTo;
    expect(store.origins()).toEqual([{ origin: 'c1/s', collector: 'c1', source: 's', ...watermark, heardFrom }]);
    expect(store.view.facts(store.view.select([]))).toEqual({
      series: 1,
      oldest: NOW - 20_000,
      newest: NOW,
      origins: ['c1/s'],
    });
    const reader = store.view.reader(store.view.select([])[0]!);
    expect(reader.at(ms(NOW - 31_000), ms(300_000))).toBeUndefined();
    expect(reader.at(ms(NOW - 30_000), ms(300_000))).toBe(0);
    expect(reader.at(ms(NOW - 20_000), ms(300_000))).toBe(1);
    expect(reader.at(NOW, ms(300_000))).toBe(2);
    expect(reader.at(ms(NOW + 299_999), ms(300_000))).toBe(2);
    expect(reader.at(ms(NOW + 300_000), ms(300_000))).toBeUndefined();
    store.close();
    if (close) store = new Store({ dataDir });
  }
});
