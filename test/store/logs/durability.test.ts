import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { logQuestions } from '../../../server/engine/log-questions.ts';
import { ms } from '../../../server/model/units.ts';
import { Store } from '../../../server/store/store.ts';
import { seeded } from '../../support/random.ts';
import { NOW, Queue, tempDir } from '../batches.ts';
import { everything, linesOf, questionsOf, textsOf } from './lines.ts';

const one = (text: string, time: number = NOW) => linesOf([{ time, text }]);

function changeFile(dataDir: string, sql: string): void {
  const db = new Database(join(dataDir, 'vigie.sqlite'));
  db.exec(sql);
  db.close();
}

test('a batch that comes again stores nothing twice, also over a kill', async () => {
  const dataDir = tempDir();
  let store = new Store({ dataDir });
  const queue = new Queue();
  queue.send(store, one('first'));
  expect(store.commit([queue.last!], NOW)).toEqual([{ result: 'duplicate' }]);
  store.abandon();
  store = new Store({ dataDir });
  expect(store.commit([queue.last!], NOW)).toEqual([{ result: 'duplicate' }]);
  queue.send(store, one('second'));
  expect(await textsOf(store)).toEqual(['first', 'second']);
  expect(store.stats()).toMatchObject({ appliedLines: 2, logs: { lines: 2 } });
  store.close();
});

test('a commit that fails stores no line and gives its numbers to the next', async () => {
  let fail = false;
  const onPoint = (): void => {
    if (fail) throw new Error('power cut');
  };
  const store = new Store({ dataDir: tempDir(), onPoint });
  const queue = new Queue();
  queue.send(store, one('first'));
  fail = true;
  expect(() => store.commit([queue.next(one('second'))], NOW)).toThrow('power cut');
  expect(await textsOf(store)).toEqual(['first']);
  fail = false;
  expect(store.commit([queue.last!], NOW)).toEqual([{ result: 'applied' }]);
  const { lines } = await questionsOf(store).searchLogs(everything());
  expect(lines.map(({ seq, text }) => [seq, text])).toEqual([
    [1, 'first'],
    [2, 'second'],
  ]);
  store.close();
});

test('a merge that fails changes nothing, and is made later', async () => {
  let fail = true;
  const onPoint = (name: string): void => {
    if (fail && name === 'during_merge') throw new Error('power cut');
  };
  const store = new Store({ dataDir: tempDir(), onPoint });
  const queue = new Queue();
  const texts = Array.from({ length: 8 }, (_, i) => `line ${i}`);
  for (const text of texts) queue.send(store, one(text));
  expect(() => store.tendLogs(NOW)).toThrow('power cut');
  expect(store.stats().logs).toMatchObject({ blocks: 8, lines: 8 });
  expect(await textsOf(store)).toEqual(texts);
  fail = false;
  while (store.logs.isDue(NOW)) store.tendLogs(NOW);
  expect(store.stats().logs).toMatchObject({ blocks: 1, lines: 8, evictedLines: 0 });
  expect(await textsOf(store)).toEqual(texts);
  store.close();
});

test('a question sees the blocks as they were when it began, whatever is merged and committed meanwhile', async () => {
  const dataDir = tempDir();
  const store = new Store({ dataDir });
  const queue = new Queue();
  const texts = Array.from({ length: 16 }, (_, i) => `line ${i}`);
  for (const text of texts) queue.send(store, one(text));
  const reader = store.logs.open();
  while (store.stats().logs!.blocks > 2) store.tendLogs(NOW);
  queue.send(store, one('late'));
  expect(reader.heads.map((head) => reader.text(head))).toEqual(texts);
  expect(store.logs.isDue(NOW)).toBe(false);
  reader.close();
  expect(store.logs.isDue(NOW)).toBe(true);
  while (store.logs.isDue(NOW)) store.tendLogs(NOW);
  expect(reader.heads.map((head) => reader.text(head))).toEqual(texts.map(() => undefined));
  expect(await textsOf(store)).toEqual([...texts, 'late']);
  store.close();
});

test('what a killed process left for its readers is gone at the next start', async () => {
  const dataDir = tempDir();
  const first = new Store({ dataDir });
  const queue = new Queue();
  for (let i = 0; i < 8; i++) queue.send(first, one(`line ${i}`));
  first.logs.open();
  first.tendLogs(NOW);
  first.abandon();
  const again = new Store({ dataDir });
  expect(again.stats().logs).toMatchObject({ blocks: 1, lines: 8 });
  expect(await textsOf(again)).toHaveLength(8);
  again.close();
  const db = new Database(join(dataDir, 'vigie.sqlite'), { readonly: true });
  expect(
    db.prepare('SELECT (SELECT count(*) FROM log_block) AS heads, (SELECT count(*) FROM log_body) AS bodies').get(),
  ).toEqual({ heads: 1, bodies: 1 });
  db.close();
});

test('a damaged block costs its lines, is told once and counted, and is never merged', async () => {
  const damaged = async (change: string) => {
    const dataDir = tempDir();
    const first = new Store({ dataDir });
    const queue = new Queue();
    for (let i = 1; i <= 8; i++) queue.send(first, one(`line ${i}`));
    first.close();
    changeFile(dataDir, change);
    const told: string[] = [];
    const store = new Store({ dataDir, onDamage: (cause) => told.push(cause) });
    for (let i = 0; i < 3; i++) store.tendLogs(NOW);
    const want = [1, 2, 4, 5, 6, 7, 8].map((i) => `line ${i}`);
    expect(await textsOf(store, { text: 'line' }), change).toEqual(want);
    expect(await textsOf(store)).toEqual(want);
    expect(told, change).toEqual([
      expect.stringMatching(/^cannot read log block 3 of vigie.sqlite: .+; its lines are lost$/),
    ]);
    expect(store.stats().drops).toEqual({ damaged_block: 1 });
    queue.send(store, one('line 9'));
    expect(await textsOf(store)).toEqual([...want, 'line 9']);
    store.close();
  };
  for (const part of ['columns', 'text']) {
    await damaged(
      `UPDATE log_body SET ${part} = CAST(substr(${part}, 1, length(${part}) - 1) || x'00' AS BLOB) WHERE id = 3`,
    );
    await damaged(`UPDATE log_body SET ${part} = x'' WHERE id = 3`);
  }
  await damaged("UPDATE log_block SET streams = '[{' WHERE id = 3");
});

test('a damaged filter costs time, no lines', async () => {
  const dataDir = tempDir();
  const first = new Store({ dataDir });
  new Queue().send(first, one('line 1'));
  first.close();
  changeFile(dataDir, "UPDATE log_body SET filter = x'0000000000'");
  const store = new Store({ dataDir });
  expect(await textsOf(store, { text: 'line 1' })).toEqual(['line 1']);
  expect(store.stats().drops).toEqual({ damaged_block: 1 });
  store.close();
});

test('a full disk refuses the lines with their batch, and takes them when there is room', async () => {
  const store = new Store({ dataDir: tempDir(), maxFileBytes: 80 * 4096 });
  const queue = new Queue();
  const random = seeded(9);
  const noise = (): string => Array.from({ length: 50 }, () => random.below(36 ** 4).toString(36)).join('');
  let stored = 0;
  const fill = (): void => {
    for (let i = 0; i < 200; i++) {
      queue.send(store, linesOf(Array.from({ length: 20 }, () => ({ time: NOW, text: noise() }))));
      stored += 20;
    }
  };
  expect(fill).toThrow(expect.objectContaining({ code: 'disk_full' }));
  expect(stored).toBeGreaterThan(100);
  expect(await textsOf(store)).toHaveLength(stored);
  expect(() => store.commit([queue.last!], NOW)).toThrow(expect.objectContaining({ code: 'disk_full' }));
  store.limitFile(2 ** 26);
  expect(store.commit([queue.last!], NOW)).toEqual([{ result: 'applied' }]);
  expect(await textsOf(store)).toHaveLength(stored + 20);
  store.close();
});

test('a question beyond its bytes or its time says how far it came, and goes on from there', async () => {
  const store = new Store({ dataDir: tempDir() });
  const queue = new Queue();
  for (let i = 0; i < 30; i++) queue.send(store, one(`line ${i}`, NOW + i * 1000));
  let looks = 0;
  // Every look at the clock takes half a second: some ten blocks in the five seconds a question has.
  const slow = logQuestions(store.logs, { now: () => ms(looks++ * 500) });
  const found: string[] = [];
  let after: { time: ReturnType<typeof ms>; seq: number } | undefined;
  let pages = 0;
  do {
    const page = await slow.searchLogs(everything({ order: 'newest', text: 'line', ...(after && { after }) }));
    found.push(...page.lines.map(({ text }) => text));
    if (page.next !== undefined) expect(page.partial).toEqual({ reason: 'time', reached: page.next.time });
    after = page.next;
    pages++;
  } while (after !== undefined);
  expect(found).toEqual(Array.from({ length: 30 }, (_, i) => `line ${29 - i}`));
  expect(pages).toBeGreaterThan(2);
  const histogram = await slow.logHistogram({
    selector: [],
    start: ms(NOW - 1),
    end: ms(NOW + 29_000),
    text: 'line',
    buckets: 31,
  });
  expect(histogram.partial?.reason).toBe('time');
  const whole = histogram.counts.unknown.filter(
    (_, i) => histogram.firstEnd + i * histogram.step > histogram.partial!.reached!,
  );
  expect(whole.length).toBeGreaterThan(0);
  expect(new Set(whole)).toEqual(new Set([1]));
  store.close();
});
