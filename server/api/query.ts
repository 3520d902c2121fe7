import type { Request } from 'express';
import type { Clock } from '../model/clock.ts';
import type { Engine, QueryResult } from '../model/engine.ts';
import { ms } from '../model/units.ts';
import { parse } from '../promql/parse.ts';
import { formatExpr } from '../promql/print.ts';
import { CUT_WARNING } from '../promql/range-answer.ts';
import { durationParam, invalid, requiredParam, timeParam } from './params.ts';
import { limitParam, type PrometheusAnswer, type PrometheusDoor } from './prometheus-door.ts';

const MAX_POINTS = 11_000;
const END_BEFORE_START = 'end timestamp must not be before start time';

/** A query that is only laid out has no step; its durations are laid out as they are written. */
const SHOWN = { step: ms(1), range: ms(1) };

/** `query` and `query_range`, how a query looks well, and `query_exemplars`, of which there are none. */
export function queryEndpoints({ getOrPost }: PrometheusDoor, engine: Engine, clock: Clock): void {
  getOrPost('/query', async (request, signal) => {
    const time = timeParam(request, 'time') ?? clock.now();
    const [query, timeout] = [requiredParam(request, 'query'), durationParam(request, 'timeout')];
    return cutResult(await engine.queryInstant(query, time, timeout, signal), limitParam(request));
  });
  getOrPost('/query_range', async (request, signal) => {
    const range = rangeOf(request);
    const [text, timeout] = [requiredParam(request, 'query'), durationParam(request, 'timeout')];
    return { json: await engine.queryRangeJson({ text, ...range }, limitParam(request), timeout, signal) };
  });
  getOrPost('/format_query', async (request) => ({ data: formatExpr(parse(requiredParam(request, 'query'), SHOWN)) }));
  getOrPost('/query_exemplars', async (request) => {
    const [start, end] = [timeParam(request, 'start'), timeParam(request, 'end')];
    if (start !== undefined && end !== undefined && end < start) throw invalid('end', END_BEFORE_START);
    parse(requiredParam(request, 'query'), SHOWN);
    return { data: [] };
  });
}

function rangeOf(request: Request) {
  const start = timeParam(request, 'start');
  const end = timeParam(request, 'end');
  const step = durationParam(request, 'step');
  if (start === undefined) throw invalid('start', 'it is missing');
  if (end === undefined) throw invalid('end', 'it is missing');
  if (step === undefined) throw invalid('step', 'it is missing');
  if (end < start) throw invalid('end', END_BEFORE_START);
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

/** At most `limit` series of a result. */
function cutResult({ data, warnings, infos }: QueryResult, limit: number | undefined): PrometheusAnswer {
  const isList = data.resultType === 'vector' || data.resultType === 'matrix';
  if (!isList || limit === undefined || data.result.length <= limit) return { data, warnings, infos };
  return {
    data: { resultType: data.resultType, result: data.result.slice(0, limit) },
    warnings: [...warnings, CUT_WARNING],
    infos,
  };
}
