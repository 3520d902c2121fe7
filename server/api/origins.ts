import { type RequestHandler, Router } from 'express';
import type { Engine } from '../model/engine.ts';
import { refuseForeignOrigin } from './guard.ts';

/** Sources that will not come back are taken off the list: all of a collector, or one. Names are percent-encoded. */
export function originRoutes(engine: Engine, write: RequestHandler): Router {
  const forget: RequestHandler = async (request, response) => {
    refuseForeignOrigin(request);
    const { collector, source } = request.params;
    response.json({
      forgotten: await engine.forgetOrigins(String(collector), source === undefined ? undefined : String(source)),
    });
  };
  return Router()
    .delete('/api/vigie/origins/:collector', write, forget)
    .delete('/api/vigie/origins/:collector/:source', write, forget);
}
