import type { SyntaxNode } from '@lezer/common';
import { type Ms, ms, SECOND } from '../model/units.ts';
import { type Expr, type Subquery, type TimeShift, TYPE_WORDS } from './ast.ts';
import type { DurationSyntax } from './duration-syntax.ts';
import { parseNumber } from './literals.ts';
import type { QueryText } from './query-text.ts';
import { children, only } from './syntax-tree.ts';
import { asValue } from './type-hint.ts';

/** Seconds beyond which Prometheus knows no time. */
const LAST_MOMENT = 2 ** 63;

const FOLLOWS =
  'must be preceded by an instant vector selector or range vector selector or a subquery; want it right behind one';

/** What `offset`, `@` or brackets make of the expression before them. Throws VigieError `bad_query`. */
export function suffixed(
  text: QueryText,
  durations: DurationSyntax,
  node: SyntaxNode,
  inner: Expr,
  bare: boolean,
): Expr {
  const parts = children(node);
  switch (node.name) {
    case 'MatrixSelector': {
      if (!bare || inner.node !== 'selector')
        throw text.refuse(
          node,
          'ranges only allowed for vector selectors; want one behind a selector, x[5m], or a subquery, (...)[5m:1m]',
        );
      if (inner.offset !== 0 || inner.at !== undefined) {
        throw text.refuse(node, 'no offset or @ modifiers allowed before range; want them behind it: x[5m] offset 1h');
      }
      const { length: range, text: rangeText } = durations.positive(only(parts[1]));
      return { node: 'range', type: 'matrix', place: inner.place, selector: inner, range, ...told({ rangeText }) };
    }
    case 'SubqueryExpr':
      return subquery(text, durations, node, inner);
    case 'OffsetExpr': {
      const { length: offset, text: offsetText } = durations.duration(only(parts.at(-1)));
      return shifted(inner, bare, (old) => {
        if (old === undefined) throw text.refuse(node, `offset modifier ${FOLLOWS}`);
        if (old.offset !== 0) throw text.refuse(node, 'offset may not be set multiple times; want one');
        return { offset, ...told({ offsetText }) };
      });
    }
    case 'StepInvariantExpr': {
      const at = moment(text, only(parts.at(-1)));
      return shifted(inner, bare, (old) => {
        if (old === undefined) throw text.refuse(node, `@ modifier ${FOLLOWS}`);
        if (old.at !== undefined) throw text.refuse(node, '@ <timestamp> may not be set multiple times; want one');
        return { at };
      });
    }
    default:
      throw text.refuse(node, 'anchored and smoothed are experimental and not supported; want them left out');
  }
}

/** Those that are there. */
function told<K extends string>(texts: Readonly<Record<K, string | undefined>>): { readonly [P in K]?: string } {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined)) as { [P in K]?: string };
}

/** `shift` gets what stands there now; undefined when it is nothing that can be moved in time. */
function shifted(inner: Expr, bare: boolean, shift: (old: TimeShift | undefined) => Partial<TimeShift>): Expr {
  if (bare && inner.node === 'selector') return { ...inner, ...shift(inner) };
  if (bare && inner.node === 'range') return { ...inner, selector: { ...inner.selector, ...shift(inner.selector) } };
  if (inner.node === 'subquery') return { ...inner, ...shift(inner) };
  shift(undefined);
  return inner;
}

function subquery(text: QueryText, durations: DurationSyntax, node: SyntaxNode, arg: Expr): Subquery {
  if (arg.type !== 'vector') {
    throw text.refuse(
      node,
      `subquery is only allowed on instant vector, got ${TYPE_WORDS[arg.type]} instead; want ${asValue(arg.type)}`,
    );
  }
  const [, rangeNode, stepNode] = children(node);
  const { length: range, text: rangeText } = durations.positive(only(rangeNode));
  const step = stepNode && durations.positive(stepNode);
  return {
    node: 'subquery',
    type: 'matrix',
    place: arg.place,
    arg,
    range,
    ...(step && { step: step.length }),
    ...told({ rangeText, stepText: step?.text }),
    offset: ms(0),
  };
}

function moment(text: QueryText, node: SyntaxNode): Ms | 'start' | 'end' {
  if (node.name === 'AtModifierPreprocessors') return text.slice(node).toLowerCase() === 'start' ? 'start' : 'end';
  const secs = text.read(node, (literal) => {
    const value = parseNumber(literal.replace(/^[+-](?:\s|#.*)*/, ''));
    return literal.startsWith('-') ? -value : value;
  });
  if (!(Math.abs(secs) < LAST_MOMENT))
    throw text.refuse(node, `timestamp out of bounds for @ modifier: ${text.slice(node)}; want seconds since 1970`);
  return ms(Math.round(secs * SECOND));
}
