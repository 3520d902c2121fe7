import type { QueryResult } from '../model/engine.ts';
import { VigieError } from '../model/errors.ts';
import { MINUTE, type Ms, ms } from '../model/units.ts';
import { Evaluation, type Limits } from './evaluate.ts';
import { instantData, rangeCollector } from './format-result.ts';
import { parse } from './parse.ts';
import type { Queryable } from './queryable.ts';

/** Points per series in one range query, as in Prometheus. */
const MAX_POINTS = 11_000;

const DEFAULTS: Limits = { lookback: ms(5 * MINUTE), maxSamples: 50_000_000, shouldStop: () => false };

export type QueryLimits = Partial<Limits>;

/** Answers an expression at one moment. Throws VigieError `bad_query` or `execution`. */
export function queryInstant(source: Queryable, text: string, time: Ms, limits: QueryLimits = {}): QueryResult {
  const expr = parse(text);
  const evaluation = new Evaluation(source, { start: time, end: time }, { ...DEFAULTS, ...limits });
  const data = instantData(evaluation.at(expr, time), time);
  return { data, warnings: [], infos: [...evaluation.infos] };
}

/** Answers an expression at start, start + step, ... up to and including end. Throws VigieError `bad_query` or `execution`. */
export function queryRange(
  source: Queryable,
  text: string,
  start: Ms,
  end: Ms,
  step: Ms,
  limits: QueryLimits = {},
): QueryResult {
  checkSteps(start, end, step);
  const expr = parse(text);
  const all = { ...DEFAULTS, ...limits };
  const evaluation = new Evaluation(source, { start, end }, all);
  const lines = rangeCollector();
  for (let i = 0; start + i * step <= end && i <= MAX_POINTS; i++) {
    const time = ms(start + i * step);
    if (all.shouldStop()) throw new VigieError('execution', 'cannot answer query: it takes longer than allowed');
    lines.add(evaluation.at(expr, time), time);
  }
  return { data: lines.data(), warnings: [], infos: [...evaluation.infos] };
}

function checkSteps(start: Ms, end: Ms, step: Ms): void {
  if (![start, end, step].every(Number.isFinite)) throw refuse('start, end and step must be finite');
  if (step <= 0) throw refuse('got a step of 0 or less; want one above it');
  if (end < start) throw refuse('end lies before start; want it at start or later');
  if ((end - start) / step > MAX_POINTS) {
    throw refuse('it asks for more than 11,000 points per series; want a longer step or a shorter range');
  }
}

function refuse(cause: string): VigieError {
  return new VigieError('bad_query', `cannot answer query: ${cause}`);
}
