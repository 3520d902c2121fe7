import type { SyntaxNode } from '@lezer/common';
import { messageOf, VigieError } from '../model/errors.ts';

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
    return this.#at(from);
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
    const rest = this.#text.slice(at).trimStart();
    const got = rest === '' ? 'end of the query' : JSON.stringify(/^(?:\w+|[\s\S])/.exec(rest)?.[0]);
    return this.#error(this.#text.length - rest.length, `unexpected ${got}`);
  }

  #error(offset: number, cause: string): VigieError {
    return new VigieError('bad_query', `cannot parse query: ${this.#at(offset)}: ${cause}`);
  }

  #at(offset: number): string {
    const before = this.#text.slice(0, offset).split('\n');
    return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
  }
}
