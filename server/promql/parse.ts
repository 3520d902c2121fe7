import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import type { Selector } from '../model/engine.ts';
import { VigieError } from '../model/errors.ts';
import { isAggregation } from './aggregations.ts';
import type { Binary, Expr, LabelChoice, ValueType } from './ast.ts';
import { functionNamed } from './functions.ts';
import { parseNumber } from './literals.ts';
import { isComparison, isOperator } from './operators.ts';
import { QueryText } from './query-text.ts';
import { SelectorSyntax } from './selector-syntax.ts';
import { children, only } from './syntax-tree.ts';

/** What the grammar knows and we do not, by the name people know it under. */
const NOT_YET: Readonly<Record<string, string>> = {
  SubqueryExpr: 'a subquery',
  StepInvariantExpr: 'the @ modifier',
  StringLiteral: 'a string as an expression',
};

/** The deepest nesting taken: the tree is walked by recursion. */
const MAX_DEPTH = 500;
const MAX_LENGTH = 20_000;

const NO_MATCHING: LabelChoice = { keep: false, labels: [] };

/**
 * Reads an expression. The official grammar recovers from errors and checks no types, so a tree with an error in it is refused
 * here and types are checked as the nodes are made. Throws VigieError `bad_query` with line:col.
 */
export function parse(text: string): Expr {
  if (text.length > MAX_LENGTH) {
    throw new VigieError('bad_query', `cannot parse query: got ${text.length} characters; want at most ${MAX_LENGTH}`);
  }
  if (text.trim() === '') throw new VigieError('bad_query', 'cannot parse query: it is empty');
  const tree = parser.parse(text);
  const source = new QueryText(text);
  tree.iterate({
    enter: ({ type, from }) => {
      if (type.isError) throw source.unexpected(from);
    },
  });
  const root = tree.topNode.firstChild;
  if (root === null) throw new VigieError('bad_query', 'cannot parse query: it is empty');
  return new ExpressionSyntax(source).expr(root, 0);
}

/** Reads a plain vector selector, such as `http_requests_total{status=~"5.."}`. Throws VigieError `bad_query` on anything more. */
export function parseSelector(text: string): Selector {
  const expr = parse(text);
  if (expr.node !== 'selector' || expr.offset !== 0) {
    throw new VigieError('bad_query', `cannot read selector ${JSON.stringify(text)}: want name{label="value"} alone`);
  }
  return expr.matchers;
}

/** Turns nodes of the grammar into our own, checking types on the way. */
class ExpressionSyntax {
  readonly #text: QueryText;
  readonly #selectors: SelectorSyntax;

  constructor(text: QueryText) {
    this.#text = text;
    this.#selectors = new SelectorSyntax(text);
  }

  expr(node: SyntaxNode, depth: number): Expr {
    if (depth > MAX_DEPTH) throw this.#text.refuse(node, `more than ${MAX_DEPTH} levels of nesting`);
    switch (node.name) {
      case 'ParenExpr':
        return this.expr(only(node.firstChild), depth + 1);
      case 'NumberDurationLiteral':
        return { node: 'number', type: 'scalar', value: this.#text.read(node, parseNumber) };
      case 'VectorSelector':
        return this.#selectors.selector(node);
      case 'MatrixSelector':
        return this.#selectors.range(node);
      case 'OffsetExpr':
        return this.#offset(node, depth);
      case 'UnaryExpr':
        return this.#unary(node, depth);
      case 'BinaryExpr':
        return this.#binary(node, depth);
      case 'FunctionCall':
        return this.#call(node, depth);
      case 'AggregateExpr':
        return this.#aggregation(node, depth);
      default:
        throw this.#text.refuse(node, `${NOT_YET[node.name] ?? node.name} is not supported yet`);
    }
  }

  #offset(node: SyntaxNode, depth: number): Expr {
    const [inner, , duration] = children(node);
    const expr = this.expr(only(inner), depth + 1);
    const offset = this.#selectors.duration(only(duration));
    if (expr.node === 'selector') return { ...expr, offset };
    if (expr.node === 'range') return { ...expr, selector: { ...expr.selector, offset } };
    throw this.#text.refuse(node, 'offset must follow a selector');
  }

  #unary(node: SyntaxNode, depth: number): Expr {
    const [sign, inner] = children(node);
    const arg = this.expr(only(inner), depth + 1);
    const { type } = arg;
    if (type === 'matrix') throw this.#text.refuse(node, 'a sign cannot stand before a range');
    return this.#text.slice(only(sign)) === '-' ? { node: 'negation', type, arg } : arg;
  }

  /** The grammar takes the sign of `-2 ^ 2` for a part of the number; it is that of the power. */
  #binary(node: SyntaxNode, depth: number): Expr {
    const expr = this.#operation(node, depth);
    const base = only(node.firstChild);
    if (expr.op !== '^' || base.name !== 'NumberDurationLiteral' || !/^[+-]/.test(this.#text.slice(base))) return expr;
    const value = parseNumber(this.#text.slice(base).slice(1));
    const arg: Binary = { ...expr, left: { node: 'number', type: 'scalar', value } };
    return this.#text.slice(base).startsWith('-') ? { node: 'negation', type: expr.type, arg } : arg;
  }

  #operation(node: SyntaxNode, depth: number): Binary {
    const parts = children(node);
    const op = this.#text.slice(only(parts[1]));
    if (!isOperator(op)) throw this.#text.refuse(only(parts[1]), `operator ${op} is not supported yet`);
    const left = this.#operand(only(parts[0]), depth);
    const right = this.#operand(only(parts.at(-1)), depth);
    const bool = node.getChild('BoolModifier') !== null;
    const clause = node.getChild('MatchingModifierClause');
    const bothScalar = left.type === 'scalar' && right.type === 'scalar';
    if (bool && !isComparison(op)) throw this.#text.refuse(node, 'bool can only follow a comparison');
    if (isComparison(op) && bothScalar && !bool) throw this.#text.refuse(node, 'comparing two numbers needs bool');
    if (clause !== null && (left.type !== 'vector' || right.type !== 'vector')) {
      throw this.#text.refuse(clause, 'on and ignoring need a vector on both sides');
    }
    const matching = clause === null ? NO_MATCHING : this.#matching(clause);
    return { node: 'binary', type: bothScalar ? 'scalar' : 'vector', op, left, right, bool, matching };
  }

  #operand(node: SyntaxNode, depth: number): Expr {
    const expr = this.expr(node, depth + 1);
    if (expr.type === 'matrix') throw this.#text.refuse(node, 'got a range; want a vector or a number');
    return expr;
  }

  #matching(clause: SyntaxNode): LabelChoice {
    for (const many of ['GroupLeft', 'GroupRight']) {
      const node = clause.getChild(many);
      if (node !== null) throw this.#text.refuse(node, `${this.#text.slice(node)} is not supported yet`);
    }
    return { keep: clause.getChild('On') !== null, labels: this.#selectors.labels(clause.getChild('GroupingLabels')) };
  }

  #call(node: SyntaxNode, depth: number): Expr {
    const [identifier, body] = children(node);
    const name = this.#text.slice(only(identifier));
    const known = functionNamed(name);
    if (known === undefined) throw this.#text.refuse(node, `function ${name} is not supported yet`);
    const nodes = body === undefined ? [] : children(body);
    if (nodes.length !== known.args.length) {
      throw this.#text.refuse(node, `${name} got ${nodes.length} arguments; want ${known.args.length}`);
    }
    const args = nodes.map((arg, i) => this.#typed(arg, known.args[i], name, depth));
    return { node: 'call', type: known.returns, name, args };
  }

  #typed(node: SyntaxNode, want: ValueType | undefined, taker: string, depth: number): Expr {
    const expr = this.expr(node, depth + 1);
    if (expr.type !== want) throw this.#text.refuse(node, `${taker} got a ${expr.type}; want a ${want}`);
    return expr;
  }

  #aggregation(node: SyntaxNode, depth: number): Expr {
    const op = this.#text.slice(only(node.getChild('AggregateOp')));
    if (!isAggregation(op)) throw this.#text.refuse(node, `aggregation ${op} is not supported yet`);
    const body = children(only(node.getChild('FunctionCallBody')));
    if (body.length !== 1) throw this.#text.refuse(node, `${op} got ${body.length} arguments; want 1`);
    const arg = this.#typed(only(body[0]), 'vector', op, depth);
    const modifier = node.getChild('AggregateModifier');
    const labels = this.#selectors.labels(modifier?.getChild('GroupingLabels') ?? null);
    const grouping = { keep: modifier?.getChild('Without') == null, labels };
    return { node: 'aggregation', type: 'vector', op, grouping, arg };
  }
}
