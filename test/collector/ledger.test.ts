import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MetricBatch } from '../../collector/batch.ts';
import { Ledger } from '../../collector/delivery/commit.ts';
import { type CollectorDatabase, commitWithoutSync, openDatabase } from '../../collector/delivery/database.ts';
import { packIncrements } from '../../collector/delivery/increment-columns.ts';
import { encodePayloads } from '../../collector/delivery/payload.ts';
import { Queue } from '../../collector/delivery/queue.ts';
import type { BatchPayload } from '../../server/model/batch.ts';
import { digestOf } from '../../server/runtime/digest.ts';
import { incrementsIn } from '../support/increments.ts';
import { tries } from '../support/long.ts';

describe('one transaction', () => {
  let folder: string;
  let database: CollectorDatabase;
  let queue: Queue;
  let ledger: Ledger;
  const payload = Buffer.alloc(10_000);
  const commit = (line: number, more = false): void =>
    ledger.commit({
      source: 'log',
      replayable: true,
      positions: { line },
      payloads: [{ payload, digest: digestOf(payload), more }],
      hasRows: true,
      learned: [{ component: 'metrics', items: [`set-${line}`] }],
    });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ledger-'));
    database = openDatabase(folder);
    queue = new Queue(database, { collector: 'here', sink: 'server' });
    ledger = new Ledger(database, queue);
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true });
  });

  test('a full disk takes nothing of a batch, and all of it when there is room again', () => {
    database.pragma('max_page_count = 60');
    let line = 0;
    const fill = (): void => {
      for (;;) {
        commit(line + 1);
        line++;
      }
    };
    expect(fill).toThrow(expect.objectContaining({ code: 'disk_full' }));
    expect(ledger.positions('log')).toEqual({ line });
    expect(ledger.learned('metrics')).toHaveLength(line);
    expect([queue.length, queue.bytes, queue.all().length]).toEqual([line, line * 10_000, line]);
    queue.acknowledge(line);
    commit(line + 1);
    expect([queue.length, queue.bytes, queue.state.last]).toEqual([1, 10_000, line + 1]);
  });

  test('null forgets a position', () => {
    commit(1);
    ledger.commit({
      source: 'log',
      replayable: true,
      positions: { line: null, other: [1] },
      payloads: [],
      hasRows: false,
      learned: [],
    });
    expect(ledger.positions('log')).toEqual({ other: [1] });
  });

  test('an acknowledgement does not wait for the disk; what comes after it does, whether it could be written or not', () => {
    const level = (): unknown => database.pragma('synchronous', { simple: true });
    const [normal, full] = [1, 2];
    expect(level()).toBe(full);
    let seen: unknown;
    commitWithoutSync(database, () => {
      seen = level();
    });
    expect([seen, level()]).toEqual([normal, full]);
    const fails = (): never => {
      throw new Error('no room');
    };
    expect(() => commitWithoutSync(database, fails)).toThrow('no room');
    expect(level()).toBe(full);
    commit(1);
    queue.acknowledge(1);
    expect(level()).toBe(full);
  });

  test('acknowledging twice lets go once', () => {
    for (const line of [1, 2, 3]) commit(line);
    expect([queue.acknowledge(2), queue.acknowledge(2), queue.acknowledge(1)]).toEqual([2, 0, 0]);
    expect([queue.head()?.sequence, queue.bytes, queue.marks().length]).toEqual([3, 10_000, 1]);
  });

  test('parts are let go with the last of their batch, and not sent again meanwhile', () => {
    for (const line of [1, 2, 3, 4]) commit(line, line === 2 || line === 3);
    const standing = (): unknown => [queue.state.acked.sequence, queue.head()?.sequence, queue.length, queue.bytes];
    expect([queue.acknowledge(2), standing()]).toEqual([1, [1, 3, 3, 30_000]]);
    expect([queue.acknowledge(3), standing()]).toEqual([0, [1, 4, 3, 30_000]]);
    expect(queue.entries().map(({ sequences }) => sequences)).toEqual([[2, 3, 4]]);
    expect([queue.acknowledge(4), standing()]).toEqual([3, [4, undefined, 0, 0]]);
  });

  test('a start sends parts again from the first, unless its server knows better', () => {
    for (const line of [1, 2, 3]) commit(line, line < 3);
    queue.acknowledge(2);
    const again = new Queue(database, { collector: 'here', sink: 'server' });
    expect([again.head()?.sequence, again.length]).toEqual([1, 3]);
    again.acknowledge(1);
    expect(again.head()?.sequence).toBe(2);
  });

  test('a new epoch numbers what is kept from 1', () => {
    for (const line of [1, 2, 3, 4]) commit(line);
    queue.acknowledge(1);
    const positions = new Map([['log', { line: 1 }]]);
    ledger.rewind(7, { keep: new Set([2, 4]), positions, tell: new Map() });
    expect(queue.all().map(({ sequence }) => sequence)).toEqual([1, 2]);
    expect([queue.state.epoch, queue.state.acked.sequence, queue.bytes]).toEqual([7, 0, 20_000]);
    expect(ledger.positions('log')).toEqual({ line: 1 });
  });
});

describe('a database of an earlier format', () => {
  const QUEUE_2 = `CREATE TABLE queue(sink TEXT NOT NULL, sequence INTEGER NOT NULL, source TEXT NOT NULL, replayable INTEGER NOT NULL,
    digest TEXT NOT NULL, payload BLOB NOT NULL, span TEXT NOT NULL DEFAULT '', PRIMARY KEY(sink, sequence)) STRICT`;
  const SINKS_1 = `CREATE TABLE sinks(sink TEXT PRIMARY KEY, epoch INTEGER NOT NULL, acked_sequence INTEGER NOT NULL,
    acked_digest TEXT NOT NULL, last_sequence INTEGER NOT NULL) STRICT, WITHOUT ROWID`;
  const SINKS_2 = SINKS_1.replace(
    ') STRICT',
    ", collector TEXT NOT NULL DEFAULT '', formerly TEXT NOT NULL DEFAULT '[]', renamed INTEGER NOT NULL DEFAULT 0) STRICT",
  );
  const upgrades = (format: number, tables: readonly string[]): void => {
    test(`${format} is brought up to date with what waits in it`, () => {
      const folder = mkdtempSync(join(tmpdir(), 'ledger-'));
      const old = new Database(join(folder, 'collector.sqlite'));
      for (const table of tables) old.exec(table);
      old.exec(`INSERT INTO sinks (sink, epoch, acked_sequence, acked_digest, last_sequence) VALUES ('server', 3, 6, 'six', 7);
        INSERT INTO queue (sink, sequence, source, replayable, digest, payload) VALUES ('server', 7, 'log', 1, 'seven', x'00')`);
      old.pragma(`user_version = ${format}`);
      old.close();
      const database = openDatabase(folder);
      const queue = new Queue(database, { collector: 'here', sink: 'server' });
      expect(queue.entries()).toEqual([{ sequence: 7, sequences: [7], source: 'log', replayable: true }]);
      expect([queue.state.epoch, queue.acknowledge(7), queue.length]).toEqual([3, 1, 0]);
      database.close();
      rmSync(folder, { recursive: true });
    });
  };
  upgrades(1, [SINKS_1, QUEUE_2.replace("span TEXT NOT NULL DEFAULT '', ", '')]);
  upgrades(2, [SINKS_2, QUEUE_2]);
});

describe('payloads', () => {
  const batchOf = (times: readonly number[], label = ''): MetricBatch => ({
    kind: 'metrics',
    series: times.map((_, i) => ({ kind: 'sum', name: 'm', labels: { i: `${i}${label}` } })),
    increments: {
      series: times.map((_, i) => i),
      time: [...times],
      n: times.map(() => 1),
      sum: times.map((_, i) => i),
    },
    samples: { series: [], time: [], value: [] },
  });
  const decode = (batches: readonly MetricBatch[], maxBytes?: number): BatchPayload[] =>
    encodePayloads('log', batches, { positions: { 'log/a': 1 } }, maxBytes).map(({ payload, digest }) => {
      expect(digest).toBe(digestOf(payload));
      return JSON.parse(Buffer.from(payload).toString('utf8')) as BatchPayload;
    });
  const rowsOf = (parts: readonly BatchPayload[]): string[] =>
    parts.flatMap((part) => {
      const rows = incrementsIn(part);
      return rows.series.map((index, i) => `${part.series[index]?.labels.i} ${rows.time[i]} ${rows.sum[i]}`);
    });

  test('nothing but positions is a payload too', () => {
    expect(decode([batchOf([])])).toEqual([{ v: 1, source: 'log', series: [], positions: { 'log/a': 1 } }]);
  });

  test('all batches of a read are one payload with its positions', () => {
    const samples = { series: [0], time: [3000], value: [7] };
    const parts = decode([batchOf([1, 1], 'a'), { ...batchOf([2], 'b'), samples }, batchOf([])]);
    expect(parts).toHaveLength(1);
    expect(rowsOf(parts)).toEqual(['0a 1 0', '1a 1 1', '0b 2 0']);
    expect(parts[0]).toMatchObject({ samples: { series: [2], time: [3000], value: [7] }, positions: { 'log/a': 1 } });
  });

  test('a read of 1 MiB of the shortest lines, a second each, three metrics and 14 buckets, is one payload', () => {
    const lines = Math.floor(2 ** 20 / 'h - - [01/Jan/2025:00:00:00 +0000] "GET / HTTP/1.1" 200 1\n'.length);
    const rows = Array.from({ length: lines * 19 }, (_, i) => i);
    const series = Array.from({ length: 19 * 500 }, (_, i) => ({
      kind: 'sum' as const,
      name: 'http_request_duration_seconds_bucket',
      labels: { service: 'shop', method: 'GET', status: '200', le: `${i}` },
    }));
    const increments = {
      series: rows.map((i) => i % series.length),
      time: rows.map((i) => 1_735_689_600 + Math.floor(i / 19)),
      n: rows.map(() => 1),
      sum: rows.map(() => 1),
    };
    const batch: MetricBatch = { kind: 'metrics', series, increments, samples: { series: [], time: [], value: [] } };
    expect(encodePayloads('log', [batch], { positions: {} })).toHaveLength(1);
  });

  test('beyond the limit, every row travels once, a second stays whole, positions come after them', () => {
    const limit = 2 ** 15;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 20 }), (seconds) => {
        const times = seconds.flatMap((rows, second) => Array<number>(rows).fill(second));
        const parts = decode([batchOf(times, 'x'.repeat(60))], limit);
        expect(rowsOf(parts)).toEqual(times.map((time, i) => `${i}${'x'.repeat(60)} ${time} ${i}`));
        expect(parts.map(({ positions }) => positions !== undefined)).toEqual(
          parts.map((_, i) => i === parts.length - 1),
        );
        expect(parts.map(({ more }) => more === true)).toEqual(parts.map((_, i) => i < parts.length - 1));
        const ends = parts
          .map((part) => incrementsIn(part).time)
          .flatMap((time) => (time.length > 0 ? [[time.at(0), time.at(-1)]] : []));
        for (let i = 1; i < ends.length; i++) expect(ends[i]![0]).toBeGreaterThan(ends[i - 1]![1]!);
        for (const part of parts) expect(JSON.stringify(part).length).toBeLessThan(limit + 100);
      }),
      { seed: 5, numRuns: tries(100) },
    );
  });

  test('positions beyond the limit travel in parts of their own, the watermark on the last', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string({ maxLength: 80 })), fc.boolean(), (positions, hasRows) => {
        const watermark = { completeTo: 1, state: 'ok' } as const;
        const rows = hasRows ? [batchOf([1, 2, 3])] : [];
        const parts = encodePayloads('log', rows, { positions, watermark }, 200).map(
          ({ payload }) => JSON.parse(Buffer.from(payload).toString('utf8')) as BatchPayload,
        );
        expect(Object.assign({}, ...parts.map((part) => part.positions))).toEqual({ ...positions });
        expect(parts.flatMap((part) => Object.keys(part.positions ?? {}))).toEqual(Object.keys(positions));
        const kinds = parts.map((part) => (part.increments === undefined ? 'positions' : 'rows'));
        expect(kinds).toEqual([...kinds].sort().reverse());
        expect(parts.map((part) => part.watermark)).toEqual([...parts.slice(1).map(() => undefined), watermark]);
      }),
      { seed: 6, numRuns: tries(200) },
    );
  });

  test('packed increments are the increments, those of a series together and in their order', () => {
    const row = fc.record({
      series: fc.nat(9),
      time: fc.nat(2 ** 32 - 1),
      n: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      sum: fc.double({ noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        const column = (name: 'series' | 'time' | 'n' | 'sum'): number[] => rows.map((one) => one[name]);
        const columns = { series: column('series'), time: column('time'), n: column('n'), sum: column('sum') };
        const read = incrementsIn({ increments: packIncrements(columns, 10) });
        const back = read.series.map((series, i) => ({ series, time: read.time[i], n: read.n[i], sum: read.sum[i] }));
        expect(back).toEqual(rows.toSorted((a, b) => a.series - b.series));
      }),
      { seed: 7 },
    );
  });

  test('a moment that does not fit is cut inside', () => {
    const parts = decode([batchOf([1, 1, 1, 1])], 200);
    expect(parts.length).toBeGreaterThan(1);
    expect(rowsOf(parts)).toEqual(['0 1 0', '1 1 1', '2 1 2', '3 1 3']);
  });
});
