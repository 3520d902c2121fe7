import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { databaseFile, restoredFile, settleDataDir, snapshotFile } from '../../server/store/data-dir.ts';
import { copyDatabase } from '../../server/store/doctor/snapshot.ts';
import { Store } from '../../server/store/store.ts';
import { canMount, mountSmallDisk } from '../support/small-disk.ts';
import { count, increments, NOW, Queue, tempDir } from './batches.ts';

const T = NOW / 1000;

/** A store of some MiB, so that it is copied in several steps. */
function grownStore(dataDir: string): { store: Store; queue: Queue } {
  const store = new Store({ dataDir });
  const queue = new Queue();
  for (let i = 0; i < 6; i++) queue.send(store, increments(['a'], [[0, T - i * 10, 1]]));
  const db = new Database(databaseFile(dataDir));
  db.exec("INSERT INTO log_body (id, filter, columns, text) VALUES (1000, x'', x'', randomblob(6000000))");
  db.close();
  return { store, queue };
}

function countIn(file: string): number {
  const dataDir = tempDir();
  writeFileSync(databaseFile(dataDir), readFileSync(file));
  const store = new Store({ dataDir });
  const { n } = count(store, 'a', NOW - 86_400_000, NOW);
  store.close();
  return n;
}

test('a copy holds what was committed before it began, and nothing of what is committed while it is made', async () => {
  const dataDir = tempDir();
  const { store, queue } = grownStore(dataDir);
  const to = join(tempDir(), 'copy.sqlite');
  const progress: number[] = [];
  const bytes = await copyDatabase(databaseFile(dataDir), to, {
    onProgress: (done, total) => {
      progress.push(done / total);
      queue.send(store, increments(['a'], [[0, T - 5, 1]]));
      store.flush(NOW, 10);
    },
  });
  expect(progress.length).toBeGreaterThan(3);
  expect(progress.at(-1)).toBe(1);
  expect(progress).toEqual(progress.toSorted((a, b) => a - b));
  expect(countIn(to)).toBe(6);
  expect(count(store, 'a', NOW - 86_400_000, NOW).n).toBe(6 + progress.length);
  expect(bytes).toBe(statSync(to).size);
  expect(statSync(to).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(to, '..'))).toEqual(['copy.sqlite']);
  store.close();
});

test('a copy of a store at rest whose process was killed holds what its log holds', async () => {
  const dataDir = tempDir();
  const { store } = grownStore(dataDir);
  store.abandon();
  const to = join(tempDir(), 'copy.sqlite');
  await copyDatabase(databaseFile(dataDir), to);
  expect(countIn(to)).toBe(6);
});

test('a copy that would let the log grow beyond its bound is given up, and leaves nothing', async () => {
  const dataDir = tempDir();
  const { store } = grownStore(dataDir);
  const to = join(tempDir(), 'copy.sqlite');
  const copying = copyDatabase(databaseFile(dataDir), to, { maxLogBytes: 4096 });
  await expect(copying).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(/want at most 4096/),
  });
  expect(readdirSync(join(to, '..'))).toEqual([]);
  store.close();
});

test('what cannot be copied is told, and what is there already stays', async () => {
  const dataDir = tempDir();
  grownStore(dataDir).store.close();
  const refused = async (from: string, to: string, code: string, message: RegExp) => {
    await expect(copyDatabase(from, to)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  };
  const out = tempDir();
  const other = join(out, 'other.sqlite');
  writeFileSync(other, 'x'.repeat(8192));
  await refused(join(out, 'none.sqlite'), join(out, 'a'), 'bad_request', /^cannot read .*none\.sqlite: /);
  await refused(other, join(out, 'a'), 'bad_request', /it is not a database of Vigie/);
  await refused(databaseFile(dataDir), other, 'unavailable', /^cannot write .*other\.sqlite: EEXIST/);
  expect(readFileSync(other, 'utf8')).toBe('x'.repeat(8192));
  const db = new Database(join(out, 'diary.sqlite'));
  db.exec('CREATE TABLE diary (day TEXT)');
  db.close();
  await refused(join(out, 'diary.sqlite'), join(out, 'a'), 'bad_config', /it is not a database of Vigie/);
  const later = new Database(databaseFile(dataDir));
  later.pragma('user_version = 99');
  later.close();
  await refused(databaseFile(dataDir), join(out, 'a'), 'newer_database', /got format 99/);
  expect(readdirSync(out).sort()).toEqual(['diary.sqlite', 'other.sqlite']);
});

describe.skipIf(!canMount)(canMount ? 'a full disk' : 'a full disk (skipped: mounting is not permitted here)', () => {
  test('is told before anything is written, or when it fills up meanwhile; nothing is left', async () => {
    const dataDir = tempDir();
    const { store } = grownStore(dataDir);
    store.close();
    const small = mountSmallDisk(join(tempDir(), 'disk'));
    onTestFinished(small.unmount);
    const to = join(small.path, 'copy.sqlite');
    const full = { code: 'disk_full', message: expect.stringMatching(/^cannot write .*copy\.sqlite: /) };
    small.fill();
    await expect(copyDatabase(databaseFile(dataDir), to)).rejects.toMatchObject(full);
    small.free();
    let steps = 0;
    const onProgress = (): void => {
      if (++steps === 2) small.fill();
    };
    await expect(copyDatabase(databaseFile(dataDir), to, { onProgress })).rejects.toMatchObject(full);
    expect(readdirSync(small.path)).toEqual(['filler']);
    small.free();
    expect(await copyDatabase(databaseFile(dataDir), to)).toBe(statSync(to).size);
  });
});

test('what a killed copy or restore left is settled at the next start', () => {
  const settled = (before: readonly string[], after: readonly string[]) => {
    const dataDir = tempDir();
    const names = new Map([
      ['database', databaseFile(dataDir)],
      ['log', `${databaseFile(dataDir)}-wal`],
      ['restored', restoredFile(dataDir)],
      ['part', `${restoredFile(dataDir)}.part`],
      ['snapshot', snapshotFile(dataDir)],
    ]);
    mkdirSync(dataDir, { recursive: true });
    for (const name of before) writeFileSync(names.get(name)!, name);
    settleDataDir(dataDir);
    const there = [...names].filter(([, file]) => existsSync(file));
    expect(there.map(([name, file]) => `${name}: ${readFileSync(file, 'utf8')}`)).toEqual(after);
  };
  settled([], []);
  settled(['database', 'log'], ['database: database', 'log: log']);
  settled(['database', 'log', 'part', 'snapshot'], ['database: database', 'log: log']);
  settled(['database', 'log', 'restored'], ['database: database', 'log: log']);
  settled(['log', 'restored'], ['database: restored']);
  settled(['restored'], ['database: restored']);
});
