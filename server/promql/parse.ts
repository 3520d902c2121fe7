import { parser } from '@prometheus-io/lezer-promql';
import type { Selector } from '../model/engine.ts';
import { VigieError } from '../model/errors.ts';
import type { Expr } from './ast.ts';
import { ExpressionSyntax } from './expression-syntax.ts';
import { QueryText } from './query-text.ts';

const MAX_LENGTH = 20_000;

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
  if (expr.node !== 'selector' || expr.offset !== 0 || expr.at !== undefined) {
    throw new VigieError('bad_query', `cannot read selector ${JSON.stringify(text)}: want name{label="value"} alone`);
  }
  return expr.matchers;
}
