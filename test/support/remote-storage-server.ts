import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { answerErrors, notFound } from '../../server/api/answers.ts';
import { prometheusDoor } from '../../server/api/prometheus-door.ts';
import { queryEndpoints } from '../../server/api/query.ts';
import { REMOTE_WRITE_PATH, remoteReadRoutes, remoteWriteRoutes } from '../../server/api/remote-storage.ts';
import { type EngineOptions, openEngine } from '../../server/engine/engine.ts';
import type { Clock } from '../../server/model/clock.ts';
import type { Engine, QueryData } from '../../server/model/engine.ts';
import { ms } from '../../server/model/units.ts';
import { createLog } from '../../server/runtime/log.ts';
import { writeBody } from './write-request.ts';

export const NOW = ms(1_800_000_000_000);

export interface RemoteStorageServer {
  readonly url: string;
  readonly engine: Engine;
  /** Posts a body as a sender of remote write 1.0 does, but for these headers. */
  post(body: Uint8Array, headers?: Readonly<Record<string, string>>): Promise<{ status: number; error: string }>;
  write(...request: Parameters<typeof writeBody>): Promise<{ status: number; error: string }>;
  /** Texts `metric value` of an instant vector. */
  ask(query: string, time?: number): Promise<readonly string[]>;
  stop(): Promise<void>;
}

export const WRITE_HEADERS = {
  'content-type': 'application/x-protobuf',
  'content-encoding': 'snappy',
  'x-prometheus-remote-write-version': '0.1.0',
};

/** The doors of remote storage and of queries over a store of their own. The time is NOW unless a clock is given. */
export async function startRemoteStorage(
  options: Partial<EngineOptions> = {},
  clock: Clock = { now: () => NOW },
): Promise<RemoteStorageServer> {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-remote-storage-'));
  const log = createLog('test', { write: () => {} });
  const engine = openEngine({ dataDir: join(folder, 'data'), clock, log, ...options });
  const door = prometheusDoor();
  queryEndpoints(door, engine, clock);
  const senderOf = (request: express.Request) => request.get('sender');
  const doors = [remoteWriteRoutes({ engine, clock, senderOf }), remoteReadRoutes(engine), door.router];
  const app = express().use(...doors, notFound, answerErrors(log));
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const post: RemoteStorageServer['post'] = async (body, headers = {}) => {
    const sent = Object.entries({ ...WRITE_HEADERS, ...headers }).filter(([, value]) => value !== '');
    const answer = await fetch(url + REMOTE_WRITE_PATH, {
      method: 'POST',
      body: new Uint8Array(body),
      headers: Object.fromEntries(sent),
    });
    const text = await answer.text();
    return { status: answer.status, error: text === '' ? '' : (JSON.parse(text) as { error: string }).error };
  };
  return {
    url,
    engine,
    post,
    write: (...request) => post(writeBody(...request)),
    ask: async (query, time = NOW) => {
      const answer = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query, time: String(time / 1000) })}`);
      const { data } = (await answer.json()) as { data: QueryData };
      if (data.resultType !== 'vector') throw new Error(`got ${data.resultType}; want a vector`);
      return data.result.map(({ metric, value }) => `${JSON.stringify(metric)} ${value[1]}`);
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await engine.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
