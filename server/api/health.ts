import { type RequestHandler, Router } from 'express';
import type { SystemStatus } from '../model/status.ts';

export interface HealthDeps {
  /** Resolves when the engine answers; rejects with the reason otherwise. */
  ready(): Promise<void>;
  status(): Promise<SystemStatus>;
  /** The text of `/metrics` in Prometheus' exposition format. */
  metrics(): Promise<string>;
  /** A collector sent under a name that its token is not for. */
  onForeignName(): void;
}

/** Probes are open to all: they tell nothing but up or not. */
export function probeRoutes({ ready }: HealthDeps): Router {
  return Router()
    .get('/-/healthy', (_request, response) => {
      response.type('text').send('Vigie is healthy.\n');
    })
    .get('/-/ready', async (_request, response) => {
      await ready();
      response.type('text').send('Vigie is ready.\n');
    });
}

export function statusRoutes({ status, metrics }: HealthDeps, read: RequestHandler): Router {
  return Router()
    .get('/metrics', read, async (_request, response) => {
      response.type('text/plain; version=0.0.4; charset=utf-8').send(await metrics());
    })
    .get('/api/vigie/status', read, async (_request, response) => {
      response.json(await status());
    });
}
