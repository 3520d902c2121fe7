import { RE2JS } from 're2js';
import type { Matcher } from '../model/engine.ts';
import { messageOf, VigieError } from '../model/errors.ts';
import type { LabelMatcher } from '../model/labels.ts';

/**
 * Makes a matcher that can be asked. Patterns are RE2 (https://github.com/google/re2/wiki/Syntax): linear in time whatever they
 * are, anchored at both ends, and `.` matches a line break, as in Prometheus 3. Throws `bad_query` on a bad pattern.
 */
export function compileMatcher({ name, op, value }: Matcher): LabelMatcher {
  if (op === '=') return { name, equals: value, matches: (candidate) => candidate === value };
  if (op === '!=') return { name, matches: (candidate) => candidate !== value };
  const pattern = compilePattern(value);
  const wanted = op === '=~';
  return { name, matches: (candidate) => pattern.matches(candidate) === wanted };
}

function compilePattern(text: string): RE2JS {
  try {
    return RE2JS.compile(text, RE2JS.DOTALL);
  } catch (error) {
    throw new VigieError('bad_query', `cannot read pattern ${JSON.stringify(text)}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
