import { type Request, Router } from 'express';
import { CONSOLIDATIONS, type Consolidation, type RowRequest } from '../model/data-source.ts';
import type { Engine, Selector } from '../model/engine.ts';
import { messageOf } from '../model/errors.ts';
import { ms, SECOND } from '../model/units.ts';
import { parseSelector } from '../promql/parse.ts';
import { durationParam, invalid, param, requiredParam, timeParam } from './params.ts';

const USUAL_XFF = 0.5;

/** Data sources and their rows, as rrdtool's `info` and `fetch` answer them. Times of answers are ms. */
export function rrdRoutes(engine: Engine): Router {
  const router = Router();
  router.get('/api/vigie/rrd', async (request, response) => {
    response.json({ data_sources: await engine.dataSources(selectorParam(request)) });
  });
  router.get('/api/vigie/rrd/rows', async (request, response) => {
    response.json({ series: await engine.rows(selectorParam(request), rowRequest(request)) });
  });
  return router;
}

function selectorParam(request: Request): Selector {
  try {
    return parseSelector(requiredParam(request, 'match'));
  } catch (error) {
    throw invalid('match', messageOf(error));
  }
}

function rowRequest(request: Request): RowRequest {
  const [start, end] = [timeParam(request, 'start'), timeParam(request, 'end')];
  if (start === undefined) throw invalid('start', 'it is missing');
  if (end === undefined) throw invalid('end', 'it is missing');
  if (start < 0 || end < start) throw invalid('end', 'want a time from 1970 on, and no end before the start');
  const resolution = durationParam(request, 'resolution') ?? ms(SECOND);
  if (resolution < SECOND) throw invalid('resolution', 'want at least 1 s');
  return { how: howParam(request), start, end, resolution, xff: xffParam(request) };
}

function howParam(request: Request): Consolidation {
  const text = requiredParam(request, 'cf');
  const how = CONSOLIDATIONS.find((candidate) => candidate === text);
  if (how === undefined) throw invalid('cf', `got ${JSON.stringify(text)}; want ${CONSOLIDATIONS.join(', ')}`);
  return how;
}

function xffParam(request: Request): number {
  const text = param(request, 'xff');
  const xff = text === undefined ? USUAL_XFF : Number(text);
  if (!(xff >= 0 && xff < 1)) throw invalid('xff', `got ${JSON.stringify(text)}; want a share from 0 to below 1`);
  return xff;
}
