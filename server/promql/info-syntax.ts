import { type Ms, ms } from '../model/units.ts';
import type { Expr, TimeShift, VectorSelector } from './ast.ts';
import { operandsOf } from './spans.ts';

/**
 * The series that `info(vector, selector)` takes labels from: those of `target_info`, or of what the selector names, at the time that the first
 * selector of the vector looks at.
 */
export function infoSeriesOf(vector: Expr, selector: VectorSelector | undefined, place: string): VectorSelector {
  const given = selector?.matchers ?? [];
  const names = given.filter(({ name }) => name === '__name__');
  const says = names.some(({ op }) => op === '=' || op === '=~');
  const ofName = { name: '__name__', ...(names.length === 0 ? TARGET_INFO : ANY_INFO) } as const;
  const matchers = says ? given : [ofName, ...given];
  return { node: 'selector', type: 'vector', place, matchers, ...(firstShift(vector) ?? { offset: ms(0) }) };
}

const TARGET_INFO = { op: '=', value: 'target_info' } as const;
const ANY_INFO = { op: '=~', value: '.+_info' } as const;

/** The shifts of the subqueries around a selector add up until an `@` says the moment. */
function firstShift(expr: Expr): TimeShift | undefined {
  if (expr.node === 'selector') return shiftOf(expr.offset, expr.at);
  if (expr.node === 'range') return firstShift(expr.selector);
  if (expr.node !== 'subquery') {
    for (const operand of operandsOf(expr)) {
      const shift = firstShift(operand);
      if (shift !== undefined) return shift;
    }
    return undefined;
  }
  const inner = firstShift(expr.arg);
  return inner?.at === undefined ? shiftOf(ms((inner?.offset ?? 0) + expr.offset), expr.at) : inner;
}

function shiftOf(offset: Ms, at: TimeShift['at']): TimeShift {
  return at === undefined ? { offset } : { offset, at };
}
