import { json, type Request, type RequestHandler, Router } from 'express';
import type { AlertService } from '../evaluation/alert-service.ts';
import { refuseForeignOrigin } from './guard.ts';
import { invalid, param } from './params.ts';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 500;

/** Alerts with their history, and silences. */
export function alertRoutes(alerts: AlertService, write: RequestHandler): Router {
  const router = Router();
  const body = json({ limit: '64kb' });
  router.get('/api/vigie/alerts', async (request, response) => {
    const [before, slo] = [countParam(request, 'before'), param(request, 'slo')];
    const limit = Math.min(countParam(request, 'limit') ?? DEFAULT_LIMIT, MAX_LIMIT);
    response.json(
      await alerts.list({ limit, ...(before !== undefined && { before }), ...(slo !== undefined && { slo }) }),
    );
  });
  router.get('/api/vigie/alerts/:id', async (request, response) => {
    response.json(await alerts.detail(String(request.params.id)));
  });
  router.get('/api/vigie/silences', (_request, response) => {
    response.json(alerts.silences());
  });
  router.post('/api/vigie/silences', write, body, async (request, response) => {
    refuseForeignOrigin(request);
    response.json(await alerts.silence(request.body));
  });
  // It changes nothing, so whoever may read may ask.
  router.post('/api/vigie/silences/preview', body, async (request, response) => {
    response.json(await alerts.preview(request.body));
  });
  router.delete('/api/vigie/silences/:id', write, async (request, response) => {
    refuseForeignOrigin(request);
    response.json(await alerts.expire(String(request.params.id)));
  });
  return router;
}

function countParam(request: Request, name: string): number | undefined {
  const text = param(request, name);
  if (text === undefined) return undefined;
  const count = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  if (count < 1) throw invalid(name, `got ${JSON.stringify(text)}; want a whole number from 1`);
  return count;
}
