import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../server/model/clock.ts';
import { ENVELOPE_HEADERS, HELLO_PATH, type HelloAnswer, INGEST_PATH } from '../server/model/ingest.ts';
import { digestOf } from '../server/runtime/digest.ts';
import { hasPrometheus, PROMTOOL } from './support/prometheus.ts';
import { requestBatches } from './support/request-counters.ts';
import { startVigie, type VigieProcess } from './support/vigie-process.ts';

/** The real program, asked by the clients of Prometheus. */
const folder = mkdtempSync(join(tmpdir(), 'vigie-prometheus-clients-'));
/** A whole minute: the batches end a minute before it, and their source is complete to it. */
const now_ms = Math.floor(systemClock.now() / 60_000) * 60_000;
const NOW = String(now_ms / 1000);
const AN_HOUR_AGO = String(now_ms / 1000 - 3600);
let vigie: VigieProcess;

beforeAll(async () => {
  mkdirSync(join(folder, 'house'));
  writeFileSync(join(folder, 'house', 'vigie.yaml'), 'data_dir: data\n');
  vigie = await startVigie(['serve', '--listen', '127.0.0.1:0'], join(folder, 'house'));
  const sender = { collector: 'c', sink: 's' };
  const hello = { ...sender, epoch: 0, acked: { sequence: 0, digest: '' }, queued: [] };
  const { epoch } = (await (await send(HELLO_PATH, JSON.stringify(hello))).json()) as HelloAnswer & { epoch: number };
  for (const [i, batch] of requestBatches(now_ms).entries()) {
    const body = JSON.stringify(batch);
    const answer = await send(INGEST_PATH, body, {
      [ENVELOPE_HEADERS.collector]: sender.collector,
      [ENVELOPE_HEADERS.sink]: sender.sink,
      [ENVELOPE_HEADERS.epoch]: String(epoch),
      [ENVELOPE_HEADERS.sequence]: String(i + 1),
      [ENVELOPE_HEADERS.digest]: digestOf(Buffer.from(body)),
    });
    expect(await answer.json()).toMatchObject({ result: 'applied' });
  }
});

afterAll(async () => {
  await vigie.stop();
  rmSync(folder, { recursive: true, force: true });
});

function send(path: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(vigie.url + path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
}

describe.skipIf(!hasPrometheus)('promtool query', () => {
  const promtool = async (question: string, flags: readonly string[], ...rest: readonly string[]): Promise<string> =>
    (await promisify(execFile)(PROMTOOL, ['query', question, ...flags, vigie.url, ...rest])).stdout.trim();
  const RANGE = [`--start=${AN_HOUR_AGO}`, `--end=${NOW}`];
  const series = (status: string): string =>
    `{__name__="http_requests_total", method="GET", service="shop", status="${status}"}`;

  test('instant', async () => {
    const answer = await promtool('instant', [`--time=${NOW}`], 'sum by (status) (increase(http_requests_total[1h]))');
    expect(answer.split('\n')).toEqual([`{status="200"} => 5782 @[${NOW}]`, `{status="500"} => 118 @[${NOW}]`]);
  });

  test('range', async () => {
    const answer = await promtool('range', [...RANGE, '--step=30m'], 'sum(increase(http_requests_total[1m]))');
    const middle = Number(NOW) - 1800;
    expect(answer.split('\n')).toEqual(['{} =>', `100 @[${AN_HOUR_AGO}]`, `100 @[${middle}]`, `0 @[${NOW}]`]);
  });

  test.each([
    ['with a range', RANGE],
    ['without', []],
  ])('series, %s', async (_, range) => {
    const answer = await promtool('series', ['--match={service="shop"}', ...range]);
    expect(answer.split('\n')).toEqual([series('200'), series('500')]);
  });

  test('labels', async () => {
    expect(await promtool('labels', RANGE, 'status')).toBe('200\n500');
    expect(await promtool('labels', ['--match={status="500"}'], 'status')).toBe('500');
  });

  test('an error of ours is told in its words', async () => {
    await expect(promtool('instant', [], 'label_replace(vector(1),"a","$1","b","(")')).rejects.toMatchObject({
      stderr: expect.stringContaining('execution'),
    });
  });
});

/** What its data source asks: "Save & test", then the query builder, a panel, the rules (pkg/promlib, packages/grafana-prometheus). */
describe("Grafana's data source", () => {
  const range = { start: AN_HOUR_AGO, end: NOW };
  const REQUESTS: readonly (readonly ['GET' | 'POST', string, Record<string, string>, unknown])[] = [
    ['POST', 'query', { query: '1+1', time: '4' }, { resultType: 'scalar', result: [4, '2'] }],
    ['GET', 'query', { query: '1+1', time: '4' }, { resultType: 'scalar', result: [4, '2'] }],
    ['GET', 'status/buildinfo', {}, { version: expect.stringMatching(/^3\./) }],
    ['GET', 'format_query', { query: 'sum(rate(x[300s]))by(job)' }, 'sum by (job) (rate(x[5m]))'],
    ['POST', 'format_query', { query: 'a+b' }, 'a + b'],
    ['GET', 'query_exemplars', { query: 'http_requests_total', ...range }, []],
    ['POST', 'query_exemplars', { query: 'http_requests_total', ...range }, []],
    ['GET', 'metadata', {}, { http_requests_total: [{ type: 'counter', help: '', unit: '' }] }],
    ['GET', 'metadata', { metric: 'http_requests_total', limit: '1' }, { http_requests_total: [{ type: 'counter' }] }],
    ['POST', 'labels', { ...range, limit: '40000' }, ['__name__', 'method', 'service', 'status']],
    ['GET', 'labels', { 'match[]': '{service="shop"}', ...range }, ['__name__', 'method', 'service', 'status']],
    ['GET', 'label/__name__/values', { ...range, limit: '40000' }, ['http_requests_total']],
    ['GET', 'label/status/values', { 'match[]': 'http_requests_total{service="shop"}', ...range }, ['200', '500']],
    ['POST', 'series', { 'match[]': 'http_requests_total{status="500"}', ...range }, [{ status: '500' }]],
    ['GET', 'series', { 'match[]': '{__name__="http_requests_total"}', ...range }, [{ status: '200' }, {}]],
    [
      'POST',
      'query_range',
      { query: 'sum(rate(http_requests_total[1m]))', ...range, step: '1800', timeout: '60s' },
      { resultType: 'matrix', result: [{ metric: {}, values: { length: 3 } }] },
    ],
    [
      'GET',
      'query_range',
      { query: 'sum(rate(http_requests_total[1m]))', start: `${AN_HOUR_AGO}.25`, end: `${NOW}.25`, step: '1800.5' },
      { resultType: 'matrix', result: [{ metric: {}, values: { length: 2 } }] },
    ],
    ['GET', 'rules', {}, { groups: expect.any(Array) }],
    ['GET', 'rules', { type: 'alert' }, { groups: expect.any(Array) }],
    ['GET', 'alerts', {}, { alerts: expect.any(Array) }],
  ];

  test.each(REQUESTS)('%s %s %j', async (method, path, params, data) => {
    const form = new URLSearchParams(params);
    const url = `${vigie.url}/api/v1/${path}`;
    const answer = method === 'GET' ? await fetch(`${url}?${form}`) : await fetch(url, { method, body: form });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ status: 'success', data });
  });

  test('values asked for by POST are refused so that it falls back to GET', async () => {
    const answer = await fetch(`${vigie.url}/api/v1/label/status/values`, { method: 'POST', body: '' });
    expect(answer.status).toBe(405);
  });
});
