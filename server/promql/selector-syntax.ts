import type { SyntaxNode } from '@lezer/common';
import type { Matcher } from '../model/engine.ts';
import { invariant, messageOf } from '../model/errors.ts';
import { ms } from '../model/units.ts';
import type { VectorSelector } from './ast.ts';
import { unquote } from './literals.ts';
import { compileMatcher } from './matcher.ts';
import type { QueryText } from './query-text.ts';
import { children, only } from './syntax-tree.ts';

/** Reads the parts of an expression that name series and times; none of them holds another expression. */
export class SelectorSyntax {
  readonly #text: QueryText;

  constructor(text: QueryText) {
    this.#text = text;
  }

  /** `name{label="value"}`, without offset. */
  selector(node: SyntaxNode): VectorSelector {
    const { matchers } = this.anySelector(node);
    if (matchers.filter((matcher) => this.#needsValue(node, matcher)).length === 0) {
      throw this.#text.refuse(
        node,
        'vector selector must contain at least one non-empty matcher; want a name, or a matcher such as job="shop"',
      );
    }
    return { node: 'selector', type: 'vector', place: this.#text.place(node), matchers, offset: ms(0) };
  }

  /** The same, though it may take every series there is. */
  anySelector(node: SyntaxNode): VectorSelector {
    const matchers = this.matchers(node);
    for (const matcher of matchers) this.#needsValue(node, matcher);
    return { node: 'selector', type: 'vector', place: this.#text.place(node), matchers, offset: ms(0) };
  }

  /** What stands before and between the braces, the name among it. */
  matchers(node: SyntaxNode): readonly Matcher[] {
    const name = node.getChild('Identifier');
    const named: Matcher[] = name === null ? [] : [{ name: '__name__', op: '=', value: this.#text.slice(name) }];
    const list = node.getChild('LabelMatchers');
    const matchers = [...named, ...(list === null ? [] : children(list).map((child) => this.#matcher(child)))];
    if (name !== null && matchers.filter((matcher) => matcher.name === '__name__' && matcher.op === '=').length > 1) {
      throw this.#text.refuse(node, 'the metric name must not be set twice; want it before the braces or in them');
    }
    return matchers;
  }

  /** What stands between the brackets of `by`, `without`, `on` and `ignoring`. */
  labels(list: SyntaxNode | null): readonly string[] {
    if (list === null) return [];
    return children(list).map((label) => this.#labelName(label));
  }

  /** Whether a matcher leaves out series without its label; its pattern is checked on the way. */
  #needsValue(node: SyntaxNode, matcher: Matcher): boolean {
    try {
      return !compileMatcher(matcher).matches('');
    } catch (error) {
      throw this.#text.refuse(node, messageOf(error));
    }
  }

  #matcher(node: SyntaxNode): Matcher {
    const [name, op, value] = children(node);
    if (name === undefined || op === undefined || value === undefined) {
      return { name: '__name__', op: '=', value: this.#text.read(only(node.firstChild), unquote) };
    }
    const sign = this.#text.slice(op);
    invariant(sign === '=' || sign === '!=' || sign === '=~' || sign === '!~', `matching operator ${sign}`);
    return { name: this.#labelName(name), op: sign, value: this.#text.read(value, unquote) };
  }

  /** Plain, or quoted and then of any letters. */
  #labelName(node: SyntaxNode): string {
    return node.name === 'LabelName' ? this.#text.slice(node) : this.#text.read(only(node.firstChild ?? node), unquote);
  }
}
