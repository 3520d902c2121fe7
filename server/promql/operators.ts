import type { Binary } from './ast.ts';
import { matched } from './matching.ts';
import { isSetOperator, setOperation } from './set-operators.ts';
import { distinct, type Sample, unnamed, type Vector } from './value.ts';

const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '^': power,
  atan2: Math.atan2,
};

const COMPARISONS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

export function isComparison(op: string): boolean {
  return Object.hasOwn(COMPARISONS, op);
}

export function isOperator(op: string): boolean {
  return isComparison(op) || isSetOperator(op) || Object.hasOwn(ARITHMETIC, op);
}

export function operate(expr: Binary, left: number | Vector, right: number | Vector): number | Vector {
  if (typeof left === 'number') {
    return typeof right === 'number' ? numbers(expr, left, right) : withNumber(expr, right, (v) => [left, v]);
  }
  if (typeof right === 'number') return withNumber(expr, left, (v) => [v, right]);
  if (isSetOperator(expr.op)) return setOperation(expr.op, expr.matching, left, right);
  return matched(expr.matching, dropsName(expr), left, right, (a, b) => result(expr, a, b, a));
}

/** IEEE's pow, which knows better than ECMAScript that 1 to any power is 1. */
function power(base: number, exponent: number): number {
  if (base === 1) return 1;
  return base === -1 && !Number.isFinite(exponent) && !Number.isNaN(exponent) ? 1 : base ** exponent;
}

/** The result for two numbers; `keep` is what a filtering comparison lets through, undefined when it does not hold. */
function result({ op, bool }: Binary, a: number, b: number, keep: number): number | undefined {
  const compare = COMPARISONS[op];
  if (compare === undefined) return ARITHMETIC[op]?.(a, b);
  if (bool) return Number(compare(a, b));
  return compare(a, b) ? keep : undefined;
}

function numbers(expr: Binary, a: number, b: number): number {
  return result(expr, a, b, a) ?? Number.NaN;
}

function dropsName({ op, bool }: Binary): boolean {
  return bool || !isComparison(op);
}

function withNumber(expr: Binary, vector: Vector, sides: (value: number) => readonly [number, number]): Vector {
  const results = vector.flatMap((sample): readonly Sample[] => {
    const [a, b] = sides(sample.value);
    const value = result(expr, a, b, sample.value);
    if (value === undefined) return [];
    return [dropsName(expr) ? unnamed(sample, value) : { ...sample, value }];
  });
  return dropsName(expr) ? distinct(results) : results;
}
