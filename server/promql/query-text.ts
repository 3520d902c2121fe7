import type { SyntaxNode } from '@lezer/common';
import { messageOf, type VigieError } from '../model/errors.ts';
import { lineCol, TextError } from '../model/text-error.ts';
import { mistakeAt } from './syntax-mistake.ts';

/** The text that the nodes of the grammar point into, and errors that say where in it. */
export class QueryText {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  slice({ from, to }: SyntaxNode): string {
    return this.#text.slice(from, to);
  }

  /** `line:col` of the first character of a node. */
  place({ from }: SyntaxNode): string {
    return lineCol(this.#text, from);
  }

  /** A literal that cannot be read is refused at its place. */
  read<T>(node: SyntaxNode, reader: (text: string) => T): T {
    try {
      return reader(this.slice(node));
    } catch (error) {
      throw this.refuse(node, messageOf(error));
    }
  }

  refuse({ from }: SyntaxNode, cause: string): VigieError {
    return this.#error(from, cause);
  }

  /** For what the grammar did not expect at this offset. */
  unexpected(at: number): VigieError {
    const { offset, told } = mistakeAt(this.#text, at);
    return this.#error(offset, told);
  }

  #error(offset: number, told: string): VigieError {
    return new TextError('bad_query', 'cannot parse query', this.#text, offset, told);
  }
}
