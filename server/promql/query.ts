import type { QueryData, QueryResult } from '../model/engine.ts';
import { invariant, VigieError } from '../model/errors.ts';
import { MINUTE, type Ms, ms } from '../model/units.ts';
import { type Expr, type MatrixExpr, TYPE_WORDS } from './ast.ts';
import { Evaluation, type Limits } from './evaluate.ts';
import { instantData, rangeCollector, windowsData } from './format-result.ts';
import { parse } from './parse.ts';
import type { Queryable } from './queryable.ts';

/** Points per series in one range query, as in Prometheus. */
const MAX_POINTS = 11_000;

const DEFAULTS: Limits = { lookback: ms(5 * MINUTE), maxSamples: 50_000_000, shouldStop: () => false };

export type QueryLimits = Partial<Limits>;

/** Answers an expression at one moment. Throws VigieError `bad_query` or `execution`. */
export function queryInstant(source: Queryable, text: string, time: Ms, limits: QueryLimits = {}): QueryResult {
  const expr = parse(text);
  const evaluation = new Evaluation(source, expr, { start: time, end: time }, { ...DEFAULTS, ...limits });
  const data =
    expr.node === 'range' || expr.node === 'subquery'
      ? samplesOf(evaluation, expr, time)
      : instantData(evaluation.at(expr, time), time, isOrdered(expr));
  return answer(data, evaluation);
}

function samplesOf(evaluation: Evaluation, expr: MatrixExpr, time: Ms): QueryData {
  const windows = evaluation.windows(expr, time);
  for (const one of windows) if (one.view.form !== 'samples') evaluation.noAnswer('a range alone', one);
  return windowsData(windows);
}

/** Some expressions say in which order their elements come. */
function isOrdered(expr: Expr): boolean {
  if (expr.node === 'call') return expr.name === 'sort' || expr.name === 'sort_desc';
  return expr.node === 'aggregation' && (expr.op === 'topk' || expr.op === 'bottomk');
}

function answer(data: QueryData, { annotations }: Evaluation): QueryResult {
  return { data, warnings: annotations.warnings, infos: annotations.infos };
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
  if (expr.type !== 'scalar' && expr.type !== 'vector') {
    const cause = `invalid expression type "${TYPE_WORDS[expr.type]}" for range query, must be Scalar or instant Vector`;
    throw refuse(cause);
  }
  const evaluation = new Evaluation(source, expr, { start, end }, all);
  const lines = rangeCollector();
  for (let i = 0; start + i * step <= end && i <= MAX_POINTS; i++) {
    const time = ms(start + i * step);
    if (all.shouldStop()) throw new VigieError('timeout', 'cannot answer query: it takes longer than allowed');
    const value = evaluation.at(expr, time);
    invariant(typeof value !== 'string', 'types were checked: a string');
    lines.add(value, time);
  }
  return answer(lines.data(), evaluation);
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
