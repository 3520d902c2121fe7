import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import express from 'express';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createCollector } from '../../collector/collector.ts';
import type { Source, SourceOutput } from '../../collector/component.ts';
import { collectorConfigSchema } from '../../collector/config.ts';
import { createHttpTransport } from '../../collector/delivery/http-transport.ts';
import { createRegistry } from '../../collector/registry.ts';
import { answerErrors } from '../../server/api/answers.ts';
import { ingestRoutes } from '../../server/api/ingest.ts';
import { openEngine } from '../../server/engine/engine.ts';
import { embeddedTransport } from '../../server/main/embedded-transport.ts';
import type { PositionValue } from '../../server/model/batch.ts';
import { systemClock } from '../../server/model/clock.ts';
import type { Engine } from '../../server/model/engine.ts';
import type { IngestTransport } from '../../server/model/ingest.ts';
import { labelEquals } from '../../server/model/labels.ts';
import { DAY, ms } from '../../server/model/units.ts';
import { createLog } from '../../server/runtime/log.ts';
import { Telemetry } from '../../server/runtime/telemetry.ts';
import { serveCalls } from '../../server/runtime/thread-calls.ts';
import { Store } from '../../server/store/store.ts';
import { ARRIVED, batchOf } from '../support/log-lines.ts';
import { PATIENCE } from '../support/patience.ts';

/** One source that follows more files than one payload can tell the positions of: the two databases still agree about all of them. */
const FILES = 10_000;
const LINES = 50;
const log = createLog('test', { write: () => {} });

const positions: Record<string, PositionValue> = Object.fromEntries(
  Array.from({ length: FILES }, (_, i) => [`file ${i}`, { offset: i, about: `${i} ${'é'.repeat(1000)}` }]),
);

/** Hands over its lines and the positions of all files at once, unless it stands there already. */
class Library implements Source {
  readonly type = 'file';
  readonly replayable = true;
  readonly starts: number[] = [];

  async run(output: SourceOutput): Promise<void> {
    const known = Object.keys(output.positions).length;
    this.starts.push(known);
    if (known < FILES) {
      const line = 'h - - [01/Jan/2025:00:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "-"';
      const batch = batchOf(Array<string>(LINES).fill(line), { service: 'shop' });
      await output.emit({ batch, positions, progress: { completeTo: 1, state: 'ok' } });
    }
    if (!output.signal.aborted) await once(output.signal, 'abort');
  }
}

interface Server {
  readonly transport: IngestTransport;
  close(): Promise<void>;
}

async function overHttp(engine: Engine): Promise<Server> {
  const server = createServer(express().use(ingestRoutes(engine, systemClock), answerErrors(log)));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    transport: createHttpTransport({ url: `http://127.0.0.1:${port}` }),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function embedded(engine: Engine): Promise<Server> {
  const { port1, port2 } = new MessageChannel();
  serveCalls(port1, engine);
  return { transport: embeddedTransport(port2), close: async () => port1.close() };
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'many-positions-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs until nothing waits. */
async function deliver(source: Library, open: (engine: Engine) => Promise<Server>): Promise<void> {
  const engine = openEngine({ dataDir: join(folder, 'server'), clock: systemClock, log });
  const server = await open(engine);
  const starts = source.starts.length;
  const collector = createCollector({
    config: collectorConfigSchema.parse({
      sources: { log: { type: 'file', include: ['/log'] } },
      transforms: { parsed: { type: 'parse', inputs: ['log'] }, counts: { type: 'log_to_metric', inputs: ['parsed'] } },
      sinks: { server: { type: 'vigie', inputs: ['counts'] } },
    }),
    dataDir: join(folder, 'collector'),
    name: 'here',
    transport: server.transport,
    log,
    telemetry: new Telemetry(),
    clock: { now: () => ms(ARRIVED) },
    registry: { ...createRegistry(() => {}), source: () => source },
  });
  try {
    await collector.start();
    await vi.waitFor(() => {
      expect(source.starts.length).toBeGreaterThan(starts);
      expect(collector.status().queues).toMatchObject([{ state: 'idle', batches: 0 }]);
    }, PATIENCE);
  } finally {
    await collector.stop();
    await server.close();
    await engine.close();
  }
}

/** What the server holds. */
function held(): { lines: number; positions: Readonly<Record<string, PositionValue>> } {
  const store = new Store({ dataDir: join(folder, 'server') });
  const hello = { collector: 'here', sink: 'server', epoch: 0, acked: { sequence: 0, digest: '' }, queued: [] };
  const answer = store.hello(hello, systemClock.now());
  const ids = store.view.select([labelEquals('__name__', 'http_requests_total')]);
  const lines = store.view.countWindow(ids, { start: ms(ARRIVED - 730 * DAY), end: ms(ARRIVED) }).n;
  store.close();
  return { lines, positions: answer.result === 'rewind' ? answer.positions : {} };
}

const agree = (name: string, open: (engine: Engine) => Promise<Server>): void => {
  test(`${name}: the positions of ${FILES} files survive the loss of either database`, async () => {
    const source = new Library();
    await deliver(source, open);
    const wire = Object.fromEntries(Object.entries(positions).map(([key, value]) => [`log/${key}`, value]));
    const { '#memory': _, ...told } = held().positions;
    expect([held().lines, Object.keys(told).length]).toEqual([LINES, FILES + 1]);
    expect(told).toMatchObject(wire);
    rmSync(join(folder, 'collector'), { recursive: true });
    await deliver(source, open);
    expect([source.starts.at(-1), held().lines]).toEqual([FILES, LINES]);
    rmSync(join(folder, 'server'), { recursive: true });
    await deliver(source, open);
    expect([source.starts.at(-1), held().lines]).toEqual([0, LINES]);
    expect(held().positions).toMatchObject(wire);
  });
};
agree('over HTTP', overHttp);
agree('embedded', embedded);
