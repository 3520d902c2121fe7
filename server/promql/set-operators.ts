import type { LabelChoice } from './ast.ts';
import { matchKey } from './matching.ts';
import type { Vector } from './value.ts';

/** Which elements of both sides stay, with their names and labels; many may match many. */
const SET_OPERATORS: Readonly<Record<string, (left: Vector, right: Vector, choice: LabelChoice) => Vector>> = {
  and: (left, right, choice) => left.filter(within(right, choice)),
  unless: (left, right, choice) => without(left, right, choice),
  or: (left, right, choice) => [...left, ...without(right, left, choice)],
};

export function isSetOperator(op: string): boolean {
  return Object.hasOwn(SET_OPERATORS, op);
}

export function setOperation(op: string, choice: LabelChoice, left: Vector, right: Vector): Vector {
  return SET_OPERATORS[op]?.(left, right, choice) ?? [];
}

function within(vector: Vector, choice: LabelChoice): (sample: Vector[number]) => boolean {
  const keys = new Set(vector.map((sample) => matchKey(sample, choice)));
  return (sample) => keys.has(matchKey(sample, choice));
}

function without(vector: Vector, other: Vector, choice: LabelChoice): Vector {
  const inOther = within(other, choice);
  return vector.filter((sample) => !inOther(sample));
}
