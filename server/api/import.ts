import { Router } from 'express';
import type { Clock } from '../model/clock.ts';
import type { Engine } from '../model/engine.ts';
import { refuseForeignOrigin } from './guard.ts';
import { readBody } from './request-body.ts';

export const IMPORT_PATH = '/api/vigie/import/openmetrics';

/** Of one part of a file. */
const MAX_PART_BYTES = 4 * 2 ** 20;

/** Whole lines of OpenMetrics, a part of a file after the other: `vigie import openmetrics`. Answered when they are on disk. */
export function importRoutes(engine: Engine, clock: Clock): Router {
  const router = Router();
  router.post(IMPORT_PATH, async (request, response) => {
    refuseForeignOrigin(request);
    const text = await readBody(request, MAX_PART_BYTES, 'a part of an import');
    response.json(await engine.importText(text, clock.now()));
  });
  return router;
}
