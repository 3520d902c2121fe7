import type { SyntaxNode } from '@lezer/common';
import { invariant } from '../model/errors.ts';
import { children, only } from './syntax-tree.ts';

// The official grammar gives a suffix everything that stands before it, where the language gives it the last operand only:
//
//     a / b offset 5m * c      its tree: ((a / b) offset 5m) * c       meant: (a / (b offset 5m)) * c
//     -2 ^ 2                   its tree: (-2) ^ 2                      meant: -(2 ^ 2)
//
// So an expression is laid out flat, in the order of its text, and put together again by the precedences of the language
// (https://prometheus.io/docs/prometheus/latest/querying/operators/#binary-operator-precedence).

/** What is made of the parts of an expression, from the inside out. */
export interface Builder<T> {
  operand(node: SyntaxNode): T;
  /** `offset`, `@`, `[5m]`, `[5m:1m]` after what they follow; `bare` when that stands in no brackets. */
  suffix(node: SyntaxNode, inner: T, bare: boolean): T;
  sign(node: SyntaxNode, negative: boolean, inner: T): T;
  operator(node: SyntaxNode, op: string, left: T, right: T): T;
}

type Part =
  | { readonly part: 'operand' | 'suffix'; readonly node: SyntaxNode }
  | { readonly part: 'sign'; readonly node: SyntaxNode; readonly negative: boolean }
  | { readonly part: 'operator'; readonly node: SyntaxNode; readonly op: string };

const SUFFIXES = ['OffsetExpr', 'StepInvariantExpr', 'MatrixSelector', 'SubqueryExpr', 'AnchoredExpr', 'SmoothedExpr'];

export const POWER = 6;
const PRECEDENCE: Readonly<Record<string, number>> = {
  or: 1,
  and: 2,
  unless: 2,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  '%': 5,
  atan2: 5,
  '^': POWER,
};
const COMPARISON = 3;

/** How tightly an operator binds; the highest, `POWER`, is the only one that groups from the right. */
export function precedenceOf(op: string): number {
  return PRECEDENCE[op] ?? COMPARISON;
}

/** The parts of an expression in the order of its text. Anything in brackets is one operand. */
export function partsInOrder(root: SyntaxNode, slice: (node: SyntaxNode) => string): readonly Part[] {
  const parts: Part[] = [];
  const waiting: (SyntaxNode | Part)[] = [root];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if ('part' in next) parts.push(next);
    else if (isCompound(next)) waiting.push(...split(next, slice).reverse());
    else parts.push(...signed(next, slice(next)));
  }
  return parts;
}

function isCompound({ name }: SyntaxNode): boolean {
  return name === 'BinaryExpr' || name === 'UnaryExpr' || SUFFIXES.includes(name);
}

function split(node: SyntaxNode, slice: (node: SyntaxNode) => string): (SyntaxNode | Part)[] {
  const nodes = children(node);
  const [first, second] = [only(nodes[0]), nodes[1]];
  if (node.name === 'UnaryExpr') return [{ part: 'sign', node, negative: slice(first) === '-' }, only(second)];
  if (node.name !== 'BinaryExpr') return [first, { part: 'suffix', node }];
  return [first, { part: 'operator', node, op: slice(only(second)).toLowerCase() }, only(nodes.at(-1))];
}

/** The sign of a number belongs to what the number begins. */
function signed(node: SyntaxNode, text: string): readonly Part[] {
  const operand: Part = { part: 'operand', node };
  if (node.name !== 'NumberDurationLiteral' || !/^[+-]/.test(text)) return [operand];
  return [{ part: 'sign', node, negative: text.startsWith('-') }, operand];
}

/** Puts the parts together: suffixes first, then `^`, signs, and the other operators. */
export function build<T>(parts: readonly Part[], builder: Builder<T>): T {
  let next = 0;
  const operand = (): T => {
    const part = parts[next++];
    invariant(part?.part === 'operand', 'an operand is missing where the grammar promises one');
    let value = builder.operand(part.node);
    const bare = part.node.name !== 'ParenExpr';
    for (let after = parts[next]; after?.part === 'suffix'; after = parts[++next]) {
      value = builder.suffix(after.node, value, bare);
    }
    return value;
  };
  const prefixed = (): T => {
    const part = parts[next];
    if (part?.part !== 'sign') return operand();
    next++;
    return builder.sign(part.node, part.negative, climb(POWER));
  };
  const climb = (lowest: number): T => {
    let left = prefixed();
    for (let part = parts[next]; part?.part === 'operator'; part = parts[next]) {
      const precedence = precedenceOf(part.op);
      if (precedence < lowest) break;
      next++;
      left = builder.operator(part.node, part.op, left, climb(precedence === POWER ? POWER : precedence + 1));
    }
    return left;
  };
  return climb(0);
}
