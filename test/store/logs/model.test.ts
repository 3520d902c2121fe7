import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LEVEL_GROUPS, LOG_LEVELS, type LogLine, type LogQuery, levelGroup } from '../../../server/model/logs.ts';
import { ms } from '../../../server/model/units.ts';
import { Store } from '../../../server/store/store.ts';
import { tries } from '../../support/long.ts';
import { seeded } from '../../support/random.ts';
import { increments, NOW, Queue, tempDir } from '../batches.ts';
import { everything, isMeant, linesOf, questionsOf, type Row, textsOf } from './lines.ts';

const DAY = 86_400_000;

type ValueOf<A> = A extends fc.Arbitrary<infer T> ? T : never;
const WORDS = [
  'GET',
  'error',
  'Error',
  'timeout',
  '/cart',
  '500',
  '404',
  'İstanbul',
  'ΟΔΟΣ',
  'straße',
  'a\nb',
  '\0',
  '\u001b[31m',
];

const text = fc.array(fc.constantFrom(...WORDS), { maxLength: 6 }).map((words) => words.join(' '));
const labels = fc.record(
  { app: fc.constantFrom('shop', 'api'), severity: fc.constantFrom('err', 'info') },
  { requiredKeys: [] },
);
const row = fc.record({ time: fc.nat(3 * DAY), text, level: fc.integer({ min: -1, max: 7 }), labels });
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('batch' as const),
      source: fc.nat(1),
      rows: fc.array(row, { maxLength: 8 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('tend' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('restart' as const, 'kill' as const) }) },
);
const matcher = fc.oneof(
  fc.record({
    name: fc.constantFrom('app', 'source'),
    op: fc.constantFrom('=' as const, '!=' as const),
    value: fc.constantFrom('shop', 's0', ''),
  }),
  fc.record({
    name: fc.constant('app'),
    op: fc.constantFrom('=~' as const, '!~' as const),
    value: fc.constantFrom('s.*', 'shop|api', ''),
  }),
);
const filter = fc.record(
  {
    selector: fc.array(matcher, { maxLength: 2 }),
    text: fc.constantFrom(
      'error',
      'ERROR time',
      '/cart 500',
      'i̇stanbul',
      'STRASSE',
      'οδος',
      'b',
      '\u001b',
      'nowhere at all',
    ),
    regex: fc.constantFrom('err', '(?i)ERR.*500', '[45]0\\d', 'timeout +/cart', '^GET', 'Error|timeout', 'cart$'),
    level: fc.constantFrom(...LOG_LEVELS),
  },
  { requiredKeys: ['selector'] },
);
const question = fc.record({
  filter,
  start: fc.integer({ min: -1, max: 3 * DAY }),
  length: fc.integer({ min: 1, max: 3 * DAY }),
  order: fc.constantFrom('newest' as const, 'oldest' as const),
  limit: fc.constantFrom(1, 3, 50),
  buckets: fc.integer({ min: 1, max: 200 }),
});

function inOrder(lines: readonly LogLine[], order: LogQuery['order']): LogLine[] {
  const sign = order === 'newest' ? -1 : 1;
  return lines.toSorted((a, b) => sign * (a.time - b.time || a.seq - b.seq));
}

/** All pages of a search. */
async function allPages(store: Store, query: LogQuery): Promise<LogLine[]> {
  const page = await questionsOf(store).searchLogs(query);
  expect(page.lines.length).toBeLessThanOrEqual(query.limit);
  if (page.next === undefined) return [...page.lines];
  return [...page.lines, ...(await allPages(store, { ...query, after: page.next }))];
}

test('whatever was stored, merged and restarted, every question gets the lines the simplest program finds', async () => {
  const run = async (steps: readonly ValueOf<typeof step>[], questions: readonly ValueOf<typeof question>[]) => {
    const dataDir = tempDir();
    let store = new Store({ dataDir });
    const queue = new Queue();
    const stored: LogLine[] = [];
    for (const one of steps) {
      if (one.kind === 'tend') store.tendLogs(NOW);
      if (one.kind === 'restart') store.close();
      if (one.kind === 'kill') store.abandon();
      if (one.kind === 'restart' || one.kind === 'kill') store = new Store({ dataDir });
      if (one.kind !== 'batch') continue;
      const source = `s${one.source}`;
      queue.send(store, linesOf(one.rows as Row[], source));
      for (const { time, text, level, labels } of one.rows) {
        const own = level < 0 ? {} : { level: LOG_LEVELS[level]! };
        stored.push({
          seq: stored.length + 1,
          time: ms(time),
          ...own,
          labels: { ...labels, collector: 'c1', source } as never,
          text,
        });
      }
    }
    for (const { filter, start, length, order, limit, buckets } of questions) {
      const range = { start: ms(start), end: ms(start + length) };
      const meant = stored.filter((line) => isMeant(line, filter) && line.time > range.start && line.time <= range.end);
      expect(await allPages(store, { ...filter, ...range, order, limit })).toEqual(inOrder(meant, order));
      const histogram = await questionsOf(store).logHistogram({ ...filter, ...range, buckets });
      for (const group of LEVEL_GROUPS) {
        const { firstEnd, step, counts } = histogram;
        expect(counts[group].length).toBeLessThanOrEqual(Math.max(2, buckets));
        const want = counts[group].map((_, i) => {
          const end = firstEnd + i * step;
          const inside = meant.filter(({ time }) => time > end - step && time <= end);
          return inside.filter(
            ({ level }) => levelGroup(level === undefined ? -1 : LOG_LEVELS.indexOf(level)) === group,
          ).length;
        });
        expect(counts[group]).toEqual(want);
      }
      await tailsAre(
        store,
        stored.filter((line) => isMeant(line, filter)),
        { ...filter, limit },
      );
    }
    for (const line of stored.slice(0, 5)) await contextIs(store, stored, line);
    store.close();
  };
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 40 }),
      fc.array(question, { minLength: 1, maxLength: 4 }),
      run,
    ),
    { seed: 7, numRuns: tries(60) },
  );
});

async function tailsAre(
  store: Store,
  meant: readonly LogLine[],
  filter: Parameters<ReturnType<typeof questionsOf>['tailLogs']>[0],
) {
  const found: LogLine[] = [];
  for (let after = 0, more = true; more; ) {
    const tail = await questionsOf(store).tailLogs({ ...filter, after });
    found.push(...tail.lines);
    ({ seq: after, more } = tail);
  }
  expect(found).toEqual(meant);
}

async function contextIs(store: Store, stored: readonly LogLine[], line: LogLine) {
  const stream = ({ labels: { severity: _, ...own } }: LogLine) => JSON.stringify(Object.entries(own).sort());
  const same = stored.filter((other) => stream(other) === stream(line));
  const at = same.findIndex(({ seq }) => seq === line.seq);
  const context = await questionsOf(store).logContext({ seq: line.seq, before: 2, after: 3 });
  expect(context).toEqual({ before: same.slice(Math.max(0, at - 2), at), line, after: same.slice(at + 1, at + 4) });
}

test('lines beyond the bound make room oldest first, and the bound is never passed', async () => {
  const dataDir = tempDir();
  const logs = { maxBytes: 400_000, maxAge: 30 * DAY };
  let store = new Store({ dataDir, logs });
  const queue = new Queue();
  const random = seeded(1);
  const noise = (): string => Array.from({ length: 60 }, () => random.below(36 ** 4).toString(36)).join('');
  for (let i = 1; i <= 120; i++) {
    queue.send(
      store,
      linesOf(
        Array.from({ length: 40 }, (_, k) => ({ time: NOW - (200 - i) * 1000 + k, text: `${i}-${k} ${noise()}` })),
      ),
    );
    if (i % 5 === 0) while (store.logs.isDue(NOW)) store.tendLogs(NOW);
    if (i === 60) {
      store.close();
      store = new Store({ dataDir, logs });
    }
    const { bytes, lines, evictedLines } = store.stats().logs!;
    expect(bytes).toBeLessThanOrEqual(logs.maxBytes);
    expect(lines + evictedLines).toBe(i * 40);
  }
  const page = await questionsOf(store).searchLogs(everything());
  const kept = page.lines.map(({ text }) => Number(text.split('-', 1)));
  expect(store.stats().logs!.evictedLines).toBeGreaterThan(1000);
  expect(new Set(kept)).toEqual(new Set(Array.from({ length: 120 - kept[0]! + 1 }, (_, i) => kept[0]! + i)));
  store.close();
});

test('lines older than the age are gone, judged by the newest line of their own source', async () => {
  const store = new Store({ dataDir: tempDir(), logs: { maxBytes: 2 ** 26, maxAge: DAY } });
  const queue = new Queue();
  const old = NOW - 3000 * DAY;
  queue.send(store, linesOf([{ time: old, text: 'long ago' }], 'archive'));
  queue.send(store, linesOf([{ time: NOW - 2 * DAY, text: 'before yesterday' }], 'live'));
  queue.send(
    store,
    linesOf(
      [
        { time: NOW - DAY + 1, text: 'today' },
        { time: NOW, text: 'now' },
      ],
      'live',
    ),
  );
  while (store.logs.isDue(NOW)) store.tendLogs(NOW);
  const { lines } = await questionsOf(store).searchLogs(everything());
  expect(lines.map(({ text }) => text)).toEqual(['long ago', 'today', 'now']);
  expect(store.stats().logs).toMatchObject({ lines: 3, evictedLines: 1 });
  store.close();
});

test('a clock that was wrong makes nothing old', async () => {
  const store = new Store({ dataDir: tempDir(), logs: { maxBytes: 2 ** 26, maxAge: DAY } });
  const queue = new Queue();
  const live = (time: number, text: string): void => {
    const rows = increments(['a'], [[0, time / 1000, 1]]);
    queue.send(store, { ...rows, lines: linesOf([{ time, text }]).lines! }, ms(time));
    for (let i = 0; i < 5; i++) store.tendLogs(ms(time));
  };
  live(NOW, 'now');
  live(NOW + 400 * DAY, 'in a year');
  expect(await textsOf(store)).toEqual(['now', 'in a year']);
  for (let minute = 0; minute <= 20; minute++) store.flush(ms(NOW + minute * 60_000), 100);
  live(NOW + 1_200_000, 'later');
  expect(await textsOf(store)).toEqual(['now', 'later', 'in a year']);
  live(NOW + DAY, 'tomorrow');
  live(NOW + DAY + 1_800_000, 'and on');
  expect(await textsOf(store)).toEqual(['tomorrow', 'and on', 'in a year']);
  store.close();
});
