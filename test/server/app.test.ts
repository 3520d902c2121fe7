import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openAccessLog } from '../../server/api/access-log.ts';
import { createApp } from '../../server/api/app.ts';
import { sloMetrics } from '../../server/api/slo-metrics.ts';
import { eventStream } from '../../server/api/stream.ts';
import { openEngine } from '../../server/engine/engine.ts';
import { createSloService } from '../../server/evaluation/create-slo-service.ts';
import { systemClock } from '../../server/model/clock.ts';
import { remotePictures } from '../../server/prerender/remote-pictures.ts';
import { createLog } from '../../server/runtime/log.ts';
import { quietAlerts } from '../support/quiet-alerts.ts';

const folder = mkdtempSync(join(tmpdir(), 'vigie-app-'));
const logPath = join(folder, 'access.log');
let server: Server;
let url = '';
let stop: () => Promise<void>;
let openStreams: () => number;

beforeAll(async () => {
  const log = createLog('test', { write: () => {} });
  const site = join(folder, 'site');
  mkdirSync(join(site, 'assets'), { recursive: true });
  writeFileSync(join(site, 'index.html'), '<!doctype html><title>Vigie</title>');
  const engine = openEngine({ dataDir: join(folder, 'data'), clock: systemClock, log });
  const slos = createSloService({ engine, folder: join(folder, 'slos'), proposed: ['shop'], clock: systemClock, log });
  const stream = eventStream(slos);
  const accessLog = openAccessLog(logPath, systemClock, log);
  const app = createApp({
    engine,
    slos,
    alerts: await quietAlerts(engine, slos),
    stream,
    // Starts with the first picture: none is asked for here.
    pictures: remotePictures(new URL('file:///no/prerender.js')),
    accessLog,
    log,
    siteDir: site,
    clock: systemClock,
    ready: async () => {},
    onForeignName: () => {},
    metrics: async () => (await sloMetrics(await slos.current()).metrics()) as string,
    status: async () => Promise.reject(new Error('a mistake with /secret/path')),
  });
  server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  openStreams = stream.count;
  stop = async () => {
    stream.close();
    server.closeAllConnections();
    server.close();
    accessLog.close();
    await engine.close();
  };
});

afterAll(async () => {
  await stop();
  rmSync(folder, { recursive: true });
});

/** `fetch` does not let a test choose Host, so this speaks plain HTTP. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET', body = '') {
  return new Promise<{ status: number; body: string; headers: Record<string, unknown> }>((resolve, reject) => {
    const asked = request(url + path, { method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text, headers: response.headers }));
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

describe('who is answered', () => {
  test.each([
    ['localhost:1', 200],
    ['127.0.0.1', 200],
    ['[::1]:99', 200],
    ['evil.example:8420', 403],
    ['127.0.0.1.evil.example', 403],
  ])('host %s: %d', async (host, status) => {
    expect((await ask('/api/vigie/slos', { host })).status).toBe(status);
  });

  test('a page of another site cannot make a browser ask', async () => {
    expect((await ask('/api/vigie/slos', { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await ask('/api/vigie/slos', { 'sec-fetch-site': 'same-origin' })).status).toBe(200);
  });

  test.each([
    ['http://evil.example', 403],
    ['null', 403],
    ['not a url', 403],
  ])('a write from origin %s: %d', async (origin, status) => {
    expect((await ask('/api/vigie/slos/shop-availability/keep', { origin }, 'POST')).status).toBe(status);
  });
});

describe('answers', () => {
  test('pages may load nothing from elsewhere and run nothing inline', async () => {
    const { headers } = await ask('/');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toContain('unsafe');
    expect(headers['x-powered-by']).toBeUndefined();
  });

  test.each([
    ['/slo/anything', 200, 'text/html'],
    ['/assets/none.js', 404, 'application/json'],
    ['/api/none', 404, 'application/json'],
    ['/-/healthy', 200, 'text/plain'],
    ['/-/ready', 200, 'text/plain'],
  ])('%s is %d %s', async (path, status, type) => {
    const answer = await ask(path);
    expect([answer.status, String(answer.headers['content-type']).split(';')[0]]).toEqual([status, type]);
  });

  test('a mistake of ours is told without its insides', async () => {
    const { status, body } = await ask('/api/vigie/status');
    expect(status).toBe(500);
    expect(body).not.toContain('secret');
  });

  test.each([
    ['/api/v1/query', 400, 'cannot read parameter \\"query\\": it is missing'],
    ['/api/v1/query?query=sum(', 400, '"errorType":"bad_data"'],
    ['/api/v1/query?query=1&time=yesterday', 400, 'want seconds since the epoch, or RFC 3339'],
    ['/api/v1/query?query=1%2B1&time=4', 200, '{"status":"success","data":{"resultType":"scalar","result":[4,"2"]}}'],
    ['/api/v1/query_range?query=1&start=1e297&end=1e297&step=1', 400, 'want seconds since the epoch, or RFC 3339'],
    ['/api/v1/query?query=1&time=8640000000001', 400, 'want seconds since the epoch, or RFC 3339'],
    ['/api/vigie/gate?slo=shop-availability', 400, 'want slos=ID,ID'],
    ['/api/vigie/gate?slos=shop-availability&slos=none', 404, 'cannot find SLO'],
    ['/api/vigie/gate?slos=shop-availability,shop-availability', 200, '"decision":"unknown"'],
    ['/api/none?x', 404, 'cannot find GET /api/none'],
    ['/api/v1/query_range?query=1&start=0&end=60&step=0', 400, 'zero or negative query resolution'],
    ['/api/v1/query_range?query=1&start=60&end=0&step=1', 400, 'end timestamp must not be before start time'],
    ['/api/v1/query_range?query=1&start=0&end=11001&step=1', 400, 'exceeded maximum resolution of 11,000 points'],
    ['/api/v1/query_range?query=1&start=0&end=60&step=1m', 200, '"values":[[0,"1"],[60,"1"]]'],
  ])('%s', async (path, status, text) => {
    const answer = await ask(path);
    expect(answer.status).toBe(status);
    expect(answer.body).toContain(text);
  });

  test('a query may come as a form', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await ask('/api/v1/query', headers, 'POST', 'query=2*3&time=1');
    expect(answer.body).toContain('[1,"6"]');
  });

  test('metrics and API show the same evaluation', async () => {
    const { body } = await ask('/metrics');
    expect(body).toContain('vigie_slo_state{slo="shop-availability",service="shop",state="no_data"} 1');
  });
});

test('the event stream begins with what is known', async () => {
  const controller = new AbortController();
  const response = await fetch(`${url}/api/vigie/stream`, { signal: controller.signal });
  const reader = response.body?.getReader();
  let text = '';
  while (!text.includes('"slos"')) text += new TextDecoder().decode((await reader?.read())?.value);
  controller.abort();
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  expect(text).toMatch(/^event: ?slos$/m);
});

test('the access log has every request but streams and batches, one line each, whatever the agent says', async () => {
  await ask('/log-me?a="b"', { 'user-agent': 'x" 200 1 "\\\u00e9' });
  await ask('/api/vigie/ingest', {}, 'POST', 'x');
  await ask('/api/v1/write', {}, 'POST', 'x');
  await expect.poll(() => readFileSync(logPath, 'utf8')).toContain('log-me');
  const lines = readFileSync(logPath, 'utf8').split('\n').filter(Boolean);
  const line = lines.find((candidate) => candidate.includes('log-me')) ?? '';
  expect(line).toMatch(
    /^127\.0\.0\.1 - - \[[^\]]+\] "GET \/log-me\?a=[^ ]+ HTTP\/1\.1" 200 \d+ "-" "x\\" 200 1 \\"\\\\\\x[^"]+" \d+$/,
  );
  expect(lines.some((candidate) => /stream|ingest|write/.test(candidate))).toBe(false);
});

test('readers of the event stream who leave at any moment leave nothing behind', async () => {
  const leaveAfter = async (delay_ms: number): Promise<void> => {
    const reader = request(`${url}/api/vigie/stream`);
    reader.on('error', () => {});
    reader.end();
    await sleep(delay_ms);
    reader.destroy();
  };
  await Promise.all(Array.from({ length: 100 }, (_, i) => leaveAfter(i / 2)));
  await expect.poll(openStreams).toBe(0);
});
