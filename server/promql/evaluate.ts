import { VigieError } from '../model/errors.ts';
import { type Ms, ms } from '../model/units.ts';
import { aggregate } from './aggregations.ts';
import type { Binary, Call, Expr, VectorSelector } from './ast.ts';
import { FUNCTIONS } from './functions.ts';
import { histogramQuantile } from './histogram-quantile.ts';
import { scalarWithScalar, vectorWithScalar, vectorWithVector } from './operators.ts';
import type { Queryable, QuerySeries } from './queryable.ts';
import { type Element, withoutName } from './vector.ts';

export type Value = number | string | readonly Element[];

/** The moments a query is evaluated at. */
export interface Span {
  readonly start: Ms;
  readonly end: Ms;
}

export interface EvaluationLimits {
  readonly lookback: Ms;
  /** Series times steps that one query may touch. */
  readonly maxSamples: number;
  /** Asked now and then: true ends the query with `execution`. */
  readonly shouldStop: () => boolean;
}

/** Evaluates one expression at many moments; series are selected once and reused across them. */
export class Evaluation {
  readonly infos = new Set<string>();
  readonly #source: Queryable;
  readonly #span: Span;
  readonly #limits: EvaluationLimits;
  readonly #selected = new Map<VectorSelector, readonly QuerySeries[]>();
  #samples = 0;

  constructor(source: Queryable, span: Span, limits: EvaluationLimits) {
    this.#source = source;
    this.#span = span;
    this.#limits = limits;
  }

  at(expr: Expr, time: Ms): Value {
    switch (expr.node) {
      case 'number':
      case 'string':
        return expr.value;
      case 'selector':
        return this.#instant(expr, time);
      case 'call':
        return this.#call(expr, time);
      case 'aggregation':
        return aggregate(expr, vectorOf(this.at(expr.expr, time)));
      case 'negation':
        return negate(this.at(expr.expr, time));
      case 'binary':
        return this.#binary(expr, time);
      case 'range':
        throw new VigieError('bad_query', 'a range vector has no value of its own; want rate(x[5m]), for example');
    }
  }

  #instant(selector: VectorSelector, time: Ms): Element[] {
    const moment = ms(time - selector.offset);
    return this.#series(selector, this.#limits.lookback).flatMap((series) => {
      const value = series.at(moment, this.#limits.lookback);
      return value === undefined ? [] : [{ name: series.name, labels: series.labels, value }];
    });
  }

  #call({ name, args }: Call, time: Ms): Value {
    if (name === 'time') return time / 1000;
    const [first, second] = args;
    if (name === 'histogram_quantile' && first !== undefined && second !== undefined) {
      return histogramQuantile(Number(this.at(first, time)), vectorOf(this.at(second, time)));
    }
    return first?.node === 'range' ? this.#overWindow(name, first, time) : [];
  }

  #overWindow(name: string, { selector, range }: Extract<Expr, { node: 'range' }>, time: Ms): Element[] {
    const over = FUNCTIONS.get(name)?.overWindow;
    const end = ms(time - selector.offset);
    const start = ms(end - range);
    return this.#series(selector, range).flatMap((series) => {
      const view = series.window(start, end);
      if (view === undefined) return [];
      if (view.form !== 'samples' && view.aligned !== undefined) {
        this.infos.add(`PromQL info: a window of ${name} was moved to the borders of the slots that are still kept`);
      }
      const value = over?.(view, start, end);
      return value === undefined ? [] : [{ ...withoutName(series), value }];
    });
  }

  #binary(expr: Binary, time: Ms): Value {
    const left = this.at(expr.left, time);
    const right = this.at(expr.right, time);
    if (typeof left === 'number' && typeof right === 'number') return scalarWithScalar(expr, left, right);
    if (typeof left === 'number') return vectorWithScalar(expr, vectorOf(right), left, true);
    if (typeof right === 'number') return vectorWithScalar(expr, vectorOf(left), right, false);
    return vectorWithVector(expr, vectorOf(left), vectorOf(right));
  }

  #series(selector: VectorSelector, reach: Ms): readonly QuerySeries[] {
    const { start, end } = this.#span;
    let series = this.#selected.get(selector);
    if (series === undefined) {
      series = this.#source.select(selector.matchers, ms(start - selector.offset - reach), ms(end - selector.offset));
      this.#selected.set(selector, series);
    }
    this.#samples += series.length;
    if (this.#samples > this.#limits.maxSamples) {
      throw new VigieError(
        'execution',
        `query processing would load too many samples: more than ${this.#limits.maxSamples}`,
      );
    }
    if (this.#limits.shouldStop()) throw new VigieError('unavailable', 'query timed out in expression evaluation');
    return series;
  }
}

function vectorOf(value: Value): readonly Element[] {
  return typeof value === 'object' ? value : [];
}

function negate(value: Value): Value {
  if (typeof value === 'object') return value.map((element) => ({ ...withoutName(element), value: -element.value }));
  return -Number(value);
}
