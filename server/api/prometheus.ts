import { type Request, type Response, Router, urlencoded } from 'express';
import type { Clock } from '../model/clock.ts';
import type { Engine, QueryResult } from '../model/engine.ts';
import { durationParam, invalid, requiredParam, timeParam } from './params.ts';

const MAX_POINTS = 11_000;

/** The part of Prometheus' HTTP API that is here: GET, and POST with a form. */
export function prometheusRoutes(engine: Engine, clock: Clock): Router {
  const router = Router();
  const form = urlencoded({ extended: false, limit: '1mb' });
  const instant = async (request: Request, response: Response): Promise<void> => {
    const time = timeParam(request, 'time') ?? clock.now();
    answer(response, await engine.queryInstant(requiredParam(request, 'query'), time));
  };
  const range = async (request: Request, response: Response): Promise<void> => {
    const { start, end, step } = rangeOf(request);
    answer(response, await engine.queryRange(requiredParam(request, 'query'), start, end, step));
  };
  router.route('/api/v1/query').get(instant).post(form, instant);
  router.route('/api/v1/query_range').get(range).post(form, range);
  return router;
}

function rangeOf(request: Request) {
  const start = timeParam(request, 'start');
  const end = timeParam(request, 'end');
  const step = durationParam(request, 'step');
  if (start === undefined) throw invalid('start', 'it is missing');
  if (end === undefined) throw invalid('end', 'it is missing');
  if (step === undefined) throw invalid('step', 'it is missing');
  if (end < start) throw invalid('end', 'end timestamp must not be before start time');
  if (step <= 0)
    throw invalid('step', 'zero or negative query resolution step widths are not accepted. Try a positive integer');
  if ((end - start) / step > MAX_POINTS) {
    throw invalid(
      'step',
      'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
    );
  }
  return { start, end, step };
}

function answer(response: Response, { data, warnings, infos }: QueryResult): void {
  response.json({
    status: 'success',
    data,
    ...(warnings.length > 0 && { warnings }),
    ...(infos.length > 0 && { infos }),
  });
}
