import { VigieError } from '../../../server/model/errors.ts';

/** A piece of a template: text as it is, or what stands between `{{` and `}}`. */
export type Piece =
  | { readonly piece: 'text'; readonly text: string }
  | { readonly piece: 'action'; readonly tokens: readonly Token[] };

export interface Token {
  readonly kind: 'string' | 'number' | 'field' | 'dot' | 'variable' | 'word' | 'sign';
  readonly text: string;
  /** Something stands between it and the token before: `.a .b` are two operands, `.a.b` is one. */
  readonly apart: boolean;
}

const TOKEN =
  /(?<space>\s+)|(?<string>"(?:\\.|[^"\\\n])*"|`[^`]*`)|(?<number>[+-]?(?:0x[\da-fA-F]+|\d[\d_]*(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+))|(?<field>\.[A-Za-z_]\w*)|(?<dot>\.)|(?<variable>\$\w*)|(?<word>[A-Za-z_]\w*)|(?<sign>:=|[=|(),])/y;

/** Cuts a template into its pieces; `{{- ` and ` -}}` eat the space beside them, comments are nothing. Throws VigieError `bad_config`. */
export function piecesOf(template: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let text = '';
  let at = 0;
  for (let open = template.indexOf('{{'); open >= 0; open = template.indexOf('{{', at)) {
    text += template.slice(at, open);
    const { body, end, trimsLeft, trimsRight } = actionAt(template, open);
    if (trimsLeft) text = text.trimEnd();
    if (text !== '') pieces.push({ piece: 'text', text });
    text = '';
    if (!isComment(body)) pieces.push({ piece: 'action', tokens: tokensOf(body) });
    at = trimsRight ? end + (/^\s*/.exec(template.slice(end))?.[0].length ?? 0) : end;
  }
  text += template.slice(at);
  return text === '' ? pieces : [...pieces, { piece: 'text', text }];
}

function actionAt(template: string, open: number) {
  const trimsLeft = /^\{\{-\s/.test(template.slice(open, open + 4));
  const start = open + (trimsLeft ? 3 : 2);
  let end = start;
  for (let quote = ''; !template.startsWith('}}', end) || quote !== ''; end++) {
    const char = template[end];
    if (char === undefined) throw new VigieError('bad_config', 'cannot read template: a {{ has no }}');
    if (quote === '"' && char === '\\') end++;
    else if (quote !== '') quote = char === quote ? '' : quote;
    else if (char === '"' || char === '`') quote = char;
  }
  const inside = template.slice(start, end);
  const trimsRight = /\s-$/.test(inside);
  return { body: trimsRight ? inside.slice(0, -1) : inside, end: end + 2, trimsLeft, trimsRight };
}

function isComment(body: string): boolean {
  return /^\s*\/\*[\s\S]*\*\/\s*$/.test(body);
}

function tokensOf(body: string): readonly Token[] {
  const tokens: Token[] = [];
  let apart = true;
  TOKEN.lastIndex = 0;
  for (let at = 0; at < body.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const groups = TOKEN.exec(body)?.groups;
    const [kind, text] = Object.entries(groups ?? {}).find(([, part]) => part !== undefined) ?? [];
    if (kind === undefined || text === undefined) {
      throw new VigieError('bad_config', `cannot read template: unexpected ${JSON.stringify(body.slice(at, at + 10))}`);
    }
    if (kind !== 'space') tokens.push({ kind: kind as Token['kind'], text, apart });
    apart = kind === 'space';
  }
  return tokens;
}
