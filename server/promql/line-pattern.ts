import { RE2JS } from 're2js';
import { messageOf, VigieError } from '../model/errors.ts';
import { withGroups } from './relabel.ts';

const MAX_LENGTH = 2000;

/**
 * Whether a pattern is found anywhere in a line. RE2 runs in linear time, whatever the pattern and the line; a long pattern still takes
 * memory. Throws VigieError `bad_query`.
 */
export function compileLinePattern(source: string): (line: string) => boolean {
  const pattern = compiled(source);
  return (line) => pattern.test(line);
}

/** A text with everything that matches replaced; `$1`, `${1}`, `${name}` are groups. Throws VigieError `bad_query`. */
export function replaceMatches(source: string, replacement: string, text: string): string {
  const pattern = compiled(source);
  const matcher = pattern.matcher(text);
  let replaced = '';
  let from = 0;
  while (matcher.find()) {
    replaced += text.slice(from, matcher.start()) + withGroups(replacement, pattern, matcher);
    from = matcher.end();
  }
  return replaced + text.slice(from);
}

function compiled(source: string): RE2JS {
  if (source.length > MAX_LENGTH) {
    const cause = `it has ${source.length} characters; want ${MAX_LENGTH} at most`;
    throw new VigieError('bad_query', `cannot read pattern: ${cause}`);
  }
  try {
    return RE2JS.compile(source);
  } catch (error) {
    throw new VigieError('bad_query', `cannot read pattern ${JSON.stringify(source)}: ${messageOf(error)}`);
  }
}
