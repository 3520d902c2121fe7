import { json, type RequestHandler, Router } from 'express';
import type { ReleaseService } from '../evaluation/release-service.ts';
import { refuseForeignOrigin } from './guard.ts';
import { param } from './params.ts';

/** Versions that went out: marked by whoever releases, compared by whoever asks. */
export function releaseRoutes(releases: ReleaseService, write: RequestHandler): Router {
  const router = Router();
  router.get('/api/vigie/releases', (request, response) => {
    response.json(releases.list(param(request, 'service')));
  });
  router.get('/api/vigie/releases/:id', async (request, response) => {
    response.json(await releases.compare(String(request.params.id)));
  });
  router.post('/api/vigie/releases', write, json({ limit: '64kb' }), async (request, response) => {
    refuseForeignOrigin(request);
    response.json(await releases.mark(request.body));
  });
  return router;
}
