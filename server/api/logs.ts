import { Router } from 'express';
import type { Clock } from '../model/clock.ts';
import type { Engine } from '../model/engine.ts';
import { MAX_CONTEXT_LINES, MAX_LOG_BUCKETS, MAX_LOG_LIMIT } from '../model/logs.ts';
import { exportLines } from './log-export.ts';
import { cursorParam, filterParams, integerParam, orderParam, rangeParams } from './log-params.ts';
import { logTails } from './log-tail.ts';
import { invalid, param } from './params.ts';

const DEFAULT_LINES = 100;
const DEFAULT_BUCKETS = 60;
const DEFAULT_CONTEXT = 10;

/** Stored log lines: pages of them, their histogram and labels, the lines around one, what comes in, and all of them to take away. */
export function logRoutes(engine: Engine, clock: Clock): Router {
  const router = Router();
  const tails = logTails(engine);
  router.get('/api/vigie/logs', async (request, response) => {
    const range = rangeParams(request, clock.now());
    const after = cursorParam(request);
    const limit = integerParam(request, 'limit', DEFAULT_LINES, 1, MAX_LOG_LIMIT);
    const order = orderParam(request, 'newest');
    response.json(await engine.searchLogs({ ...range, order, limit, ...(after && { after }) }));
  });
  router.get('/api/vigie/logs/histogram', async (request, response) => {
    const buckets = integerParam(request, 'buckets', DEFAULT_BUCKETS, 1, MAX_LOG_BUCKETS);
    response.json(await engine.logHistogram({ ...rangeParams(request, clock.now()), buckets }));
  });
  router.get('/api/vigie/logs/labels', async (request, response) => {
    const { selector, start, end } = rangeParams(request, clock.now());
    response.json(await engine.logLabels({ selector, start, end }));
  });
  router.get('/api/vigie/logs/context', async (request, response) => {
    const seq = integerParam(request, 'seq', 0, 1, Number.MAX_SAFE_INTEGER);
    if (param(request, 'seq') === undefined) throw invalid('seq', 'it is missing');
    const before = integerParam(request, 'before', DEFAULT_CONTEXT, 0, MAX_CONTEXT_LINES);
    const after = integerParam(request, 'after', DEFAULT_CONTEXT, 0, MAX_CONTEXT_LINES);
    response.json(await engine.logContext({ seq, before, after }));
  });
  router.get('/api/vigie/logs/tail', async (request, response) => {
    const last = integerParam(request, 'last', 0, 0, MAX_LOG_LIMIT);
    await tails.follow(request, response, filterParams(request), last);
  });
  router.get('/api/vigie/logs/export', async (request, response) => {
    const range = rangeParams(request, clock.now());
    const order = orderParam(request, 'oldest');
    await exportLines(engine, { ...range, order, limit: MAX_LOG_LIMIT }, param(request, 'format') ?? 'txt', response);
  });
  return router;
}
