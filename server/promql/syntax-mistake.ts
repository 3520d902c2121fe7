import { nearestWord } from '../model/nearest-word.ts';
import { AGGREGATION_NAMES } from './aggregations.ts';
import { FUNCTION_NAMES } from './functions.ts';
import { type QueryToken, tokensOf } from './query-token.ts';

/**
 * What somebody meant where the grammar expected something else. The grammar only says where it stopped; words and signs around that
 * place say what is wrong and what would be right. The catalogue of mistakes is `outside`, `inBraces` and `inBrackets`, by where they are.
 */
export interface SyntaxMistake {
  readonly offset: number;
  /** "got A; want B" */
  readonly told: string;
}

/** @param at where the grammar stopped */
export function mistakeAt(query: string, at: number): SyntaxMistake {
  const tokens = tokensOf(query);
  const found = tokens.findIndex(({ from, text }) => from + text.length > at);
  const index = found < 0 ? tokens.length : found;
  const torn = tornMistake(query, tokens);
  // A bracket or a quote that is wrong before that place is the cause of it.
  if (torn !== undefined && torn.offset <= (tokens[index]?.from ?? query.length)) return torn;
  return told(new Around(query, tokens, index));
}

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const LABEL_LISTS = new Set(['by', 'without', 'on', 'ignoring']);
const OPENING: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** The first string that has no end, or bracket that has no partner. */
function tornMistake(query: string, tokens: readonly QueryToken[]): SyntaxMistake | undefined {
  const open: QueryToken[] = [];
  for (const token of tokens) {
    const { kind, text, from } = token;
    if (kind === 'open text') {
      return { offset: from, told: `got a text that does not end; want ${text[0]} at its end` };
    }
    if (kind !== 'sign') continue;
    if (text in CLOSING) open.push(token);
    if (!(text in OPENING)) continue;
    const last = open.pop();
    if (last === undefined) return { offset: from, told: `got "${text}" that closes nothing; want it left out` };
    if (last.text !== OPENING[text]) {
      return { offset: from, told: `got "${text}"; want "${CLOSING[last.text]}" first, ${closes(tokens, last)}` };
    }
  }
  const last = open.at(-1);
  if (last === undefined) return undefined;
  return {
    offset: query.trimEnd().length,
    told: `got the end of the query; want "${CLOSING[last.text]}", ${closes(tokens, last)}`,
  };
}

/** A bracket and the word before it, which says more than a place in the query where the query is a part of something. */
function closes(tokens: readonly QueryToken[], bracket: QueryToken): string {
  const word = tokens[tokens.indexOf(bracket) - 1];
  const said = word?.kind === 'name' ? `${word.text}${bracket.text}` : bracket.text;
  return `which closes "${said}"`;
}

/** The place where the grammar stopped, with what stands before it. */
class Around {
  readonly got: QueryToken | undefined;
  readonly before: QueryToken | undefined;
  /** The bracket around it. */
  readonly open: QueryToken | undefined;
  /** Whether that holds the labels of `by` or its like. */
  readonly isLabels: boolean;
  readonly offset: number;

  constructor(query: string, tokens: readonly QueryToken[], index: number) {
    this.got = tokens[index];
    this.before = tokens[index - 1];
    this.offset = this.got?.from ?? query.trimEnd().length;
    const open: QueryToken[] = [];
    for (const token of tokens.slice(0, index)) {
      if (token.kind === 'sign' && token.text in CLOSING) open.push(token);
      else if (token.kind === 'sign' && token.text in OPENING) open.pop();
    }
    this.open = open.at(-1);
    const opener = this.open && tokens[tokens.indexOf(this.open) - 1];
    this.isLabels = this.open?.text === '(' && LABEL_LISTS.has(opener?.text.toLowerCase() ?? '');
  }
}

function told(around: Around): SyntaxMistake {
  const { open, got } = around;
  if (open?.text === '{') return wanted(around, inBraces(around));
  if (open?.text === '[') return wanted(around, inBrackets(around));
  return outside(around, got);
}

function wanted({ offset, got }: Around, want: string): SyntaxMistake {
  return { offset, told: `got ${got === undefined ? 'the end of the query' : shown(got)}; want ${want}` };
}

function shown({ kind, text }: QueryToken): string {
  return kind === 'text' ? text : JSON.stringify(text);
}

const MATCHING = new Set(['=', '!=', '=~', '!~']);

/** Matchers of labels. */
function inBraces({ got, before }: Around): string {
  if (before?.kind === 'sign' && MATCHING.has(before.text)) {
    const isWord = got?.kind === 'name' || got?.kind === 'number';
    return `a value in quotes${isWord ? `, "${got.text}"` : ', such as "shop"'}`;
  }
  if (before?.kind === 'name') return `=, !=, =~ or !~ behind the label ${before.text}`;
  if (got?.kind === 'name' && got.text.endsWith(':')) return `${got.text.slice(0, -1)}= and a value in quotes`;
  if (before?.kind === 'text') return got?.kind === 'sign' ? '"," or "}"' : '"," before the next label';
  return 'a label, such as job="shop"';
}

/** Ranges and steps. */
function inBrackets({ got, before }: Around): string {
  const piece = before?.kind === 'number' && got?.kind === 'name' ? `${before.text}${got.text}` : undefined;
  if (piece !== undefined && /^\d+(?:ms|[smhdwy])$/.test(piece)) return `the duration in one piece, ${piece}`;
  return 'a duration such as 5m or 1h30m';
}

const WORDS_OF_SIGNS: Readonly<Record<string, string>> = { '=': '==', '&&': 'and', '||': 'or', '!': 'unless' };

function outside(around: Around, got: QueryToken | undefined): SyntaxMistake {
  const { before, isLabels } = around;
  if (isLabels) return wanted(around, before?.kind === 'name' ? '"," or ")" behind the label' : 'a label');
  if (got?.kind === 'number') return wanted(around, numberWant(around, got));
  if (before?.kind === 'name') {
    const named = afterName(around, before, got);
    if (named !== undefined) return named;
  }
  const meant = got?.kind === 'sign' ? WORDS_OF_SIGNS[got.text] : undefined;
  if (meant !== undefined) return wanted(around, `"${meant}"`);
  if (before === undefined) return wanted(around, 'an expression such as rate(http_requests_total[5m])');
  if (isOperand(before)) return wanted(around, afterOperand(around));
  return wanted(around, `an expression behind ${shown(before)}`);
}

function numberWant({ before }: Around, { text }: QueryToken): string {
  if (before !== undefined && isOperand(before)) return `an operator before ${text}`;
  return 'a number such as 1.5, or a duration such as 5m';
}

/** Behind the name of something that takes brackets, or that there is not. */
function afterName(around: Around, name: QueryToken, got: QueryToken | undefined): SyntaxMistake | undefined {
  const word = name.text.toLowerCase();
  if (LABEL_LISTS.has(word)) {
    if (got?.text !== '(') return wanted(around, `the labels of ${word} in brackets, such as ${word}(job)`);
    const side = word === 'by' || word === 'without' ? 'an aggregation, such as sum' : 'an operator, such as +';
    return { offset: name.from, told: `got "${name.text}"; want ${side}, before it` };
  }
  if (word === 'offset') return wanted(around, 'a duration such as 5m behind offset');
  if (word === 'bool') return wanted(around, 'an expression behind bool');
  const isKnown = FUNCTION_NAMES.includes(name.text) || AGGREGATION_NAMES.includes(word);
  if (isKnown) return wanted(around, `"(" behind ${name.text}`);
  if (got?.text === '(')
    return { offset: name.from, told: `got the function "${name.text}"; ${functionHint(name.text)}` };
  if (got?.text === '.')
    return wanted(around, `a name of letters, digits, _ and :, or {"${name.text}..."} with all of it`);
  return undefined;
}

function functionHint(name: string): string {
  const near = nearestWord(name.toLowerCase(), [...FUNCTION_NAMES, ...AGGREGATION_NAMES]);
  return near === undefined ? 'want one of PromQL, such as rate, increase or sum' : `did you mean "${near}"?`;
}

const BETWEEN = new Set(['and', 'or', 'unless', 'atan2', 'bool', 'offset']);

function isOperand({ kind, text }: QueryToken): boolean {
  return kind === 'sign' ? text in OPENING : !BETWEEN.has(text.toLowerCase());
}

function afterOperand({ got, open }: Around): string {
  if (open !== undefined) return got === undefined ? `"${CLOSING[open.text]}"` : 'an operator, "," or ")" before it';
  return got?.kind === 'sign'
    ? 'an operator or the end of the query'
    : 'an operator before it, or the end of the query';
}
