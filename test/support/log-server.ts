import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { answerErrors } from '../../server/api/answers.ts';
import { logRoutes } from '../../server/api/logs.ts';
import { openEngine } from '../../server/engine/engine.ts';
import { type Clock, systemClock } from '../../server/model/clock.ts';
import type { Engine } from '../../server/model/engine.ts';
import { createLog } from '../../server/runtime/log.ts';
import { blockOf, type LogLines } from './line-columns.ts';

export interface LogServer {
  readonly url: string;
  readonly engine: Engine;
  /** Stores lines as a batch of this source. */
  store(lines: LogLines, source?: string): Promise<void>;
  stop(): Promise<void>;
}

/** The store and the API of log lines in this process. */
export async function startLogServer(dataDir: string, clock: Clock = systemClock): Promise<LogServer> {
  const log = createLog('test', { write: () => {} });
  const engine = openEngine({ dataDir, clock, log });
  const server = createServer(express().use(logRoutes(engine, clock), answerErrors(log))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sender = { collector: 'c1', sink: 'vigie' };
  const acked = { sequence: 0, digest: '' };
  const hello = await engine.hello({ ...sender, epoch: 0, acked, queued: [] }, clock.now());
  const epoch = hello.result === 'rewind' ? hello.epoch : 0;
  let sequence = 0;
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    engine,
    store: async (lines, source = 's') => {
      const payload = Buffer.from(JSON.stringify({ v: 1, source, series: [], lines: [blockOf(lines)] }));
      const digest = createHash('sha256').update(payload).digest('hex');
      await engine.ingest({ ...sender, epoch, sequence: ++sequence, digest }, payload, clock.now());
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await engine.close();
    },
  };
}
