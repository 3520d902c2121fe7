import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { ms } from '../../server/model/units.ts';
import { Store } from '../../server/store/store.ts';
import { count, idsOf, increments, NOW, openStore, Queue, tempDir } from './batches.ts';
import { textsOf } from './logs/lines.ts';

const T = NOW / 1000;
/** Built by `npx tsc -b`, like everything a child process runs. */
const CHILD = join(import.meta.dirname, '../../dist/test/store/crash-child.js');

test('whatever was acknowledged before a kill is there exactly once, with its position', async () => {
  const killed = async (point: string, hits: number, unacknowledged: number) => {
    const dataDir = tempDir();
    const child = spawn(process.execPath, [CHILD, dataDir, point, String(hits)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (data: Buffer) => {
      output += data.toString();
    });
    await once(child, 'close');
    expect(child.signalCode).toBe('SIGKILL');
    const acknowledged = output.trim() === '' ? 0 : Number(output.trim().split('\n').at(-1));
    const store = new Store({ dataDir });
    const applied = acknowledged + unacknowledged;
    if (applied > 0) expect(count(store, 'a', NOW - 40 * 60_000, NOW)).toMatchObject({ n: applied, sum: applied });
    const acked = { sequence: 0, digest: '' };
    expect(await textsOf(store)).toEqual(Array.from({ length: applied }, (_, i) => `line ${applied - i}`));
    const hello = store.hello({ collector: 'c1', sink: 'vigie', epoch: 9, acked, queued: [] }, NOW);
    expect(hello).toMatchObject({ positions: applied === 0 ? {} : { f: applied } });
    const updated = idsOf(store, 'x').map((id) => store.view.dataSource(id)?.last_value);
    expect(updated).toEqual(applied === 0 ? [] : [String(applied)]);
    store.close();
    const again = new Store({ dataDir });
    if (applied > 0) expect(count(again, 'a', NOW - 40 * 60_000, NOW).n).toBe(applied);
    expect(await textsOf(again)).toHaveLength(applied);
    again.close();
  };
  await killed('before_commit', 1, 0);
  await killed('before_commit', 17, 0);
  await killed('after_commit', 1, 1);
  await killed('after_commit', 18, 1);
  await killed('during_flush', 1, 0);
  await killed('during_flush', 6, 0);
  await killed('during_merge', 1, 0);
  await killed('during_merge', 3, 0);
  await killed('during_conversion', 1, 0);
  await killed('during_conversion', 4, 0);
});

test('a second opener is refused by name of the first, and let in after its kill', async () => {
  const dataDir = tempDir();
  const script = `import { Store } from ${JSON.stringify(join(import.meta.dirname, '../../dist/server/store/store.js'))};
    // Held for ever: a store nobody holds is collected, and its lock goes with it.
    globalThis.store = new Store({ dataDir: process.argv[1] }); console.log('open'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  expect(() => new Store({ dataDir })).toThrow(
    expect.objectContaining({ code: 'data_dir_locked', message: expect.stringContaining(` ${child.pid} `) }),
  );
  child.kill('SIGKILL');
  await once(child, 'close');
  new Store({ dataDir }).close();
  const first = new Store({ dataDir });
  expect(() => new Store({ dataDir })).toThrow(expect.objectContaining({ code: 'data_dir_locked' }));
  first.close();
});

test('a file of a later version, and one that is not ours, are refused and left alone', () => {
  const refused = (change: (db: Database.Database) => void, code: string) => {
    const dataDir = tempDir();
    const db = new Database(join(dataDir, 'vigie.sqlite'));
    change(db);
    db.close();
    expect(() => new Store({ dataDir })).toThrow(expect.objectContaining({ code }));
    expect(() => new Store({ dataDir })).toThrow(expect.objectContaining({ code }));
  };
  refused((db) => db.exec('CREATE TABLE diary (day TEXT)'), 'bad_config');
  refused((db) => {
    db.pragma(`application_id = ${0x56676965}`);
    db.pragma('user_version = 99');
  }, 'newer_database');
});

test('a damaged page costs its slots, is reported once, and can be written again', () => {
  const dataDir = tempDir();
  const queue = new Queue();
  const first = new Store({ dataDir });
  queue.send(
    first,
    increments(
      ['a'],
      [
        [0, T - 86_400, 5],
        [0, T, 2],
      ],
    ),
  );
  first.close();
  const db = new Database(join(dataDir, 'vigie.sqlite'));
  const { id } = db.prepare('SELECT min(id) AS id FROM page').get() as { id: number };
  db.prepare('UPDATE page SET body = CAST(substr(body, 1, length(body) - 5) || zeroblob(5) AS BLOB) WHERE id = ?').run(
    id,
  );
  db.close();
  const reports: string[] = [];
  const store = new Store({ dataDir, onDamage: (cause) => reports.push(cause) });
  const counts = () => [T - 86_400, T].map((end) => count(store, 'a', end * 1000 - 10_000, end * 1000).n);
  const [old, recent] = counts();
  expect([old, recent].sort()).toEqual(old === 0 ? [0, 2] : [0, 5]);
  counts();
  expect(reports).toEqual([expect.stringMatching(/^cannot read page \d+ of vigie.sqlite: the checksum differs/)]);
  expect(store.stats().drops).toEqual({ damaged_page: 1 });
  queue.send(
    store,
    increments(
      ['a'],
      [
        [0, T - 86_400, 1],
        [0, T, 1],
      ],
    ),
  );
  expect(counts()).toEqual([old! + 1, recent! + 1]);
  store.close();
});

test('a full disk refuses the commit, leaves memory and answers as they were, and is over when there is space', () => {
  const dataDir = tempDir();
  const store = new Store({ dataDir, maxFileBytes: 40 * 4096 });
  const queue = new Queue();
  queue.hello(store);
  let applied = 0;
  let refusedAt = 0;
  for (let i = 0; refusedAt === 0; i++) {
    const rows = Array.from({ length: 100 }, (_, k) => [k, T - i, 1] as const);
    const batch = queue.next(
      increments(
        rows.map((_, k) => `m${i % 50}_${k}`),
        rows,
      ),
    );
    try {
      store.commit([batch], NOW);
      applied++;
    } catch (error) {
      expect(error).toMatchObject({ code: 'disk_full' });
      refusedAt = i;
    }
  }
  expect(store.stats()).toMatchObject({ appliedBatches: applied, series: applied * 100 });
  expect(count(store, 'm0_0', NOW - 86_400_000, NOW).n).toBe(1);
  expect(store.view.select([])).toHaveLength(applied * 100);
  expect(() => store.commit([queue.last!], NOW)).toThrow(expect.objectContaining({ code: 'disk_full' }));
  store.limitFile(100 * 2 ** 20);
  expect(store.commit([queue.last!], NOW)).toEqual([{ result: 'applied' }]);
  store.close();
  const again = new Store({ dataDir });
  expect(again.stats()).toMatchObject({ appliedBatches: applied + 1, appliedIncrements: (applied + 1) * 100 });
  expect(count(again, `m${refusedAt % 50}_7`, NOW - 86_400_000, NOW).n).toBe(1);
  again.close();
});

test('flushing empties the journal in slices, never later than pages are due', () => {
  const store = openStore();
  const queue = new Queue();
  for (let i = 0; i < 20; i++) queue.send(store, increments(['a', 'b'], [[i % 2, T - i * 3600, 1]]));
  expect(store.flush(ms(NOW + 299_999), 100)).toEqual({ written: 0, due: false });
  expect(store.stats().journalRecords).toBe(20);
  let slices = 0;
  while (store.flush(ms(NOW + 300_000), 4).due) slices++;
  expect(slices).toBeGreaterThan(5);
  expect(store.stats().journalRecords).toBe(0);
  store.close();
});

test('the journal stays within its bound when nobody flushes, and a damaged record costs only itself', () => {
  const dataDir = tempDir();
  const queue = new Queue();
  const store = new Store({ dataDir, journalMaxBytes: 2000 });
  for (let i = 0; i < 200; i++) queue.send(store, increments(['a'], [[0, T - i * 10, 1]]));
  expect(store.stats().journalRecords).toBeGreaterThan(0);
  expect(store.stats().journalRecords).toBeLessThan(150);
  while (store.flush(ms(NOW + 600_000), 100).due);
  queue.send(store, increments(['a'], [[0, T, 1]]));
  queue.send(store, increments(['a'], [[0, T, 1]]));
  store.abandon();
  const db = new Database(join(dataDir, 'vigie.sqlite'));
  db.exec("UPDATE journal SET body = x'01ff' WHERE lsn = (SELECT min(lsn) FROM journal)");
  db.close();
  const again = new Store({ dataDir });
  expect(count(again, 'a', NOW - 3_600_000, NOW).n).toBe(201);
  expect(again.stats().drops).toEqual({ damaged_journal: 1 });
  again.close();
});

test('a data directory that cannot be one is refused with its name', () => {
  expect(() => new Store({ dataDir: '/dev/null/data' })).toThrow(/^cannot use data directory \/dev\/null\/data: /);
});

test('all-time totals survive a kill between two slices of a flush', () => {
  const dataDir = tempDir();
  const queue = new Queue();
  const store = new Store({ dataDir });
  for (let i = 0; i < 6; i++)
    queue.send(
      store,
      increments(
        ['a', 'b', 'c'],
        [
          [0, T - i, 1],
          [1, T - i, 2],
          [2, T - i, 3],
        ],
      ),
    );
  const total = (from: Store, name: string) => from.view.reader(idsOf(from, name)[0]!).at(NOW, ms(300_000));
  for (let slices = 0; slices < 3; slices++) {
    store.flush(ms(NOW + 600_000), 1);
    expect(store.stats().journalRecords).toBe(6);
  }
  store.abandon();
  const again = new Store({ dataDir });
  expect(['a', 'b', 'c'].map((name) => total(again, name))).toEqual([6, 12, 18]);
  again.close();
});
