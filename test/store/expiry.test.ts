import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { slotEnd } from '../../server/model/rings.ts';
import { DAY, ms } from '../../server/model/units.ts';
import { Store } from '../../server/store/store.ts';
import { tries } from '../support/long.ts';
import { count, type IncrementRow, idsOf, increments, NOW, openStore, Queue, samples, tempDir } from './batches.ts';

const T = NOW / 1000;
const DAY_SECS = 86_400;
/** A page of the widest ring is 20 hours long; it has three of them. */
const RINGS = [
  { width: ms(10_000), span: ms(600_000) },
  { width: ms(300_000), span: DAY },
];
const PAGE_SECS = 240 * 300;
const ROWS = 3;

test('a series goes when the widest ring has no page for its newest data, and not before', () => {
  const goes = (age_secs: number, want: number) => {
    const store = openStore({ rings: RINGS });
    const queue = new Queue();
    // The first slot of a page.
    const newest = Math.floor(T / PAGE_SECS - 9) * PAGE_SECS + 10;
    queue.send(store, increments(['old'], [[0, newest, 1]]));
    queue.send(store, increments(['new'], [[0, newest + age_secs, 1]]));
    flushAll(store);
    expect(store.expireSeries(NOW)).toBe(want);
    expect(names(store)).toEqual(want === 1 ? ['new'] : ['new', 'old']);
    store.close();
  };
  goes(ROWS * PAGE_SECS - 310, 0);
  goes(ROWS * PAGE_SECS, 1);
});

test('counters and gauges go like sums; a series whose rows were all refused goes at once', () => {
  const store = openStore({ rings: RINGS });
  const queue = new Queue();
  queue.send(store, samples('gauge', 'old', [[NOW - 9 * DAY, 1]]));
  queue.send(store, samples('gauge', 'new', [[NOW, 1]]));
  queue.send(store, increments(['too_old'], [[0, T - 9 * DAY_SECS, 1]]));
  expect(store.expireSeries(NOW)).toBe(1);
  expect(names(store)).toEqual(['new', 'old']);
  flushAll(store);
  expect(store.expireSeries(NOW)).toBe(1);
  expect(names(store)).toEqual(['new']);
  store.close();
});

test('age is that of its own origins, and what the journal names stays', () => {
  const store = openStore({ rings: RINGS });
  const queue = new Queue();
  const then = T - 9 * DAY_SECS;
  queue.send(store, increments(['archive'], [[0, then, 1]], 'archive'));
  queue.send(store, increments(['old'], [[0, then, 1]]));
  queue.send(store, increments(['new'], [[0, T, 1]]));
  expect(store.expireSeries(NOW)).toBe(0);
  flushAll(store);
  expect(store.expireSeries(NOW)).toBe(1);
  expect(names(store)).toEqual(['archive', 'new']);
  expect(count(store, 'archive', then * 1000 - 60_000, then * 1000).n).toBe(1);
  store.close();
});

test('a store full of the dead has room again; what comes back begins anew, also under an id of the past', () => {
  const dataDir = tempDir();
  let store = new Store({ dataDir, rings: RINGS, maxSeries: 2 });
  const queue = new Queue();
  queue.send(
    store,
    increments(
      ['new', 'old'],
      [
        [1, T - 9 * DAY_SECS, 7],
        [0, T, 1],
      ],
    ),
  );
  queue.send(store, increments(['other'], [[0, T, 1]]));
  expect(store.stats()).toMatchObject({ series: 2, drops: { series_limit: 1 } });
  const oldId = idsOf(store, 'old')[0]!;
  flushAll(store);
  expect(store.expireSeries(NOW)).toBe(1);
  expect(store.stats()).toMatchObject({ series: 1, expiredSeries: 1 });
  expect(rowsOf(dataDir)).toMatchObject({ series: [1], head: [1], series_origin: [1], page: [1] });
  store.abandon();
  store = new Store({ dataDir, rings: RINGS, maxSeries: 2 });
  queue.send(store, increments(['other'], [[0, T, 5]]));
  expect(idsOf(store, 'other')).toEqual([oldId]);
  expect(count(store, 'other', NOW - 10 * DAY, NOW).n).toBe(5);
  expect(count(store, 'old', NOW - 10 * DAY, NOW).n).toBe(0);
  store.close();
});

test('a forgotten origin leaves its place with its last series', () => {
  const dataDir = tempDir();
  const store = new Store({ dataDir, rings: RINGS });
  const [gone, here] = [new Queue('gone'), new Queue('here')];
  for (const queue of [gone, here]) queue.send(store, increments(['old'], [[0, T - 9 * DAY_SECS, 1]]));
  here.send(store, increments(['new'], [[0, T, 1]]));
  store.forgetOrigins('gone');
  expect(rowsOf(dataDir).origin).toEqual([0, 1]);
  flushAll(store);
  expect(store.expireSeries(NOW)).toBe(1);
  expect(store.expireSeries(NOW)).toBe(0);
  expect(rowsOf(dataDir)).toEqual({ series: [2], head: [2], series_origin: [2], page: [2], origin: [1] });
  gone.send(store, increments(['new'], [[0, T, 1]]));
  expect(rowsOf(dataDir).origin).toEqual([0, 1]);
  expect(store.origins().map(({ collector }) => collector)).toEqual(['here', 'gone']);
  store.close();
});

test('nothing goes while a leap of the clock may be taken back', () => {
  const store = openStore({ rings: RINGS });
  const queue = new Queue();
  const ahead = ms(NOW + 30 * DAY);
  queue.send(store, increments(['a'], [[0, T, 3]]));
  queue.send(store, increments(['b'], [[0, ahead / 1000, 1]]), ahead);
  store.flush(ahead, 1000);
  expect(store.expireSeries(ahead)).toBe(0);
  store.flush(ms(ahead + DAY), 1000);
  expect(store.expireSeries(ms(ahead + DAY))).toBe(1);
  expect(names(store)).toEqual(['b']);
  store.close();
});

/** What a series is, told by a list of its increments since it was made. */
interface Life {
  increments: { readonly end: number; readonly n: number }[];
  sources: Set<number>;
}

const NAMES = ['a', 'b', 'c', 'd'];
const row = fc.tuple(fc.nat(NAMES.length - 1), fc.integer({ min: -2000, max: 4000 }), fc.integer({ min: 1, max: 9 }));
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ source: fc.nat(1), rows: fc.array(row, { minLength: 1, maxLength: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ jump: fc.integer({ min: 0, max: 4 * PAGE_SECS }) }) },
  { weight: 2, arbitrary: fc.constant('expire' as const) },
  { weight: 2, arbitrary: fc.constantFrom('kill' as const, 'close' as const) },
);

test('whatever comes, dies and comes again, each series has its own data, and the dead leave nothing', () => {
  fc.assert(
    fc.property(fc.array(step, { size: 'max', maxLength: 40 }), (steps) => {
      const dataDir = tempDir();
      let store = new Store({ dataDir, rings: RINGS, cacheBytes: 2000, durable: false });
      const queue = new Queue();
      const marks = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
      const lives = new Map<string, Life>();
      let clock = T - 400 * DAY_SECS;
      let wall = NOW;
      const expire = (): void => {
        // After a start the clock is sure only when it has gone on for a day.
        for (let day = 0; day < 2; day++) {
          wall = ms(wall + DAY);
          flushAll(store, wall);
        }
        const before = names(store);
        const removed = store.expireSeries(wall);
        const after = names(store);
        expect(before.length - after.length).toBe(removed);
        for (const name of before)
          expect([name, after.includes(name)]).toEqual([name, !isDead(lives.get(name), marks)]);
        for (const name of before) if (!after.includes(name)) lives.delete(name);
        const { origin: _, ...rows } = rowsOf(dataDir);
        expect(new Set(Object.values(rows).flat())).toEqual(new Set(store.view.select([])));
      };
      for (const one of steps) {
        if (one === 'expire') expire();
        else if (typeof one === 'string') {
          if (one === 'close') store.close();
          else store.abandon();
          store = new Store({ dataDir, rings: RINGS, cacheBytes: 2000, durable: false });
        } else if ('jump' in one) clock += one.jump;
        else {
          const rows = one.rows.map(([series, time, n]): IncrementRow => [series, clock + time, n]);
          const named = NAMES.filter((_, i) => rows.some(([series]) => series === i));
          const placed = rows.map(([series, time, n]): IncrementRow => [named.indexOf(NAMES[series]!), time, n]);
          queue.send(store, increments(named, placed, `s${one.source}`), wall);
          for (const [series, time, n] of rows) note(lives, NAMES[series]!, one.source, time, n);
          for (const [, time] of rows) marks[one.source] = Math.max(marks[one.source]!, time * 1000);
        }
        for (const [name, life] of lives) checkCount(store, name, life, marks);
      }
      expire();
      store.close();
    }),
    { seed: 71, numRuns: tries(30) },
  );
});

function note(lives: Map<string, Life>, name: string, source: number, time: number, n: number): void {
  const life = lives.get(name) ?? { increments: [], sources: new Set() };
  lives.set(name, life);
  life.increments.push({ end: slotEnd(ms(time * 1000), ms(10_000)), n });
  life.sources.add(source);
}

function markOf({ sources }: Life, marks: readonly number[]): number {
  return Math.max(...[...sources].map((source) => marks[source]!));
}

function isDead(life: Life | undefined, marks: readonly number[]): boolean {
  const page = (time: number) => Math.floor(Math.ceil(time / 300_000) / 240);
  const newest = Math.max(...life!.increments.map(({ end }) => end));
  return page(newest) <= page(markOf(life!, marks)) - ROWS;
}

/** A day back from the mark everything is held. */
function checkCount(store: Store, name: string, life: Life, marks: readonly number[]): void {
  const mark = markOf(life, marks);
  const { window, n } = count(store, name, mark - DAY + 600_000, mark + 10_000);
  const want = life.increments.filter(({ end }) => end > window.start && end <= window.end);
  expect(n).toBe(want.reduce((sum, one) => sum + one.n, 0));
}

function flushAll(store: Store, now = ms(NOW + DAY / 2)): void {
  while (store.flush(now, 1000).due);
}

function names(store: Store): string[] {
  const found = store.view.select([]).map((id) => store.view.series(id).name);
  return found.sort();
}

/** The series that rows of each table belong to, and the origins. */
function rowsOf(dataDir: string): Record<string, number[]> {
  const db = new Database(join(dataDir, 'vigie.sqlite'), { readonly: true });
  const ids = (sql: string) => db.prepare(`SELECT DISTINCT ${sql} ORDER BY 1`).pluck().all() as number[];
  const rows = {
    series: ids('id FROM series'),
    head: ids('series FROM head'),
    series_origin: ids('series FROM series_origin'),
    page: ids('id % 4294967296 FROM page'),
    origin: ids('id FROM origin'),
  };
  db.close();
  return rows;
}
