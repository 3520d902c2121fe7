import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Ledger } from '../../collector/delivery/commit.ts';
import { type CollectorDatabase, openDatabase } from '../../collector/delivery/database.ts';
import type { PayloadTail } from '../../collector/delivery/payload.ts';
import { Queue } from '../../collector/delivery/queue.ts';
import { toWire } from '../../collector/delivery/wire-positions.ts';
import type { BatchPayload, PositionValue } from '../../server/model/batch.ts';
import { IngestServer } from '../support/ingest-server.ts';
import { tries } from '../support/long.ts';

let folder: string;
let database: CollectorDatabase;
let queue: Queue;
let ledger: Ledger;

const openLedger = (): void => {
  queue = new Queue(database, { collector: 'here', sink: 'server' });
  ledger = new Ledger(database, queue);
};
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tails-'));
  database = openDatabase(folder);
  openLedger();
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true });
});

type Positions = Record<string, PositionValue | null>;

/** Commits as the intake of a source does. Returns the bytes it said the queue would grow by. */
function commit(source: string, positions: Positions, hasRows: boolean, completeTo?: number): number {
  const watermark = completeTo === undefined ? {} : { watermark: { completeTo, state: 'ok' as const } };
  const tail: PayloadTail = { positions: toWire(source, positions), ...watermark };
  const payloads = hasRows ? ledger.encode(source, [], tail) : ledger.encodeTail(source, tail);
  const growth = ledger.growthOf({ source, payloads, hasRows });
  ledger.commit({ source, replayable: true, positions, payloads, hasRows, learned: [] });
  return growth;
}

const queued = (): BatchPayload[] =>
  queue.all().map(({ payload }) => JSON.parse(Buffer.from(payload).toString('utf8')) as BatchPayload);

test('a source that is idle for days waits with two words at most, the last of them current', () => {
  for (let i = 1; i <= 500; i++) for (const source of ['a', 'b']) commit(source, { [`k${i % 3}`]: i }, false, i);
  // The head may be in flight, so `a` has another one behind it.
  expect(queued().map(({ source }) => source)).toEqual(['a', 'b', 'a']);
  expect(queued().map(({ watermark }) => watermark?.completeTo)).toEqual([1, 500, 500]);
  expect(queued()[1]?.positions).toEqual({ 'b/k0': 498, 'b/k1': 499, 'b/k2': 500 });
});

test('a word without a watermark keeps the one before it', () => {
  commit('a', { line: 1 }, true);
  commit('a', { line: 2 }, false, 7);
  commit('a', { line: null }, false);
  expect(queued()).toMatchObject([
    { positions: { 'a/line': 1 } },
    { positions: { 'a/line': null }, watermark: { completeTo: 7 } },
  ]);
});

test('rows are never replaced, nor is what lies before them', () => {
  commit('a', { line: 1 }, true);
  commit('a', { line: 2 }, false);
  commit('a', { line: 3 }, true);
  commit('a', { line: 4 }, false);
  commit('a', { line: 5 }, false);
  expect(queued().map(({ positions }) => positions)).toEqual([1, 2, 3, 5].map((line) => ({ 'a/line': line })));
});

test('what an earlier process said is left alone: it may have been sent', () => {
  for (const line of [1, 2]) commit('a', { line }, line === 1);
  openLedger();
  commit('a', { line: 3 }, false);
  commit('a', { line: 4 }, false);
  expect(queued().map(({ positions }) => positions?.['a/line'])).toEqual([1, 2, 4]);
});

test('a tail that has grown large is left, and another begun', () => {
  commit('b', {}, true);
  for (let file = 0; file < 1000; file++) commit('a', { [`file-${file}`]: 'x'.repeat(80) }, false);
  const tails = queued().slice(1);
  expect(tails.length).toBeGreaterThan(3);
  expect(Math.max(...queue.all().map(({ payload }) => payload.length))).toBeLessThan(17_000);
  expect(tails.flatMap(({ positions }) => Object.keys(positions ?? {}))).toHaveLength(1000);
});

test('a commit that fails replaces nothing', () => {
  for (const line of [1, 2]) commit('a', { line }, line === 1);
  const before = [queued(), queue.bytes];
  database.exec("CREATE TRIGGER refuse BEFORE INSERT ON positions BEGIN SELECT RAISE(ABORT, 'refused'); END");
  expect(() => commit('a', { other: 'x'.repeat(100) }, false)).toThrow('refused');
  expect([queued(), queue.bytes]).toEqual(before);
});

test('whatever is sent when, lost answers included, the server ends where the sources stand', async () => {
  const key = fc.constantFrom('k', 'l', 'm');
  const value = fc.option(fc.nat(99), { freq: 3 });
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ source: fc.constantFrom('a', 'b'), key, value, hasRows: fc.boolean() }) },
    { weight: 2, arbitrary: fc.constantFrom('send' as const, 'send, answer lost' as const) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      database.exec('DELETE FROM queue; DELETE FROM sinks; DELETE FROM positions');
      openLedger();
      const server = new IngestServer();
      const hello = await server.hello({
        collector: 'here',
        sink: 'server',
        epoch: 0,
        acked: queue.state.acked,
        queued: [],
      });
      if (hello.result === 'rewind')
        ledger.rewind(hello.epoch, { keep: new Set(), positions: new Map(), tell: new Map() });
      const send = async (isLost: boolean): Promise<void> => {
        const head = queue.head();
        if (head === undefined) return;
        const { sequence, digest, payload } = head;
        const envelope = { collector: 'here', sink: 'server', epoch: queue.state.epoch, sequence, digest };
        expect((await server.send(envelope, payload)).result).toMatch(/applied|duplicate/);
        if (!isLost) queue.acknowledge(sequence);
      };
      for (const one of steps) {
        if (typeof one === 'string') await send(one !== 'send');
        else {
          const before = queue.bytes;
          const growth = commit(one.source, { [one.key]: one.value }, one.hasRows);
          expect(queue.bytes - before).toBe(growth);
        }
      }
      while (queue.length > 0) await send(false);
      expect(queue.bytes).toBe(0);
      for (const source of ['a', 'b']) {
        const there = Object.entries(server.positions).filter(([name]) => name.startsWith(`${source}/`));
        expect(Object.fromEntries(there)).toEqual(toWire(source, ledger.positions(source)));
      }
    }),
    { seed: 9, numRuns: tries(60) },
  );
});
