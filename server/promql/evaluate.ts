import { invariant, VigieError } from '../model/errors.ts';
import { isCounted } from '../model/labels.ts';
import { type Ms, ms } from '../model/units.ts';
import { absent } from './absent.ts';
import { aggregate } from './aggregations.ts';
import { Annotations } from './annotations.ts';
import type { Aggregation, Call, Expr, MatrixExpr, RangeSelector, VectorSelector } from './ast.ts';
import { functionNamed } from './functions.ts';
import { withInfoLabels } from './info-labels.ts';
import { LineEvaluation } from './line-evaluation.ts';
import type { Line, Steps } from './lines.ts';
import { compileMatcher } from './matcher.ts';
import { operate } from './operators.ts';
import type { Queryable, QuerySeries, WindowView } from './queryable.ts';
import type { PromFunction, QueryFrame } from './signature.ts';
import { type Moments, selectorSpans, shiftedTime } from './spans.ts';
import { Subqueries } from './subqueries.ts';
import {
  asNumber,
  asVector,
  distinct,
  type Sample,
  type SeriesWindow,
  unnamed,
  type Value,
  type Vector,
} from './value.ts';

export interface Limits {
  readonly lookback: Ms;
  /** The step of a subquery that names none. */
  readonly subqueryStep: Ms;
  /** Samples touched by one query, over all its steps. */
  readonly maxSamples: number;
  /** Values in the answer of a range query, over all its series. */
  readonly maxValues: number;
  /** Asked often; true ends the query with an error. */
  readonly shouldStop: () => boolean;
}

const MOVED_VALUES =
  'some values are those of a border of slots before the moment, or not the newest at it: their data is too old for a finer ring';

/** Work in small steps: whoever drives it may do something else between two of them, or never come back. */
export type Work<T> = Generator<undefined, T>;

/** Samples touched in one step: some tenths of a millisecond. */
const SAMPLES_PER_STEP = 1000;

type OverRange = Extract<PromFunction, { overRange: unknown }>;

/** Names that say that a gauge is a counter after all: it came without its type. */
const COUNTER_NAME = /_(total|sum|count|bucket)$/;

/**
 * One query at work: series are selected once for all its steps, and what it touched is counted against its limits.
 * Throws VigieError `execution` when a limit is reached.
 */
export class Evaluation {
  readonly annotations = new Annotations();
  readonly #queryable: Queryable;
  readonly #limits: Limits;
  readonly #query: QueryFrame;
  readonly #spans: ReadonlyMap<VectorSelector, Moments>;
  readonly #selected = new Map<VectorSelector, readonly QuerySeries[]>();
  readonly #subqueries: Subqueries;
  #prepared: LineEvaluation | undefined;
  #samples = 0;
  /** The clock is asked before anything is done. */
  #samplesOfStep = SAMPLES_PER_STEP;

  constructor(queryable: Queryable, expr: Expr, query: QueryFrame, limits: Limits) {
    this.#queryable = queryable;
    this.#query = query;
    this.#limits = limits;
    this.#spans = selectorSpans(expr, query, limits.lookback);
    this.#subqueries = new Subqueries((inner, time) => this.#inner(inner, time), limits.subqueryStep);
  }

  /**
   * Evaluates series by series what can be, and returns the lines of the whole expression when it is such. Afterwards `at` reads
   * its parts at these steps.
   */
  *prepare(expr: Expr, steps: Steps): Work<readonly Line[] | undefined> {
    const answer = (call: Call, series: QuerySeries, end: Ms, now: Ms): number | undefined => {
      const [known, range] = [overRangeOf(call), rangeOf(call)];
      if (known === undefined || range.node !== 'range') return undefined;
      const one = this.#windowOf(series, ms(end - range.range), end);
      return one && this.#answerOf(call, known, one, now, []);
    };
    const prepared = new LineEvaluation(
      {
        select: (selector) => this.#select(selector),
        touch: (samples) => this.#touch(samples),
        answer,
        check: (call, series) => {
          if (overRangeOf(call)?.counter) this.#checkCounter(series, rangeOf(call).place);
        },
        maxValues: this.#limits.maxValues,
      },
      steps,
    );
    yield* prepared.prepare(expr);
    this.#prepared = prepared;
    return prepared.lines(expr);
  }

  /** The value of an expression at one moment. A range has no value of its own: see `windows`. */
  *at(expr: Expr, time: Ms): Work<Value> {
    const prepared = this.#prepared?.at(expr, time);
    if (prepared !== undefined) return prepared;
    switch (expr.node) {
      case 'number':
      case 'string':
        return expr.value;
      case 'selector':
        return yield* this.#instant(expr, time, (series, at) => series.at(at, this.#limits.lookback));
      case 'negation':
        return negated(yield* this.#operand(expr.arg, time));
      case 'binary':
        return operate(expr, yield* this.#operand(expr.left, time), yield* this.#operand(expr.right, time));
      case 'aggregation':
        return yield* this.#aggregation(expr, time);
      case 'call':
        return yield* this.#call(expr, time);
      default:
        throw new Error('BUG: types were checked: a range where a value is wanted');
    }
  }

  /** Every series of a range with something in it, over the left-open window that ends at `time`. */
  *windows(expr: MatrixExpr, time: Ms): Work<readonly SeriesWindow[]> {
    if (expr.node === 'range') return yield* this.#windowsOf(expr, time);
    const end = shiftedTime(expr, time, this.#query);
    const found = yield* this.#subqueries.windows(expr, { start: ms(end - expr.range), end });
    for (const { view } of found) if (this.#touch(samplesIn(view))) yield;
    return found;
  }

  /** Notes the series of which something could not be read, once everything was asked for. */
  noteLosses(): void {
    for (const series of this.#selected.values()) {
      const names = new Set(series.filter((one) => one.hasLost?.()).map(({ name }) => name));
      for (const name of names)
        this.annotations.note(`some of ${name} is damaged and missing; vigie doctor tells what`);
    }
  }

  /** Tells why `name` has nothing to say of a series. */
  noAnswer(name: string, { name: series = '', view }: SeriesWindow): void {
    this.annotations.note(
      view.form === 'sum'
        ? `${name} has no answer for ${series}: a sum series keeps increments; want rate or increase, or a subquery of it`
        : `${name} has no answer for ${series}: samples of that time are kept as slots only, which cannot answer it exactly`,
    );
  }

  *#operand(expr: Expr, time: Ms): Work<number | Vector> {
    const value = yield* this.at(expr, time);
    invariant(typeof value !== 'string', 'types were checked: a string as operand');
    return value;
  }

  *#inner(expr: Expr, time: Ms): Work<Vector> {
    if (this.#touch(1)) yield;
    return asVector(yield* this.at(expr, time));
  }

  *#instant(
    selector: VectorSelector,
    time: Ms,
    read: (series: QuerySeries, time: Ms) => number | undefined,
  ): Work<readonly Sample[]> {
    const at = shiftedTime(selector, time, this.#query);
    const samples: Sample[] = [];
    for (const one of this.#select(selector)) {
      if (this.#touch(1)) yield;
      const value = read(one, at);
      if (value === undefined) continue;
      samples.push({ name: one.name, labels: one.labels, value });
      if (one.isMoved?.(at, this.#limits.lookback)) this.annotations.note(MOVED_VALUES);
    }
    return samples;
  }

  *#windowsOf({ selector, range }: RangeSelector, time: Ms): Work<readonly SeriesWindow[]> {
    const end = shiftedTime(selector, time, this.#query);
    const start = ms(end - range);
    const found: SeriesWindow[] = [];
    for (const series of this.#select(selector)) {
      const one = this.#windowOf(series, start, end);
      if (one === undefined) continue;
      if (this.#touch(0)) yield;
      found.push(one);
    }
    return found;
  }

  #windowOf(series: QuerySeries, start: Ms, end: Ms): SeriesWindow | undefined {
    const view = series.window(start, end);
    if (view === undefined) return undefined;
    this.#count(samplesIn(view));
    const { kind, name, labels } = series;
    return { kind, name, labels, view, window: this.#covered(view, start, end) };
  }

  *#aggregation({ op, grouping, arg, parameter, place }: Aggregation, time: Ms): Work<Vector> {
    const value = parameter && (yield* this.at(parameter, time));
    if (op === 'limit_ratio') this.annotations.checkRatio(asNumber(value), parameter?.place ?? place);
    if (op === 'quantile') this.annotations.checkQuantile(asNumber(value), parameter?.place ?? place);
    return aggregate(op, grouping, asVector(yield* this.at(arg, time)), value);
  }

  *#call(call: Call, time: Ms): Work<Value> {
    const known = functionNamed(call.name);
    invariant(known !== undefined && !('refused' in known), `function ${call.name} was parsed and is not there`);
    if ('overRange' in known) return yield* this.#overRange(call, known, time);
    if ('special' in known) return yield* this.#special(call, known.special, time);
    const args: Value[] = [];
    for (const arg of call.args) args.push(yield* this.at(arg, time));
    return known.ofValues(args, { call, secs: time / 1000, frame: this.#query, annotations: this.annotations });
  }

  *#special(call: Call, name: 'timestamp' | 'absent_over_time' | 'info', time: Ms): Work<Vector> {
    if (name === 'timestamp') return yield* this.#timestamp(call, time);
    return yield* name === 'info' ? this.#withInfo(call, time) : this.#absence(call, time);
  }

  *#overRange(call: Call, known: OverRange, now: Ms): Work<Vector> {
    const numbers: number[] = [];
    for (const arg of call.args) if (arg.type === 'scalar') numbers.push(asNumber(yield* this.at(arg, now)));
    if (known.quantile) {
      this.annotations.checkQuantile(numbers[0] ?? Number.NaN, call.args[0]?.place ?? call.place);
    }
    const results: Sample[] = [];
    for (const one of yield* this.windows(rangeOf(call), now)) {
      const value = this.#answerOf(call, known, one, now, numbers);
      if (value === undefined) continue;
      const { name, labels } = one;
      results.push(known.keepsName && name !== undefined ? { name, labels, value } : unnamed(one, value));
    }
    return known.keepsName ? results : distinct(results);
  }

  #answerOf(call: Call, known: OverRange, one: SeriesWindow, now: Ms, numbers: readonly number[]): number | undefined {
    const value = known.overRange(one.view, { window: one.window, now, numbers });
    if (value === 'inexact') this.noAnswer(call.name, one);
    if (typeof value !== 'number') return undefined;
    if (known.counter) this.#checkCounter(one, rangeOf(call).place);
    return value;
  }

  *#timestamp({ args: [arg] }: Call, time: Ms): Work<Vector> {
    invariant(arg !== undefined, 'timestamp without arguments');
    if (arg.node !== 'selector') {
      return distinct(asVector(yield* this.at(arg, time)).map((one) => unnamed(one, time / 1000)));
    }
    const times = yield* this.#instant(arg, time, (series, at) => series.sampledAt(at, this.#limits.lookback));
    return distinct(times.map((one) => unnamed(one, one.value / 1000)));
  }

  *#withInfo({ args: [arg], infoSeries: selector }: Call, time: Ms): Work<Vector> {
    invariant(arg !== undefined && selector !== undefined, 'info without a vector or its series');
    const base = asVector(yield* this.at(arg, time));
    const times = yield* this.#instant(selector, time, (series, at) => series.sampledAt(at, this.#limits.lookback));
    const infos = times.map(({ value, ...metric }) => ({ ...metric, sampledAt: value }));
    return distinct(withInfoLabels(base, infos, selector.matchers.map(compileMatcher)));
  }

  *#absence({ args: [arg] }: Call, time: Ms): Work<Vector> {
    invariant(arg?.node === 'range' || arg?.node === 'subquery', 'types were checked: no range');
    const there = (yield* this.windows(arg, time)).some(({ view }) => view.form !== 'sum' || view.n > 0);
    return there ? [] : absent(arg);
  }

  /** The window a view really covers; people are told once when that is not the one they asked for. */
  #covered(view: WindowView, start: Ms, end: Ms): { readonly start: number; readonly end: number } {
    if (view.form === 'samples' || view.aligned === undefined) return { start, end };
    this.annotations.note(
      'some windows begin or end inside a slot of a coarser ring and were moved to its borders: their data is too old for a finer one',
    );
    return view.aligned;
  }

  #checkCounter({ kind, name = '' }: Pick<SeriesWindow, 'kind' | 'name'>, place: string): void {
    if (kind === undefined || isCounted(kind) || COUNTER_NAME.test(name)) return;
    const what = `metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "${name}"`;
    this.annotations.info(what, place);
  }

  #select(selector: VectorSelector): readonly QuerySeries[] {
    const known = this.#selected.get(selector);
    if (known !== undefined) return known;
    const { start, end } = this.#spans.get(selector) ?? this.#query;
    const series = this.#queryable.select(selector.matchers.map(compileMatcher), start, end);
    this.#selected.set(selector, series);
    return series;
  }

  #count(samples: number): void {
    this.#samples += samples;
    this.#samplesOfStep += samples;
    const { maxSamples } = this.#limits;
    if (this.#samples > maxSamples) {
      throw new VigieError('execution', `cannot answer query: it touches more than ${maxSamples} samples`);
    }
  }

  /** Whether a step of the work ends here. */
  #touch(samples: number): boolean {
    this.#count(samples);
    if (this.#samplesOfStep < SAMPLES_PER_STEP) return false;
    this.#samplesOfStep = 0;
    if (this.#limits.shouldStop()) throw new VigieError('timeout', 'cannot answer query: it takes longer than allowed');
    return true;
  }
}

/** A negated series measures something else, so its name goes; two that differ by name only collide. */
function negated(value: number | Vector): Value {
  return typeof value === 'number' ? -value : distinct(value.map((sample) => unnamed(sample, -sample.value)));
}

function samplesIn(view: WindowView): number {
  return view.form === 'samples' ? view.times.length : 1;
}

function overRangeOf(call: Call): OverRange | undefined {
  const known = functionNamed(call.name);
  return known !== undefined && 'overRange' in known ? known : undefined;
}

function rangeOf(call: Call): MatrixExpr {
  const matrix = call.args.find((arg) => arg.type === 'matrix');
  invariant(matrix?.node === 'range' || matrix?.node === 'subquery', 'types were checked: no range');
  return matrix;
}
