import type { SyntaxNode } from '@lezer/common';
import { aggregationNamed } from './aggregations.ts';
import { type Expr, TYPE_WORDS, type ValueType } from './ast.ts';
import { binaryOf } from './binary-syntax.ts';
import { DurationSyntax, type Frame } from './duration-syntax.ts';
import { functionNamed } from './functions.ts';
import { infoSeriesOf } from './info-syntax.ts';
import { parseNumber, unquote } from './literals.ts';
import { build, partsInOrder } from './operator-order.ts';
import type { QueryText } from './query-text.ts';
import { SelectorSyntax } from './selector-syntax.ts';
import type { PromFunction } from './signature.ts';
import { suffixed } from './suffix-syntax.ts';
import { children, only } from './syntax-tree.ts';
import { asValue, signatureText, typeHint } from './type-hint.ts';

/** The deepest nesting taken: trees are walked by recursion. A chain of operators nests as deep as it is long. */
const MAX_DEPTH = 500;

/** Turns nodes of the grammar into our own, checking types on the way. */
export class ExpressionSyntax {
  readonly #text: QueryText;
  readonly #selectors: SelectorSyntax;
  readonly #durations: DurationSyntax;

  constructor(text: QueryText, frame: Frame) {
    this.#text = text;
    this.#selectors = new SelectorSyntax(text);
    this.#durations = new DurationSyntax(text, frame);
  }

  expr(root: SyntaxNode, depth: number): Expr {
    const parts = partsInOrder(root, (node) => this.#text.slice(node));
    const inside = depth + parts.filter(({ part }) => part !== 'operand').length;
    if (inside > MAX_DEPTH)
      throw this.#text.refuse(
        root,
        `got more than ${MAX_DEPTH} levels of nesting; want fewer, by recording rules for its parts`,
      );
    return build<Expr>(parts, {
      operand: (node) => this.#operand(node, inside),
      suffix: (node, inner, bare) => suffixed(this.#text, this.#durations, node, inner, bare),
      sign: (node, negative, inner) => this.#sign(node, negative, inner),
      operator: (node, op, left, right) => binaryOf(this.#text, this.#selectors, node, op, left, right),
    });
  }

  #operand(node: SyntaxNode, depth: number): Expr {
    const place = this.#text.place(node);
    switch (node.name) {
      case 'ParenExpr':
        return bracketed(this.expr(only(node.firstChild), depth + 1));
      case 'NumberDurationLiteral': {
        const value = this.#text.read(node, (text) => parseNumber(text.replace(/^[+-](?:\s|#.*)*/, '')));
        return { node: 'number', type: 'scalar', place, value };
      }
      case 'StringLiteral':
        return { node: 'string', type: 'string', place, value: this.#text.read(node, unquote) };
      case 'VectorSelector':
        return this.#selectors.selector(node);
      case 'FunctionCall':
        return this.#call(node, depth);
      case 'AggregateExpr':
        return this.#aggregation(node, depth);
      default:
        throw this.#text.refuse(node, `${node.name} is not supported`);
    }
  }

  #sign(node: SyntaxNode, negative: boolean, inner: Expr): Expr {
    const { type } = inner;
    if (type !== 'scalar' && type !== 'vector') {
      const cause = `unary expression only allowed on expressions of type scalar or instant vector, got "${TYPE_WORDS[type]}"; want ${asValue(type)}`;
      throw this.#text.refuse(node, cause);
    }
    if (!negative) return inner;
    const place = this.#text.place(node);
    if (inner.node === 'number' && inner.brackets === undefined) return { ...inner, place, value: -inner.value };
    return { node: 'negation', type, place, arg: inner };
  }

  #call(node: SyntaxNode, depth: number): Expr {
    const [identifier, body] = children(node);
    const name = this.#text.slice(only(identifier));
    const known = functionNamed(name);
    if (known === undefined)
      throw this.#text.refuse(node, `function ${name} is experimental and not supported; want another one`);
    if ('refused' in known) throw this.#text.refuse(node, `function ${name} is not supported: ${known.refused}`);
    const nodes = body === undefined ? [] : children(body);
    this.#count(node, name, known, nodes.length);
    const taker = `call to function "${name}"`;
    const args = nodes.map((arg, i) =>
      name === 'info' && i === 1
        ? this.#labelSelector(arg)
        : this.#typed(arg, known.args[i] ?? known.args.at(-1), taker, depth),
    );
    const call = { node: 'call', type: known.returns, place: this.#text.place(node), name, args } as const;
    const [vector, selector] = args;
    if (name !== 'info' || vector === undefined) return call;
    return {
      ...call,
      infoSeries: infoSeriesOf(vector, selector?.node === 'selector' ? selector : undefined, call.place),
    };
  }

  /** A selector of labels, and nothing around it. */
  #labelSelector(node: SyntaxNode): Expr {
    const isBare = node.name === 'VectorSelector' && node.getChild('Identifier') === null;
    if (isBare) return this.#selectors.anySelector(node);
    throw this.#text.refuse(
      node,
      'expected label selectors only as the second argument of "info"; want some such as {version=~".+"}',
    );
  }

  #count(node: SyntaxNode, name: string, known: PromFunction, got: number): void {
    const [most, least] = [known.args.length, known.args.length - (known.optional ?? 0)];
    const wrong = (bound: string, want: number) =>
      this.#text.refuse(
        node,
        `expected ${bound}${want} argument(s) in call to "${name}", got ${got}; want ${signatureText(name, known)}`,
      );
    if (got < least) throw wrong(known.variadic || least < most ? 'at least ' : '', least);
    if (got > most && !known.variadic) throw wrong(least < most ? 'at most ' : '', most);
  }

  #typed(node: SyntaxNode, want: ValueType | undefined, taker: string, depth: number): Expr {
    const expr = this.expr(node, depth + 1);
    if (want === undefined || expr.type === want) return expr;
    const hint = typeHint(want, expr.type, this.#text.slice(node));
    throw this.#text.refuse(
      node,
      `expected type ${TYPE_WORDS[want]} in ${taker}, got ${TYPE_WORDS[expr.type]}; want ${hint}`,
    );
  }

  #aggregation(node: SyntaxNode, depth: number): Expr {
    const op = this.#text.slice(only(node.getChild('AggregateOp'))).toLowerCase();
    const known = aggregationNamed(op);
    if (known === undefined)
      throw this.#text.refuse(node, `aggregation ${op} is experimental and not supported; want another one`);
    const body = children(only(node.getChild('FunctionCallBody')));
    const want = known.parameter === undefined ? 1 : 2;
    if (body.length !== want) {
      const all = [...(known.parameter === undefined ? [] : [TYPE_WORDS[known.parameter]]), TYPE_WORDS.vector].join(
        ', ',
      );
      const cause = `wrong number of arguments for aggregate expression provided, expected ${want}, got ${body.length}; want ${op}(${all})`;
      throw this.#text.refuse(node, cause);
    }
    const modifier = node.getChild('AggregateModifier');
    const labels = this.#selectors.labels(modifier?.getChild('GroupingLabels') ?? null);
    const grouping = { keep: modifier?.getChild('Without') == null, labels };
    const arg = this.#typed(only(body.at(-1)), 'vector', 'aggregation expression', depth);
    const base = { node: 'aggregation', type: 'vector', place: this.#text.place(node), op, grouping, arg } as const;
    if (known.parameter === undefined) return base;
    return { ...base, parameter: this.#typed(only(body[0]), known.parameter, 'aggregation parameter', depth) };
  }
}

function bracketed(expr: Expr): Expr {
  return { ...expr, brackets: (expr.brackets ?? 0) + 1 };
}
