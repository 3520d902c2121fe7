import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { ms } from '../../server/model/units.ts';
import { Store } from '../../server/store/store.ts';
import { count, idsOf, increments, NOW, Queue, tempDir } from './batches.ts';
import { linesOf, textsOf } from './logs/lines.ts';

/** The tables of version 1, as they were. */
const VERSION_1 = `
CREATE TABLE page (id INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE journal (lsn INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE series (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, labels TEXT NOT NULL);
CREATE TABLE head (series INTEGER PRIMARY KEY, lsn INTEGER NOT NULL, oldest REAL NOT NULL, newest REAL NOT NULL,
  n REAL NOT NULL, sum REAL NOT NULL);
CREATE TABLE origin (id INTEGER PRIMARY KEY, collector TEXT NOT NULL, source TEXT NOT NULL, high_water REAL NOT NULL,
  watermark TEXT, UNIQUE (collector, source));
CREATE TABLE series_origin (series INTEGER NOT NULL, origin INTEGER NOT NULL, PRIMARY KEY (series, origin)) WITHOUT ROWID;
CREATE TABLE sink (id INTEGER PRIMARY KEY, collector TEXT NOT NULL, name TEXT NOT NULL, epoch INTEGER NOT NULL,
  sequence INTEGER NOT NULL, digest TEXT NOT NULL, UNIQUE (collector, name));
CREATE TABLE sink_epoch (sink INTEGER NOT NULL, epoch INTEGER NOT NULL, sequence INTEGER NOT NULL,
  PRIMARY KEY (sink, epoch)) WITHOUT ROWID;
CREATE TABLE position (sink INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (sink, key)) WITHOUT ROWID;
CREATE TABLE tally (name TEXT PRIMARY KEY, value REAL NOT NULL) WITHOUT ROWID;
`;

test('a file of version 1 is brought up to date with all it holds, and takes what later versions know', async () => {
  const dataDir = tempDir();
  const db = new Database(join(dataDir, 'vigie.sqlite'));
  db.exec(VERSION_1);
  db.exec(`INSERT INTO sink VALUES (1, 'c1', 'vigie', 5, 7, 'abc');
    INSERT INTO origin VALUES (0, 'c1', 's', ${NOW}, NULL);
    INSERT INTO position VALUES (1, 'f', '42');
    INSERT INTO tally VALUES ('applied/batches', 7)`);
  db.pragma(`application_id = ${0x56676965}`);
  db.pragma('user_version = 1');
  db.close();
  const store = new Store({ dataDir });
  const hello = { collector: 'c1', sink: 'vigie', epoch: 4, acked: { sequence: 0, digest: '' }, queued: [] };
  expect(store.hello(hello, NOW)).toMatchObject({ result: 'rewind', epoch: 6, positions: { f: 42 } });
  const queue = new Queue();
  queue.epoch = 6;
  expect(queue.send(store, linesOf([{ time: NOW, text: 'first' }]))).toEqual({ result: 'applied' });
  expect(queue.send(store, increments(['a'], [[0, NOW / 1000, 3]]))).toEqual({ result: 'applied' });
  expect(await textsOf(store)).toEqual(['first']);
  expect(count(store, 'a', NOW - 60_000, NOW).n).toBe(3);
  expect(store.stats().appliedBatches).toBe(9);
  store.close();
  const file = new Database(join(dataDir, 'vigie.sqlite'), { readonly: true });
  expect(file.pragma('user_version', { simple: true })).toBe(6);
  file.close();
});

/**
 * A store of version 3 as a killed process left it, some of its commits in pages and some in the journal: 400 steps of 15 s from NOW
 * on, every tenth one after its two successors. In step i hits_total counts i % 7 + 1, packets_total stands at 10 i, from step
 * 250 on at 10 (i - 250), and load is (i % 13) / 8 + 0.1, every fiftieth one a stale marker.
 */
const GOLDEN = new URL('../golden/store/version-3.sqlite.br', import.meta.url);
const STEPS = Array.from({ length: 400 }, (_, i) => i);
const timeOf = (step: number) => ms(NOW + step * 15_000);

test('the pages and the journal of a file of version 3 become longer pages, and count the same', () => {
  const dataDir = tempDir();
  writeFileSync(join(dataDir, 'vigie.sqlite'), brotliDecompressSync(readFileSync(GOLDEN)));
  let store = new Store({ dataDir });
  checkGolden(store);
  store.abandon();
  store = new Store({ dataDir });
  checkGolden(store);
  const queue = new Queue();
  queue.hello(store);
  queue.send(store, increments(['hits_total'], [[0, timeOf(402) / 1000, 5]]), timeOf(402));
  expect(count(store, 'hits_total', timeOf(400), timeOf(402)).n).toBe(5);
  store.close();
});

function checkGolden(store: Store): void {
  // Windows of an even number of steps begin and end on a border of slots.
  const counted = (from: number, to: number) => {
    const want = STEPS.slice(from, to).reduce((sum, i) => sum + (i % 7) + 1, 0);
    expect(count(store, 'hits_total', timeOf(from - 1), timeOf(to - 1)).n).toBe(want);
  };
  counted(0, 400);
  counted(0, 1);
  counted(41, 45);
  counted(121, 361);
  counted(399, 400);
  const window = (name: string, steps: readonly number[], values: readonly number[]) =>
    expect(store.view.reader(idsOf(store, name)[0]!).window(timeOf(-1), timeOf(400))).toEqual({
      form: 'samples',
      times: steps.map(timeOf),
      values,
    });
  const packets = STEPS.map((i) => (i < 250 ? i * 10 : (i - 250) * 10));
  window('packets_total', STEPS, packets);
  const live = STEPS.filter((i) => i % 50 !== 49);
  const load = live.map((i) => (i % 13) / 8 + 0.1);
  window('load', live, load);
  const slots = (step: number) =>
    store.view.slots(idsOf(store, 'packets_total')[0]!, { start: timeOf(-1), end: timeOf(400), step: ms(step) })!;
  for (const step of [60_000, 300_000, 3_600_000]) {
    const { n, resets } = slots(step);
    const total = (list: readonly number[]) => list.reduce((a, b) => a + b, 0);
    expect(total(n)).toBe(400);
    expect(total(resets)).toBeLessThanOrEqual(1);
  }
  expect(slots(86_400_000)).toMatchObject({ n: [400], first: [0], last: [1490], resets: [1], adj: [2490] });
  expect(store.stats().drops).toEqual({});
}
