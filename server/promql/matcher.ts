import { RE2JS } from 're2js';
import type { CompileMatcher } from '../model/engine.ts';
import { messageOf, VigieError } from '../model/errors.ts';
import { type LabelMatcher, labelEquals } from '../model/labels.ts';

/** Regular expressions are RE2 (linear time), anchored at both ends, and `.` matches a newline too, as in Prometheus 3. */
export const compileMatcher: CompileMatcher = ({ name, op, value }): LabelMatcher => {
  if (op === '=') return labelEquals(name, value);
  if (op === '!=') return { ...labelEquals(name, value), matches: (candidate) => candidate !== value };
  const pattern = compilePattern(value);
  const wanted = op === '=~';
  return { name, matches: (candidate) => pattern.matches(candidate) === wanted };
};

function compilePattern(source: string): RE2JS {
  try {
    return RE2JS.compile(source, RE2JS.DOTALL);
  } catch (error) {
    throw new VigieError('bad_query', `cannot read pattern ${JSON.stringify(source)}: ${messageOf(error)}`);
  }
}
