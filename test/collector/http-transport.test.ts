import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createHttpTransport } from '../../collector/delivery/http-transport.ts';
import { answerErrors } from '../../server/api/answers.ts';
import { ingestRoutes } from '../../server/api/ingest.ts';
import { openEngine } from '../../server/engine/engine.ts';
import { systemClock } from '../../server/model/clock.ts';
import type { Engine } from '../../server/model/engine.ts';
import { ENVELOPE_HEADERS, HELLO_PATH, type Hello, type HelloAnswer, INGEST_PATH } from '../../server/model/ingest.ts';
import { digestOf } from '../../server/runtime/digest.ts';
import { createLog } from '../../server/runtime/log.ts';
import { testTransport } from '../conformance/transport.ts';
import { IngestServer } from '../support/ingest-server.ts';

const servers = new Set<Server>();

async function listen(handler: RequestListener): Promise<{ server: Server; url: string }> {
  const server = createServer(handler).listen(0, '127.0.0.1');
  servers.add(server);
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function close(server: Server): Promise<void> {
  servers.delete(server);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

afterEach(async () => {
  for (const server of servers) await close(server);
});

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function ingest(target: IngestServer): RequestListener {
  const answer = async (request: IncomingMessage): Promise<unknown> => {
    const body = await bodyOf(request);
    if (request.url === HELLO_PATH) return target.hello(JSON.parse(body.toString('utf8')) as Hello);
    const header = (name: string): string => String(request.headers[name]);
    const envelope = {
      collector: decodeURIComponent(header(ENVELOPE_HEADERS.collector)),
      sink: decodeURIComponent(header(ENVELOPE_HEADERS.sink)),
      epoch: Number(header(ENVELOPE_HEADERS.epoch)),
      sequence: Number(header(ENVELOPE_HEADERS.sequence)),
      digest: header(ENVELOPE_HEADERS.digest),
    };
    return target.send(envelope, body);
  };
  return (request, response) => {
    answer(request).then(
      (value) =>
        response.writeHead((value as { result: string }).result === 'refused' ? 409 : 200).end(JSON.stringify(value)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  };
}

testTransport('http', async () => {
  const { server, url } = await listen(ingest(new IngestServer()));
  return {
    transport: createHttpTransport({ url }),
    disconnect: () => close(server),
    close: async () => {},
  };
});

testTransport('in memory', async () => {
  const server = new IngestServer();
  return {
    transport: server,
    disconnect: async () => {
      server.fault = () => 'unreachable';
    },
    close: async () => {},
  };
});

describe('what servers answer', () => {
  const hello = { collector: 'c', sink: 's', epoch: 0, acked: { sequence: 0, digest: '' }, queued: [] };
  const rejects = (status: number, body: string, want: object): void => {
    test(`${status} ${body.slice(0, 40)}`, async () => {
      const { url } = await listen((_, response) => response.writeHead(status, { location: '/elsewhere' }).end(body));
      await expect(createHttpTransport({ url }).hello(hello)).rejects.toMatchObject(want);
    });
  };
  rejects(401, '{"error":{"code":"unauthorized","message":"no token"}}', {
    code: 'unauthorized',
    message: 'cannot deliver to the server: it answered 401: no token',
  });
  rejects(403, '', { code: 'forbidden' });
  rejects(500, 'oops', { code: 'unavailable' });
  rejects(302, '', { code: 'unreachable' });
  rejects(200, '<html>', { code: 'unreachable' });
  rejects(200, '{"result":"agreed","sequence":-1}', { code: 'unreachable' });
  rejects(200, `"${'x'.repeat(66 * 2 ** 20)}"`, { code: 'too_large' });

  test('a server that never answers is given up', async () => {
    const { url } = await listen(() => {});
    await expect(createHttpTransport({ url, timeout_ms: 50 }).hello(hello)).rejects.toMatchObject({
      code: 'unreachable',
    });
  });

  test('the token and the trace travel along, read for each request', async () => {
    const seen: (string | undefined)[] = [];
    const { url } = await listen((request, response) => {
      seen.push(request.headers.authorization, request.headers.traceparent as string | undefined);
      response.end('{"result":"agreed","sequence":0}');
    });
    const tokens = ['one', undefined];
    const transport = createHttpTransport({ url, token: () => tokens.shift(), traceparent: () => '00-ab-cd-01' });
    await transport.hello(hello);
    await transport.hello(hello);
    expect(seen).toEqual(['Bearer one', '00-ab-cd-01', undefined, '00-ab-cd-01']);
  });
});

describe('names in headers', () => {
  let folder: string;
  let engine: Engine;
  let url: string;
  const payload = Buffer.from('{"v":1,"source":"log","series":[]}');
  const batch = { sequence: 1, digest: digestOf(payload) };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'names-'));
    const log = createLog('test', { write: () => {} });
    engine = openEngine({ dataDir: folder, clock: systemClock, log });
    ({ url } = await listen(express().use(ingestRoutes(engine, systemClock), answerErrors(log))));
  });
  afterEach(async () => {
    await engine.close();
    rmSync(folder, { recursive: true });
  });

  const arrives = (name: string): void => {
    test(JSON.stringify(name.slice(0, 20)), async () => {
      const transport = createHttpTransport({ url });
      const id = { collector: name, sink: name };
      const hello = await transport.hello({ ...id, epoch: 0, acked: { sequence: 0, digest: '' }, queued: [] });
      const { epoch } = hello as Extract<HelloAnswer, { result: 'rewind' }>;
      expect(await transport.send({ ...id, ...batch, epoch }, payload)).toEqual({ result: 'applied' });
    });
  };
  for (const name of ['plain', ' both ends ', 'Zürich 東京 🗼', '50%', '%41', 'line\nbreak: x', 'ü'.repeat(255)])
    arrives(name);

  test('a bad percent sequence is the mistake of the client', async () => {
    const headers = {
      [ENVELOPE_HEADERS.collector]: '50%',
      [ENVELOPE_HEADERS.sink]: 's',
      [ENVELOPE_HEADERS.epoch]: '1',
      [ENVELOPE_HEADERS.sequence]: '1',
      [ENVELOPE_HEADERS.digest]: batch.digest,
    };
    const response = await fetch(new URL(INGEST_PATH, url), { method: 'POST', body: payload, headers });
    expect([response.status, await response.json()]).toEqual([
      400,
      {
        error: {
          code: 'bad_request',
          message: 'cannot read batch: vigie-collector: got "50%"; want a percent-encoded name',
        },
      },
    ]);
  });
});
