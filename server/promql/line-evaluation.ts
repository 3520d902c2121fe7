import type { Ms } from '../model/units.ts';
import { ms } from '../model/units.ts';
import type { Call, Expr, RangeSelector, VectorSelector } from './ast.ts';
import type { Work } from './evaluate.ts';
import type { Extrapolation } from './extrapolate.ts';
import { functionNamed } from './functions.ts';
import { accumulates, LineAggregation } from './line-aggregation.ts';
import { emptyLine, type Line, type Steps, stepAt, timeOfStep, vectorOf } from './lines.ts';
import type { QuerySeries } from './queryable.ts';
import { fillRates } from './rate-line.ts';
import { fillSlotRates } from './slot-line.ts';
import { operandsOf } from './spans.ts';
import { labelsKey, type Vector } from './value.ts';

/** What the evaluation of a query lends. */
interface LineSource {
  select(selector: VectorSelector): readonly QuerySeries[];
  /** Counts samples against the limits of the query; true when a step of the work ends here. Throws when a limit is reached. */
  touch(samples: number): boolean;
  /** What `call` answers of one series at `now`, from its window that ends at `end`. */
  answer(call: Call, series: QuerySeries, end: Ms, now: Ms): number | undefined;
  /** Tells of a series with an answer that it may be none for `call`. */
  check(call: Call, series: QuerySeries): void;
  readonly maxValues: number;
}

/** Steps from `first` to before `end`, by number. */
interface StepSpan {
  readonly first: number;
  readonly end: number;
}

/** A change over a range of a selector, and nothing else. */
interface LineCall {
  readonly call: Call;
  readonly range: RangeSelector;
  readonly kind: Extrapolation;
}

/**
 * The parts of an expression that are evaluated series by series over all steps before the first step is taken: rate, increase and delta of
 * a selector, and the sum, mean, count, least or greatest of them. A step then reads its value.
 *
 *     step by step             series by series
 *     t0: a b c  -> sum        a: t0 t1 t2 ...  +
 *     t1: a b c  -> sum        b: t0 t1 t2 ...  +     one column of sums per group
 *     t2: a b c  -> sum        c: t0 t1 t2 ...  +
 *
 * So a series is read once, its window slides, and no object is made for each value. What this cannot do as the steps
 * would (two series that would collide, columns of more values than an answer may have) is left to the steps.
 */
export class LineEvaluation {
  readonly #source: LineSource;
  readonly #steps: Steps;
  readonly #lines = new Map<Expr, readonly Line[]>();

  constructor(source: LineSource, steps: Steps) {
    this.#source = source;
    this.#steps = steps;
  }

  *prepare(expr: Expr): Work<void> {
    const lines = yield* this.#linesOf(expr);
    if (lines !== undefined) this.#lines.set(expr, lines);
    else for (const operand of operandsOf(expr)) yield* this.prepare(operand);
  }

  /** All steps of an expression; undefined unless it was prepared. */
  lines(expr: Expr): readonly Line[] | undefined {
    return this.#lines.get(expr);
  }

  /** The vector of an expression at a step; undefined unless it was prepared, or between steps. */
  at(expr: Expr, time: Ms): Vector | undefined {
    const lines = this.#lines.get(expr);
    const step = lines && stepAt(this.#steps, time);
    return lines && step !== undefined ? vectorOf(lines, step) : undefined;
  }

  *#linesOf(expr: Expr): Work<readonly Line[] | undefined> {
    const own = lineCall(expr);
    if (own !== undefined) {
      const lines: Line[] = [];
      const add = (line: Line): boolean => this.#fits(lines.push(line) * this.#steps.count);
      const makeLine = ({ labels }: QuerySeries): Line => emptyLine({ labels }, this.#steps);
      return (yield* this.#each(own, makeLine, add)) ? lines : undefined;
    }
    if (expr.node !== 'aggregation' || !accumulates(expr.op)) return undefined;
    const arg = lineCall(expr.arg);
    if (arg === undefined) return undefined;
    const groups = new LineAggregation(expr.op, expr.grouping, this.#steps);
    const add = (line: Line): boolean => {
      groups.add(line);
      return this.#fits(groups.size);
    };
    const room = emptyLine({ labels: {} }, this.#steps);
    // For a value may stand where nothing is there, only that has to be forgotten.
    const lineOf = ({ labels }: QuerySeries): Line => {
      room.there.fill(0);
      return { ...room, labels };
    };
    return (yield* this.#each(arg, lineOf, add)) ? groups.lines() : undefined;
  }

  #fits(values: number): boolean {
    return values <= this.#source.maxValues;
  }

  /** Fills the line of every series, which `lineOf` gives, and hands it to `add`; false when the steps have to be evaluated one by one. */
  *#each(own: LineCall, lineOf: (series: QuerySeries) => Line, add: (line: Line) => boolean): Work<boolean> {
    const found = this.#source.select(own.range.selector);
    if (!areDistinct(found)) return false;
    for (const series of found) {
      const line = lineOf(series);
      yield* this.#fill(line, series, own);
      if (this.#source.touch(0)) yield;
      if (line.there.includes(1) && !add(line)) return false;
    }
    return true;
  }

  /** The oldest steps may be those of windows that end in no slot, the next of slots, the newest of samples. */
  *#fill(line: Line, series: QuerySeries, own: LineCall): Work<void> {
    if (this.#fillFromSamples(line, series, own, 0)) return;
    const { first, end } = this.#fillFromSlots(line, series, own);
    yield* this.#fillByWindows(line, series, own, 0, first);
    if (this.#fillFromSamples(line, series, own, end)) return;
    yield* this.#fillByWindows(line, series, own, end, this.#steps.count);
  }

  /** The steps from `first` on; false when something else than samples is in their windows. */
  #fillFromSamples(line: Line, series: QuerySeries, { call, range, kind }: LineCall, first: number): boolean {
    const { offset } = range.selector;
    if (first === this.#steps.count) return true;
    const start = ms(timeOfStep(this.#steps, first) - offset - range.range);
    const run = series.samples?.(start, ms(timeOfStep(this.#steps, this.#steps.count - 1) - offset));
    if (run === undefined) return false;
    this.#source.touch(fillRates(line, run, this.#steps, { range: range.range, offset, first }, kind));
    if (line.there.includes(1)) this.#source.check(call, series);
    return true;
  }

  /** Returns the steps that are answered, those from `first` to before `end`. */
  #fillFromSlots(line: Line, series: QuerySeries, { call, range: { range, selector }, kind }: LineCall): StepSpan {
    const { offset } = selector;
    const { start, step, count } = this.#steps;
    const lastEnd = ms(timeOfStep(this.#steps, count - 1) - offset);
    const run = series.slots?.(ms(start - offset - range), lastEnd, greatestCommonDivisor(range, step));
    if (run === undefined) return { first: 0, end: 0 };
    const stepFrom = (time: number): number => {
      const steps = Math.ceil((time - (start - offset - range)) / step);
      return Math.max(0, Math.min(count, steps));
    };
    const span = { first: stepFrom(run.from), end: stepFrom(run.until) };
    this.#source.touch(fillSlotRates(line, run, this.#steps, { range, offset, ...span }, kind));
    if (line.there.includes(1)) this.#source.check(call, series);
    return span;
  }

  *#fillByWindows(line: Line, series: QuerySeries, { call, range }: LineCall, first: number, end: number): Work<void> {
    for (let i = first; i < end; i++) {
      const now = timeOfStep(this.#steps, i);
      const value = this.#source.answer(call, series, ms(now - range.selector.offset), now);
      if (this.#source.touch(0)) yield;
      if (value === undefined) continue;
      line.values[i] = value;
      line.there[i] = 1;
    }
  }
}

function greatestCommonDivisor(a: number, b: number): Ms {
  let [x, y] = [a, b];
  while (y > 0) [x, y] = [y, x % y];
  return ms(x);
}

/** With `@` all steps see one window, which is asked for once or not at all. */
function lineCall(expr: Expr): LineCall | undefined {
  if (expr.node !== 'call') return undefined;
  const known = functionNamed(expr.name);
  const kind = known !== undefined && 'overRange' in known ? known.extrapolation : undefined;
  const [range] = expr.args;
  if (kind === undefined || range?.node !== 'range' || range.selector.at !== undefined) return undefined;
  return { call: expr, range, kind };
}

/** Series of several names may be one without it. */
function areDistinct(found: readonly QuerySeries[]): boolean {
  const [first] = found;
  if (found.every(({ name }) => name === first?.name)) return true;
  return new Set(found.map(({ labels }) => labelsKey(labels))).size === found.length;
}
