import { VigieError } from '../model/errors.ts';
import { seriesKey } from '../model/labels.ts';
import type { Binary, LabelChoice } from './ast.ts';
import { chosenLabels, distinct, type Sample, unnamed, type Value } from './value.ts';

const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '^': power,
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
  return isComparison(op) || Object.hasOwn(ARITHMETIC, op);
}

export function operate(expr: Binary, left: Value, right: Value): Value {
  if (typeof left === 'number') {
    return typeof right === 'number' ? numbers(expr, left, right) : withNumber(expr, right, (v) => [left, v]);
  }
  return typeof right === 'number' ? withNumber(expr, left, (v) => [v, right]) : vectors(expr, left, right);
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

function withNumber(
  expr: Binary,
  vector: readonly Sample[],
  sides: (value: number) => readonly [number, number],
): readonly Sample[] {
  const results = vector.flatMap((sample) => {
    const [a, b] = sides(sample.value);
    const value = result(expr, a, b, sample.value);
    if (value === undefined) return [];
    return [dropsName(expr) ? unnamed(sample, value) : { ...sample, value }];
  });
  return dropsName(expr) ? distinct(results) : results;
}

/** One-to-one: each element of either side has at most one partner on the other. Throws VigieError `execution` otherwise. */
function vectors(expr: Binary, left: readonly Sample[], right: readonly Sample[]): readonly Sample[] {
  const { matching } = expr;
  const partners = new Map<string, Sample>();
  for (const sample of right) {
    const key = groupKey(sample, matching);
    if (partners.has(key)) throw ambiguous(key, 'right');
    partners.set(key, sample);
  }
  const matched = new Set<string>();
  return left.flatMap((sample) => {
    const key = groupKey(sample, matching);
    const partner = partners.get(key);
    if (partner === undefined) return [];
    if (matched.has(key)) throw ambiguous(key, 'left');
    matched.add(key);
    const value = result(expr, sample.value, partner.value, sample.value);
    return value === undefined ? [] : [matchedSample(expr, sample, value)];
  });
}

function groupKey(sample: Sample, matching: LabelChoice): string {
  return seriesKey('', chosenLabels(sample, matching));
}

function matchedSample(expr: Binary, sample: Sample, value: number): Sample {
  const labels = chosenLabels(sample, expr.matching);
  const keepsName = !dropsName(expr) && !expr.matching.keep && sample.name !== undefined;
  return keepsName ? { name: sample.name, labels, value } : { labels, value };
}

function ambiguous(key: string, side: 'left' | 'right'): VigieError {
  const cause = `several series on the ${side} side of the operator match the group ${key || '{}'}`;
  return new VigieError('execution', `cannot answer query: ${cause}; want one, so add on(...) or aggregate first`);
}
