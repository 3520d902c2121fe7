import type { QueryData, QueryResult } from '../model/engine.ts';
import { invariant, VigieError } from '../model/errors.ts';
import { MINUTE, type Ms, ms } from '../model/units.ts';
import { type Expr, type MatrixExpr, TYPE_WORDS } from './ast.ts';
import { Evaluation, type Limits, type Work } from './evaluate.ts';
import { instantData, windowsData } from './format-result.ts';
import { timeOfStep } from './lines.ts';
import { parse } from './parse.ts';
import type { Queryable } from './queryable.ts';
import { RangeAnswer } from './range-answer.ts';
import type { Value } from './value.ts';

/** Points per series in one range query, as in Prometheus. */
const MAX_POINTS = 11_000;

/** Values in one answer: some 30 MB of JSON, which are a second of work for whoever passes them on. */
const MAX_VALUES = 2_000_000;

export const MAX_SAMPLES = 50_000_000;

const DEFAULTS: Limits = {
  lookback: ms(5 * MINUTE),
  subqueryStep: MINUTE,
  maxSamples: MAX_SAMPLES,
  maxValues: MAX_VALUES,
  shouldStop: () => false,
};

export type QueryLimits = Partial<Limits>;

/** Answers an expression at one moment. Throws VigieError `bad_query` or `execution`. */
export function queryInstant(source: Queryable, text: string, time: Ms, limits: QueryLimits = {}): QueryResult {
  return finished(instantQuery(source, text, time, limits));
}

/** The value of an expression of any type but a range at one moment. Throws VigieError `execution`. */
export function valueAt(source: Queryable, expr: Expr, time: Ms, limits: QueryLimits = {}): Value {
  const evaluation = new Evaluation(source, expr, { start: time, end: time, step: ms(0) }, { ...DEFAULTS, ...limits });
  return finished(evaluation.at(expr, time));
}

/** `queryInstant`, step by step. */
export function* instantQuery(source: Queryable, text: string, time: Ms, limits: QueryLimits = {}): Work<QueryResult> {
  const expr = parse(text);
  const evaluation = new Evaluation(source, expr, { start: time, end: time, step: ms(0) }, { ...DEFAULTS, ...limits });
  const data =
    expr.node === 'range' || expr.node === 'subquery'
      ? yield* samplesOf(evaluation, expr, time)
      : instantData(yield* evaluation.at(expr, time), time, isOrdered(expr));
  return answer(data, evaluation);
}

function finished<T>(work: Work<T>): T {
  for (let step = work.next(); ; step = work.next()) if (step.done) return step.value;
}

function* samplesOf(evaluation: Evaluation, expr: MatrixExpr, time: Ms): Work<QueryData> {
  const windows = yield* evaluation.windows(expr, time);
  for (const one of windows) if (one.view.form !== 'samples') evaluation.noAnswer('a range alone', one);
  return windowsData(windows);
}

/** Some expressions say in which order their elements come. */
function isOrdered(expr: Expr): boolean {
  if (expr.node === 'call') return /^sort(_by_label)?(_desc)?$/.test(expr.name);
  return expr.node === 'aggregation' && (expr.op === 'topk' || expr.op === 'bottomk');
}

function answer(data: QueryData, evaluation: Evaluation): QueryResult {
  evaluation.noteLosses();
  const { annotations } = evaluation;
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
  return finished(rangeQuery(source, text, start, end, step, limits));
}

/** An expression and the moments it is asked at: start, start + step, ... up to and including end. */
export interface RangeQuestion {
  readonly text: string;
  readonly start: Ms;
  readonly end: Ms;
  readonly step: Ms;
}

/** `queryRange`, step by step. */
export function* rangeQuery(
  source: Queryable,
  text: string,
  start: Ms,
  end: Ms,
  step: Ms,
  limits: QueryLimits = {},
): Work<QueryResult> {
  const { rows, evaluation } = yield* rangeAnswer(source, { text, start, end, step }, limits);
  return answer(rows.data(), evaluation);
}

/** The same as the body of Prometheus' HTTP API: JSON in parts, of at most `limit` series. */
export function* rangeJson(
  source: Queryable,
  question: RangeQuestion,
  limit: number | undefined,
  limits: QueryLimits = {},
): Work<readonly string[]> {
  const { rows, evaluation } = yield* rangeAnswer(source, question, limits);
  evaluation.noteLosses();
  return yield* rows.json(evaluation.annotations, limit);
}

function* rangeAnswer(
  source: Queryable,
  { text, start, end, step }: RangeQuestion,
  limits: QueryLimits,
): Work<{ readonly rows: RangeAnswer; readonly evaluation: Evaluation }> {
  checkSteps(start, end, step);
  const expr = parse(text, { step, range: ms(end - start) });
  const all = { ...DEFAULTS, ...limits };
  if (expr.type !== 'scalar' && expr.type !== 'vector') {
    const cause = `invalid expression type "${TYPE_WORDS[expr.type]}" for range query, must be Scalar or instant Vector`;
    throw refuse(cause);
  }
  const evaluation = new Evaluation(source, expr, { start, end, step }, all);
  const steps = { start, step, count: Math.min(Math.floor((end - start) / step), MAX_POINTS) + 1 };
  const rows = new RangeAnswer(steps);
  const prepared = yield* evaluation.prepare(expr, steps);
  for (const line of prepared ?? []) rows.addLine(line);
  for (let i = 0; prepared === undefined && i < steps.count; i++) {
    if (all.shouldStop()) throw new VigieError('timeout', 'cannot answer query: it takes longer than allowed');
    const value = yield* evaluation.at(expr, timeOfStep(steps, i));
    yield;
    invariant(typeof value !== 'string', 'types were checked: a string');
    rows.add(value, i);
    if (rows.points > all.maxValues) throw tooLong(all.maxValues);
  }
  if (rows.points > all.maxValues) throw tooLong(all.maxValues);
  return { rows, evaluation };
}

function checkSteps(start: Ms, end: Ms, step: Ms): void {
  if (![start, end, step].every(Number.isFinite)) throw refuse('start, end and step must be finite');
  if (step <= 0) throw refuse('got a step of 0 or less; want one above it');
  if (end < start) throw refuse('end lies before start; want it at start or later');
  if ((end - start) / step > MAX_POINTS) {
    throw refuse('it asks for more than 11,000 points per series; want a longer step or a shorter range');
  }
}

function tooLong(maxValues: number): VigieError {
  const cause = `its answer has more than ${maxValues} values; want a longer step, a shorter range or fewer series`;
  return new VigieError('execution', `cannot answer query: ${cause}`);
}

function refuse(cause: string): VigieError {
  return new VigieError('bad_query', `cannot answer query: ${cause}`);
}
