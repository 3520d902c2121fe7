import { expect, test } from 'vitest';
import type { QueryResult } from '../../server/model/engine.ts';
import { DAY, HOUR, MINUTE, ms, SECOND } from '../../server/model/units.ts';
import { queryInstant, queryRange } from '../../server/promql/query.ts';
import type { Queryable } from '../../server/promql/queryable.ts';
import type { Store } from '../../server/store/store.ts';
import { increments, NOW, openStore, Queue, samples, tempDir } from '../store/batches.ts';
import { changeFile } from '../store/full-store.ts';
import { answerLines } from './answer-lines.ts';
import { memoryQueryable } from './memory-queryable.ts';

const at = (store: Store, expr: string, time: number): QueryResult => {
  const { view } = store;
  return queryInstant({ select: (matchers) => view.select(matchers).map((id) => view.reader(id)) }, expr, ms(time));
};

const text = (answer: QueryResult): string => answerLines(answer.data);

const HOST = '{host="h"}';

test('timestamp: of a sample, of one that is rolled up, of what is counted', () => {
  const store = openStore();
  const queue = new Queue();
  const old = NOW - 40 * DAY;
  queue.send(store, samples('gauge', 'g', [[old + 3 * SECOND, 7]]), ms(old + MINUTE));
  queue.send(store, samples('gauge', 'g', [[NOW - 7 * SECOND, 8]]));
  queue.send(store, increments(['s'], [[0, NOW / 1000 - 12, 5]]));
  expect(text(at(store, 'timestamp(g)', NOW))).toBe(`${HOST} ${NOW / 1000 - 7}`);
  expect(text(at(store, 'timestamp(g)', old + 5 * MINUTE))).toBe(`${HOST} ${old / 1000 + 3}`);
  expect(text(at(store, 'timestamp(s)', NOW))).toBe(`${NOW / 1000 - 10}`);
  expect(text(at(store, 'timestamp(g)', NOW + HOUR))).toBe('');
});

/** A counter of forty days ago whose raw samples are gone, and the same samples in an array. */
function rolledUp() {
  const start = NOW - 40 * DAY;
  const rows = Array.from({ length: 60 }, (_, i) => [start + i * MINUTE + 7 * SECOND, (i % 25) * 10 + i] as const);
  const store = openStore();
  const queue = new Queue();
  queue.send(store, samples('counter', 'c_total', rows), ms(start + HOUR));
  queue.send(store, samples('counter', 'c_total', [[NOW, 1]]));
  const points = rows.map(([time, value]) => [time / 1000, value] as const);
  const raw = memoryQueryable([{ kind: 'counter', name: 'c_total', labels: { host: 'h' }, points }]);
  return { store, raw, start };
}

test('what slots know exactly is what the samples say', () => {
  const { store, raw, start } = rolledUp();
  const names = ['rate', 'increase', 'delta', 'resets', 'present_over_time', 'absent_over_time'];
  const statistics = ['avg', 'min', 'max', 'sum', 'count', 'last', 'first'].map((name) => `${name}_over_time`);
  for (const name of [...names, ...statistics]) {
    for (const time of [start + 20 * MINUTE, start + 55 * MINUTE]) {
      const answer = at(store, `${name}(c_total[20m])`, time);
      expect(text(answer), name).toBe(answerLines(queryInstant(raw, `${name}(c_total[20m])`, ms(time)).data));
      expect(answer.infos).toEqual([]);
    }
  }
});

test('a window is left-open: what lies on its left border is not in it, in samples and in slots', () => {
  const start = NOW - 40 * DAY;
  const rows = Array.from({ length: 61 }, (_, i) => [start + i * MINUTE, i] as const);
  for (const newer of [[], [[NOW, 1]] as const]) {
    const store = openStore();
    const queue = new Queue();
    queue.send(store, samples('gauge', 'g', rows), ms(start + HOUR));
    queue.send(store, samples('gauge', 'g', newer));
    const border = start + 20 * MINUTE;
    expect(text(at(store, 'min_over_time(g[10m])', border))).toBe(`${HOST} 11`);
    expect(text(at(store, 'count_over_time(g[10m])', border))).toBe(`${HOST} 10`);
    expect(text(at(store, 'increase(g[5m])', border))).toBe(`${HOST} 5`);
    expect(text(at(store, 'g', border + HOUR))).toBe('');
    expect(text(at(store, 'g', start + HOUR + 5 * MINUTE))).toBe('');
    expect(text(at(store, 'g', start + HOUR + 5 * MINUTE - 1))).toBe(`g${HOST} 60`);
  }
});

test('what they do not know has no answer, and it is said', () => {
  const { store, start } = rolledUp();
  for (const name of ['irate', 'idelta', 'deriv', 'changes', 'stddev_over_time', 'stdvar_over_time']) {
    const answer = at(store, `${name}(c_total[20m])`, start + 55 * MINUTE);
    expect(text(answer)).toBe('');
    expect(answer.infos).toEqual([expect.stringContaining(`${name} has no answer for c_total`)]);
  }
  const cut = at(store, 'increase(c_total[20m])', start + 52 * MINUTE);
  expect(cut.infos).toEqual([expect.stringContaining('moved to its borders')]);
});

test('a damaged page is no silence: the answer says that something is missing', () => {
  const dataDir = tempDir();
  const rows = Array.from({ length: 600 }, (_, i) => [NOW - (600 - i) * MINUTE, i] as const);
  const filled = openStore({ dataDir });
  const queue = new Queue();
  queue.send(filled, samples('gauge', 'g', rows));
  queue.send(
    filled,
    increments(
      ['hits'],
      rows.map(([time]) => [0, time / 1000, 1]),
    ),
  );
  filled.close();
  changeFile(dataDir, (db) => db.exec('UPDATE page SET body = zeroblob(length(body)) WHERE id < 4294967296 * 2048'));
  const store = openStore({ dataDir });
  const g = 'some of g is damaged and missing; vigie doctor tells what';
  expect(at(store, 'count_over_time(g[1h])', NOW)).toMatchObject({ data: { result: [] }, infos: [g] });
  expect(at(store, 'sum(g)', NOW - HOUR).infos).toEqual([g]);
  expect(at(store, 'increase(hits[90s])', NOW).infos).toEqual([g.replace('of g', 'of hits')]);
  const range = {
    select: (matchers: Parameters<Queryable['select']>[0]) =>
      store.view.select(matchers).map((id) => store.view.reader(id)),
  };
  const overHours = (expr: string) => queryRange(range, expr, ms(NOW - 2 * HOUR), NOW, HOUR).infos;
  expect(overHours('rate(g[5m])')).toContain(g);
  expect(overHours('sum(increase(hits[90s]))')).toEqual([g.replace('of g', 'of hits')]);
  expect(at(store, 'count_over_time(g[1h])', NOW - 40 * DAY).infos).toEqual([]);
  // An hour from border to border is a slot of the widest ring, whose page is whole.
  expect(at(store, 'increase(hits[1h])', NOW)).toMatchObject({
    data: { result: [{ value: [NOW / 1000, '59'] }] },
    infos: [],
  });
  expect(at(store, 'vector(1)', NOW).infos).toEqual([]);
});

test('a sum series is counted exactly in any window, and its running total has all functions', () => {
  const store = openStore();
  const rows = Array.from({ length: 30 }, (_, i) => [0, NOW / 1000 - 290 + i * 10, i] as const);
  new Queue().send(store, increments(['s_total'], rows));
  const within = (secs: number) => rows.filter(([, t]) => t > NOW / 1000 - secs).reduce((sum, [, , n]) => sum + n, 0);
  for (const secs of [10, 60, 130, 300]) {
    expect(text(at(store, `increase(s_total[${secs}s])`, NOW))).toBe(`${within(secs)}`);
    expect(text(at(store, `rate(s_total[${secs}s])`, NOW))).toBe(`${within(secs) / secs}`);
  }
  expect(text(at(store, 'resets(s_total[5m])', NOW))).toBe('0');
  expect(text(at(store, 'max_over_time(s_total[5m:10s])', NOW))).toBe('435');
  expect(text(at(store, 'changes(s_total[1m:10s])', NOW))).toBe('5');
  expect(at(store, 'changes(s_total[1m])', NOW).infos).toEqual([expect.stringContaining('keeps increments')]);
});

test('a range query over pages of samples is what the samples say step by step', () => {
  const rows = Array.from({ length: 2400 }, (_, i) => [NOW - (2400 - i) * 10_000, (i % 700) * 3] as const);
  const store = openStore();
  new Queue().send(store, samples('counter', 'c_total', rows));
  const points = rows.map(([time, value]) => [time / 1000, value] as const);
  const raw = memoryQueryable([{ kind: 'counter', name: 'c_total', labels: { host: 'h' }, points }]);
  const { view } = store;
  const over = (source: Queryable, expr: string, start: number, step: number) =>
    answerLines(queryRange(source, expr, ms(start), NOW, ms(step)).data);
  const held: Queryable = { select: (matchers) => view.select(matchers).map((id) => view.reader(id)) };
  for (const expr of ['rate(c_total[5m])', 'sum(increase(c_total[47s]))', 'delta(c_total[3h] offset 1h)']) {
    for (const [start, step] of [
      [NOW - 7 * HOUR, MINUTE],
      [NOW - 5 * HOUR, 7 * SECOND],
      [NOW, SECOND],
    ] as const) {
      const answer = over(held, expr, start, step);
      expect(answer, `${expr} from ${start}`).toBe(over(raw, expr, start, step));
      expect(answer).not.toBe('');
    }
  }
});
