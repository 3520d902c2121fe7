import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { QueryData } from '../../server/model/engine.ts';
import { seriesKey } from '../../server/model/labels.ts';
import { PATIENCE } from '../support/patience.ts';
import { freePort } from '../support/ports.ts';
import { hasPrometheus } from '../support/prometheus.ts';
import { ask, type PrometheusProcess, startPrometheusProcess } from '../support/prometheus-process.ts';
import { startVigie, type VigieProcess } from '../support/vigie-process.ts';
import { sortedLabels, writeBody } from '../support/write-request.ts';

/** The real program and a real Prometheus. Built by `npx tsc -b`. */
const folder = mkdtempSync(join(tmpdir(), 'vigie-real-prometheus-'));
const house = join(folder, 'house');
let vigie: VigieProcess;
let vigiePort: number;
const startHouse = (): Promise<VigieProcess> => startVigie(['serve', '--listen', `127.0.0.1:${vigiePort}`], house);

beforeAll(async () => {
  mkdirSync(house);
  writeFileSync(join(house, 'vigie.yaml'), 'data_dir: data\n');
  vigiePort = await freePort();
  vigie = await startHouse();
});
afterAll(async () => {
  await vigie.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(!hasPrometheus)('a Prometheus that writes here', () => {
  let exporter: Server;
  let prometheus: PrometheusProcess;
  let config = '';
  let port = 0;
  const home = join(folder, 'prometheus');

  beforeAll(async () => {
    exporter = await startExporter();
    mkdirSync(home);
    port = await freePort();
    const target = `127.0.0.1:${(exporter.address() as AddressInfo).port}`;
    config = `
global: { scrape_interval: 500ms, scrape_timeout: 400ms, external_labels: { from: prometheus } }
scrape_configs:
  - { job_name: exporter, static_configs: [{ targets: ['${target}'] }] }
  - { job_name: itself, static_configs: [{ targets: ['127.0.0.1:${port}'] }] }
remote_write:
  - url: ${vigie.url}/api/v1/write
    queue_config: { batch_send_deadline: 200ms, max_backoff: 200ms, max_shards: 4 }
`;
    prometheus = await startPrometheusProcess(home, port, config);
  });
  afterAll(async () => {
    await prometheus.kill();
    exporter.closeAllConnections();
    exporter.close();
  });

  test('both hold the same samples, whoever was killed meanwhile', async () => {
    await scrapes(3);
    await vigie.kill();
    await sleep(1000);
    vigie = await startHouse();
    await scrapes(2);
    const deadFrom = (await sentUntil(prometheus.url)) - 1000;
    await prometheus.kill();
    const deadTo = Date.now();
    prometheus = await startPrometheusProcess(home, port, config);
    await scrapes(2);
    await vigie.kill();
    const end = Date.now();
    vigie = await startHouse();
    await scrapes(1);
    // What a killed Prometheus has scraped and not sent, it never sends (its documentation of remote write).
    const known = (samples: ReadonlyMap<string, readonly [number, string][]>) =>
      [...samples]
        .flatMap(([key, rows]) =>
          rows.filter(([time]) => time < deadFrom || time > deadTo).map((row) => `${key} ${row.join(' ')}`),
        )
        .sort();
    // What could not be sent meanwhile is sent now.
    await vi.waitFor(async () => {
      const [ours, theirs] = [await samplesOf(vigie.url, end), await samplesOf(prometheus.url, end)];
      expect(theirs.size).toBeGreaterThan(400);
      expect(known(ours)).toEqual(known(theirs));
    }, PATIENCE);
    expect(prometheus.output()).not.toMatch(/non-recoverable|400 Bad Request/);
  });

  test.each([
    'exporter_ticks_total',
    'rate(exporter_ticks_total[1900ms])',
    'max by (job) (delta(go_goroutines[1900ms]))',
    'changes(prometheus_http_requests_total[1900ms])',
    'count by (job) ({job=~".+"})',
    'up == 0',
  ])('%s is answered alike', async (query) => {
    const time = Date.now() - 800;
    const comparable = (data: QueryData) =>
      data.result
        .map((one) =>
          JSON.stringify(one)
            .replace(/"from":"prometheus",?/, '')
            .replace(/,}/, '}'),
        )
        .sort();
    // What was scraped by then may be on its way still.
    await vi.waitFor(async () => {
      const [ours, theirs] = await Promise.all([ask(vigie.url, query, time), ask(prometheus.url, query, time)]);
      expect(comparable(ours)).toEqual(comparable(theirs));
    }, PATIENCE);
  });

  test('a target that goes away is stale here too', async () => {
    exporter.closeAllConnections();
    exporter.close();
    const now = async (query: string) => (await ask(vigie.url, query, Date.now())).result;
    await expect.poll(() => now('exporter_ticks_total')).toEqual([]);
    await expect.poll(() => now('up{job="exporter"}')).toMatchObject([{ value: [expect.anything(), '0'] }]);
  });
});

describe.skipIf(!hasPrometheus)('a Prometheus that reads here', () => {
  test('answers from our samples and sums', async () => {
    const home = join(folder, 'reader');
    mkdirSync(home);
    const now = Math.floor(Date.now() / 60_000) * 60_000;
    const rows = Array.from(
      { length: 120 },
      (_, i) => [now - (119 - i) * 15_000, i < 60 ? i * 7 : (i - 60) * 7] as const,
    );
    const labels = sortedLabels('read_total', { job: 'reader', path: '/' });
    const body = writeBody([{ labels, samples: rows }]);
    const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' };
    expect((await fetch(`${vigie.url}/api/v1/write`, { method: 'POST', body, headers })).status).toBe(204);
    const config = `remote_read: [{ url: '${vigie.url}/api/v1/read', read_recent: true }]\n`;
    const reader = await startPrometheusProcess(home, await freePort(), config);
    try {
      const raw = await reader.ask('read_total[1h]', now);
      expect(raw.result).toEqual([
        { metric: Object.fromEntries(labels), values: rows.map(([time, value]) => [time / 1000, String(value)]) },
      ]);
      for (const query of [
        'read_total',
        'increase(read_total[10m1s])',
        'resets(read_total[20m1s])',
        'sum by (path) (rate({job="reader",path!~"x.*"}[5m1s]))',
      ]) {
        expect(await reader.ask(query, now), query).toEqual(await ask(vigie.url, query, now));
      }
      expect((await reader.ask('{job="nobody"}', now)).result).toEqual([]);
    } finally {
      await reader.kill();
    }
  });
});

/** Waits until so many more scrapes have come here; a Prometheus begins some five seconds after its start. */
async function scrapes(wanted: number): Promise<void> {
  const scraped = async (until: number): Promise<number> => {
    const { resultType, result } = await ask(vigie.url, 'sum(count_over_time(exporter_ticks_total[5m]))', until);
    return resultType === 'vector' ? Number(result[0]?.value[1] ?? 0) : 0;
  };
  const since = Date.now();
  while ((await scraped(Date.now())) < (await scraped(since)) + wanted) await sleep(100);
}

/** The newest time, cut to a second, whose samples that Prometheus has sent. */
async function sentUntil(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const found = /^prometheus_remote_storage_queue_highest_sent_timestamp_seconds\{.*\} (\S+)$/m.exec(text)?.[1];
  if (found === undefined) throw new Error('it does not tell what it has sent');
  return Number(found) * 1000;
}

/** A counter of its scrapes, far from zero (2.42 extrapolates to it differently), and a gauge of hostile labels. */
async function startExporter(): Promise<Server> {
  let ticks = 0;
  const server = createServer((_request, response) => {
    ticks++;
    const gauge = `exporter_gauge{text="\\"é\\n\\\\"} ${ticks % 3 === 0 ? 'NaN' : ticks / 7}`;
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(
      `# TYPE exporter_ticks_total counter\nexporter_ticks_total ${1e6 + ticks * 3}\n# TYPE exporter_gauge gauge\n${gauge}\n`,
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** Every sample of the last minutes by series, as texts. */
async function samplesOf(url: string, end: number): Promise<ReadonlyMap<string, readonly [number, string][]>> {
  const { resultType, result } = await ask(url, '{job=~".+"}[5m]', end);
  if (resultType !== 'matrix') throw new Error(`got ${resultType}; want a matrix`);
  return new Map(
    result.map(({ metric, values }) => {
      const { __name__: name = '', from: _, ...labels } = metric;
      return [
        seriesKey(name, labels),
        values.map(([time, value]): [number, string] => [Math.round(time * 1000), value]),
      ];
    }),
  );
}
