import { json, type RequestHandler, Router } from 'express';
import type { ExclusionService } from '../evaluation/exclusion-service.ts';
import { refuseForeignOrigin } from './guard.ts';

/** Spans that count neither for nor against an SLO. */
export function exclusionRoutes(exclusions: ExclusionService, write: RequestHandler): Router {
  const router = Router();
  const body = json({ limit: '64kb' });
  router.get('/api/vigie/exclusions', async (_request, response) => {
    response.json(await exclusions.list());
  });
  router.post('/api/vigie/exclusions', write, body, async (request, response) => {
    refuseForeignOrigin(request);
    response.json(await exclusions.add(request.body));
  });
  // It changes nothing, so whoever may read may ask.
  router.post('/api/vigie/exclusions/preview', body, async (request, response) => {
    response.json(await exclusions.preview(request.body));
  });
  router.delete('/api/vigie/exclusions/:id', write, body, async (request, response) => {
    refuseForeignOrigin(request);
    response.json(await exclusions.undo(String(request.params.id), request.body));
  });
  return router;
}
