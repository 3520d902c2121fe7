/** A part of a text, `[start, end)`. */
export interface Mark {
  readonly start: number;
  readonly end: number;
}

/** A piece of a line as people see it. `escape` stands for characters that would show nothing, or move others. */
export interface Segment {
  readonly kind: 'text' | 'escape';
  readonly text: string;
  readonly marked: boolean;
}

/**
 * What a screen would not show as it is: control characters (ANSI sequences begin with one), line breaks, bidirectional controls
 * (CVE-2021-42574), and what takes no room at all. The tab is a space to everybody, and variation selectors belong to emoji.
 */
const UNSEEN =
  /(?!\t|[\ufe00-\ufe0f])[\p{Cc}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}\ufff9-\ufffb]/gu;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r' };

/** A character as programs write it: `\x1b`, `\u202e`, `\u{e0041}`. */
export function escaped(character: string): string {
  const short = SHORT[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code < 0x100) return `\\x${hex.padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`;
}

/** The line in pieces, none of which is empty: what is written in it, in its order, all of it. `marks` are sorted and apart. */
export function visibleSegments(text: string, marks: readonly Mark[] = []): readonly Segment[] {
  const segments: Segment[] = [];
  let at = 0;
  for (const { start, end } of marks) {
    segments.push(...escapeUnseen(text.slice(at, start), false), ...escapeUnseen(text.slice(start, end), true));
    at = Math.max(at, end);
  }
  segments.push(...escapeUnseen(text.slice(at), false));
  return segments;
}

/** The same as one text, for where no markup is possible. */
export function visibleText(text: string): string {
  return text.replace(UNSEEN, escaped);
}

function escapeUnseen(text: string, marked: boolean): Segment[] {
  const segments: Segment[] = [];
  const add = (kind: Segment['kind'], piece: string): void => {
    const last = segments.at(-1);
    if (piece === '') return;
    if (last?.kind === kind) segments[segments.length - 1] = { ...last, text: last.text + piece };
    else segments.push({ kind, text: piece, marked });
  };
  let at = 0;
  for (const { 0: character, index } of text.matchAll(UNSEEN)) {
    add('text', text.slice(at, index));
    add('escape', escaped(character));
    at = index + character.length;
  }
  add('text', text.slice(at));
  return segments;
}

/** What a row has room for; the rest is there when it is opened. */
const ROW_CHARACTERS = 400;
const BEFORE_MARK = 60;

export interface Excerpt {
  readonly text: string;
  readonly marks: readonly Mark[];
  /** Whether something is left out before it and after it. */
  readonly cutBefore: boolean;
  readonly cutAfter: boolean;
}

/** The beginning of a line, or what surrounds its first mark when that lies further on. */
export function excerpt(text: string, marks: readonly Mark[]): Excerpt {
  const first = marks[0]?.start ?? 0;
  const start = first < ROW_CHARACTERS / 2 ? 0 : wholeCharacter(text, first - BEFORE_MARK);
  const end = wholeCharacter(text, Math.min(text.length, start + ROW_CHARACTERS));
  return {
    text: text.slice(start, end),
    marks: marks
      .filter((mark) => mark.start < end)
      .map((mark) => ({ start: mark.start - start, end: Math.min(mark.end, end) - start })),
    cutBefore: start > 0,
    cutAfter: end < text.length,
  };
}

/** Not between the halves of a surrogate pair. */
function wholeCharacter(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at - 1 : at;
}
