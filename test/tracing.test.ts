import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { startTracing } from '../server/runtime/tracing.ts';
import { queriedNumber } from './support/instant-query.ts';
import { writeLogPipeline } from './support/log-pipeline.ts';
import { freePort } from './support/ports.ts';
import { startVigie, stopWithin, type VigieProcess } from './support/vigie-process.ts';

/** The real program with OTEL_EXPORTER_OTLP_ENDPOINT, and a receiver that reads what it posts. */
const LINES = 100;
/** Seconds, not the half minute for which the SDK would try. */
const STOP_LIMIT_MS = 25_000;
const folder = mkdtempSync(join(tmpdir(), 'vigie-tracing-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
}

/** The part of ExportTraceServiceRequest that is read here (opentelemetry-proto, JSON mapping). */
interface TraceExport {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly Span[] }[] }[];
}

describe('spans reach a receiver before the program ends', () => {
  test.each(['apart', 'embedded'] as const)('%s', async (way) => {
    const { server, url, spans } = await startReceiver();
    try {
      await countLines(way, url);
      const named = (name: string): Span[] => spans.filter((span) => span.name === name);
      expect(named('commit batch').flatMap(attributesOf)).toContainEqual(['source', 'site']);
      const delivered = named('deliver batch');
      expect(delivered.map(keysOf)).toContainEqual(['collector', 'sink', 'sequence']);
      expect(named('apply batch').length).toBeGreaterThan(0);
      for (const { traceId, parentSpanId } of named('apply batch')) {
        expect(delivered.map(({ traceId, spanId }) => [traceId, spanId])).toContainEqual([traceId, parentSpanId]);
      }
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

describe('a receiver that is away neither breaks nor holds up the program', () => {
  test('it refuses connections', async () => {
    await countLines('embedded', `http://127.0.0.1:${await freePort()}`);
  });

  test('it never answers', async () => {
    const server = createServer(() => {});
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      await countLines('embedded', urlOf(server));
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

test('nothing of the SDK is loaded unless an endpoint is named', async () => {
  const { cache } = createRequire(import.meta.url);
  const loaded = (): boolean => Object.keys(cache).some((path) => path.includes('@opentelemetry/sdk-node/'));
  await (await startTracing('test', {}))();
  await (await startTracing('test', { OTEL_EXPORTER_OTLP_ENDPOINT: '' }))();
  expect(loaded()).toBe(false);
  await (await startTracing('test', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' }))();
  expect(loaded()).toBe(true);
});

/** Starts the program, sees that every line is counted, and stops it again. */
async function countLines(way: 'apart' | 'embedded', endpoint: string): Promise<void> {
  const cwd = mkdtempSync(join(folder, way));
  const log = join(cwd, 'access.log');
  const line = '192.0.2.1 - - [17/May/2025:10:05:03 +0000] "GET / HTTP/1.1" 200 10 "-" "-"\n';
  writeFileSync(log, line.repeat(LINES));
  const running = await start(way, writeLogPipeline(cwd, log), endpoint);
  const count = () => queriedNumber(running[0]!.url, 'sum(increase(http_requests_total[1d]))', '2025-05-18T00:00:00Z');
  try {
    await expect.poll(count).toBe(LINES);
  } finally {
    for (const vigie of running.reverse()) expect(await stopWithin(vigie, STOP_LIMIT_MS)).toBe(0);
  }
}

async function start(way: 'apart' | 'embedded', cwd: string, endpoint: string): Promise<VigieProcess[]> {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' };
  const listen = `127.0.0.1:${await freePort()}`;
  if (way === 'embedded') return [await startVigie(['run', '--listen', listen], cwd, env)];
  const server = await startVigie(['serve', '--data-dir', 'server', '--listen', listen], cwd, env);
  return [server, await startVigie(['collect', '--server', server.url], cwd, env)];
}

async function startReceiver(): Promise<{ server: Server; url: string; spans: Span[] }> {
  const spans: Span[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as TraceExport;
    if (request.url === '/v1/traces') spans.push(...spansOf(body));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: urlOf(server), spans };
}

function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function spansOf({ resourceSpans }: TraceExport): Span[] {
  return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
}

function keysOf({ attributes }: Span): string[] {
  return attributes.map(({ key }) => key);
}

function attributesOf({ attributes }: Span): [string, unknown][] {
  return attributes.map(({ key, value }) => [key, Object.values(value)[0]]);
}
