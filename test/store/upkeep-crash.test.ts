import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { databaseFile } from '../../server/store/data-dir.ts';
import { restoreDatabase } from '../../server/store/doctor/restore.ts';
import { copyDatabase } from '../../server/store/doctor/snapshot.ts';
import { Store } from '../../server/store/store.ts';
import { makeBackup } from '../../server/upkeep/backup-file.ts';
import { tries } from '../support/long.ts';
import { seeded } from '../support/random.ts';
import { canMount, mountSmallDisk } from '../support/small-disk.ts';
import { count, increments, NOW, Queue, tempDir } from './batches.ts';
import { changeFile, examined } from './full-store.ts';

const T = NOW / 1000;
/** Built by `npx tsc -b`, like everything a child process runs. */
const CHILD = join(import.meta.dirname, '../../dist/test/store/upkeep-child.js');

/** A data directory with so many events, and a part of a batch that makes the file some MiB large. */
function place(n: number, dataDir = tempDir()): string {
  const store = new Store({ dataDir, durable: false });
  const queue = new Queue();
  for (let i = 0; i < n; i++) queue.send(store, increments(['a'], [[0, T - i, 1]]));
  store.close();
  changeFile(dataDir, (db) => db.exec('INSERT INTO held_part VALUES (1, 99, randomblob(4000000))'));
  return dataDir;
}

function events(dataDir: string): number {
  const store = new Store({ dataDir });
  const { n } = count(store, 'a', NOW - 86_400_000, NOW);
  store.close();
  return n;
}

/** The events in a backup, which must be sound. */
function eventsIn(file: string): number {
  const dataDir = tempDir();
  copyFileSync(file, databaseFile(dataDir));
  expect(examined(dataDir).findings).toEqual([]);
  return events(dataDir);
}

async function killed(verb: 'backup' | 'restore', dataDir: string, file: string, point: string): Promise<void> {
  const child = spawn(process.execPath, [CHILD, verb, dataDir, file, point], { stdio: 'inherit' });
  await once(child, 'close');
  expect(child.signalCode, `nothing came by ${point}`).toBe('SIGKILL');
}

async function backup(dataDir: string, path: string): Promise<void> {
  await makeBackup({ path, force: true, now: NOW }, async (part) => {
    await copyDatabase(databaseFile(dataDir), part);
  });
}

describe('a backup killed', () => {
  test.each([
    ['during_copy', 2],
    ['after_copy', 2],
    ['before_rename', 2],
    ['after_rename', 5],
  ])('%s leaves the one before it or itself, whole, and the next one tidies up', async (point, want) => {
    const dataDir = place(5);
    const file = join(tempDir(), 'shop.sqlite');
    await backup(place(2), file);
    await killed('backup', dataDir, file, point);
    expect(eventsIn(file)).toBe(want);
    await backup(dataDir, file);
    expect(eventsIn(file)).toBe(5);
    expect(readdirSync(join(file, '..')).sort()).toEqual(['shop.sqlite', 'shop.sqlite.sha256']);
    expect(events(dataDir)).toBe(5);
  });

  test('leaves nothing under a name that was free', async () => {
    const file = join(tempDir(), 'shop.sqlite');
    await killed('backup', place(5), file, 'during_copy');
    expect(existsSync(file)).toBe(false);
  });
});

describe('a restore killed', () => {
  test.each([
    ['during_copy', 5],
    ['before_aside', 5],
    ['before_place', 2],
    ['after_place', 2],
  ])('%s leaves one whole database for the next start', async (point, want) => {
    const dataDir = place(5);
    const file = join(tempDir(), 'shop.sqlite');
    await backup(place(2), file);
    await killed('restore', dataDir, file, point);
    expect(events(dataDir)).toBe(want);
    expect(examined(dataDir).findings).toEqual([]);
    const rest = readdirSync(dataDir).filter((name) => !name.includes('.before-restore-'));
    expect(rest.sort()).toEqual(expect.arrayContaining(['vigie.lock', 'vigie.pid', 'vigie.sqlite']));
    expect(rest.filter((name) => /restored|part|repair|snapshot/.test(name))).toEqual([]);
  });
});

describe.skipIf(!canMount)(canMount ? 'a full disk' : 'a full disk (skipped: mounting is not permitted here)', () => {
  test('refuses a restore and leaves the database as it was', async () => {
    const small = mountSmallDisk(join(tempDir(), 'disk'));
    onTestFinished(small.unmount);
    const dataDir = place(5, join(small.path, 'data'));
    const file = join(tempDir(), 'shop.sqlite');
    await backup(place(2), file);
    small.fill();
    // Room for the lock, and not for a database.
    const filler = join(small.path, 'filler');
    truncateSync(filler, statSync(filler).size - 2 ** 16);
    const full = { code: 'disk_full', message: expect.stringMatching(/^cannot write .*vigie\.sqlite\.restored/) };
    await expect(restoreDatabase({ dataDir, from: file, now: NOW })).rejects.toMatchObject(full);
    small.free();
    expect(events(dataDir)).toBe(5);
    await restoreDatabase({ dataDir, from: file, now: NOW });
    expect(events(dataDir)).toBe(2);
  });
});

describe('a log cut short, as by a power cut without a disk that keeps its word', () => {
  test.each([1, 2])('starts, and holds every commit that is in it whole (seed %i)', (seed) => {
    const random = seeded(seed);
    const alive = tempDir();
    const store = new Store({ dataDir: alive, durable: false });
    const queue = new Queue();
    const log = `${databaseFile(alive)}-wal`;
    const sizes: number[] = [];
    for (let i = 0; i < 12; i++) {
      const rows = Array.from({ length: 1 + random.below(200) }, () => [0, T - random.below(3600), 1] as const);
      queue.send(store, increments(['a'], rows));
      sizes.push(statSync(log).size);
    }
    const totals = sizes.map((_, i) => i);
    const whole = statSync(log).size;
    for (let cut = 0; cut < tries(12); cut++) {
      const size = cut === 0 ? whole : random.below(whole + 1);
      const dataDir = join(tempDir(), 'cut');
      mkdirSync(dataDir);
      copyFileSync(databaseFile(alive), databaseFile(dataDir));
      copyFileSync(log, `${databaseFile(dataDir)}-wal`);
      truncateSync(`${databaseFile(dataDir)}-wal`, size);
      const again = new Store({ dataDir, durable: false });
      const commits = totals.filter((i) => (sizes[i] ?? 0) <= size).length;
      expect(again.stats().appliedBatches, `cut at ${size} of ${whole}`).toBe(commits);
      expect(count(again, 'a', NOW - 7_200_000, NOW).n).toBe(again.stats().appliedIncrements);
      again.close();
      expect(examined(dataDir).findings).toEqual([]);
    }
    store.close();
  });

  test('with bytes of chance at its end it is the same', () => {
    const alive = tempDir();
    const store = new Store({ dataDir: alive, durable: false });
    const queue = new Queue();
    for (let i = 0; i < 3; i++) queue.send(store, increments(['a'], [[0, T - i, 1]]));
    const dataDir = tempDir();
    copyFileSync(databaseFile(alive), databaseFile(dataDir));
    const bytes = readFileSync(`${databaseFile(alive)}-wal`);
    bytes.fill(0xa5, bytes.length - 100);
    writeFileSync(`${databaseFile(dataDir)}-wal`, bytes);
    store.close();
    const again = new Store({ dataDir });
    expect(again.stats().appliedBatches).toBe(2);
    again.close();
  });
});
