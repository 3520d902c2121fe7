import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSloFiles } from '../../rules/files/slo-file.ts';
import { openEngine } from '../../server/engine/engine.ts';
import { evaluateDetail, evaluateSlos } from '../../server/evaluation/evaluate.ts';
import { MINUTE, type Ms, ms } from '../../server/model/units.ts';
import { parseSelector } from '../../server/promql/parse.ts';
import { createLog } from '../../server/runtime/log.ts';
import { sortedLabels, type WireSeries, writeBody } from '../support/write-request.ts';

/** Counters that Prometheus scrapes every 15 s and sends on: a shop, and the interface of a router. */
const NOW = ms(1_800_000_000_000);
const folder = mkdtempSync(join(tmpdir(), 'vigie-counter-slo-'));
const engine = openEngine({ dataDir: folder, clock: { now: () => NOW }, log: createLog('test') });
const START = NOW - 120 * MINUTE;
const SCRAPE = 15_000;

afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

const { slos } = readSloFiles(
  [
    {
      path: 'slo.yaml',
      text: `slos:
  - id: shop
    service: shop
    objective: 99%
    window: 1h
    availability: {total: 'app_requests_total{job="shop"}', bad: 'app_requests_total{job="shop",code="500"}'}
  - id: fast
    service: shop
    objective: 90%
    window: 1h
    latency: {histogram: app_seconds, threshold: 250ms}
  - id: uplink
    service: router
    objective: 99%
    window: 1h
    availability: {total: host_network_receive_packets_total, bad: host_network_receive_errs_total}
`,
    },
  ],
  parseSelector,
);

/** Rises by `perScrape`; the process starts anew, and its counters with it, after an hour and a half. */
function counter(name: string, labels: Readonly<Record<string, string>>, perScrape: number): WireSeries {
  const samples: [number, number][] = [];
  for (let i = 0; START + i * SCRAPE <= NOW; i++) {
    const time = START + i * SCRAPE;
    const since = time < START + 90 * MINUTE ? i : i - (90 * MINUTE) / SCRAPE;
    samples.push([time, since * perScrape]);
  }
  return { labels: sortedLabels(name, labels), samples };
}

const statusAt = async (now: Ms) =>
  Object.fromEntries((await evaluateSlos(engine, slos, now)).map((status) => [status.id, status]));

beforeAll(async () => {
  const shop = { job: 'shop' };
  const body = writeBody([
    counter('app_requests_total', { ...shop, code: '200' }, 98),
    counter('app_requests_total', { ...shop, code: '500' }, 2),
    counter('app_seconds_bucket', { ...shop, le: '0.25' }, 95),
    counter('app_seconds_bucket', { ...shop, le: '+Inf' }, 100),
    counter('app_seconds_count', shop, 100),
    counter('host_network_receive_packets_total', { job: 'node', device: 'eth0' }, 1000),
    counter('host_network_receive_errs_total', { job: 'node', device: 'eth0' }, 5),
  ]);
  await engine.remoteWrite(body, undefined, NOW);
});

test('what Prometheus sends is counted exactly, over a restart too', async () => {
  const { shop, fast, uplink } = await statusAt(NOW);
  // Of 240 increments in the hour the one of the restart is the new value, 0.
  expect(shop).toMatchObject({ state: 'exhausted', counts: { total: 23_900, bad: 478 }, as_of: NOW });
  expect(fast).toMatchObject({ counts: { total: 23_900, good: 22_705 } });
  expect(uplink).toMatchObject({ counts: { total: 239_000, bad: 1195 } });
});

test('the lines of the page are of the same counts', async () => {
  const detail = await evaluateDetail(engine, slos[0]!, NOW);
  expect(detail.bad.reduce((sum, n) => sum + n, 0)).toBe(478);
  expect(detail.budget_left.at(-1)).toBeCloseTo(-1, 12);
});

test('a sender that is silent is no data; one whose counter stands still is no traffic', async () => {
  const later = ms(NOW + 10 * MINUTE);
  expect((await statusAt(later)).shop).toMatchObject({
    state: 'no_data',
    reasons: [{ code: 'watermark_stale', args: { origin: 'remote_write/shop', amount: 10, unit: 'minute' } }],
  });
  const idle = ms(NOW + 61 * MINUTE);
  const still: [number, number][] = [[idle, counter('', {}, 98).samples.at(-1)?.[1] as number]];
  await engine.remoteWrite(
    writeBody([{ labels: sortedLabels('app_requests_total', { job: 'shop', code: '200' }), samples: still }]),
    undefined,
    idle,
  );
  const { shop } = await statusAt(idle);
  expect(shop).toMatchObject({ state: 'no_traffic', counts: { total: 0 } });
});
