import { json, type RequestHandler, Router } from 'express';
import type { SloService } from '../evaluation/slo-service.ts';
import type { StreamEvents } from '../model/status.ts';
import { refuseForeignOrigin } from './guard.ts';
import { timeParam } from './params.ts';

/** SLOs and their pages' lines. */
export function sloRoutes(slos: SloService, admin: RequestHandler): Router {
  const router = Router();
  router.get('/api/vigie/slos', async (_request, response) => {
    const { slos: statuses, groups = [], alerts, gate } = await slos.current();
    response.json({ slos: statuses, groups, alerts, gate } satisfies StreamEvents['slos']);
  });
  router.get('/api/vigie/slos/history', async (_request, response) => {
    response.json(await slos.history());
  });
  router.get('/api/vigie/slos/:id', async (request, response) => {
    const start = timeParam(request, 'start');
    const end = timeParam(request, 'end');
    const range = { ...(start !== undefined && { start }), ...(end !== undefined && { end }) };
    response.json(await slos.detail(String(request.params.id), range));
  });
  // It changes nothing, so whoever may read may ask.
  router.post('/api/vigie/backtest', json({ limit: '1mb' }), async (request, response) => {
    response.json(await slos.backtest(request.body));
  });
  // Nor does this.
  router.post('/api/vigie/selectors', json({ limit: '1mb' }), async (request, response) => {
    response.json(await slos.selectorFacts(request.body));
  });
  router.post('/api/vigie/slos/:id/keep', admin, async (request, response) => {
    refuseForeignOrigin(request);
    response.json({ file: await slos.keep(String(request.params.id)) });
  });
  router.post('/api/vigie/reload', admin, async (request, response) => {
    refuseForeignOrigin(request);
    response.json(await slos.reload());
  });
  return router;
}
