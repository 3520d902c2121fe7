import type { RE2JS } from 're2js';
import type { Mark } from './visible-text.ts';

/** Where a line holds what was searched for. */
export type FindMarks = (text: string) => readonly Mark[];

/** More marks than an eye follows. */
const MAX_MARKS = 100;

export const NO_MARKS: FindMarks = () => [];

/** Every place of a text, upper and lower case alike, as the store finds it. */
export function textMarks(needle: string): FindMarks {
  const wanted = needle.toLowerCase();
  if (wanted === '') return NO_MARKS;
  return (text) => {
    const lower = text.toLowerCase();
    // A few letters change their length with their case: then the places of one are not those of the other.
    const place = lower.length === text.length ? lower : text;
    const marks: Mark[] = [];
    for (let at = place.indexOf(wanted); at >= 0 && marks.length < MAX_MARKS; at = place.indexOf(wanted, at + 1)) {
      const last = marks.at(-1);
      if (last === undefined || at >= last.end) marks.push({ start: at, end: at + wanted.length });
    }
    return marks;
  };
}

/** Every place of a pattern. RE2 as in the store: a pattern that came with a link can be wrong, but not slow. */
export function patternMarks(pattern: Pick<RE2JS, 'matcher'>): FindMarks {
  return (text) => {
    const matcher = pattern.matcher(text);
    const marks: Mark[] = [];
    while (marks.length < MAX_MARKS && matcher.find()) {
      if (matcher.end() > matcher.start()) marks.push({ start: matcher.start(), end: matcher.end() });
    }
    return marks;
  };
}

/** Both, in order; what lies in a mark before it is left out. */
export function bothMarks(one: FindMarks, other: FindMarks): FindMarks {
  return (text) => {
    const sorted = [...one(text), ...other(text)].sort((a, b) => a.start - b.start || b.end - a.end);
    const marks: Mark[] = [];
    for (const mark of sorted) if (mark.start >= (marks.at(-1)?.end ?? 0)) marks.push(mark);
    return marks;
  };
}
