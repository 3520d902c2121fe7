import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Collector, createCollector } from '../../collector/collector.ts';
import { collectorConfigSchema } from '../../collector/config.ts';
import { systemClock } from '../../server/model/clock.ts';
import { createLog } from '../../server/runtime/log.ts';
import { Telemetry } from '../../server/runtime/telemetry.ts';
import { until } from '../conformance/source.ts';
import { IngestServer } from '../support/ingest-server.ts';
import { freePort } from '../support/ports.ts';

const MESSAGES = 'syslog_messages_total{app="app",facility="user",host="h",severity="notice"}';

let dataDir: string;
let server: IngestServer;
let port: number;
const stops: (() => Promise<void>)[] = [];

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'syslog-stop-'));
  server = new IngestServer();
  port = await freePort();
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  rmSync(dataDir, { recursive: true });
});

function open(): Collector {
  const collector = createCollector({
    config: collectorConfigSchema.parse({
      sources: { syslog: { type: 'syslog', address: `127.0.0.1:${port}` } },
      transforms: {
        messages: {
          type: 'log_to_metric',
          inputs: ['syslog'],
          metrics: [
            {
              type: 'counter',
              name: 'syslog_messages_total',
              tags: { host: '{{host}}', app: '{{app}}', facility: '{{facility}}', severity: '{{severity}}' },
            },
          ],
        },
      },
      sinks: { server: { type: 'vigie', inputs: ['messages', 'syslog'], buffer: { max_size: '2MiB' } } },
    }),
    dataDir,
    name: 'here',
    transport: server,
    log: createLog('collector', { write: () => {} }),
    telemetry: new Telemetry(),
    clock: systemClock,
    wait: () => new Promise((resolve) => setTimeout(resolve, 5)),
  });
  stops.push(() => collector.stop());
  return collector;
}

async function listening(collector: Collector): Promise<void> {
  await collector.start();
  await until(() => collector.status().queues[0]?.state !== undefined && server.watermarks.length > 0);
}

async function connected(): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

const lines = (count: number): string => '<13>Nov 20 10:11:12 h app: hello\n'.repeat(count);

/** To the kernel: it answers for the receiver, who may not have read it yet. */
function write(socket: Socket, text: string): Promise<void> {
  return new Promise((resolve) => socket.write(text, () => resolve()));
}

test('a stop commits what was received and not yet handed over', async () => {
  const collector = open();
  await listening(collector);
  const socket = await connected();
  await write(socket, lines(50));
  await collector.stop();
  expect(collector.status().components.find(({ id }) => id === 'syslog')).toMatchObject({ sent_events: 50, drops: {} });
  await open().start();
  await until(
    () => server.total(MESSAGES) === 50,
    () => server.series,
  );
});

test('what finds no room at a stop is counted, and told by the next run', async () => {
  const collector = open();
  await listening(collector);
  server.fault = () => 'unreachable';
  const socket = createSocket('udp4');
  const send = (text: string): Promise<void> =>
    new Promise((resolve) => socket.send(`<13>Nov 20 10:11:12 h app: ${text}`, port, '127.0.0.1', () => resolve()));
  let sent = 0;
  while (collector.status().queues[0]?.state !== 'blocked') {
    await send(randomBytes(30_000).toString('hex'));
    sent++;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  for (let i = 0; i < 3000; i++) await send('short');
  sent += 3000;
  await collector.stop();
  socket.close();
  server.fault = () => 'none';
  await open().start();
  const counted = (): number => {
    const { drops = {} } = server.watermarks.at(-1) ?? {};
    return server.total(MESSAGES) + Object.values(drops).reduce((sum, count) => sum + count, 0);
  };
  await until(
    () => counted() === sent,
    () => [counted(), sent, server.watermarks.at(-1)],
  );
  expect(server.watermarks.at(-1)?.drops?.stopped).toBeGreaterThan(0);
});

test('a rewind closes no connection, and loses nothing of it', async () => {
  await listening(open());
  const socket = await connected();
  await write(socket, lines(5));
  await until(() => server.total(MESSAGES) === 5);
  const backup = server.backup();
  await write(socket, lines(5));
  await until(() => server.total(MESSAGES) === 10);
  server.restore(backup);
  const rewinds = server.rewinds;
  await write(socket, lines(5));
  await until(() => server.rewinds > rewinds && server.total(MESSAGES) === 10);
  await write(socket, lines(5));
  await until(() => server.total(MESSAGES) === 15);
  expect(socket.closed).toBe(false);
  socket.destroy();
});
