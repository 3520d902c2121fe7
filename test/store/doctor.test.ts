import { closeSync, existsSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { ms } from '../../server/model/units.ts';
import { databaseFile } from '../../server/store/data-dir.ts';
import { repairDatabase } from '../../server/store/doctor/repair.ts';
import { Store } from '../../server/store/store.ts';
import { examineDataDir } from '../../server/upkeep/examine-file.ts';
import { tries } from '../support/long.ts';
import { seeded } from '../support/random.ts';
import { count, idsOf, increments, NOW, Queue, samples, tempDir } from './batches.ts';
import { changeFile, countsOf, examined, fillStore, flipOnDisk } from './full-store.ts';
import { textsOf } from './logs/lines.ts';

const DAY_MS = 86_400_000;
const ENDS = [0, 1, 3, 7].map((day) => ms(NOW - day * DAY_MS));
const SPANS = [60_000, 3_600_000, DAY_MS, 9 * DAY_MS];

interface PageRow {
  readonly id: number;
  readonly body: Buffer;
}

function pagesOf(dataDir: string, where = 'TRUE'): PageRow[] {
  let rows: PageRow[] = [];
  changeFile(dataDir, (db) => {
    rows = db.prepare<[], PageRow>(`SELECT id, body FROM page WHERE ${where} ORDER BY id`).all();
  });
  return rows;
}

function repair(dataDir: string) {
  return repairDatabase({ dataDir, now: NOW });
}

describe('a sound database', () => {
  test('has no finding, closed, killed, or while it is written', () => {
    const dataDir = tempDir();
    const store = fillStore(dataDir, 1);
    const running = examined(dataDir);
    expect(running).toMatchObject({ findings: [], pages: 0, journalRows: 12, series: 5, logBlocks: 4, documents: 1 });
    while (store.flush(ms(NOW + 3_600_000), 7).due);
    expect(examined(dataDir).findings).toEqual([]);
    store.abandon();
    expect(examined(dataDir).findings).toEqual([]);
    new Store({ dataDir }).close();
    const closed = examined(dataDir);
    expect(closed).toMatchObject({ findings: [], journalRows: 0, newest: NOW - 60_000 });
    expect(closed.pages).toBeGreaterThan(50);
    expect(closed.webLogDays).toBeGreaterThan(0);
  });

  test('is not changed by a repair', async () => {
    const dataDir = tempDir();
    fillStore(dataDir, 1).close();
    expect(await repair(dataDir)).toEqual({ repairs: [] });
    expect(examined(dataDir).findings).toEqual([]);
  });
});

describe('flipped bits in pages', () => {
  test.each(Array.from({ length: tries(3) }, (_, i) => i + 1))(
    'are named, exactly these, and nothing else suffers (seed %i)',
    async (seed) => {
      const random = seeded(seed);
      const dataDir = tempDir();
      fillStore(dataDir, seed).close();
      const flipped = new Set<number>();
      for (const { id, body } of pagesOf(dataDir).filter(() => random.below(12) === 0)) {
        flipOnDisk(dataDir, body, random.below(body.length));
        flipped.add(id);
      }
      const { findings } = examined(dataDir);
      expect(findings.map(({ rows }) => rows[0]?.key.id)).toEqual([...flipped]);
      for (const { what, cause, page } of findings) {
        expect(what).toMatch(
          /^(10s|1m|5m|1h) page of (?:[abc]_total|(?:octets|load)\{host="h"\}), 2\d{3}-.* to 2\d{3}-/,
        );
        expect(cause).toBe('the checksum differs');
        expect(page!.end).toBeGreaterThan(page!.start);
      }
      const reports: string[] = [];
      const store = new Store({ dataDir, onDamage: (cause) => reports.push(cause) });
      countsOf(store, ENDS, SPANS);
      for (const id of store.view.select([])) store.view.reader(id).at(NOW, ms(300_000));
      expect(store.stats().drops.damaged_page ?? 0).toBe(reports.length);
      expect(reports.length).toBeLessThanOrEqual(flipped.size);
      store.close();
      const { repairs, aside } = await repair(dataDir);
      expect(repairs).toHaveLength(flipped.size);
      expect(existsSync(aside!)).toBe(true);
      expect(examined(dataDir).findings).toEqual([]);
    },
  );
});

describe('a repair', () => {
  /** The ids of a ring have its index in three bits above the row. */
  const ofRing = (ring: number): string => `id / (2048 * 4294967296) = ${ring}`;

  test.each([1, 2, 3])(
    'makes pages of coarser rings again from finer ones, to the last event (ring %i)',
    async (ring) => {
      const dataDir = tempDir();
      const store = fillStore(dataDir, 7);
      const want = countsOf(store, ENDS, SPANS);
      store.close();
      // The newest page of each series: finer rings hold its newest slots, the 1 min ring all of them.
      for (const { body } of pagesOf(dataDir, ofRing(ring))) flipOnDisk(dataDir, body, body.length - 1);
      const { repairs } = await repair(dataDir);
      const done = repairs.map((one) => one.done);
      expect(done.some((text) => text.includes('made again from finer rings'))).toBe(true);
      const again = new Store({ dataDir });
      const covered = ring === 1 ? 2 : 9;
      const ends = ENDS.slice(0, 1);
      const spans = SPANS.filter((span) => span < covered * DAY_MS);
      const got = countsOf(again, ends, spans);
      expect(got.length).toBeGreaterThan(9);
      expect(got).toEqual(got.filter((line) => want.includes(line)));
      again.close();
    },
  );

  test('leaves samples exact: their roll-ups are made again from raw ones', async () => {
    const dataDir = tempDir();
    const store = fillStore(dataDir, 3);
    const [octets] = store.view.select([]).slice(-2);
    const range = { start: ms(NOW - DAY_MS / 3), end: NOW, step: ms(300_000) };
    const want = store.view.slots(octets!, range);
    expect(want!.n.length).toBeGreaterThan(50);
    store.close();
    for (const { body } of pagesOf(dataDir, `${ofRing(2)} AND id % 4294967296 = ${octets}`))
      flipOnDisk(dataDir, body, 30);
    const { repairs } = await repair(dataDir);
    expect(new Set(repairs.map(({ done }) => done))).toEqual(new Set(['made again from finer rings: nothing is lost']));
    const again = new Store({ dataDir });
    expect(again.view.slots(octets!, range)).toEqual(want);
    again.close();
  });

  test('makes a page again from the journal when that holds all of its series', async () => {
    const dataDir = tempDir();
    const store = new Store({ dataDir });
    const queue = new Queue();
    for (let i = 0; i < 5; i++) queue.send(store, increments(['a'], [[0, NOW / 1000 - i * 10, 1]]));
    store.flush(ms(NOW + 600_000), 1);
    store.abandon();
    const [page] = pagesOf(dataDir);
    changeFile(dataDir, (db) => {
      db.pragma('wal_checkpoint(TRUNCATE)');
    });
    flipOnDisk(dataDir, page!.body, page!.body.length - 1);
    const { repairs } = await repair(dataDir);
    expect(repairs.map(({ done }) => done)).toEqual(['made again from the journal: nothing is lost']);
    const again = new Store({ dataDir });
    expect(count(again, 'a', NOW - 60_000, NOW).n).toBe(5);
    again.close();
  });

  test('leaves the time of a finest page that is lost to coarser rings: nothing is counted less', async () => {
    const dataDir = tempDir();
    const store = new Store({ dataDir });
    const queue = new Queue();
    const start = NOW - 10 * 3_600_000;
    const minutes = Array.from({ length: 599 }, (_, i) => start + (i + 1) * 60_000);
    queue.send(
      store,
      increments(
        ['hits'],
        minutes.map((time, i) => [0, time / 1000, 1 + (i % 7)]),
      ),
    );
    queue.send(
      store,
      samples(
        'counter',
        'c_total',
        minutes.map((time, i) => [time, i * 5]),
      ),
    );
    const hours = [9, 6, 3, 1].map((hour) => ({
      start: ms(NOW - hour * 3_600_000),
      end: ms(NOW - (hour - 1) * 3_600_000),
    }));
    const told = (of: Store) =>
      hours.map(({ start: from, end }) => {
        const window = of.view.reader(idsOf(of, 'c_total')[0]!).window(from, end);
        if (window?.form === 'samples')
          return [count(of, 'hits', from, end).n, window.values.at(-1)! - window.values[0]!];
        return [count(of, 'hits', from, end).n, window?.form === 'rollup' && window.stats.last - window.stats.first];
      });
    const want = told(store);
    expect(want.flat().every((value) => Number(value) > 100)).toBe(true);
    store.close();
    const middle = pagesOf(dataDir, ofRing(0)).filter(({ id }) => id % 2 ** 32 <= 2);
    const [first, second] = middle;
    for (const { body } of [first!, second!]) flipOnDisk(dataDir, body, body.length >> 1);
    const { repairs } = await repair(dataDir);
    const left = 'taken out; coarser rings answer for its time and before';
    expect(repairs.map(({ done }) => done)).toEqual([left, left]);
    expect(examined(dataDir).findings).toEqual([]);
    const again = new Store({ dataDir });
    expect(told(again)).toEqual(want);
    queue.send(again, increments(['hits'], [[0, NOW / 1000 - 7, 9]]));
    expect(count(again, 'hits', NOW - 60_000, NOW).n).toBe(9);
    expect(count(again, 'hits', NOW - 10 * 3_600_000, NOW).n).toBe(minutes.reduce((sum, _, i) => sum + 1 + (i % 7), 9));
    again.close();
  });

  test('says so when the finest slots are lost, and keeps those of the other rings', async () => {
    const dataDir = tempDir();
    fillStore(dataDir, 5).close();
    const [first] = pagesOf(dataDir, ofRing(0));
    flipOnDisk(dataDir, first!.body, 30);
    const { repairs, aside } = await repair(dataDir);
    expect(repairs.map(({ done }) => done)).toEqual(['taken out; coarser rings answer for its time and before']);
    expect(aside).toBe(`${databaseFile(dataDir)}.before-repair-20270115T080000000Z`);
    expect(pagesOf(dataDir).some(({ id }) => id === first!.id)).toBe(false);
  });
});

test('a file of an older format is left to the next start', async () => {
  const refused = async (change: (db: Database.Database) => void) => {
    const dataDir = tempDir();
    fillStore(dataDir, 2).close();
    changeFile(dataDir, change);
    const older = { code: 'conflict', message: expect.stringMatching(/an earlier version wrote the database/) };
    await expect(repair(dataDir)).rejects.toMatchObject(older);
    expect(examineDataDir(dataDir, () => {})).toBe('older');
  };
  await refused((db) => db.pragma('user_version = 3'));
  await refused((db) => db.exec('CREATE TABLE old_page (id INTEGER PRIMARY KEY, body BLOB NOT NULL)'));
});

describe('rows that do not fit', () => {
  /** [what was done to the file, what is said of it, by how many findings] */
  test.each([
    ['INSERT INTO head VALUES (77, 1, 0, 0, 1, 1)', 'the figures of series 77: there is no such series'],
    ['INSERT INTO series_origin VALUES (1, 99)', 'who wrote to series 1 99: there is no such series or origin'],
    ["UPDATE series SET labels = '{' WHERE id = 2", 'series 2: its kind or its labels cannot be read'],
    ["UPDATE series SET kind = 'diary' WHERE id = 2", 'series 2: its kind or its labels cannot be read'],
    ["UPDATE origin SET watermark = '{'", 'origin 0: its JSON cannot be read'],
    ["INSERT INTO position VALUES (9, 'f', '1')", 'row 9 f of table position: there is no such sink'],
    ["UPDATE document SET body = 'x'", 'document 1: its JSON cannot be read'],
    ["UPDATE journal SET body = x'01ff' WHERE lsn = 3", 'commit 3 of the journal: '],
    ['DELETE FROM journal WHERE lsn = 3', 'the journal between commit 2 and 4: 1 commits are not there'],
    ["UPDATE web_log_journal SET body = x'7b'", 'commit 1 of the web log: '],
    ['DELETE FROM log_block WHERE id = 2', 'the body of log block 2: its head is not there'],
    ["UPDATE log_body SET text = x'00' WHERE id = 2", 'log block 2, 1 lines of c1/s, '],
    ["UPDATE log_body SET columns = x'0011223344' WHERE id = 2", 'log block 2, 1 lines of c1/s, '],
    ['DELETE FROM log_body WHERE id = 2', 'log block 2, 1 lines of c1/s, '],
    ["UPDATE log_block SET streams = '[' WHERE id = 2", 'log block 2, 1 lines of c1/s, '],
    [`INSERT INTO page VALUES (77, x'00')`, `row 77 of table page: it is of series 77`],
    [`INSERT INTO page VALUES (${7 * 2048 * 2 ** 32 + 1}, x'00')`, 'no ring of a_total has such a row'],
  ])('%s', async (sql, said) => {
    const dataDir = tempDir();
    fillStore(dataDir, 2).abandon();
    changeFile(dataDir, (db) => db.exec(sql));
    const texts = examined(dataDir).findings.map(({ what, cause }) => `${what}: ${cause}`);
    expect(texts.filter((text) => text.includes(said))).toHaveLength(1);
    const { repairs } = await repair(dataDir);
    expect(repairs.length).toBeGreaterThanOrEqual(1);
    expect(examined(dataDir).findings).toEqual([]);
    const store = new Store({ dataDir });
    expect(store.stats().drops).toEqual({});
    store.close();
  });

  test('a filter is made again: every line is found as before', async () => {
    const dataDir = tempDir();
    fillStore(dataDir, 2).close();
    changeFile(dataDir, (db) => db.exec("UPDATE log_body SET filter = x'00' WHERE id = 2"));
    const { repairs } = await repair(dataDir);
    expect(repairs.map(({ done }) => done)).toEqual(['its filter is made again: nothing is lost']);
    const store = new Store({ dataDir });
    expect(await textsOf(store, { text: 'LINE 1' })).toEqual(['line 1 of the shop']);
    expect(await textsOf(store)).toHaveLength(4);
    store.close();
  });
});

test('a file whose own structure is damaged is named so, and a repair is refused with nothing changed', async () => {
  const dataDir = tempDir();
  fillStore(dataDir, 2).close();
  const rootOf = (db: Database.Database) =>
    db.prepare<[], number>("SELECT rootpage FROM sqlite_schema WHERE name = 'page'").pluck().get()!;
  let root = 0;
  changeFile(dataDir, (db) => {
    root = rootOf(db);
  });
  overwrite(dataDir, (root - 1) * 4096);
  const { findings } = examined(dataDir);
  expect(findings.map(({ what }) => what)).toContain("the file's own structure");
  const refused = {
    code: 'execution',
    message: expect.stringMatching(/^cannot repair .*: the file's own structure: /),
  };
  await expect(repair(dataDir)).rejects.toMatchObject(refused);
  expect(existsSync(join(dataDir, 'vigie.sqlite.repair'))).toBe(false);
});

function overwrite(dataDir: string, at: number): void {
  const descriptor = openSync(databaseFile(dataDir), 'r+');
  writeSync(descriptor, Buffer.alloc(64, 0x5a), 0, 64, at);
  closeSync(descriptor);
}
