import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { openEngine } from '../../../server/engine/engine.ts';
import type { DataSource, DataSourceConfig } from '../../../server/model/data-source.ts';
import { labelEquals } from '../../../server/model/labels.ts';
import { HOUR, MINUTE, ms } from '../../../server/model/units.ts';
import { createLog } from '../../../server/runtime/log.ts';
import { Store } from '../../../server/store/store.ts';
import type { StoreOptions } from '../../../server/store/store-options.ts';
import { idsOf, NOW, Queue, type SampleRow, samples, tempDir } from '../batches.ts';
import { examined } from '../full-store.ts';

const GAUGE: DataSource = { type: 'GAUGE', heartbeat_secs: 100 };
const COUNTER: DataSource = { type: 'COUNTER', heartbeat_secs: 100 };

/** A store that is opened again and again, and closed with the test. @param point a commit dies there while it is set. */
function house(dataDir = tempDir()) {
  const queue = new Queue();
  let store: Store | undefined;
  let dies = false;
  onTestFinished(() => store?.abandon());
  const onPoint = (name: string): void => {
    if (dies && name === 'before_commit') throw new Error('no more');
  };
  return {
    queue,
    dataDir,
    dieAt: (value: boolean) => {
      dies = value;
    },
    open: (source: DataSource | undefined, options: Partial<StoreOptions> = {}): Store => {
      store?.close();
      const dataSources = source === undefined ? [] : [{ matchers: [labelEquals('__name__', 'x')], source }];
      store = new Store({ dataDir, durable: false, dataSources, onPoint, ...options });
      return store;
    },
  };
}

const at = (secs: number, value: number | 'stale' | 'NaN'): SampleRow => [NOW + secs * 1000, value];
const send = (queue: Queue, store: Store, rows: readonly SampleRow[], kind: 'counter' | 'gauge' = 'gauge') =>
  queue.send(store, samples(kind, 'x', rows), ms(NOW + HOUR));

/** The rows of ten seconds each from NOW on. */
function rowsOf(store: Store, secs: number, resolution = ms(1000)): readonly (number | null)[] {
  const request = {
    how: 'AVERAGE',
    start: NOW,
    end: ms(NOW + secs * 1000 - 1),
    resolution,
    xff: 0.5,
  } as const;
  return store.view.rows(idsOf(store, 'x')[0]!, request)!.values;
}

const statusOf = (store: Store) => store.view.dataSource(idsOf(store, 'x')[0]!);

test('what comes again is known, what is no update is refused by its reason, and a failed commit changes nothing', () => {
  const { queue, open, dieAt } = house();
  const store = open(COUNTER);
  send(queue, store, [at(10, 100), at(20, 200)], 'counter');
  const drops = (rows: readonly SampleRow[], want: object) => {
    send(queue, store, rows, 'counter');
    expect(store.stats().drops).toEqual(want);
  };
  drops([at(20, 200)], {});
  drops([at(20, 201)], { duplicate_timestamp: 1 });
  drops([at(15, 150)], { duplicate_timestamp: 1, past_update: 1 });
  drops([at(25, 250.5), at(25, -1)], { duplicate_timestamp: 1, past_update: 1, not_integer: 2 });
  expect(rowsOf(store, 20)).toEqual([null, 10]);
  dieAt(true);
  expect(() => send(queue, store, [at(30, 250)], 'counter')).toThrow('no more');
  dieAt(false);
  expect(statusOf(store)).toMatchObject({ last_value: '200', last_update: NOW + 20_000 });
  expect(store.commit([queue.last!], ms(NOW + HOUR))).toEqual([{ result: 'applied' }]);
  expect(rowsOf(store, 30)).toEqual([null, 10, 5]);
});

test('a series is what it was made as: declared later it stays a counter, declared no more it stays a data source', () => {
  const { queue, open } = house();
  send(queue, open(undefined), [at(10, 100)], 'counter');
  const declared = open(COUNTER);
  send(queue, declared, [at(20, 200)], 'counter');
  const [id] = idsOf(declared, 'x');
  expect(declared.view.series(id!).kind).toBe('counter');
  expect(declared.view.rows(id!, { how: 'LAST', start: NOW, end: NOW, resolution: ms(1), xff: 0 })).toBeUndefined();
  const other = house();
  send(other.queue, other.open(COUNTER), [at(10, 100), at(20, 200)], 'counter');
  const undeclared = other.open(undefined);
  send(other.queue, undeclared, [at(30, 500)], 'gauge');
  expect(rowsOf(undeclared, 30)).toEqual([null, 10, 30]);
  expect(undeclared.view.series(idsOf(undeclared, 'x')[0]!).kind).toBe('rrd');
  expect(undeclared.view.slots(idsOf(undeclared, 'x')[0]!, { start: NOW, end: NOW, step: MINUTE })).toBeUndefined();
});

test('series that are declared too late are told at the start', async () => {
  const dataDir = tempDir();
  const told: string[] = [];
  const log = createLog('store', { write: (line) => told.push(line) });
  const start = (dataSources: readonly DataSourceConfig[]) =>
    openEngine({ dataDir, clock: { now: () => NOW }, log, dataSources });
  const before = start([]);
  await new Queue().deliver(before, samples('counter', 'x', [[NOW, 1]]), NOW);
  await before.close();
  const declared = (name: string) => ({
    match: name,
    selector: [{ name: '__name__', op: '=' as const, value: name }],
    source: COUNTER,
  });
  await start([declared('y'), declared('x'), declared('x')]).close();
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(/declared as data sources .*x\{host=.*counter/);
});

test('heartbeat and bounds are taken up at once; with another type or step it begins anew, and says since when', () => {
  const { queue, open } = house();
  send(queue, open(GAUGE), [at(10, 1), at(20, 2)]);
  const bounded = open({ ...GAUGE, max: 5 });
  send(queue, bounded, [at(30, 6), at(40, 4)]);
  expect(rowsOf(bounded, 40)).toEqual([1, 2, null, 4]);
  expect(statusOf(bounded)).toMatchObject({ since: NOW, max: 5 });
  const counted = open(COUNTER);
  send(queue, counted, [at(50, 100), at(60, 150)]);
  expect(rowsOf(counted, 60)).toEqual([null, null, null, null, null, 5]);
  // The minute in which it began anew holds both, and is of neither.
  expect(rowsOf(counted, 60, MINUTE)).toEqual([null]);
  const reader = counted.view.reader(idsOf(counted, 'x')[0]!);
  expect([40, 50, 60].map((secs) => reader.at(ms(NOW + secs * 1000), MINUTE))).toEqual([4, undefined, 5]);
  expect(statusOf(counted)).toMatchObject({ type: 'COUNTER', since: NOW + 40_000, step_secs: 10 });
  const rings = [
    { width: MINUTE, span: ms(2 * HOUR) },
    { width: ms(5 * MINUTE), span: ms(24 * HOUR) },
  ];
  const wide = open(COUNTER, { rings });
  while (wide.convertSeries(ms(NOW + HOUR)).isDue);
  expect(rowsOf(wide, 60)).toEqual([null]);
  send(queue, wide, [at(120, 450)]);
  expect(statusOf(wide)).toMatchObject({ step_secs: 60, since: NOW + 60_000, last_value: '450' });
});

test('after a clock that was wrong it begins anew, and takes what comes', () => {
  const { queue, open } = house();
  const store = open(GAUGE);
  send(queue, store, [at(10, 1), at(20, 2)]);
  const future = ms(NOW + 40 * 24 * HOUR);
  queue.send(store, samples('gauge', 'x', [[future, 9]]), future);
  const back = ms(NOW + 30_000);
  for (let minutes = 0; minutes <= 16; minutes++) store.flush(ms(back + minutes * MINUTE), 10);
  expect(statusOf(store)).toBeUndefined();
  queue.send(store, samples('gauge', 'x', [at(990, 3), at(1000, 4)]), ms(NOW + 1_000_000));
  expect(rowsOf(store, 1000).slice(-2)).toEqual([3, 4]);
});

test('what outlived its data goes whole, and an unreadable state is found and taken out', () => {
  const { queue, open, dataDir } = house();
  const store = open(GAUGE);
  send(queue, store, [at(10, 1)]);
  store.flush(ms(NOW + 2 * HOUR), 100);
  const later = ms(NOW + 3 * 365 * 24 * HOUR);
  queue.send(store, { ...samples('gauge', 'y', [[later, 1]]), source: 's' }, later);
  store.flush(ms(later + HOUR), 100);
  for (let day = 0; day < 3; day++) store.expireSeries(ms(later + day * 24 * HOUR));
  expect(idsOf(store, 'x')).toEqual([]);
  const file = join(dataDir, 'vigie.sqlite');
  const db = new Database(file);
  onTestFinished(() => void db.close());
  expect(db.prepare('SELECT count(*) FROM data_source').pluck().get()).toBe(0);
  db.exec(`INSERT INTO data_source VALUES (999, '{"lastUp": 1}'), (2, 'null')`);
  expect(examined(dataDir).findings.map(({ what }) => what)).toEqual([
    'the open data source of series 2',
    'the open data source of series 999',
  ]);
  const causes: string[] = [];
  const damaged = open(GAUGE, { onDamage: (cause) => causes.push(cause) });
  expect(causes).toEqual([expect.stringContaining('the data source of series 2')]);
  expect(damaged.stats().drops).toEqual({ damaged_data_source: 1 });
});
