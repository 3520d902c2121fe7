import { invariant, VigieError } from '../model/errors.ts';
import { type Ms, ms } from '../model/units.ts';
import { aggregate } from './aggregations.ts';
import type { Call, Expr, RangeSelector, VectorSelector } from './ast.ts';
import { functionNamed, type RangeFunction } from './functions.ts';
import { compileMatcher } from './matcher.ts';
import { operate } from './operators.ts';
import type { Queryable, QuerySeries, WindowView } from './queryable.ts';
import { distinct, type Sample, unnamed, type Value } from './value.ts';

export interface Limits {
  readonly lookback: Ms;
  /** Samples touched by one query, over all its steps. */
  readonly maxSamples: number;
  /** Asked often; true ends the query with an error. */
  readonly shouldStop: () => boolean;
}

/**
 * One query at work: series are selected once for all its steps, and what it touched is counted against its limits.
 * Throws VigieError `execution` when a limit is reached.
 */
export class Evaluation {
  readonly infos = new Set<string>();
  readonly #queryable: Queryable;
  readonly #limits: Limits;
  readonly #span: { readonly start: Ms; readonly end: Ms };
  readonly #selected = new Map<VectorSelector, readonly QuerySeries[]>();
  #samples = 0;

  constructor(queryable: Queryable, span: { readonly start: Ms; readonly end: Ms }, limits: Limits) {
    this.#queryable = queryable;
    this.#span = span;
    this.#limits = limits;
  }

  /** The value of an expression at one moment. A range has no value of its own. */
  at(expr: Expr, time: Ms): Value {
    switch (expr.node) {
      case 'number':
        return expr.value;
      case 'selector':
        return this.#instant(expr, time);
      case 'negation':
        return negated(this.at(expr.arg, time));
      case 'binary':
        return operate(expr, this.at(expr.left, time), this.at(expr.right, time));
      case 'aggregation':
        return aggregate(expr.op, expr.grouping, this.#vector(expr.arg, time));
      case 'call':
        return this.#call(expr, time);
      case 'range':
        throw new VigieError(
          'bad_query',
          'cannot answer query: a range alone is not supported yet; want rate(...) of it',
        );
    }
  }

  #instant(selector: VectorSelector, time: Ms): readonly Sample[] {
    const { lookback } = this.#limits;
    const series = this.#select(selector, lookback);
    this.#touch(series.length);
    return series.flatMap((one) => {
      const value = one.at(ms(time - selector.offset), lookback);
      return value === undefined ? [] : [{ name: one.name, labels: one.labels, value }];
    });
  }

  #call(call: Call, time: Ms): Value {
    const known = functionNamed(call.name);
    invariant(known !== undefined, `function ${call.name} was parsed and is not there`);
    if ('ofTime' in known) return known.ofTime(time / 1000);
    const [first, second] = call.args;
    invariant(first !== undefined, `function ${call.name} without arguments`);
    if ('overRange' in known) {
      invariant(first.node === 'range', 'a matrix that is no range selector');
      return this.#overRange(call.name, known.overRange, first, time);
    }
    const parameter = this.at(first, time);
    invariant(typeof parameter === 'number' && second !== undefined, 'types were checked');
    return known.overVector(parameter, this.#vector(second, time));
  }

  #overRange(name: string, answer: RangeFunction, { selector, range }: RangeSelector, time: Ms): readonly Sample[] {
    const end = ms(time - selector.offset);
    const start = ms(end - range);
    const results = this.#select(selector, range).flatMap((series) => {
      const view = series.window(start, end);
      if (view === undefined) return [];
      this.#touch(view.form === 'samples' ? view.times.length : 1);
      const value = answer(view, this.#covered(view, start, end));
      if (value === 'inexact') this.#noSamples(name, series);
      return typeof value === 'number' ? [unnamed(series, value)] : [];
    });
    return distinct(results);
  }

  /** The window a view really covers; people are told once when that is not the one they asked for. */
  #covered(view: WindowView, start: Ms, end: Ms): { readonly start: number; readonly end: number } {
    if (view.form === 'samples' || view.aligned === undefined) return { start, end };
    this.infos.add(
      'some windows begin or end inside a slot of a coarser ring and were moved to its borders: their data is too old for a finer one',
    );
    return view.aligned;
  }

  #noSamples(name: string, series: QuerySeries): void {
    this.infos.add(`${name} has no answer for ${series.name}: a sum series keeps increments; want rate or increase`);
  }

  #vector(expr: Expr, time: Ms): readonly Sample[] {
    const value = this.at(expr, time);
    invariant(typeof value !== 'number', 'types were checked');
    return value;
  }

  #select(selector: VectorSelector, reach: Ms): readonly QuerySeries[] {
    const known = this.#selected.get(selector);
    if (known !== undefined) return known;
    const { start, end } = this.#span;
    const matchers = selector.matchers.map(compileMatcher);
    const series = this.#queryable.select(matchers, ms(start - selector.offset - reach), ms(end - selector.offset));
    this.#selected.set(selector, series);
    return series;
  }

  #touch(samples: number): void {
    this.#samples += samples;
    const { maxSamples, shouldStop } = this.#limits;
    if (this.#samples > maxSamples) {
      throw new VigieError('execution', `cannot answer query: it touches more than ${maxSamples} samples`);
    }
    if (shouldStop()) throw new VigieError('execution', 'cannot answer query: it takes longer than allowed');
  }
}

/** A negated series measures something else, so its name goes; two that differ by name only collide. */
function negated(value: Value): Value {
  return typeof value === 'number' ? -value : distinct(value.map((sample) => unnamed(sample, -sample.value)));
}
