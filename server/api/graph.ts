import { type Request, Router } from 'express';
import { askGraph, type GraphQuestion } from '../graph/graph-service.ts';
import type { Engine } from '../model/engine.ts';
import { invalid, param, requiredParam, timeParam } from './params.ts';
import { goneSignal } from './prometheus-door.ts';

const DEFAULT_POINTS = 600;
const MOST_POINTS = 2000;

/** Any PromQL over a range, in as many points as a picture has room for. */
export function graphRoutes(engine: Engine): Router {
  return Router().get('/api/vigie/graph', async (request, response) => {
    response.json(await askGraph(engine, graphQuestion(request, pointsParam(request)), goneSignal(response)));
  });
}

/** Throws `bad_request` when `query`, `start` or `end` is missing or makes no range. */
export function graphQuestion(request: Request, points: number): GraphQuestion {
  const query = requiredParam(request, 'query');
  const [start, end] = [timeParam(request, 'start'), timeParam(request, 'end')];
  if (start === undefined) throw invalid('start', 'it is missing');
  if (end === undefined) throw invalid('end', 'it is missing');
  if (end <= start) throw invalid('end', 'want a moment after start');
  return { query, start, end, points };
}

function pointsParam(request: Request): number {
  const text = param(request, 'points');
  const points = text === undefined ? DEFAULT_POINTS : Number(text);
  if (!(Number.isInteger(points) && points >= 2 && points <= MOST_POINTS)) {
    throw invalid('points', `got ${JSON.stringify(text)}; want a whole number from 2 to ${MOST_POINTS}`);
  }
  return points;
}
