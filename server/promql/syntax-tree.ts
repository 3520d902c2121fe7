import type { SyntaxNode } from '@lezer/common';
import { invariant } from '../model/errors.ts';

/** The parts of a node in order, comments left out. */
export function children(node: SyntaxNode): readonly SyntaxNode[] {
  const list: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name !== 'LineComment') list.push(child);
  }
  return list;
}

/** A part the grammar promises. */
export function only(node: SyntaxNode | null | undefined): SyntaxNode {
  invariant(node !== null && node !== undefined, 'the grammar left out a part it promises');
  return node;
}
