import { type Ms, ms } from '../model/units.ts';
import type { Expr, TimeShift, VectorSelector } from './ast.ts';

/** The first and the last moment something is asked for. */
export interface Moments {
  readonly start: Ms;
  readonly end: Ms;
}

/** Where `@` and `offset` look from `time`. */
export function shiftedTime({ at, offset }: TimeShift, time: Ms, query: Moments): Ms {
  const from = at === 'start' ? query.start : at === 'end' ? query.end : (at ?? time);
  return ms(from - offset);
}

/** The time each selector of a query may ever look at, ranges, subqueries and lookback included. */
export function selectorSpans(expr: Expr, query: Moments, lookback: Ms): ReadonlyMap<VectorSelector, Moments> {
  const spans = new Map<VectorSelector, Moments>();
  const shifted = (shift: TimeShift, { start, end }: Moments, reach: Ms): Moments => ({
    start: ms(shiftedTime(shift, start, query) - reach),
    end: shiftedTime(shift, end, query),
  });
  const visit = (one: Expr, span: Moments): void => {
    if (one.node === 'selector') spans.set(one, shifted(one, span, lookback));
    else if (one.node === 'range') spans.set(one.selector, shifted(one.selector, span, one.range));
    else if (one.node === 'subquery') visit(one.arg, shifted(one, span, one.range));
    else for (const operand of operandsOf(one)) visit(operand, span);
  };
  visit(expr, query);
  return spans;
}

/** The expressions it is made of; ranges and what is in them are none. */
export function operandsOf(expr: Expr): readonly Expr[] {
  switch (expr.node) {
    case 'call':
      return expr.infoSeries === undefined ? expr.args : [...expr.args, expr.infoSeries];
    case 'binary':
      return [expr.left, expr.right];
    case 'aggregation':
      return expr.parameter === undefined ? [expr.arg] : [expr.parameter, expr.arg];
    case 'negation':
      return [expr.arg];
    default:
      return [];
  }
}
