import type { QueryData, QueryResult } from '../model/engine.ts';
import { VigieError } from '../model/errors.ts';
import { MINUTE, type Ms, ms } from '../model/units.ts';
import type { Expr } from './ast.ts';
import { Evaluation, type EvaluationLimits, type Value } from './evaluate.ts';
import { formatValue, metricOf } from './format-result.ts';
import { parseQuery } from './parse.ts';
import type { Queryable } from './queryable.ts';
import { type Element, keyOf } from './vector.ts';

export type QueryLimits = Partial<EvaluationLimits>;

const DEFAULT_LOOKBACK = ms(5 * MINUTE);
const DEFAULT_MAX_SAMPLES = 50_000_000;
const MAX_POINTS = 11_000;

/** Evaluates at one moment. Throws `bad_query` on a query that cannot be read, `execution` on one that cannot be carried out. */
export function queryInstant(source: Queryable, text: string, time: Ms, limits: QueryLimits = {}): QueryResult {
  const expr = parseQuery(text);
  const evaluation = new Evaluation(source, { start: time, end: time }, withDefaults(limits));
  const data = instantData(evaluation.at(expr, time), time);
  return { data, warnings: [], infos: [...evaluation.infos] };
}

/** Evaluates at start, start + step, ... up to end. */
export function queryRange(
  source: Queryable,
  text: string,
  start: Ms,
  end: Ms,
  step: Ms,
  limits: QueryLimits = {},
): QueryResult {
  if (step <= 0 || (end - start) / step > MAX_POINTS) {
    throw new VigieError('bad_query', `cannot evaluate ${(end - start) / step} steps: want 1 to ${MAX_POINTS}`);
  }
  const expr = parseQuery(text);
  const evaluation = new Evaluation(source, { start, end }, withDefaults(limits));
  const rows = new Map<string, { metric: Element; values: [number, string][] }>();
  for (let time = start; time <= end; time = ms(time + step)) {
    for (const element of elementsOf(evaluation.at(expr, time), expr)) {
      const key = `${element.name} ${keyOf(element.labels)}`;
      const row = rows.get(key) ?? { metric: element, values: [] };
      if (row.values.at(-1)?.[0] === time / 1000) throw sameLabels();
      row.values.push([time / 1000, formatValue(element.value)]);
      rows.set(key, row);
    }
  }
  const sorted = [...rows].sort(([a], [b]) => (a < b ? -1 : 1));
  const result = sorted.map(([, { metric, values }]) => ({ metric: metricOf(metric), values }));
  return { data: { resultType: 'matrix', result }, warnings: [], infos: [...evaluation.infos] };
}

function withDefaults(limits: QueryLimits): EvaluationLimits {
  return { lookback: DEFAULT_LOOKBACK, maxSamples: DEFAULT_MAX_SAMPLES, shouldStop: () => false, ...limits };
}

function instantData(value: Value, time: Ms): QueryData {
  const moment = time / 1000;
  if (typeof value === 'number') return { resultType: 'scalar', result: [moment, formatValue(value)] };
  if (typeof value === 'string') return { resultType: 'string', result: [moment, value] };
  const keys = new Set(value.map((element) => `${element.name} ${keyOf(element.labels)}`));
  if (keys.size < value.length) throw sameLabels();
  const result = value.map((element) => ({
    metric: metricOf(element),
    value: [moment, formatValue(element.value)] as [number, string],
  }));
  return { resultType: 'vector', result };
}

function elementsOf(value: Value, expr: Expr): readonly Element[] {
  if (typeof value === 'object') return value;
  if (typeof value === 'number') return [{ name: '', labels: {}, value }];
  throw new VigieError(
    'bad_query',
    `invalid expression type "string" for range query at ${expr.at.line}:${expr.at.col}, must be scalar or instant vector`,
  );
}

function sameLabels(): VigieError {
  return new VigieError('execution', 'vector cannot contain metrics with the same labelset');
}
