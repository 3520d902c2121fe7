import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { gate } from '../../rules/gate/gate.ts';
import { answerErrors, notFound } from '../../server/api/answers.ts';
import { prometheusRoutes } from '../../server/api/prometheus.ts';
import { openEngine } from '../../server/engine/engine.ts';
import { english } from '../../server/evaluation/sentences.ts';
import type { Evaluation } from '../../server/evaluation/slo-service.ts';
import type { BatchPayload } from '../../server/model/batch.ts';
import { digestOf } from '../../server/runtime/digest.ts';
import { createLog } from '../../server/runtime/log.ts';
import { events, NOW, slo, statusOf } from '../rules/observation.ts';
import { firingAlert } from './alerts.ts';

export interface PrometheusApi {
  readonly url: string;
  stop(): Promise<void>;
}

/** Prometheus' API over a store that holds these batches, all of one source, and one SLO whose alert pages. The time is NOW. */
export async function startPrometheusApi(dataDir: string, batches: readonly BatchPayload[]): Promise<PrometheusApi> {
  const log = createLog('test', { write: () => {} });
  const clock = { now: () => NOW };
  const engine = openEngine({ dataDir, clock, log });
  const sender = { collector: 'c1', sink: 'vigie' };
  const hello = await engine.hello({ ...sender, epoch: 0, acked: { sequence: 0, digest: '' }, queued: [] }, NOW);
  const epoch = hello.result === 'rewind' ? hello.epoch : 0;
  for (const [i, batch] of batches.entries()) {
    const payload = Buffer.from(JSON.stringify(batch));
    const answer = await engine.ingest(
      { ...sender, epoch, sequence: i + 1, digest: digestOf(payload) },
      payload,
      clock.now(),
    );
    if (answer.result !== 'applied') throw new Error(`batch ${i}: ${answer.result}`);
  }
  const current = async (): Promise<Evaluation> => pagingShop();
  const app = express().use(prometheusRoutes({ engine, slos: { current }, clock }), notFound, answerErrors(log));
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await engine.close();
    },
  };
}

function pagingShop(): Evaluation {
  const labels = { team: 'shop' };
  const slos = [statusOf(slo({ labels }), events(901, 100, 120_000))];
  return { time: NOW, slos, alerts: [firingAlert({ labels })], gate: gate(slos, { now: NOW, policies: [] }, english) };
}
