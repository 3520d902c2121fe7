import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { replayAlerts } from '../../rules/alerts/alert-replay.ts';
import { readSloFiles } from '../../rules/files/slo-file.ts';
import { openEngine } from '../../server/engine/engine.ts';
import { pastAlerts, savePastAlerts } from '../../server/evaluation/alert-history.ts';
import { backtest } from '../../server/evaluation/backtest.ts';
import { evaluateSlos } from '../../server/evaluation/evaluate.ts';
import { SloCounts } from '../../server/evaluation/slo-counts.ts';
import type { BatchPayload } from '../../server/model/batch.ts';
import { DAY, HOUR, MINUTE, type Ms, ms } from '../../server/model/units.ts';
import { parseSelector } from '../../server/promql/parse.ts';
import { createLog } from '../../server/runtime/log.ts';
import { Queue } from '../store/batches.ts';
import { openAlertHouse } from '../support/alert-house.ts';

const folder = mkdtempSync(join(tmpdir(), 'vigie-past-'));
const END = ms(1_800_000_000_000);
const START = ms(END - 3 * DAY);
const STEP = ms(5 * MINUTE);
const engine = openEngine({ dataDir: folder, clock: { now: () => END }, log: createLog('test', { write: () => {} }) });
const { slos } = readSloFiles(
  [
    {
      path: 'slo.yaml',
      text: `slos:
  - {id: shop, service: shop, objective: 99.5%, window: 7d, availability: {total: requests_total, bad: errors_total}}
  - {id: slow, service: shop, objective: 90%, window: 7d, latency: {histogram: duration_seconds, threshold: 500ms}}
`,
    },
  ],
  parseSelector,
);

/** A bad deploy on the first day, a slow leak on the second, an outage that still goes on at the end. */
function failures(minute: number): number {
  if (minute >= 600 && minute < 625) return 40;
  if (minute >= 1500 && minute < 2500) return 1;
  return minute >= 3 * 1440 - 20 ? 60 : 0;
}

beforeAll(async () => {
  const minutes = Array.from({ length: (END - START) / MINUTE }, (_, i) => i);
  const time = minutes.map((i) => (START + (i + 1) * MINUTE) / 1000);
  const names = [
    ['requests_total', () => 100],
    ['errors_total', failures],
    ['duration_seconds_count', () => 100],
    ['duration_seconds_bucket', (i: number) => 100 - failures(i)],
  ] as const;
  const payload: BatchPayload = {
    v: 1,
    source: 'log',
    series: names.map(([name]) => ({ kind: 'sum', name, labels: name.endsWith('bucket') ? { le: '0.5' } : {} })),
    increments: columnsOf(
      names.map(([, count]) => minutes.map(count)),
      time,
    ),
    watermark: { completeTo: END, service: 'shop', state: 'ok' },
  };
  await new Queue('web-1').deliver(engine, payload, END);
});

function columnsOf(all: readonly (readonly number[])[], time: readonly number[]) {
  const rows = all.flatMap((counts, series) =>
    counts.flatMap((count, i) => (count === 0 ? [] : [{ series, time: time[i] ?? 0, count }])),
  );
  const column = (key: 'series' | 'time' | 'count') => rows.map((row) => row[key]);
  return { series: column('series'), time: column('time'), n: column('count'), sum: column('count') };
}

afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

test('the past says what live evaluations would have said', async () => {
  const range = { start: ms(START + HOUR), end: END };
  const replays = await Promise.all(slos.map((slo) => pastAlerts(engine, { slo, range })));
  const moments: { time: Ms; statuses: Awaited<ReturnType<typeof evaluateSlos>> }[] = [];
  for (let time = range.start; time <= END; time = ms(time + STEP)) {
    moments.push({ time, statuses: await evaluateSlos(engine, slos, time) });
  }
  for (const [i, { id }] of slos.entries()) {
    const live = replayAlerts(
      id,
      moments.map(({ time, statuses }) => ({ time, status: statuses[i]! })),
    );
    expect(replays[i]?.alerts).toEqual(live.alerts);
  }
  const [shop] = replays;
  expect(shop?.alerts.map(({ worst_tier, state }) => `${worst_tier}, ${state}`)).toEqual([
    'page, resolved',
    'page, resolved',
    'page, firing',
  ]);
});

test('a gap holds what fired before it', async () => {
  const [slo] = slos;
  const silent = { start: ms(START + 610 * MINUTE), end: ms(START + 900 * MINUTE) };
  const { alerts } = await pastAlerts(engine, {
    slo: slo!,
    range: { start: ms(START + HOUR), end: END },
    gaps: [silent],
  });
  expect(alerts[0]?.timeline.map(({ kind }) => kind).slice(0, 3)).toEqual(['fired', 'no_data', 'data_back']);
});

test('saved, it is the history, and what still fires goes on live', async () => {
  const range = { start: ms(START + HOUR), end: END };
  const replays = await Promise.all(slos.map((slo) => pastAlerts(engine, { slo, range })));
  await savePastAlerts(engine, replays);
  const house = await openAlertHouse(engine, [], END);
  const firing = replays.flatMap(({ standing }) => standing.alert ?? []);
  expect(house.book.current.map(({ id }) => id).sort()).toEqual(firing.map(({ id }) => id).sort());
  const current = await house.book.step(await evaluateSlos(engine, slos, END), END);
  expect(current.map(({ id }) => id)).toContain(firing[0]?.id);
  const stored = await engine.documents({ collection: 'alert', limit: 100 });
  expect(stored).toHaveLength(replays.flatMap(({ alerts }) => alerts).length);
});

describe('a backtest', () => {
  const YEAR_BEFORE = END - 366 * DAY;
  const definition = (objective: string, id = 'shop'): string =>
    `slos:\n  - {id: ${id}, service: shop, objective: ${objective}, window: 1d, availability: {total: requests_total, bad: errors_total}}\n`;
  const rules = { slos, counts: () => new SloCounts(engine) };
  const ask = (changes: object = {}) =>
    backtest(engine, { file: 'new.yaml', text: definition('99.9%'), from: START, to: END, ...changes }, rules);

  test('says what the file would have made of the past, beside what is in force', async () => {
    const { slos: answers } = await ask();
    const [{ id, file, in_force } = missing()] = answers;
    const bad = Array.from({ length: 3 * 1440 }, (_, minute) => failures(minute)).reduce((sum, n) => sum + n, 0);
    const total = 3 * 1440 * 100;
    const counts = { total, good: total - bad, bad };
    expect([id, answers.length]).toEqual(['shop', 1]);
    expect(file).toMatchObject({ objective: 0.999, window_secs: 86_400, counts, attained: counts.good / total });
    expect(in_force).toMatchObject({ objective: 0.995, window_secs: 7 * 86_400, counts });
    // Of a day 144 may fail; a day after the deploy began its 1,000 still count, and 540 of the leak.
    const worst = { time: START + 2040 * MINUTE, left_ratio: expect.closeTo(1 - 1540 / 144, 9) };
    expect(file.worst).toEqual(worst);
  });

  test('alerts when the replay does, and tells what was spent before', async () => {
    const [{ in_force } = missing()] = (await ask()).slos;
    const { alerts } = await pastAlerts(engine, { slo: slos[0]!, range: { start: START, end: END } });
    const firsts = in_force?.alerts.map(({ calls: [first], resolved }) => [first?.time, resolved]);
    expect(firsts).toEqual(alerts.map(({ fired, resolved }) => [fired, resolved]));
    expect(firsts?.length).toBeGreaterThan(1);
    const [first] = in_force?.alerts[0]?.calls ?? [];
    // 14.4 x 1 h of a week's allowance is the least a page takes, and five minutes of 40 % are more.
    expect(first?.spent_before).toBeGreaterThan(0.02);
    expect(in_force?.alerts.at(-1)?.resolved).toBeUndefined();
  });

  test('says where the store knows less', async () => {
    const [{ file } = missing()] = (await ask({ from: END - 120 * DAY })).slos;
    expect(file).toMatchObject({ step_secs: 300, sharp_from: END - 100 * DAY });
    expect(file.history_from).toBeGreaterThan(START);
    expect(file.history_from).toBeLessThanOrEqual(START + 10 * MINUTE);
  });

  const refused = (name: string, changes: object, words: RegExp) =>
    test(`refuses ${name}`, () => expect(ask(changes)).rejects.toThrow(words));
  refused('a broken file, at its place', { text: definition('100%') }, /new\.yaml:2:\d+: .*100 %/);
  refused('an id the file lacks', { slos: ['other'] }, /cannot find SLO other in new\.yaml; there is shop/);
  refused('an end before the beginning', { from: END, to: START }, /want from before to/);
  refused(
    'more steps than are worked through at once',
    { from: YEAR_BEFORE - 400 * DAY },
    /got 766d in steps of 5m; want at most 368d: from 2026-01-12T08:00:00Z on, or an earlier end/,
  );
  refused('what is no request', { from: 'yesterday' }, /cannot backtest: from: got "yesterday"; want /);
  test('an id that is not in force has nothing beside it', async () => {
    const [{ in_force } = missing()] = (await ask({ text: definition('99%', 'new') })).slos;
    expect(in_force).toBeUndefined();
  });
});

function missing(): never {
  throw new Error('no answer');
}
