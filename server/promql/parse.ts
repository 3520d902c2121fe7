import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import type { Matcher, Selector } from '../model/engine.ts';
import { invariant, messageOf, VigieError } from '../model/errors.ts';
import { type Ms, ms } from '../model/units.ts';
import { isAggregation } from './aggregations.ts';
import type { Binary, Expr, LabelChoice, ValueType, VectorSelector } from './ast.ts';
import { functionNamed } from './functions.ts';
import { parseNumber, parseRange, unquote } from './literals.ts';
import { compileMatcher } from './matcher.ts';
import { isComparison, isOperator } from './operators.ts';

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
  const reader = new Reader(text);
  tree.iterate({
    enter: ({ type, from }) => {
      if (type.isError) throw reader.unexpected(from);
    },
  });
  const root = tree.topNode.firstChild;
  if (root === null) throw new VigieError('bad_query', 'cannot parse query: it is empty');
  return reader.expr(root, 0);
}

/** Reads a plain vector selector, such as `http_requests_total{status=~"5.."}`. Throws VigieError `bad_query` on anything more. */
export function parseSelector(text: string): Selector {
  const expr = parse(text);
  if (expr.node !== 'selector' || expr.offset !== 0) {
    throw new VigieError('bad_query', `cannot read selector ${JSON.stringify(text)}: want name{label="value"} alone`);
  }
  return expr.matchers;
}

/** Turns nodes of the grammar into our own; holds the text they point into. */
class Reader {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  expr(node: SyntaxNode, depth: number): Expr {
    if (depth > MAX_DEPTH) throw this.#refuse(node, `more than ${MAX_DEPTH} levels of nesting`);
    switch (node.name) {
      case 'ParenExpr':
        return this.expr(only(node.firstChild), depth + 1);
      case 'NumberDurationLiteral':
        return { node: 'number', type: 'scalar', value: this.#read(node, parseNumber) };
      case 'VectorSelector':
        return this.#selector(node);
      case 'MatrixSelector':
        return this.#range(node);
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
        throw this.#refuse(node, `${NOT_YET[node.name] ?? node.name} is not supported yet`);
    }
  }

  unexpected(at: number): VigieError {
    const rest = this.#text.slice(at).trimStart();
    const got = rest === '' ? 'end of the query' : JSON.stringify(/^(?:\w+|[\s\S])/.exec(rest)?.[0]);
    return this.#error(this.#text.length - rest.length, `unexpected ${got}`);
  }

  #selector(node: SyntaxNode): VectorSelector {
    const name = node.getChild('Identifier');
    const named: Matcher[] = name === null ? [] : [{ name: '__name__', op: '=', value: this.#slice(name) }];
    const list = node.getChild('LabelMatchers');
    const matchers = [...named, ...(list === null ? [] : children(list).map((child) => this.#matcher(child)))];
    if (matchers.filter((matcher) => matcher.name === '__name__' && matcher.op === '=').length > 1) {
      throw this.#refuse(node, 'the metric name must not be set twice');
    }
    if (!matchers.some(({ op, value }) => (op === '=' || op === '=~') && value !== '')) {
      throw this.#refuse(node, 'a selector must contain at least one matcher that wants a non-empty value');
    }
    for (const matcher of matchers) this.#checkPattern(node, matcher);
    return { node: 'selector', type: 'vector', matchers, offset: ms(0) };
  }

  #checkPattern(node: SyntaxNode, matcher: Matcher): void {
    try {
      compileMatcher(matcher);
    } catch (error) {
      throw this.#refuse(node, messageOf(error));
    }
  }

  #matcher(node: SyntaxNode): Matcher {
    const [name, op, value] = children(node);
    if (name === undefined || op === undefined || value === undefined) {
      return { name: '__name__', op: '=', value: this.#read(only(node.firstChild), unquote) };
    }
    const label = name.name === 'LabelName' ? this.#slice(name) : this.#read(only(name.firstChild ?? name), unquote);
    const sign = this.#slice(op);
    invariant(sign === '=' || sign === '!=' || sign === '=~' || sign === '!~', `matching operator ${sign}`);
    return { name: label, op: sign, value: this.#read(value, unquote) };
  }

  #range(node: SyntaxNode): Expr {
    const [inner, duration] = children(node);
    const range = this.#duration(only(duration));
    if (range <= 0) throw this.#refuse(node, 'a range must be longer than 0');
    return { node: 'range', type: 'matrix', selector: this.#selector(only(inner)), range };
  }

  #offset(node: SyntaxNode, depth: number): Expr {
    const [inner, , duration] = children(node);
    const expr = this.expr(only(inner), depth + 1);
    const offset = this.#duration(only(duration));
    if (expr.node === 'selector') return { ...expr, offset };
    if (expr.node === 'range') return { ...expr, selector: { ...expr.selector, offset } };
    throw this.#refuse(node, 'offset must follow a selector');
  }

  #duration(node: SyntaxNode): Ms {
    const parts = children(node);
    const [sign, last] = parts;
    if (sign?.name === 'UnaryOp' && last !== undefined) {
      const size = this.#duration(last);
      return ms(this.#slice(sign) === '-' ? -size : size);
    }
    if (parts.length > 1) throw this.#refuse(node, 'arithmetic on durations is not supported yet');
    return sign === undefined ? this.#read(node, parseRange) : this.#duration(sign);
  }

  #unary(node: SyntaxNode, depth: number): Expr {
    const [sign, inner] = children(node);
    const arg = this.expr(only(inner), depth + 1);
    const { type } = arg;
    if (type === 'matrix') throw this.#refuse(node, 'a sign cannot stand before a range');
    return this.#slice(only(sign)) === '-' ? { node: 'negation', type, arg } : arg;
  }

  /** The grammar takes the sign of `-2 ^ 2` for a part of the number; it is that of the power. */
  #binary(node: SyntaxNode, depth: number): Expr {
    const expr = this.#operation(node, depth);
    const base = only(node.firstChild);
    if (expr.op !== '^' || base.name !== 'NumberDurationLiteral' || !/^[+-]/.test(this.#slice(base))) return expr;
    const value = parseNumber(this.#slice(base).slice(1));
    const arg: Binary = { ...expr, left: { node: 'number', type: 'scalar', value } };
    return this.#slice(base).startsWith('-') ? { node: 'negation', type: expr.type, arg } : arg;
  }

  #operation(node: SyntaxNode, depth: number): Binary {
    const parts = children(node);
    const op = this.#slice(only(parts[1]));
    if (!isOperator(op)) throw this.#refuse(only(parts[1]), `operator ${op} is not supported yet`);
    const left = this.#operand(only(parts[0]), depth);
    const right = this.#operand(only(parts.at(-1)), depth);
    const bool = node.getChild('BoolModifier') !== null;
    const clause = node.getChild('MatchingModifierClause');
    const bothScalar = left.type === 'scalar' && right.type === 'scalar';
    if (bool && !isComparison(op)) throw this.#refuse(node, 'bool can only follow a comparison');
    if (isComparison(op) && bothScalar && !bool) throw this.#refuse(node, 'comparing two numbers needs bool');
    if (clause !== null && (left.type !== 'vector' || right.type !== 'vector')) {
      throw this.#refuse(clause, 'on and ignoring need a vector on both sides');
    }
    const matching = clause === null ? NO_MATCHING : this.#matching(clause);
    return { node: 'binary', type: bothScalar ? 'scalar' : 'vector', op, left, right, bool, matching };
  }

  #operand(node: SyntaxNode, depth: number): Expr {
    const expr = this.expr(node, depth + 1);
    if (expr.type === 'matrix') throw this.#refuse(node, 'got a range; want a vector or a number');
    return expr;
  }

  #matching(clause: SyntaxNode): LabelChoice {
    for (const many of ['GroupLeft', 'GroupRight']) {
      const node = clause.getChild(many);
      if (node !== null) throw this.#refuse(node, `${this.#slice(node)} is not supported yet`);
    }
    return { keep: clause.getChild('On') !== null, labels: this.#labels(clause.getChild('GroupingLabels')) };
  }

  #call(node: SyntaxNode, depth: number): Expr {
    const [identifier, body] = children(node);
    const name = this.#slice(only(identifier));
    const known = functionNamed(name);
    if (known === undefined) throw this.#refuse(node, `function ${name} is not supported yet`);
    const nodes = body === undefined ? [] : children(body);
    if (nodes.length !== known.args.length) {
      throw this.#refuse(node, `${name} got ${nodes.length} arguments; want ${known.args.length}`);
    }
    const args = nodes.map((arg, i) => this.#typed(arg, known.args[i], name, depth));
    return { node: 'call', type: known.returns, name, args };
  }

  #typed(node: SyntaxNode, want: ValueType | undefined, taker: string, depth: number): Expr {
    const expr = this.expr(node, depth + 1);
    if (expr.type !== want) throw this.#refuse(node, `${taker} got a ${expr.type}; want a ${want}`);
    return expr;
  }

  #aggregation(node: SyntaxNode, depth: number): Expr {
    const op = this.#slice(only(node.getChild('AggregateOp')));
    if (!isAggregation(op)) throw this.#refuse(node, `aggregation ${op} is not supported yet`);
    const body = children(only(node.getChild('FunctionCallBody')));
    if (body.length !== 1) throw this.#refuse(node, `${op} got ${body.length} arguments; want 1`);
    const arg = this.#typed(only(body[0]), 'vector', op, depth);
    const modifier = node.getChild('AggregateModifier');
    const labels = this.#labels(modifier?.getChild('GroupingLabels') ?? null);
    const grouping = { keep: modifier?.getChild('Without') == null, labels };
    return { node: 'aggregation', type: 'vector', op, grouping, arg };
  }

  #labels(list: SyntaxNode | null): readonly string[] {
    if (list === null) return [];
    return children(list).map((label) =>
      label.name === 'LabelName' ? this.#slice(label) : this.#read(only(label.firstChild ?? label), unquote),
    );
  }

  #slice({ from, to }: SyntaxNode): string {
    return this.#text.slice(from, to);
  }

  /** A literal that cannot be read is refused at its place. */
  #read<T>(node: SyntaxNode, reader: (text: string) => T): T {
    try {
      return reader(this.#slice(node));
    } catch (error) {
      throw this.#refuse(node, messageOf(error));
    }
  }

  #refuse({ from }: SyntaxNode, cause: string): VigieError {
    return this.#error(from, cause);
  }

  #error(offset: number, cause: string): VigieError {
    const before = this.#text.slice(0, offset).split('\n');
    return new VigieError(
      'bad_query',
      `cannot parse query: ${before.length}:${(before.at(-1)?.length ?? 0) + 1}: ${cause}`,
    );
  }
}

function children(node: SyntaxNode): readonly SyntaxNode[] {
  const list: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name !== 'LineComment') list.push(child);
  }
  return list;
}

function only(node: SyntaxNode | null | undefined): SyntaxNode {
  invariant(node !== null && node !== undefined, 'the grammar left out a part it promises');
  return node;
}
