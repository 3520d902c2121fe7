import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import type { Matcher, Selector } from '../model/engine.ts';
import { messageOf, VigieError } from '../model/errors.ts';
import { type Ms, ms } from '../model/units.ts';
import type { Binary, Call, Expr, Grouping, MatrixSelector, TextPosition, VectorSelector } from './ast.ts';
import { checkTypes } from './check-types.ts';
import { parseNumber, unquote } from './literals.ts';
import { compileMatcher } from './matcher.ts';

const NO_OFFSET = ms(0);
const MATCH_OPS: readonly Matcher['op'][] = ['=', '!=', '=~', '!~'];

/**
 * Reads an expression with Prometheus' own grammar. The grammar tolerates errors and knows more than the evaluator, so what it
 * could not read and what is not supported is refused here: `bad_query`, with line:col.
 */
export function parseQuery(text: string): Expr {
  const source = new Source(text);
  const root = parser.parse(text).topNode;
  refuseErrors(source, root);
  const top = childrenOf(root)[0];
  if (top === undefined) throw new VigieError('bad_query', '1:1: parse error: no expression found in input');
  const expr = convert(source, top);
  checkTypes(expr);
  return expr;
}

/** Reads a plain selector, such as `http_requests_total{service="shop"}`. Throws `bad_query` on anything else. */
export function parseSelector(text: string): Selector {
  const source = new Source(text);
  const root = parser.parse(text).topNode;
  refuseErrors(source, root);
  const top = childrenOf(root)[0];
  if (top?.name !== 'VectorSelector')
    throw new VigieError('bad_query', '1:1: want a selector such as http_requests_total{service="shop"}');
  const matchers = matchersOf(source, top);
  for (const matcher of matchers) compileMatcher(matcher);
  return matchers;
}

class Source {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  of(node: SyntaxNode): string {
    return this.#text.slice(node.from, node.to);
  }

  at(node: SyntaxNode): TextPosition {
    const before = this.#text.slice(0, node.from).split('\n');
    return { line: before.length, col: (before.at(-1)?.length ?? 0) + 1 };
  }

  refuse(node: SyntaxNode, message: string): VigieError {
    const { line, col } = this.at(node);
    return new VigieError('bad_query', `${line}:${col}: parse error: ${message}`);
  }
}

function refuseErrors(source: Source, root: SyntaxNode): void {
  root.cursor().iterate((node) => {
    if (node.type.isError) throw source.refuse(node.node, `unexpected ${source.of(node.node) || 'end of input'}`);
  });
}

function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name !== 'LineComment') children.push(child);
  }
  return children;
}

function only(source: Source, node: SyntaxNode, index = 0): SyntaxNode {
  const child = childrenOf(node)[index];
  if (child === undefined) throw source.refuse(node, `${node.name} is not complete`);
  return child;
}

const CONVERTERS: Readonly<Record<string, (source: Source, node: SyntaxNode) => Expr>> = {
  NumberDurationLiteral: (source, node) => ({
    node: 'number',
    at: source.at(node),
    value: reading(source, node, parseNumber),
  }),
  StringLiteral: (source, node) => ({ node: 'string', at: source.at(node), value: reading(source, node, unquote) }),
  ParenExpr: (source, node) => convert(source, only(source, node)),
  UnaryExpr: unary,
  VectorSelector: vectorSelector,
  MatrixSelector: matrixSelector,
  OffsetExpr: offset,
  FunctionCall: call,
  AggregateExpr: aggregation,
  BinaryExpr: binary,
};

function convert(source: Source, node: SyntaxNode): Expr {
  const converter = CONVERTERS[node.name];
  if (converter === undefined) throw source.refuse(node, `${UNSUPPORTED[node.name] ?? node.name} is not supported yet`);
  return converter(source, node);
}

const UNSUPPORTED: Readonly<Record<string, string>> = {
  SubqueryExpr: 'a subquery',
  StepInvariantExpr: 'the @ modifier',
};

function reading<T>(source: Source, node: SyntaxNode, read: (text: string) => T): T {
  try {
    return read(source.of(node));
  } catch (error) {
    throw source.refuse(node, messageOf(error));
  }
}

function unary(source: Source, node: SyntaxNode): Expr {
  const expr = convert(source, only(source, node, 1));
  return source.of(only(source, node)) === '-' ? { node: 'negation', at: source.at(node), expr } : expr;
}

function vectorSelector(source: Source, node: SyntaxNode): VectorSelector {
  const matchers = reading(source, node, () => matchersOf(source, node).map(compileMatcher));
  if (matchers.every((matcher) => matcher.matches(''))) {
    throw source.refuse(node, 'vector selector must contain at least one non-empty matcher');
  }
  return { node: 'selector', at: source.at(node), matchers, offset: NO_OFFSET };
}

function matchersOf(source: Source, node: SyntaxNode): Matcher[] {
  return childrenOf(node).flatMap((child): Matcher[] => {
    if (child.name === 'Identifier') return [{ name: '__name__', op: '=', value: source.of(child) }];
    return childrenOf(child).map((matcher) => matcherOf(source, matcher));
  });
}

function matcherOf(source: Source, node: SyntaxNode): Matcher {
  const [label, op, value] = childrenOf(node);
  if (node.name === 'QuotedLabelName' && label !== undefined)
    return { name: '__name__', op: '=', value: reading(source, label, unquote) };
  const operator = op === undefined ? undefined : MATCH_OPS.find((candidate) => candidate === source.of(op));
  if (label === undefined || operator === undefined || value === undefined)
    throw source.refuse(node, 'a matcher is not complete');
  const name = node.name === 'QuotedLabelMatcher' ? reading(source, label, unquote) : source.of(label);
  return { name, op: operator, value: reading(source, value, unquote) };
}

function matrixSelector(source: Source, node: SyntaxNode): MatrixSelector {
  const selector = convert(source, only(source, node));
  const range = durationOf(source, only(source, node, 1));
  if (selector.node !== 'selector') throw source.refuse(node, 'ranges only allowed for vector selectors');
  if (range <= 0) throw source.refuse(node, 'duration must be greater than 0');
  return { node: 'range', at: source.at(node), selector, range };
}

function offset(source: Source, node: SyntaxNode): Expr {
  const expr = convert(source, only(source, node));
  const by = durationOf(source, only(source, node, 2));
  if (expr.node === 'selector') return { ...expr, offset: ms(expr.offset + by) };
  if (expr.node === 'range') return { ...expr, selector: { ...expr.selector, offset: ms(expr.selector.offset + by) } };
  throw source.refuse(node, 'offset modifier must be preceded by an instant vector selector or range vector selector');
}

function durationOf(source: Source, node: SyntaxNode): Ms {
  const text = source.of(node).trim();
  const sign = text.startsWith('-') ? -1 : 1;
  const seconds = reading(source, node, () => parseNumber(text.replace(/^[+-]\s*/, '')));
  return ms(Math.round(sign * seconds * 1000));
}

function call(source: Source, node: SyntaxNode): Call {
  const body = childrenOf(node).find((child) => child.name === 'FunctionCallBody');
  const args = body === undefined ? [] : childrenOf(body).map((arg) => convert(source, arg));
  return { node: 'call', at: source.at(node), name: source.of(only(source, node)), args };
}

function aggregation(source: Source, node: SyntaxNode): Expr {
  const op = source.of(only(source, node)).toLowerCase();
  const modifier = childrenOf(node).find((child) => child.name === 'AggregateModifier');
  const body = childrenOf(node).find((child) => child.name === 'FunctionCallBody');
  const [expr, ...more] = body === undefined ? [] : childrenOf(body);
  if (expr === undefined) throw source.refuse(node, `no arguments for aggregate expression ${op}`);
  if (more.length > 0) throw source.refuse(node, `aggregation ${op} is not supported yet`);
  const grouping = modifier === undefined ? { by: true, labels: [] } : groupingOf(source, modifier, 'By');
  return { node: 'aggregation', at: source.at(node), op, grouping, expr: convert(source, expr) };
}

function groupingOf(source: Source, node: SyntaxNode, byName: string): Grouping {
  const [kind, labels] = childrenOf(node);
  return {
    by: kind?.name === byName,
    labels: labels === undefined ? [] : childrenOf(labels).map((label) => source.of(label)),
  };
}

function binary(source: Source, node: SyntaxNode): Binary {
  const [left, op, ...rest] = childrenOf(node);
  const right = rest.at(-1);
  if (left === undefined || op === undefined || right === undefined) throw source.refuse(node, 'an operand is missing');
  const clause = rest.find((child) => child.name === 'MatchingModifierClause');
  if (clause !== undefined && childrenOf(clause).some((child) => /^Group(Left|Right)$/.test(child.name))) {
    throw source.refuse(clause, 'many-to-one matching is not supported yet');
  }
  return {
    node: 'binary',
    at: source.at(op),
    op: source.of(op).toLowerCase(),
    bool: rest.some((child) => child.name === 'BoolModifier'),
    matching: clause === undefined ? { by: false, labels: [] } : groupingOf(source, clause, 'On'),
    left: convert(source, left),
    right: convert(source, right),
  };
}
