import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { replayStep } from '../../rules/alerts/alert-replay.ts';
import { readSloFiles } from '../../rules/files/slo-file.ts';
import { openEngine } from '../../server/engine/engine.ts';
import { backtest } from '../../server/evaluation/backtest.ts';
import { sloCounting } from '../../server/evaluation/evaluate.ts';
import { SloCounts } from '../../server/evaluation/slo-counts.ts';
import { toldApartFrom } from '../../server/evaluation/step-reach.ts';
import type { RingConfig } from '../../server/model/engine.ts';
import { DEFAULT_RINGS, type RingProfile } from '../../server/model/rings.ts';
import { DAY, HOUR, MINUTE, type Ms, ms } from '../../server/model/units.ts';
import { parseSelector } from '../../server/promql/parse.ts';
import { createLog } from '../../server/runtime/log.ts';
import { countedEvents, increments, Queue } from '../store/batches.ts';

/** How far back a store of its own rings can be told apart: steps of a minute for six hours, of five for five days. */
const RINGS: RingConfig = {
  rings: [
    { width: MINUTE, span: ms(6 * HOUR) },
    { width: ms(5 * MINUTE), span: ms(5 * DAY) },
    { width: HOUR, span: ms(60 * DAY) },
  ],
  rules: [],
};
const END = ms(1_800_000_000_000);
const folder = mkdtempSync(join(tmpdir(), 'vigie-reach-'));
const engine = openEngine({
  ...{ dataDir: folder, clock: { now: () => END }, rings: RINGS },
  log: createLog('test', { write: () => {} }),
});

/** One request a minute for eight days; every fifteenth fails. */
const MINUTES = Array.from({ length: (8 * DAY) / MINUTE }, (_, i) => END - i * MINUTE).reverse();
const isBad = (time: number): boolean => (time / MINUTE) % 15 === 0;

beforeAll(async () => {
  const rows = MINUTES.flatMap((time) => [
    [0, time / 1000, 1] as const,
    ...(isBad(time) ? [[1, time / 1000, 1] as const] : []),
  ]);
  await new Queue().deliver(engine, countedEvents(rows, END), END);
});

afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

const file = (rest: string): string =>
  `slos:\n  - {id: shop, service: shop, objective: 90%, availability: {total: all_total, bad: bad_total}, ${rest}}\n`;
const selectors = [parseSelector('all_total'), parseSelector('bad_total')];

describe('steps of a length are told apart', () => {
  const since = (name: string, step: Ms, start: number, want: number) =>
    test(name, async () => {
      const range = { start: ms(start), end: END };
      expect(await toldApartFrom(engine, selectors, step, range)).toBe(want);
    });
  since('a minute, within its ring: always', MINUTE, END - 5 * HOUR, END - 5 * HOUR);
  since('a minute, before it: as long as the ring is', MINUTE, END - 3 * DAY, END - 6 * HOUR);
  since('five minutes', ms(5 * MINUTE), END - 20 * DAY, END - 5 * DAY);
  since('an hour, within', HOUR, END - 20 * DAY, END - 20 * DAY);
});

describe('a backtest', () => {
  const run = async (definition: string, from: number) => {
    const rules = { slos: [], counts: () => new SloCounts(engine), rings: RINGS };
    const answer = await backtest(engine, { text: file(definition), from, to: END }, rules);
    return answer.slos[0]!.file;
  };
  test('counts slices of one length alone, and says since when', async () => {
    const found = await run('window: 4h, slices: {every: 1m, good_at: 99%}', END - 2 * DAY);
    const kept = MINUTES.filter((time) => time > END - 6 * HOUR);
    expect(found).toMatchObject({ step_secs: 300, slices_from: END - 6 * HOUR });
    const bad = kept.filter(isBad).length;
    expect(found.counts).toEqual({ total: kept.length, good: kept.length - bad, bad });
    expect(found).not.toHaveProperty('sharp_from');
  });
  test('says nothing of slices that were all told apart', async () => {
    const found = await run('window: 1h, slices: {every: 1m, good_at: 99%}', END - 2 * HOUR);
    expect(found.counts.total).toBe(120);
    expect(found).not.toHaveProperty('slices_from');
  });
  test('is less sharp where the rings of this store are', async () => {
    const found = await run('window: 1d', END - 7 * DAY);
    expect(found).toMatchObject({ step_secs: 300, sharp_from: END - 5 * DAY, counts: { total: (7 * DAY) / MINUTE } });
  });
});

describe('a threshold between two buckets is refused, not left out', () => {
  const at = END / 1000 - 60;
  beforeAll(async () => {
    const { series, ...payload } = increments(
      ['h_count', 'h_bucket', 'h_bucket'],
      [
        [0, at, 9],
        [1, at, 5],
        [2, at, 9],
      ],
    );
    const bounds = [{}, { le: '0.25' }, { le: '1.0' }];
    await new Queue('c2').deliver(
      engine,
      { ...payload, series: series.map((one, i) => ({ ...one, labels: bounds[i]! })) },
      END,
    );
  });
  const text = (threshold: string) => `slos:
  - {id: slow, service: shop, objective: 90%, window: 1d, latency: {histogram: h, threshold: ${threshold}}}
  - {id: shop, service: shop, objective: 90%, window: 1d, availability: {total: all_total, bad: bad_total}}
  - {id: all, service: shop, objective: 90%, window: 1d, composite: {parts: [{slo: shop, weight: 1}, {slo: slow, weight: 2}]}}
`;
  const run = (threshold: string, slo: string) =>
    backtest(
      engine,
      { text: text(threshold), slos: [slo], from: END - HOUR, to: END },
      { slos: [], counts: () => sloCounting(engine), rings: RINGS },
    );
  const why = 'threshold 300ms lies between buckets 0.25 and 1.0; choose one of 0.25, 1.0 seconds';
  test('of an SLO', () => expect(run('300ms', 'slow')).rejects.toThrow(`cannot backtest slow: ${why}`));
  test('of a part', () => expect(run('300ms', 'all')).rejects.toThrow(`cannot backtest all: of its part slow: ${why}`));
  test('at a bucket it is counted', async () => {
    expect((await run('250ms', 'slow')).slos[0]!.file.counts).toEqual({ total: 9, good: 5, bad: 4 });
    expect((await run('1s', 'all')).slos[0]!.file.attained).toBeGreaterThan(0.9);
  });
});

describe('the step of a replay', () => {
  const step = (name: string, definition: string, rings: readonly (readonly RingProfile[])[], want: number) =>
    test(name, () => {
      const { slos, problems } = readSloFiles([{ path: 'slo.yaml', text: file(definition) }], parseSelector);
      expect(problems).toEqual([]);
      expect(replayStep(slos[0]!, rings)).toBe(want);
    });
  const ring = (width: number): RingProfile => ({ width: ms(width), span: ms(100 * DAY) });
  step('of the usual rings', 'window: 30d', [DEFAULT_RINGS], 5 * MINUTE);
  step(
    'of other rings: the longest that measures all windows',
    'window: 30d',
    [[30_000, 150_000, HOUR].map(ring)],
    150_000,
  );
  step('no ring that measures all: the finest', 'window: 30d', [[420_000, HOUR].map((width) => ring(width))], 420_000);
  step('of two profiles: fits both', 'window: 30d', [[MINUTE].map(ring), [10_000, 5 * MINUTE].map(ring)], 5 * MINUTE);
  step(
    'of slices: a number of them',
    'window: 7d, slices: {every: 1m, good_at: 99%}',
    [[10_000, MINUTE].map(ring)],
    MINUTE,
  );
  const SHORT = 'window: 1d, alerts: {page: [{budget_share: 5%, long: 30m, short: 3m}], ticket: none}';
  step('of short windows', SHORT, [DEFAULT_RINGS], MINUTE);
});
