import type { SyntaxNode } from '@lezer/common';
import { type Binary, type Expr, type Matching, TYPE_WORDS } from './ast.ts';
import { parseNumber } from './literals.ts';
import { isComparison, isOperator } from './operators.ts';
import type { QueryText } from './query-text.ts';
import type { SelectorSyntax } from './selector-syntax.ts';
import { isSetOperator } from './set-operators.ts';
import { asValue } from './type-hint.ts';

const NO_MATCHING: Matching = { keep: false, labels: [], include: [] };

/** A binary operator with its modifiers, its sides checked. Throws VigieError `bad_query`. */
export function binaryOf(
  text: QueryText,
  selectors: SelectorSyntax,
  node: SyntaxNode,
  op: string,
  left: Expr,
  right: Expr,
): Binary {
  const refuse = (cause: string) => text.refuse(node, cause);
  if (!isOperator(op)) throw refuse(`operator ${op} works on native histograms, which are not supported`);
  const bool = node.getChild('BoolModifier') !== null;
  if (bool && !isComparison(op))
    throw refuse('bool modifier can only be used on comparison operators; want it behind ==, !=, <, <=, > or >=');
  for (const { type } of [left, right]) {
    if (type === 'vector' || type === 'scalar') continue;
    throw refuse(
      `binary expression must contain only scalar and instant vector types, got ${TYPE_WORDS[type]}; want ${asValue(type)}`,
    );
  }
  const scalars = [left, right].filter(({ type }) => type === 'scalar').length;
  if (scalars === 2 && isComparison(op) && !bool)
    throw refuse(`comparisons between scalars must use BOOL modifier; want ${op} bool`);
  if (scalars > 0 && isSetOperator(op))
    throw refuse(`set operator "${op}" not allowed in binary scalar expression; want an instant vector on both sides`);
  const clause = node.getChild('MatchingModifierClause');
  if (clause !== null && scalars > 0)
    throw refuse('vector matching only allowed between instant vectors; want none beside a number');
  const fill = fillOf(text, node.getChild('FillModifier'));
  if (fill && scalars > 0)
    throw refuse('filling in missing series only allowed between instant vectors; want none beside a number');
  if (fill && isSetOperator(op))
    throw refuse('filling in missing series not allowed for set operators; want it left out');
  const matching = { ...(clause === null ? NO_MATCHING : matchingOf(text, selectors, clause)), ...(fill && { fill }) };
  if (matching.many !== undefined && isSetOperator(op))
    throw refuse(`no grouping allowed for "${op}" operation; want group_left and group_right left out`);
  const place = text.place(node);
  return { node: 'binary', type: scalars === 2 ? 'scalar' : 'vector', place, op, left, right, bool, matching };
}

/** `fill(0)` is for both sides. */
function fillOf(text: QueryText, node: SyntaxNode | null): Matching['fill'] {
  if (node === null) return undefined;
  const value = (name: string): number | undefined => {
    const literal = node.getChild(name)?.getChild('NumberDurationLiteral');
    return literal ? text.read(literal, signedNumber) : undefined;
  };
  const both = value('FillClause');
  const [left, right] = [value('FillLeftClause') ?? both, value('FillRightClause') ?? both];
  return { ...(left !== undefined && { left }), ...(right !== undefined && { right }) };
}

function signedNumber(text: string): number {
  const size = parseNumber(text.replace(/^[+-](?:\s|#.*)*/, ''));
  return text.startsWith('-') ? -size : size;
}

function matchingOf(text: QueryText, selectors: SelectorSyntax, clause: SyntaxNode): Matching {
  const keep = clause.getChild('On') !== null;
  const [first = null, second = null] = clause.getChildren('GroupingLabels');
  const labels = selectors.labels(first);
  const include = selectors.labels(second);
  const twice = include.find((label) => keep && labels.includes(label));
  if (twice !== undefined) {
    throw text.refuse(clause, `label "${twice}" must not occur in ON and GROUP clause at once; want it in on() alone`);
  }
  if (clause.getChild('GroupLeft') !== null) return { keep, labels, include, many: 'left' };
  if (clause.getChild('GroupRight') !== null) return { keep, labels, include, many: 'right' };
  return { keep, labels, include };
}
