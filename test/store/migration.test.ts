import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { Store } from '../../server/store/store.ts';
import { count, increments, NOW, Queue, tempDir } from './batches.ts';
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
  expect(file.pragma('user_version', { simple: true })).toBe(3);
  file.close();
});
