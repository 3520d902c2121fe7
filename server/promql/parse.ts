import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import type { Selector } from '../model/engine.ts';
import { VigieError } from '../model/errors.ts';
import { type Labels, sortLabels } from '../model/labels.ts';
import { ms } from '../model/units.ts';
import type { Expr } from './ast.ts';
import type { Frame } from './duration-syntax.ts';
import { ExpressionSyntax } from './expression-syntax.ts';
import { QueryText } from './query-text.ts';
import { SelectorSyntax } from './selector-syntax.ts';
import { children } from './syntax-tree.ts';

const MAX_LENGTH = 20_000;

const ONE_MOMENT: Frame = { step: ms(0), range: ms(0) };

/**
 * Reads an expression. The official grammar recovers from errors and checks no types, so a tree with an error in it is refused
 * here and types are checked as the nodes are made. `frame` is what its durations are computed in. Throws VigieError `bad_query` with
 * line:col.
 */
export function parse(text: string, frame: Frame = ONE_MOMENT): Expr {
  const { root, source } = syntaxOf(text);
  return new ExpressionSyntax(source, frame).expr(root, 0);
}

/** Strings and comments, and else a number with nothing behind its point, which the grammar does not know. */
const BARE_POINT =
  /"(?:\\[\s\S]|[^"\\])*"|'(?:\\[\s\S]|[^'\\])*'|`[^`]*`|#.*|(?<![\w.:])(\d+)\.(e[+-]?\d+)?(?![\w.])/gi;

function syntaxOf(written: string): { readonly root: SyntaxNode; readonly source: QueryText } {
  // `1.` becomes `1 `, so that everything stays in its place.
  const text = written.replace(BARE_POINT, (all, digits?: string, power = '') => (digits ? `${digits}${power} ` : all));
  if (text.length > MAX_LENGTH) {
    throw new VigieError('bad_query', `cannot parse query: got ${text.length} characters; want at most ${MAX_LENGTH}`);
  }
  if (text.trim() === '') throw empty();
  const tree = parser.parse(text);
  const source = new QueryText(text);
  tree.iterate({
    enter: ({ type, from }) => {
      if (type.isError) throw source.unexpected(from);
    },
  });
  const [root] = children(tree.topNode);
  if (root === undefined) throw empty();
  return { root, source };
}

function empty(): VigieError {
  return new VigieError('bad_query', 'cannot parse query: it is empty; want an expression such as up');
}

/** Reads a plain vector selector, such as `http_requests_total{status=~"5.."}`. Throws VigieError `bad_query` on anything more. */
export function parseSelector(text: string): Selector {
  const expr = parse(text);
  if (expr.node !== 'selector' || expr.offset !== 0 || expr.at !== undefined) {
    throw new VigieError('bad_query', `cannot read selector ${JSON.stringify(text)}: want name{label="value"} alone`);
  }
  return expr.matchers;
}

/**
 * Reads the labels of one series, such as `up{job="shop"}` or `{}`, `__name__` among them. Throws VigieError `bad_query` on anything
 * more.
 */
export function parseMetric(text: string): Labels {
  if (/^\s*(?:\{\s*\})?\s*$/.test(text)) return {};
  const { root, source } = syntaxOf(text);
  const matchers = root.name === 'VectorSelector' ? new SelectorSyntax(source).matchers(root) : [];
  if (matchers.length === 0 || matchers.some(({ op }) => op !== '=')) {
    throw new VigieError('bad_query', `cannot read series ${JSON.stringify(text)}: want name{label="value"} alone`);
  }
  return sortLabels(Object.fromEntries(matchers.map(({ name, value }) => [name, value])));
}
