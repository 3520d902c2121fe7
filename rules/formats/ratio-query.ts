import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import { invariant } from '../../server/model/errors.ts';

/**
 * What an expression counts. Vigie counts the events of a selector over windows of its own, so of a query it takes the selectors and how
 * they stand to each other, and refuses whatever it would have to evaluate:
 *
 *     sum(rate(x{...}[5m]))   sum(increase(x{...}[{{.window}}]))   sum(x{...}) or vector(0)      a count
 *     count - count           1 - count / count           count / count                         what is made of them
 */
export type CountExpression =
  | { readonly kind: 'count'; readonly selector: string; readonly over: Range }
  | { readonly kind: 'one' }
  | {
      readonly kind: 'difference' | 'ratio';
      readonly left: CountExpression;
      readonly right: CountExpression;
    };

/** How a count was taken, as it was written: two that are compared must agree. Empty for a plain selector. */
type Range = string;

/** A place for the window in the templates of Sloth (https://sloth.dev/usage/getting-started/). */
export const WINDOW = /\{\{\s*\.window\s*\}\}/g;

/** The query over some window, as long as before, so that every place in the text stays where it was. */
export function overSomeWindow(query: string): string {
  return query.replace(WINDOW, (template) => `${'1'.padStart(template.length - 1, '0')}w`);
}

/** Throws what is not a count, and what would be one. */
export function parseCounts(query: string): CountExpression {
  const text = overSomeWindow(query);
  if (text.replaceAll(/#.*/g, '').trim() === '')
    throw new Error(`got ${JSON.stringify(query)}; want a PromQL expression`);
  const tree = parser.parse(text);
  tree.iterate({
    enter: ({ type, from }) => {
      if (type.isError) throw new Error(`cannot read ${shown(query)} as PromQL: unexpected end or sign at ${from + 1}`);
    },
  });
  const root = tree.topNode.firstChild;
  invariant(root !== null, 'a tree without an error holds no expression');
  return countsOf(root, text, query);
}

function countsOf(node: SyntaxNode, text: string, query: string): CountExpression {
  const inner = (child: SyntaxNode | undefined): CountExpression => {
    if (child === undefined) throw notACount(node, query);
    return countsOf(child, text, query);
  };
  const parts = children(node);
  switch (node.name) {
    case 'ParenExpr':
      return inner(parts[0]);
    case 'NumberDurationLiteral':
      if (Number(text.slice(node.from, node.to)) === 1) return { kind: 'one' };
      throw notACount(node, query);
    case 'BinaryExpr':
      return binary(node, text, inner, query);
    case 'VectorSelector':
      return { kind: 'count', selector: selectorIn(node, query), over: '' };
    case 'AggregateExpr':
      return sum(node, text, query);
    default:
      throw notACount(node, query);
  }
}

type ReadInner = (child: SyntaxNode | undefined) => CountExpression;

/** `x or vector(0)` counts what `x` counts: where nothing was counted there were 0. */
function binary(node: SyntaxNode, text: string, inner: ReadInner, query: string): CountExpression {
  const [left, operator] = children(node);
  const right = children(node).at(-1);
  const matching = node.getChild('MatchingModifierClause');
  if (operator?.name === 'Or' && right !== undefined && isZero(text.slice(right.from, right.to))) return inner(left);
  if (matching !== null || right === undefined) throw notACount(node, query);
  if (operator?.name === 'Sub') return { kind: 'difference', left: inner(left), right: inner(right) };
  if (operator?.name === 'Div') return { kind: 'ratio', left: inner(left), right: inner(right) };
  throw notACount(node, query);
}

function isZero(text: string): boolean {
  return /^vector\s*\(\s*0\s*\)$/.test(text);
}

function sum(node: SyntaxNode, text: string, query: string): CountExpression {
  const [operator, body, modifier] = children(node);
  const argument = body === undefined ? undefined : children(body)[0];
  if (body?.name === 'AggregateModifier' || modifier !== undefined) {
    const grouping = body?.name === 'AggregateModifier' ? body : modifier;
    throw new Error(
      `got "${text.slice(grouping?.from, grouping?.to)}" in ${shown(query)}; want one figure, with the group as a matcher of its selector`,
    );
  }
  if (operator?.firstChild?.name !== 'Sum' || argument === undefined) throw notACount(node, query);
  if (argument.name === 'VectorSelector') return { kind: 'count', selector: selectorIn(argument, query), over: '' };
  return rise(argument, text, query);
}

/** `rate(x[w])` or `increase(x[w])`. */
function rise(node: SyntaxNode, text: string, query: string): CountExpression {
  const [name, body] = children(node);
  const [matrix] = body === undefined ? [] : children(body);
  const [selector, range] = matrix === undefined ? [] : children(matrix);
  const known = name?.firstChild?.name === 'Rate' || name?.firstChild?.name === 'Increase';
  if (!known || matrix?.name !== 'MatrixSelector' || selector?.name !== 'VectorSelector' || range === undefined) {
    throw notACount(node, query);
  }
  const over = `${name === undefined ? '' : sliced(name, text)}[${sliced(range, text)}]`;
  return { kind: 'count', selector: selectorIn(selector, query), over };
}

function selectorIn(node: SyntaxNode, query: string): string {
  const selector = sliced(node, query);
  if (selector.search(WINDOW) < 0) return selector;
  throw new Error(`got the window in the selector ${shown(selector)}; want it between brackets alone`);
}

function sliced({ from, to }: SyntaxNode, text: string): string {
  return text.slice(from, to);
}

function children(node: SyntaxNode): readonly SyntaxNode[] {
  const list: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name !== 'LineComment') list.push(child);
  }
  return list;
}

function notACount({ from, to }: SyntaxNode, query: string): Error {
  return new Error(
    `cannot count ${shown(query.slice(from, to))}: Vigie counts events by selectors; want sum(rate(name{label="value"}[5m]))`,
  );
}

function shown(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return JSON.stringify(line.length > 120 ? `${line.slice(0, 120)} ...` : line);
}
