import { writeSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import express from 'express';
import { createCollector, createHttpTransport } from '../../collector/main.ts';
import { ingestRoutes } from '../../server/api/ingest.ts';
import { logRoutes } from '../../server/api/logs.ts';
import { prometheusDoor } from '../../server/api/prometheus-door.ts';
import { queryEndpoints } from '../../server/api/query.ts';
import { openEngine } from '../../server/engine/engine.ts';
import { loadConfig } from '../../server/main/config.ts';
import { listen } from '../../server/main/listen.ts';
import { type Clock, systemClock } from '../../server/model/clock.ts';
import type { Engine } from '../../server/model/engine.ts';
import type { IngestTransport } from '../../server/model/ingest.ts';
import { MINUTE, ms } from '../../server/model/units.ts';
import { createLog } from '../../server/runtime/log.ts';
import { Telemetry } from '../../server/runtime/telemetry.ts';
import { REWIND, type VictimOrder } from '../support/victim-process.ts';

/**
 * The parts of the real program in one thread, so that it can end itself at a point inside a step: nothing of the program runs
 * after the point. Says "ready" when its server listens, "rewind" when a hello is answered so, and the point before it dies there.
 */
const { role, folder, port, death } = JSON.parse(process.argv[2] ?? '') as VictimOrder;
const dataDir = join(folder, role);
/** Pages are written when they have been dirty for minutes; for the engine's flush they always have been. */
const flushClock: Clock = { now: () => ms(systemClock.now() + 10 * MINUTE) };
let visits = 0;

const engine = role === 'collector' ? undefined : await serve();
writeSync(process.stdout.fd, 'ready\n');
if (role !== 'server') await collect(engine === undefined ? httpTransport() : directTransport(engine));

function pass(point: string): void {
  if (point !== death?.point || ++visits < death.visit) return;
  writeSync(process.stdout.fd, `${point}\n`);
  process.kill(process.pid, 'SIGKILL');
}

async function serve(): Promise<Engine> {
  const opened = openEngine({
    dataDir,
    clock: flushClock,
    log: createLog('store'),
    onPoint: (point) => pass(`store ${point}`),
  });
  const door = prometheusDoor();
  queryEndpoints(door, opened, systemClock);
  const app = express().use(ingestRoutes(opened, systemClock), door.router, logRoutes(opened, systemClock));
  await listen(createServer(app), { host: '127.0.0.1', port });
  return opened;
}

async function collect(transport: IngestTransport): Promise<void> {
  const collector = createCollector({
    config: loadConfig(join(folder, 'vigie.yaml'), {}),
    dataDir,
    name: 'victim',
    transport: telling(transport),
    log: createLog('collector'),
    telemetry: new Telemetry(),
    clock: systemClock,
    onPoint: (point) => pass(`collector ${point}`),
  });
  await collector.start();
}

function telling(transport: IngestTransport): IngestTransport {
  const hello: IngestTransport['hello'] = async (said) => {
    const answer = await transport.hello(said);
    if (answer.result === 'rewind') writeSync(process.stdout.fd, `${REWIND}\n`);
    return answer;
  };
  return { hello, send: (envelope, payload) => transport.send(envelope, payload) };
}

function directTransport(direct: Engine): IngestTransport {
  return {
    hello: (hello) => direct.hello(hello, systemClock.now()),
    send: (envelope, payload) => direct.ingest(envelope, payload, systemClock.now()),
  };
}

function httpTransport(): IngestTransport {
  return createHttpTransport({ url: `http://127.0.0.1:${port}` });
}
