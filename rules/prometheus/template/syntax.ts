import { VigieError } from '../../../server/model/errors.ts';
import { type Piece, piecesOf, type Token } from './token.ts';
import type { Value } from './value.ts';

/** A template of Go, parsed (https://pkg.go.dev/text/template); `define`, `template`, `block`, `break` and `continue` are not there. */
export type Node =
  | { readonly node: 'text'; readonly text: string }
  | { readonly node: 'action'; readonly pipe: Pipe }
  | { readonly node: 'if' | 'with' | 'range'; readonly pipe: Pipe; readonly body: Nodes; readonly otherwise: Nodes };

export type Nodes = readonly Node[];

export interface Pipe {
  /** Variables that take the value; of a range two may: its index and element. */
  readonly variables: readonly string[];
  /** Makes the variables, where `=` only changes them. */
  readonly declares: boolean;
  readonly commands: readonly Command[];
}

/** An operand alone, or a function and its arguments. */
export type Command = readonly Operand[];

export type Operand = Base & { readonly fields: readonly string[] };

type Base =
  | { readonly base: 'literal'; readonly value: Value }
  | { readonly base: 'dot' }
  | { readonly base: 'variable' | 'function'; readonly name: string }
  | { readonly base: 'pipe'; readonly pipe: Pipe };

const CONTROLS = ['if', 'with', 'range'] as const;
const REFUSED = ['define', 'template', 'block', 'break', 'continue'];

/** Throws VigieError `bad_config`. @param isFunction whether a name is one of a function. */
export function parseTemplate(template: string, isFunction: (name: string) => boolean): Nodes {
  const reader = new TemplateReader(piecesOf(template), isFunction);
  return reader.whole();
}

function refuse(cause: string): VigieError {
  return new VigieError('bad_config', `cannot read template: ${cause}`);
}

class TemplateReader {
  readonly #pieces: readonly Piece[];
  readonly #isFunction: (name: string) => boolean;
  #at = 0;

  constructor(pieces: readonly Piece[], isFunction: (name: string) => boolean) {
    this.#pieces = pieces;
    this.#isFunction = isFunction;
  }

  whole(): Nodes {
    const { nodes, closing } = this.#list();
    if (closing !== undefined) throw refuse(`unexpected {{${closing[0]?.text ?? ''}}}`);
    return nodes;
  }

  /** Up to the `end` or `else` that closes it. */
  #list(): { readonly nodes: Nodes; readonly closing?: readonly Token[] } {
    const nodes: Node[] = [];
    for (let piece = this.#pieces[this.#at++]; piece !== undefined; piece = this.#pieces[this.#at++]) {
      if (piece.piece === 'text') {
        nodes.push({ node: 'text', text: piece.text });
        continue;
      }
      const [first] = piece.tokens;
      if (first?.text === 'end' || first?.text === 'else') return { nodes, closing: piece.tokens };
      nodes.push(this.#action(piece.tokens));
    }
    return { nodes };
  }

  #action(tokens: readonly Token[]): Node {
    const word = tokens[0]?.text ?? '';
    if (REFUSED.includes(word)) throw refuse(`{{${word}}} is not supported`);
    const control = CONTROLS.find((one) => one === word);
    return control === undefined
      ? { node: 'action', pipe: this.#pipe(tokens) }
      : this.#control(control, tokens.slice(1));
  }

  #control(node: (typeof CONTROLS)[number], tokens: readonly Token[]): Node {
    const pipe = this.#pipe(tokens);
    const { nodes: body, closing } = this.#list();
    if (closing === undefined) throw refuse(`{{${node}}} has no {{end}}`);
    if (closing[0]?.text === 'end') return { node, pipe, body, otherwise: [] };
    const chained = CONTROLS.find((one) => one === closing[1]?.text);
    if (chained !== undefined) return { node, pipe, body, otherwise: [this.#control(chained, closing.slice(2))] };
    const rest = this.#list();
    if (rest.closing?.[0]?.text !== 'end') throw refuse('{{else}} has no {{end}}');
    return { node, pipe, body, otherwise: rest.nodes };
  }

  #pipe(tokens: readonly Token[]): Pipe {
    const sign = tokens.findIndex(({ kind, text }) => kind === 'sign' && (text === ':=' || text === '='));
    const head = sign < 0 ? [] : tokens.slice(0, sign).filter(({ text }) => text !== ',');
    if (sign >= 0 && (head.length === 0 || head.length > 2 || head.some(({ kind }) => kind !== 'variable'))) {
      throw refuse('want a variable such as $x before :=');
    }
    const commands = new PipeReader(tokens.slice(sign + 1), (inner) => this.#pipe(inner), this.#isFunction).commands();
    return { variables: head.map(({ text }) => text), declares: tokens[sign]?.text === ':=', commands };
  }
}

class PipeReader {
  readonly #tokens: readonly Token[];
  readonly #inner: (tokens: readonly Token[]) => Pipe;
  readonly #isFunction: (name: string) => boolean;
  #at = 0;

  constructor(
    tokens: readonly Token[],
    inner: (tokens: readonly Token[]) => Pipe,
    isFunction: (name: string) => boolean,
  ) {
    this.#tokens = tokens;
    this.#inner = inner;
    this.#isFunction = isFunction;
  }

  commands(): readonly Command[] {
    const commands: Operand[][] = [[]];
    for (let token = this.#tokens[this.#at++]; token !== undefined; token = this.#tokens[this.#at++]) {
      if (token.kind === 'sign' && token.text === '|') commands.push([]);
      else commands.at(-1)?.push(this.#operand(token));
    }
    if (commands.some((command) => command.length === 0)) throw refuse('a value is missing');
    return commands;
  }

  #operand(token: Token): Operand {
    const fields: string[] = token.kind === 'field' ? [token.text.slice(1)] : [];
    const base = this.#base(token);
    for (let next = this.#tokens[this.#at]; next?.kind === 'field' && !next.apart; next = this.#tokens[this.#at]) {
      fields.push(next.text.slice(1));
      this.#at++;
    }
    return { ...base, fields };
  }

  #base({ kind, text }: Token): Base {
    if (kind === 'dot' || kind === 'field') return { base: 'dot' };
    if (kind === 'variable') return { base: 'variable', name: text };
    if (kind === 'string') return { base: 'literal', value: textOf(text) };
    if (kind === 'number')
      return { base: 'literal', value: /^[+-]?(?:0x[\da-f]+|[\d_]+)$/i.test(text) ? integerOf(text) : Number(text) };
    if (kind === 'word') return this.#word(text);
    if (text !== '(') throw refuse(`unexpected ${JSON.stringify(text)}`);
    return { base: 'pipe', pipe: this.#inner(this.#bracketed()) };
  }

  #word(text: string): Base {
    if (text === 'true' || text === 'false') return { base: 'literal', value: text === 'true' };
    if (text === 'nil') return { base: 'literal', value: undefined };
    if (!this.#isFunction(text)) throw refuse(`function "${text}" not defined`);
    return { base: 'function', name: text };
  }

  #bracketed(): readonly Token[] {
    const from = this.#at;
    for (let depth = 1; depth > 0; this.#at++) {
      const token = this.#tokens[this.#at];
      if (token === undefined) throw refuse('a bracket is not closed');
      if (token.kind === 'sign' && token.text === '(') depth++;
      if (token.kind === 'sign' && token.text === ')') depth--;
    }
    return this.#tokens.slice(from, this.#at - 1);
  }
}

function integerOf(text: string): bigint {
  const digits = text.replaceAll('_', '').replace('+', '');
  return digits.startsWith('-') ? -BigInt(digits.slice(1)) : BigInt(digits);
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '"': '"', '\\': '\\', "'": "'" };

function textOf(literal: string): string {
  const body = literal.slice(1, -1);
  if (literal.startsWith('`')) return body;
  return body.replace(
    /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|([\s\S]))/g,
    (whole, byte?: string, unit?: string, simple?: string) => {
      const code = byte ?? unit;
      if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
      const meant = ESCAPES[simple ?? ''];
      if (meant === undefined) throw refuse(`got the escape ${whole}; want one of Go's`);
      return meant;
    },
  );
}
