import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { webLogQuestions } from '../../server/engine/web-log-questions.ts';
import type { BatchPayload } from '../../server/model/batch.ts';
import { DAY, ms } from '../../server/model/units.ts';
import type { HitTable, WebLogQuery, WebLogReport } from '../../server/model/web-log.ts';
import { Store } from '../../server/store/store.ts';
import type { StoreOptions } from '../../server/store/store-options.ts';
import { CLOSED_DAY } from '../../server/store/web-log/day-table.ts';
import { MAX_VHOSTS } from '../../server/store/web-log/limits.ts';
import { seeded } from '../support/random.ts';
import { figuresOf, hitsOf, type LoggedRequest, lineOf, randomRequests, recount } from '../web-log/requests.ts';
import { NOW, openStore, Queue, tempDir } from './batches.ts';

const ONE: LoggedRequest = {
  vhost: '',
  host: '10.0.0.1',
  time: Date.UTC(2015, 4, 17, 10),
  method: 'GET',
  url: '/',
  status: 200,
  bytes: 10,
  referrer: '',
  agent: 'a',
};
const ALL: WebLogQuery = { limit: 1_000_000 };
const LATER = ms(NOW + DAY / 24);

const payload = (hits: readonly HitTable[]): BatchPayload => ({ v: 1, source: 's', series: [], hits });
const hitsAt = (requests: readonly LoggedRequest[]): HitTable[] => hitsOf(requests.map(lineOf));
const onDay = (day: number, more: Partial<LoggedRequest> = {}): LoggedRequest => ({
  ...ONE,
  time: ONE.time + day * DAY,
  ...more,
});

function reportOf(store: Store, query: Partial<WebLogQuery> = {}): Promise<WebLogReport> {
  return webLogQuestions(store.webLog).webLog({ ...ALL, ...query });
}

function flushAll(store: Store): void {
  store.flush(LATER, 1000);
}

describe('whatever was acknowledged is counted once', () => {
  test.each([1, 2, 3, 4, 5, 6])('after kills, failed commits, flushes and resent batches (seed %i)', async (seed) => {
    const random = seeded(seed);
    const dataDir = tempDir();
    let failing = '';
    const open = (): Store =>
      new Store({
        dataDir,
        onPoint: (point) => {
          if (point === failing) throw new Error('killed');
        },
      });
    let store = open();
    const queue = new Queue();
    queue.hello(store);
    const counted: LoggedRequest[] = [];
    for (let step = 0; step < 60; step++) {
      const what = random.below(10);
      if (what < 6) {
        const requests = randomRequests(random, 1 + random.below(30), Date.UTC(2015, 4, 1), 6);
        const batch = queue.next(payload(hitsAt(requests)));
        failing = random.below(5) === 0 ? 'before_commit' : '';
        if (failing !== '') expect(() => store.commit([batch], NOW)).toThrow('killed');
        failing = '';
        expect(store.commit([batch], NOW)).toEqual([{ result: 'applied' }]);
        if (random.below(3) === 0) expect(store.commit([batch], NOW)).toEqual([{ result: 'duplicate' }]);
        counted.push(...requests);
      } else if (what === 6) store.flush(LATER, 1000);
      else if (what === 7) flushAll(store);
      else {
        // A killed process flushes nothing.
        if (what === 8) store.abandon();
        else store.close();
        store = open();
      }
    }
    expect(figuresOf(await reportOf(store))).toEqual(recount(counted));
    expect(store.stats().appliedHits).toBe(counted.length);
    store.close();
  });

  test('by range of days and virtual host', async () => {
    const requests = randomRequests(seeded(9), 300, ONE.time, 5);
    const store = openStore();
    new Queue().send(store, payload(hitsAt(requests)));
    for (const vhost of ['', 'shop.example']) {
      const query = { service: 'shop', vhost, from: '2015-05-18', to: '2015-05-20' };
      const wanted = requests.filter((one) => {
        const day = new Date(one.time).toISOString().slice(0, 10);
        return one.vhost === vhost && day >= query.from && day <= query.to;
      });
      expect(figuresOf(await reportOf(store, query))).toEqual(recount(wanted));
    }
    expect((await reportOf(store, { service: 'nobody' })).total.requests).toBe(0);
    expect(store.webLog.services()).toEqual([
      {
        service: 'shop',
        vhosts: ['', 'shop.example', 'www.example'],
        zones: ['UTC'],
        first_day: '2015-05-17',
        last_day: '2015-05-22',
        days: 6,
      },
    ]);
    store.close();
  });
});

describe('bounds', () => {
  const withStore = async (options: Partial<StoreOptions>, work: (store: Store, queue: Queue) => Promise<void>) => {
    const store = openStore(options);
    await work(store, new Queue());
    store.close();
  };

  test('a day that is over keeps its largest rows; late lines count in its totals and find their row again', () =>
    withStore({}, async (store, queue) => {
      const names = Array.from({ length: 1500 }, (_, i) => onDay(0, { url: `/${i}` }));
      queue.send(store, payload(hitsAt([...names, onDay(0, { url: '/7' })])));
      queue.send(store, payload(hitsAt([onDay(1), onDay(2)])));
      flushAll(store);
      queue.send(store, payload(hitsAt([onDay(0, { url: '/7' }), onDay(0, { url: '/late' })])));
      const before = await reportOf(store, { to: '2015-05-17' });
      flushAll(store);
      const after = await reportOf(store, { to: '2015-05-17' });
      for (const { total, tables } of [before, after]) {
        expect(total.requests).toBe(1503);
        expect(tables.url.rows[0]).toMatchObject({ key: '/7', requests: 3 });
        expect(tables.url.bounded).toBe(true);
        expect(tables.url.other.requests + tables.url.rows.reduce((sum, row) => sum + row.requests, 0)).toBe(1503);
      }
      expect(after.tables.url.rows).toHaveLength(CLOSED_DAY.rows);
    }));

  test('a service has so many days; the oldest leaves and never comes back in part', async () => {
    const dataDir = tempDir();
    const options = { dataDir, webLog: { maxDays: 3 } };
    const queue = new Queue();
    let store = new Store(options);
    for (const day of [0, 1, 2, 3]) queue.send(store, payload(hitsAt([onDay(day)])));
    const daysOf = async (): Promise<string[]> => (await reportOf(store)).days.map(({ day }) => day);
    const want = ['2015-05-18', '2015-05-19', '2015-05-20'];
    for (const next of ['killed', 'closed', 'open']) {
      queue.send(store, payload(hitsAt([onDay(0), onDay(0)])));
      expect(await daysOf()).toEqual(want);
      if (next === 'killed') store.abandon();
      if (next === 'closed') store.close();
      if (next !== 'open') store = new Store(options);
    }
    expect(store.stats().drops).toMatchObject({ too_old: 6 });
    expect((await reportOf(store)).total.requests).toBe(3);
    store.close();
  });

  test('fewer days than before: those too many leave, with what the journal still holds of them', async () => {
    const dataDir = tempDir();
    const queue = new Queue();
    const first = new Store({ dataDir });
    for (const day of [0, 1]) queue.send(first, payload(hitsAt([onDay(day)])));
    flushAll(first);
    for (const day of [0, 1, 2, 3]) queue.send(first, payload(hitsAt([onDay(day)])));
    first.abandon();
    for (let start = 0; start < 3; start++) {
      const store = new Store({ dataDir, webLog: { maxDays: 2 } });
      const { days } = await reportOf(store);
      expect(days.map(({ day, requests }) => [day, requests])).toEqual([
        ['2015-05-19', 1],
        ['2015-05-20', 1],
      ]);
      if (start === 0) store.abandon();
      else store.close();
    }
  });

  test('a failed commit takes the leaving of a day back', () =>
    withStore({ webLog: { maxDays: 1 } }, async (store, queue) => {
      queue.send(store, payload(hitsAt([onDay(0)])));
      const draft = store.webLog.draft();
      draft.add(hitsAt([onDay(1)]), NOW, () => {});
      expect((await reportOf(store)).total.requests).toBe(0);
      draft.undo();
      expect((await reportOf(store)).days.map(({ day }) => day)).toEqual(['2015-05-17']);
    }));

  test('bytes of all days: the oldest leave, the others stay whole', async () => {
    const dataDir = tempDir();
    const maxBytes = 100_000;
    const options = { dataDir, webLog: { maxBytes } };
    let store = new Store(options);
    const queue = new Queue();
    for (let day = 0; day < 30; day++) {
      const requests = Array.from({ length: 300 }, (_, i) => onDay(day, { url: `/${day}/${i * 7919}` }));
      queue.send(store, payload(hitsAt(requests)));
      flushAll(store);
      expect(store.webLog.stats().bytes).toBeLessThanOrEqual(maxBytes);
      if (day % 7 === 0) {
        store.abandon();
        store = new Store(options);
      }
    }
    const { days } = await reportOf(store);
    expect(days.length).toBeGreaterThan(2);
    expect(days.length).toBeLessThan(29);
    expect(days.at(-1)?.day).toBe('2015-06-15');
    expect(days.every(({ requests }) => requests === 300)).toBe(true);
    store.close();
  });

  test('a journal that nobody flushes stays within its bound', () =>
    withStore({ webLog: { journalMaxBytes: 50_000 } }, async (store, queue) => {
      const file = (): number => store.stats().bytes;
      for (let batch = 0; batch < 60; batch++) {
        queue.send(store, payload(hitsAt(Array.from({ length: 40 }, (_, i) => onDay(0, { url: `/${i}` })))));
      }
      expect((await reportOf(store)).total.requests).toBe(2400);
      expect(file()).toBeLessThan(6_000_000);
    }));

  test('virtual hosts beyond the limit are counted together', () =>
    withStore({}, async (store, queue) => {
      const requests = Array.from({ length: MAX_VHOSTS + 50 }, (_, i) => onDay(0, { vhost: `v${i}` }));
      queue.send(store, payload(hitsAt(requests)));
      const [service] = store.webLog.services();
      expect(service?.vhosts).toHaveLength(MAX_VHOSTS + 1);
      expect((await reportOf(store)).total.requests).toBe(requests.length);
      expect((await reportOf(store, { vhost: '(other)' })).total.requests).toBe(50);
    }));

  test('a day that cannot have begun anywhere is the present one', () =>
    withStore({}, async (store, queue) => {
      const [hits] = hitsAt([ONE]);
      const today = new Date(NOW).toISOString().slice(0, 10);
      queue.send(store, payload([{ ...hits!, day: '9999-12-31' }]));
      expect((await reportOf(store)).days.map(({ day }) => day)).toEqual([today]);
      expect(store.stats().drops).toMatchObject({ ahead_of_time: 1 });
    }));

  test('content that is not what it should be is counted and blocks nothing', () =>
    withStore({}, async (store, queue) => {
      const [hits] = hitsAt([ONE]);
      const sent = { ...payload([]), hits: [{ ...hits, day: 'x' }, hits, null] } as unknown as BatchPayload;
      expect(queue.send(store, sent)).toEqual({ result: 'applied' });
      expect((await reportOf(store)).total.requests).toBe(1);
      expect(store.stats().drops).toMatchObject({ bad_hits: 2 });
    }));
});

test('a flush that fails loses nothing, and lets no day leave', async () => {
  const dataDir = tempDir();
  const options = { dataDir, webLog: { maxBytes: 100_000 } };
  const names = (day: number): LoggedRequest[] =>
    Array.from({ length: 300 }, (_, i) => onDay(day, { url: `/${day}/${i * 7919}` }));
  let store = new Store(options);
  const queue = new Queue();
  for (let day = 0; day < 5; day++) queue.send(store, payload(hitsAt(names(day))));
  flushAll(store);
  const before = figuresOf(await reportOf(store));
  queue.send(store, payload(hitsAt(Array.from({ length: 6 }, (_, i) => names(5 + i)).flat())));
  const wanted = (await reportOf(store)).days.length;
  const beside = new Database(join(dataDir, 'vigie.sqlite'));
  beside.exec("CREATE TRIGGER refuse BEFORE INSERT ON web_log_day BEGIN SELECT RAISE (ABORT, 'no'); END");
  const fails = (): unknown =>
    expect(() => store.flush(LATER, 1000)).toThrow(expect.objectContaining({ code: 'unavailable' }));
  fails();
  fails();
  expect((await reportOf(store)).days).toHaveLength(wanted);
  expect((await reportOf(store)).total.requests).toBe(wanted * 300);
  expect(figuresOf(await reportOf(store, { to: '2015-05-21' }))).toEqual(before);
  store.abandon();
  store = new Store(options);
  expect((await reportOf(store)).total.requests).toBe(wanted * 300);
  beside.exec('DROP TRIGGER refuse');
  beside.close();
  flushAll(store);
  const { days } = await reportOf(store);
  expect(days.at(-1)?.day).toBe('2015-05-27');
  expect(days.every(({ requests }) => requests === 300)).toBe(true);
  store.close();
});

describe('damage', () => {
  test('a damaged day costs that day, a damaged commit that commit; both are told once and counted', async () => {
    const dataDir = tempDir();
    const queue = new Queue();
    const first = new Store({ dataDir });
    queue.send(first, payload(hitsAt([onDay(0), onDay(1)])));
    first.close();
    const second = new Store({ dataDir });
    queue.send(second, payload(hitsAt([onDay(2)])));
    queue.send(second, payload(hitsAt([onDay(3)])));
    second.abandon();
    const db = new Database(join(dataDir, 'vigie.sqlite'));
    db.prepare("UPDATE web_log_day SET body = x'01020304050607' WHERE day = '2015-05-17'").run();
    db.prepare("UPDATE web_log_journal SET body = x'ff' WHERE lsn = (SELECT min(lsn) FROM web_log_journal)").run();
    db.close();
    const causes: string[] = [];
    const store = new Store({ dataDir, onDamage: (cause) => causes.push(cause) });
    for (let times = 0; times < 2; times++) {
      expect((await reportOf(store)).days.map(({ day }) => day)).toEqual(['2015-05-18', '2015-05-20']);
    }
    expect(causes).toHaveLength(2);
    expect(store.stats().drops).toMatchObject({ damaged_web_log: 2 });
    store.close();
  });
});
