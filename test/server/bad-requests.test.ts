import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openAccessLog } from '../../server/api/access-log.ts';
import { createApp } from '../../server/api/app.ts';
import { eventStream } from '../../server/api/stream.ts';
import { openEngine } from '../../server/engine/engine.ts';
import { createSloService } from '../../server/evaluation/create-slo-service.ts';
import { ExclusionBook } from '../../server/evaluation/exclusion-book.ts';
import { createExclusionService } from '../../server/evaluation/exclusion-service.ts';
import { OverrideBook } from '../../server/evaluation/override-book.ts';
import { createOverrideService } from '../../server/evaluation/override-service.ts';
import { ReleaseBook } from '../../server/evaluation/release-book.ts';
import { createReleaseService } from '../../server/evaluation/release-service.ts';
import { createReportService } from '../../server/evaluation/report-service.ts';
import { type Ms, ms } from '../../server/model/units.ts';
import { remotePictures } from '../../server/prerender/remote-pictures.ts';
import { createLog } from '../../server/runtime/log.ts';
import { tries } from '../support/long.ts';
import { quietAlerts } from '../support/quiet-alerts.ts';

/** Whatever is asked: a mistake of the asker is told in our words, and is none of ours. */
const NOW = ms(1_800_000_000_000);
const folder = mkdtempSync(join(tmpdir(), 'vigie-bad-requests-'));
const mistakes: string[] = [];
let server: Server;
let url = '';
let stop: () => Promise<void>;

const AVAILABILITY = 'availability: {total: all_total, bad: bad_total}';
const SLOS = `slos: [{id: shop, service: shop, objective: 99%, window: 7d, ${AVAILABILITY}}]`;

beforeAll(async () => {
  mkdirSync(join(folder, 'slos'));
  writeFileSync(join(folder, 'slos', 'slos.yaml'), SLOS);
  const log = createLog('test', { write: (line: string) => void (line.includes('"error"') && mistakes.push(line)) });
  const clock = { now: (): Ms => NOW };
  const engine = openEngine({ dataDir: join(folder, 'data'), clock, log });
  let ids = 0;
  const newId = () => `x${++ids}`;
  const books = {
    exclusions: await ExclusionBook.open(engine, newId),
    overrides: await OverrideBook.open(engine, newId),
    releases: await ReleaseBook.open(engine),
  };
  const slos = createSloService({ engine, ...books, folder: join(folder, 'slos'), proposed: [], clock, log });
  const stream = eventStream(slos);
  const accessLog = openAccessLog(join(folder, 'access.log'), clock, log);
  const app = createApp({
    engine,
    slos,
    alerts: await quietAlerts(engine, slos),
    exclusions: createExclusionService({ book: books.exclusions, slos, clock, log }),
    overrides: createOverrideService({ book: books.overrides, slos, clock, log }),
    releases: createReleaseService({ book: books.releases, slos, clock, log }),
    reports: createReportService({ engine, slos, ...books, clock }),
    stream,
    pictures: remotePictures(new URL('file:///no/prerender.js')),
    accessLog,
    log,
    siteDir: folder,
    clock,
    ready: async () => {},
    onForeignName: () => {},
    metrics: async () => '',
    status: async () => Promise.reject(new Error('not asked for here')),
  });
  server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
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

/** What zod, V8, Node and Express would say. */
const FOREIGN =
  /Invalid (?:input|option|key|string)|Too (?:small|big)|Unrecognized|expected \w+, received|Unexpected|\bJSON at\b|E[A-Z]{4,}:|\n\s+at |\bundefined\b|\[object/;

async function ask(method: string, path: string, init: { body?: string; type?: string } = {}): Promise<void> {
  const { body, type = 'application/json' } = init;
  const answer = await fetch(url + path, {
    method,
    ...(body !== undefined && method !== 'GET' && { body, headers: { 'content-type': type } }),
  });
  const text = await answer.text();
  const asked = `${method} ${path} ${body ?? ''} -> ${answer.status} ${text.slice(0, 400)}`;
  expect(mistakes.splice(0).join('\n'), asked).toBe('');
  expect(answer.status, asked).toBeLessThan(500);
  if (answer.status < 400) return;
  const told = JSON.parse(text) as { error: string | { message: string } };
  const message = typeof told.error === 'string' ? told.error : told.error.message;
  expect(message, asked).not.toMatch(FOREIGN);
  if (path.startsWith('/api/vigie/')) expect(message, asked).toMatch(/^cannot |^[^\n]+:\d+:\d+: /);
}

const MATCHERS = [{ name: 'slo', op: '=', value: 'shop' }];
const BODIES: readonly (readonly [method: string, path: string, body: Readonly<Record<string, unknown>>])[] = [
  ['POST', '/api/vigie/gate/overrides', { service: 'shop', duration: '2h', reason: 'a fix', by: 'alice' }],
  ['POST', '/api/vigie/silences', { matchers: MATCHERS, duration: '2h', author: 'a', comment: 'c' }],
  [
    'POST',
    '/api/vigie/silences/preview',
    { matchers: MATCHERS, starts: NOW, ends: NOW + 6e6, author: 'a', comment: 'c' },
  ],
  ['POST', '/api/vigie/exclusions', { slos: ['shop'], starts: NOW, duration: '1h', reason: 'r', author: 'a' }],
  [
    'POST',
    '/api/vigie/exclusions/preview',
    {
      matchers: MATCHERS,
      starts: NOW,
      ends: NOW + 6e6,
      recurrence: { rule: 'FREQ=DAILY', zone: 'UTC' },
      reason: 'r',
      author: 'a',
    },
  ],
  ['DELETE', '/api/vigie/exclusions/x1', { author: 'a', reason: 'r' }],
  ['POST', '/api/vigie/releases', { service: 'shop', version: 'v1', by: 'a', note: 'n', time: NOW }],
  ['POST', '/api/vigie/selectors', { selectors: ['all_total'] }],
  ['POST', '/api/vigie/backtest', { file: 'f', text: SLOS, slos: ['shop'], from: NOW - 6e6, to: NOW }],
  ['POST', '/v1/vigie/hello', { collector: 'c', sink: 's', epoch: 0, acked: { sequence: 0, digest: '' }, queued: [] }],
];

const oddText = fc.constantFrom(
  '',
  ' ',
  '0',
  '-1',
  '1.5',
  '1e300',
  'NaN',
  'x',
  '../..',
  '%',
  '{}',
  '2h',
  '9'.repeat(400),
  '\0',
  '"',
  '{a="',
  '[5m]',
);
const odd = fc.oneof(
  oddText,
  fc.constantFrom<unknown>(null, true, 0, -1, 0.5, 1e300, -1e300, 8.64e15, NOW, [], {}, [null], [[]], { a: { b: 1 } }),
  fc.jsonValue({ maxDepth: 2 }),
);

describe('bodies', () => {
  for (const [method, path, right] of BODIES) {
    const changed = fc.oneof(
      fc.tuple(fc.constantFrom(...Object.keys(right)), odd).map(([key, value]) => ({ ...right, [key]: value })),
      fc.constantFrom(...Object.keys(right)).map((key) => ({ ...right, [key]: undefined })),
      fc.tuple(fc.string({ minLength: 1 }), odd).map(([key, value]) => ({ ...right, [key]: value })),
      odd,
    );
    test(`${method} ${path}`, async () => {
      await ask(method, path, { body: JSON.stringify(right) });
      await fc.assert(
        fc.asyncProperty(changed, (body) => ask(method, path, { body: JSON.stringify(body) })),
        { seed: 71, numRuns: tries(20) },
      );
      for (const body of ['', '{', '"a"', '{"a":1}}', '\u{fffd}']) await ask(method, path, { body });
      await ask(method, path, { body: '{}', type: 'text/plain' });
      await ask(method, path, { body: '{}', type: 'application/json; charset=klingon' });
    });
  }
});

const RANGE = ['start', 'end', 'step', 'time', 'timeout', 'limit'];
const DOORS: readonly (readonly [path: string, parameters: readonly string[]])[] = [
  ['/api/vigie/gate', ['slos', 'service', 'lang', 'x']],
  ['/api/vigie/gate/overrides', ['x']],
  ['/api/vigie/alerts', ['limit', 'ended']],
  ['/api/vigie/slos/shop', ['start', 'end']],
  ['/api/vigie/slos/history', []],
  ['/api/vigie/releases', ['service', 'limit']],
  ['/api/vigie/logs', ['selector', 'text', 'regex', 'level', 'start', 'end', 'after', 'order', 'limit']],
  ['/api/vigie/logs/histogram', ['selector', 'regex', 'start', 'end', 'bars']],
  ['/api/vigie/logs/context', ['time', 'seq', 'limit']],
  ['/api/vigie/logs/export', ['selector', 'format', 'start', 'end']],
  ['/api/vigie/graph', ['query', 'start', 'end', 'points']],
  ['/api/vigie/traffic', ['zone']],
  ['/api/vigie/traffic/a/b', ['zone', 'end']],
  ['/api/vigie/web-log', ['service', 'from', 'to', 'limit', 'lang']],
  ['/api/vigie/reports/slos.json', ['period', 'at', 'zone', 'lang', 'slos', 'service']],
  ['/api/vigie/charts/x.png', ['query', 'start', 'end', 'width', 'height', 'theme']],
  ['/api/v1/query', ['query', ...RANGE]],
  ['/api/v1/query_range', ['query', ...RANGE]],
  ['/api/v1/series', ['match[]', ...RANGE]],
  ['/api/v1/labels', ['match[]', ...RANGE]],
  ['/api/v1/rules', ['type', 'file[]']],
  ['/api/v1/metadata', ['metric', 'limit']],
];

describe('query strings', () => {
  const value = fc.oneof(oddText, fc.constantFrom('up', 'now', '2026-02-30', 'Mars/Phobos', '1800000000'), fc.string());
  for (const [path, parameters] of DOORS) {
    const pairs = fc.array(fc.tuple(fc.constantFrom('x', ...parameters), value), { maxLength: 4 });
    test(path, async () => {
      await fc.assert(
        fc.asyncProperty(pairs, (asked) => ask('GET', `${path}?${new URLSearchParams(asked)}`)),
        { seed: 72, numRuns: tries(15) },
      );
    });
  }
  test.each(['/api/vigie/slos/%E0%A4%A', '/api/vigie/alerts/%00', '/api/v1/label/%/values', '/api/vigie/nothing'])(
    'the address %s',
    (path) => ask('GET', path),
  );
});
