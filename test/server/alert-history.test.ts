import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { replayAlerts } from '../../rules/alert-replay.ts';
import { readSloFiles } from '../../rules/slo-file.ts';
import { openEngine } from '../../server/engine/engine.ts';
import { pastAlerts, savePastAlerts } from '../../server/evaluation/alert-history.ts';
import { evaluateSlos } from '../../server/evaluation/evaluate.ts';
import { DAY, HOUR, MINUTE, type Ms, ms } from '../../server/model/units.ts';
import { parseSelector } from '../../server/promql/parse.ts';
import { digestOf } from '../../server/runtime/digest.ts';
import { createLog } from '../../server/runtime/log.ts';
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
  const payload = {
    v: 1,
    source: 'log',
    series: names.map(([name]) => ({ kind: 'sum', name, labels: name.endsWith('bucket') ? { le: '0.5' } : {} })),
    increments: columnsOf(
      names.map(([, count]) => minutes.map(count)),
      time,
    ),
    watermark: { completeTo: END, service: 'shop', state: 'ok' },
  };
  const sink = { collector: 'web-1', sink: 'vigie' };
  const answer = await engine.hello({ ...sink, epoch: 0, acked: { sequence: 0, digest: '' }, queued: [] }, END);
  const epoch = answer.result === 'rewind' ? answer.epoch : 0;
  const bytes = Buffer.from(JSON.stringify(payload));
  await engine.ingest({ ...sink, epoch, sequence: 1, digest: digestOf(bytes) }, bytes, END);
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
