import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express, { type Request } from 'express';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answerErrors } from '../../server/api/answers.ts';
import { requireScope, tokenOf } from '../../server/api/guard.ts';
import { ingestRoutes } from '../../server/api/ingest.ts';
import { originRoutes } from '../../server/api/origins.ts';
import { parseTokens } from '../../server/api/tokens.ts';
import { openEngine } from '../../server/engine/engine.ts';
import { systemClock } from '../../server/model/clock.ts';
import type { Engine } from '../../server/model/engine.ts';
import { ENVELOPE_HEADERS, HELLO_PATH, INGEST_PATH } from '../../server/model/ingest.ts';
import { digestOf } from '../../server/runtime/digest.ts';
import { createLog } from '../../server/runtime/log.ts';

const ODD = 'a/b "ü"';
const TOKENS = `
ingest ingest-for-everybody
ingest ingest-for-odd-alone collector: ${ODD}
read   a-token-that-may-read
write  a-token-that-may-write
`;
const folder = mkdtempSync(join(tmpdir(), 'vigie-origins-'));
let engine: Engine;
let server: Server;
let url = '';
let foreign = 0;

beforeAll(async () => {
  const log = createLog('test', { write: () => {} });
  engine = openEngine({ dataDir: join(folder, 'data'), clock: systemClock, log });
  const tokens = parseTokens(TOKENS, 'tokens');
  const door = {
    collectorOf: (request: Request) => tokens.collectorOf(tokenOf(request)),
    onForeignName: () => {
      foreign++;
    },
  };
  const app = express()
    .use('/api/vigie/ingest', requireScope(tokens, 'ingest'))
    .use(ingestRoutes(engine, systemClock, door))
    .use(originRoutes(engine, requireScope(tokens, 'write')))
    .use(answerErrors(log));
  server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await engine.close();
  rmSync(folder, { recursive: true });
});

async function ask(method: string, path: string, token: string, headers = {}, body?: string | Uint8Array<ArrayBuffer>) {
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const hello = (collector: string, token: string, more = {}) => {
  const said = { collector, sink: 'vigie', epoch: 0, acked: { sequence: 0, digest: '' }, queued: [], ...more };
  return ask('POST', HELLO_PATH, token, {}, JSON.stringify(said));
};

async function say(collector: string, source: string, token = 'ingest-for-everybody', change = {}) {
  const { body } = await hello(collector, 'ingest-for-everybody', { sources: [source] });
  const payload = new TextEncoder().encode(JSON.stringify({ v: 1, source, series: [] }));
  const values = { collector: encodeURIComponent(collector), sink: 'vigie', epoch: body.epoch, sequence: 1, ...change };
  const named = Object.entries({ ...values, digest: digestOf(payload) }).map(([key, value]) => [
    ENVELOPE_HEADERS[key as keyof typeof ENVELOPE_HEADERS],
    String(value),
  ]);
  return ask('POST', INGEST_PATH, token, Object.fromEntries(named), payload);
}

const known = async () => (await engine.origins()).map(({ origin }) => origin).sort();

test('a source, or all of a collector, is forgotten by those who may write', async () => {
  await say('one', 'x');
  await say('one', 'y');
  await say(ODD, 'x');
  expect(await known()).toEqual([`${ODD}/x`, 'one/x', 'one/y']);
  expect((await engine.origins()).find(({ origin }) => origin === 'one/x')?.retired).toBeGreaterThan(0);
  const forget = (path: string, token = 'a-token-that-may-write', headers = {}) =>
    ask('DELETE', `/api/vigie/origins/${path}`, token, headers);
  expect((await forget('one/x', 'a-token-that-may-read')).status).toBe(403);
  expect((await forget('one/x', 'ingest-for-everybody')).status).toBe(403);
  expect((await forget('one/x', undefined, { origin: 'http://evil.example' })).status).toBe(403);
  expect(await forget('one/x')).toEqual({ status: 200, body: { forgotten: ['one/x'] } });
  expect((await forget('one/x')).status).toBe(404);
  expect(await forget(encodeURIComponent(ODD))).toEqual({ status: 200, body: { forgotten: [`${ODD}/x`] } });
  expect(await known()).toEqual(['one/y']);
  expect((await say('one', 'x')).status).toBe(200);
  expect(await known()).toEqual(['one/x', 'one/y']);
});

test('a token of one collector brings nothing of another', async () => {
  const token = 'ingest-for-odd-alone';
  expect((await hello(ODD, token)).status).toBe(200);
  expect((await say(ODD, 'x', token)).status).toBe(200);
  expect(foreign).toBe(0);
  const refused = {
    error: { code: 'forbidden', message: expect.stringContaining('this token is for another collector') },
  };
  expect(await hello('one', token)).toEqual({ status: 403, body: refused });
  expect(await hello(ODD, token, { formerly: [{ collector: 'one', sink: 'vigie' }] })).toEqual({
    status: 403,
    body: refused,
  });
  expect(await say('one', 'z', token)).toEqual({ status: 403, body: refused });
  expect(await known()).not.toContain('one/z');
  expect(foreign).toBe(3);
});
