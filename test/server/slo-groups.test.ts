import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readSloFiles } from '../../rules/files/slo-file.ts';
import { sloMetrics } from '../../server/api/slo-metrics.ts';
import { openEngine } from '../../server/engine/engine.ts';
import { seriesQuestions } from '../../server/engine/series-questions.ts';
import { createSloService } from '../../server/evaluation/create-slo-service.ts';
import { GroupFinder } from '../../server/evaluation/slo-groups.ts';
import type { Labels } from '../../server/model/labels.ts';
import { DAY, HOUR, MINUTE, ms, SECOND } from '../../server/model/units.ts';
import { parseSelector } from '../../server/promql/parse.ts';
import { digestOf } from '../../server/runtime/digest.ts';
import { createLog } from '../../server/runtime/log.ts';
import { increments, openStore, Queue } from '../store/batches.ts';
import { openAlertHouse } from '../support/alert-house.ts';

/** SLOs whose number follows from what a log holds: store, rules, alerts and gate as the server puts them together. */
const folder = mkdtempSync(join(tmpdir(), 'vigie-slo-groups-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Of a crowd nobody is older than another. */
const NOTHING = { series: 0, origins: [] };
const START = ms(1_800_000_000_000);
const log = createLog('test', { write: () => {} });
const web = (more = '') => `slos:
  - id: web
    title: Web
    service: web
    objective: 99%
    window: 7d
    group_by: [vhost]${more}
    availability: {total: requests_total, bad: 'requests_total{status="500"}'}
`;

/** Requests by host: how many, and how many of them bad. */
type Requests = readonly (readonly [vhost: string | undefined, good: number, bad?: number])[];

async function openHouse(name: string, file = web()) {
  const dataDir = join(folder, name);
  const slos = join(dataDir, 'slos');
  mkdirSync(slos, { recursive: true });
  writeFileSync(join(slos, 'web.yaml'), file);
  let now = START;
  const clock = { now: () => now };
  const engine = openEngine({ dataDir, clock, log });
  const start = async () => {
    const house = await openAlertHouse(engine, [], now);
    const service = createSloService({ engine, alerts: house.book, folder: slos, proposed: [], clock, log });
    return { house, service };
  };
  let running = await start();
  const sink = { collector: 'web-1', sink: 'vigie' };
  const hello = await engine.hello({ ...sink, epoch: 0, acked: { sequence: 0, digest: '' }, queued: [] }, now);
  const at = { epoch: hello.result === 'rewind' ? hello.epoch : 0, sequence: 0 };
  const send = async (requests: Requests) => {
    at.sequence++;
    const bytes = Buffer.from(JSON.stringify(payloadOf(requests, now)));
    await engine.ingest({ ...sink, ...at, digest: digestOf(bytes) }, bytes, now);
  };
  /** Moves on by ten seconds: what comes in, then the evaluation. */
  const step = async (requests: Requests = []) => {
    now = ms(now + 10 * SECOND);
    running.house.clock.set(now);
    await send(requests);
    await running.service.refresh();
    return running.service.current();
  };
  /** As after a crash: what is not in the store is gone. */
  const restart = async () => {
    running = await start();
  };
  return { engine, slos, step, restart, service: () => running.service };
}

function payloadOf(requests: Requests, time: number) {
  const rows = requests.flatMap(([vhost, good, bad = 0]) => {
    const of = (status: string): Labels => ({ status, ...(vhost !== undefined && { vhost }) });
    const counted = [
      { labels: of('200'), n: good },
      { labels: of('500'), n: bad },
    ];
    return counted.filter(({ n }) => n > 0);
  });
  const n = rows.map((row) => row.n);
  return {
    v: 1,
    source: 'access',
    series: rows.map(({ labels }) => ({ kind: 'sum', name: 'requests_total', labels })),
    ...(n.length > 0 && { increments: { series: rows.map((_, i) => i), time: n.map(() => time / 1000), n, sum: n } }),
    watermark: { completeTo: time, service: 'web', state: 'ok', newestEvent: time },
  };
}

const ids = ({ slos }: { readonly slos: readonly { readonly id: string }[] }) => slos.map(({ id }) => id);

test('a group appears with its first series, beside the others, with figures of its own', async () => {
  const { engine, step, service } = await openHouse('appear');
  expect(await step()).toMatchObject({
    slos: [{ id: 'web', state: 'no_traffic', reasons: [{ code: 'no_series' }] }],
    gate: { decision: 'unknown' },
    groups: [{ slo: 'web', groups: 0, left_out: 0 }],
  });
  expect(await step([['shop', 990, 10]])).toMatchObject({
    slos: [{ id: 'web-shop', title: 'Web: shop', labels: { vhost: 'shop' }, counts: { total: 1000, bad: 10 } }],
  });
  const { slos } = await step([['blog', 300]]);
  expect(slos).toMatchObject([
    { id: 'web-shop', counts: { total: 1000, bad: 10 } },
    { id: 'web-blog', group: { of: 'web', labels: { vhost: 'blog' } }, counts: { total: 300, bad: 0 } },
  ]);
  const { definition, status } = await service().detail('web-blog', {});
  expect(definition).toContain('group_by');
  expect(status.counts.total).toBe(300);
  await expect(service().detail('web', {})).rejects.toMatchObject({ message: expect.stringContaining('web-blog') });
  expect(Object.keys((await service().history()).burns)).toEqual(['web-shop', 'web-blog']);
  await engine.close();
});

test('the gate takes the definition for all its groups', async () => {
  const { engine, step, service } = await openHouse('gate');
  await step([
    ['shop', 50, 50],
    ['blog', 2000],
  ]);
  const all = await service().gate(['web']);
  expect(all).toMatchObject({ decision: 'no_go', slos: [{ id: 'web-shop' }, { id: 'web-blog' }] });
  expect((await service().gate(['web-blog'])).slos).toMatchObject([{ id: 'web-blog', decision: 'unknown' }]);
  await expect(service().gate(['web', 'wep'])).rejects.toMatchObject({ code: 'not_found' });
  await engine.close();
});

test('no more groups than its bound: those that are there stay, others are counted and told', async () => {
  const { engine, slos, step, restart, service } = await openHouse('bound', web('\n    max_groups: 2'));
  await step([['m', 100]]);
  await step([['n', 100]]);
  // They would come first by name.
  const crowded = await step([
    ['a', 100],
    ['b', 100],
  ]);
  expect(ids(crowded)).toEqual(['web-m', 'web-n']);
  expect(crowded.groups).toEqual([
    { slo: 'web', service: 'web', group_by: ['vhost'], groups: 2, max_groups: 2, left_out: 2 },
  ]);
  expect(crowded.gate.reasons).toContainEqual(expect.objectContaining({ code: 'groups_left_out', slo: 'web' }));
  expect(await sloMetrics(crowded).metrics()).toContain('vigie_slo_groups_left_out{slo="web",service="web"} 2');
  await restart();
  expect(ids(await step())).toEqual(['web-m', 'web-n']);
  writeFileSync(join(slos, 'web.yaml'), web('\n    max_groups: 3'));
  await service().reload();
  expect(ids(await service().current())).toEqual(['web-m', 'web-n', 'web-a']);
  await engine.close();
});

test('an alert is of its group alone, and goes on over a restart and through a crowd', async () => {
  const { engine, step, restart } = await openHouse('alerts', web('\n    max_groups: 2'));
  await step([
    ['zeta', 5000],
    ['shop', 5000],
  ]);
  let evaluation = await step([['zeta', 100, 900]]);
  const [alert] = evaluation.alerts;
  expect(evaluation.alerts).toMatchObject([{ slo: 'web-zeta', state: 'firing', labels: { vhost: 'zeta' } }]);
  await step(Array.from({ length: 40 }, (_, i) => [`aa${i}`, 10] as const));
  await restart();
  for (let now = 0; now < MINUTE; now += 10 * SECOND) evaluation = await step([['zeta', 10, 90]]);
  expect(evaluation.groups).toMatchObject([{ groups: 2, left_out: 40 }]);
  expect(evaluation.alerts).toMatchObject([{ id: alert?.id, slo: 'web-zeta', state: 'firing' }]);
  await engine.close();
});

test('whatever a log says is a group with a safe id, and no event is in none', async () => {
  const { engine, step, service } = await openHouse('hostile');
  const hostile = [
    '"}) or vector(1) #',
    '<img src=x>',
    '../../etc',
    'a\nb',
    'a\\',
    '\u202egnp',
    '__proto__',
    '.*',
    'web',
  ];
  const requests: Requests = [...hostile.map((vhost, i) => [vhost, 10 + i] as const), [undefined, 7]];
  const { slos } = await step(requests);
  expect(slos).toHaveLength(hostile.length + 1);
  for (const { id, group, counts } of slos) {
    expect(id).toMatch(/^web-[a-z0-9][a-z0-9-]*$/);
    const vhost = group?.labels.vhost ?? '';
    expect(counts.total).toBe(vhost === '' ? 7 : 10 + hostile.indexOf(vhost));
    expect((await service().detail(id, {})).status.counts).toEqual(counts);
  }
  await engine.close();
});

test('bad events whose series lack the label are a group that shows it', async () => {
  const { engine, step } = await openHouse(
    'lacking',
    web().replace('\'requests_total{status="500"}\'', 'errors_total'),
  );
  await step([['shop', 100]]);
  const values = [{ labels: { __name__: 'errors_total', instance: 'web-1' }, value: 3 }];
  await engine.record({ source: 'errors', time: START, values }, START);
  expect(ids(await step())).toEqual(['web-shop', 'web-none-811c9dc5']);
  await engine.close();
});

test('the past of a definition is that of each of its groups', async () => {
  const { engine, step, service } = await openHouse('backtest');
  await step([
    ['shop', 500, 500],
    ['blog', 500],
  ]);
  const text = web().replace('99%', '90%');
  const from = START - HOUR;
  const { slos } = await service().backtest({ file: 'new.yaml', text, from, to: START + HOUR });
  expect(slos.map(({ id, in_force }) => [id, in_force !== undefined])).toEqual([
    ['web-blog', true],
    ['web-shop', true],
  ]);
  await engine.close();
});

test('a group goes with its last series, and makes room', async () => {
  const rings = [
    { width: ms(10 * SECOND), span: ms(10 * MINUTE) },
    { width: ms(5 * MINUTE), span: DAY },
  ];
  const store = openStore({ rings });
  const finder = new GroupFinder({ ...seriesQuestions(store.view), facts: async (asked) => asked.map(() => NOTHING) });
  const { slos } = readSloFiles([{ path: 'web.yaml', text: web('\n    max_groups: 1') }], parseSelector);
  const found = async () => (await finder.find(slos)).chosen.get('web')?.map(({ vhost }) => vhost);
  const queue = new Queue();
  const requests = (vhost: string, time: number) => {
    const series = [{ kind: 'sum', name: 'requests_total', labels: { vhost } } as const];
    return { ...increments([], [[0, time / 1000, 1]]), series };
  };
  queue.send(store, requests('old', START - 9 * DAY));
  expect(await found()).toEqual(['old']);
  queue.send(store, requests('new', START));
  expect(await found()).toEqual(['old']);
  while (store.flush(ms(START + 10 * MINUTE), 100).due);
  expect(store.expireSeries(ms(START + 10 * MINUTE))).toBe(1);
  expect(await found()).toEqual(['new']);
  store.close();
});
