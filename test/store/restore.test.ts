import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ms } from '../../server/model/units.ts';
import { databaseFile } from '../../server/store/data-dir.ts';
import { repairDatabase } from '../../server/store/doctor/repair.ts';
import { discardAside, restoreDatabase } from '../../server/store/doctor/restore.ts';
import { copyDatabase } from '../../server/store/doctor/snapshot.ts';
import { Store } from '../../server/store/store.ts';
import { tries } from '../support/long.ts';
import { count, increments, NOW, Queue, tempDir } from './batches.ts';
import { changeFile, examined, fillStore } from './full-store.ts';

const T = NOW / 1000;

function events(dataDir: string): number {
  const store = new Store({ dataDir });
  const { n } = count(store, 'a', NOW - 86_400_000, NOW);
  store.close();
  return n;
}

/** A data directory with so many events. */
function place(n: number, end: 'close' | 'abandon' = 'close'): string {
  const dataDir = tempDir();
  const store = new Store({ dataDir, durable: false });
  const queue = new Queue();
  for (let i = 0; i < n; i++) queue.send(store, increments(['a'], [[0, T - i, 1]]));
  store[end]();
  return dataDir;
}

async function backupOf(dataDir: string): Promise<string> {
  const file = join(tempDir(), 'backup.sqlite');
  await copyDatabase(databaseFile(dataDir), file);
  return file;
}

function restore(dataDir: string, from: string) {
  return restoreDatabase({ dataDir, from, now: NOW });
}

test.each(['close', 'abandon'] as const)(
  'a restore puts the backup in place and keeps what was there, after %s',
  async (end) => {
    const backup = await backupOf(place(3));
    const dataDir = place(5, end);
    const { aside } = await restore(dataDir, backup);
    expect(aside).toBe(`${databaseFile(dataDir)}.before-restore-20270115T080000000Z`);
    expect(events(dataDir)).toBe(3);
    const before = tempDir();
    await restore(before, aside!);
    expect(events(before)).toBe(5);
    expect(discardAside(dataDir).map(({ name }) => join(dataDir, name))).toEqual([aside]);
    expect(discardAside(dataDir)).toEqual([]);
    expect(readdirSync(dataDir).sort()).toEqual(['vigie.lock', 'vigie.pid', 'vigie.sqlite'].sort());
    expect(events(dataDir)).toBe(3);
  },
);

test('a database that cannot be opened any more is kept with its log', async () => {
  const backup = await backupOf(place(3));
  const dataDir = place(5, 'abandon');
  writeFileSync(databaseFile(dataDir), 'x'.repeat(8192));
  writeFileSync(`${databaseFile(dataDir)}-wal`, 'y'.repeat(100));
  const { aside } = await restore(dataDir, backup);
  expect(existsSync(aside!)).toBe(true);
  expect(events(dataDir)).toBe(3);
});

test('a directory in use, a file that is none, and the database itself are refused with nothing changed', async () => {
  const backup = await backupOf(place(3));
  const dataDir = place(5);
  const refused = async (from: string, code: string, message: RegExp) => {
    await expect(restore(dataDir, from)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  };
  const store = new Store({ dataDir });
  await refused(backup, 'data_dir_locked', /is using it/);
  store.close();
  await refused(join(dataDir, 'none'), 'bad_request', /^cannot read .*none: /);
  await refused(databaseFile(dataDir), 'bad_request', /the database of that directory itself/);
  writeFileSync(`${backup}.other`, 'x'.repeat(8192));
  await refused(`${backup}.other`, 'bad_request', /it is not a database of Vigie/);
  expect(events(dataDir)).toBe(5);
});

describe('a process that dies', () => {
  /** An error leaves everything where a kill would: nothing tidies up but the next start. */
  const die = (point: string) => (name: string) => {
    if (name === point) throw new Error('killed');
  };

  test.each([
    ['during_copy', 5],
    ['before_aside', 5],
    ['before_place', 3],
    ['after_place', 3],
  ])('%s of a restore leaves one whole database', async (point, want) => {
    const backup = await backupOf(place(3));
    const dataDir = place(5, 'abandon');
    await expect(restoreDatabase({ dataDir, from: backup, now: NOW, onPoint: die(point) })).rejects.toThrow('killed');
    expect(events(dataDir)).toBe(want);
    expect(examined(dataDir).findings).toEqual([]);
    await restore(dataDir, backup);
    expect(events(dataDir)).toBe(3);
  });

  test.each(['before_aside', 'before_place', 'after_place'])(
    '%s of a repair leaves one whole database',
    async (point) => {
      const dataDir = tempDir();
      fillStore(dataDir, 4).abandon();
      changeFile(dataDir, (db) => db.exec('INSERT INTO series_origin VALUES (1, 99)'));
      await expect(repairDatabase({ dataDir, now: NOW, onPoint: die(point) })).rejects.toThrow('killed');
      await repairDatabase({ dataDir, now: ms(NOW + 1) });
      expect(examined(dataDir).findings).toEqual([]);
      new Store({ dataDir }).close();
    },
  );
});

describe('a backup that is restored beside a collector that went on', () => {
  const step = fc.constantFrom('send', 'send', 'send', 'backup', 'restore', 'flush', 'kill', 'doctor');

  test('is agreed with again, and holds exactly what it held', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 24 }), async (steps) => {
        const dataDir = tempDir();
        let store = new Store({ dataDir, durable: false });
        const queue = new Queue();
        let [applied, saved] = [0, 0];
        let backup: string | undefined;
        let sent = 0;
        for (const one of steps) {
          if (one === 'send') {
            queue.hello(store);
            expect(queue.send(store, increments(['a'], [[0, T - sent++ * 60, 1]]))).toEqual({ result: 'applied' });
            applied++;
          }
          if (one === 'flush') store.flush(ms(NOW + 3_600_000), 2);
          if (one === 'doctor') expect(examined(dataDir).findings).toEqual([]);
          if (one === 'backup') {
            backup = await backupOf(dataDir);
            saved = applied;
          }
          if (one === 'kill' || (one === 'restore' && backup !== undefined)) {
            store.abandon();
            if (one === 'restore' && backup !== undefined) {
              await restore(dataDir, backup);
              applied = saved;
            }
            store = new Store({ dataDir, durable: false });
          }
        }
        const ids = store.view.select([]);
        const window = { start: ms(NOW - 86_400_000), end: NOW };
        expect(ids.reduce((n, id) => n + store.view.countWindow([id], window).n, 0)).toBe(applied);
        store.close();
      }),
      { seed: 51, numRuns: tries(30) },
    );
  });
});
