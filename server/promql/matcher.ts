import { RE2JS } from 're2js';
import type { CompileMatcher } from '../model/engine.ts';
import { messageOf, VigieError } from '../model/errors.ts';
import { type LabelMatcher, labelEquals } from '../model/labels.ts';
import { plainValues } from './plain-values.ts';
import { requiredLiterals } from './regex-literals.ts';

/** Regular expressions are RE2 (linear time), anchored at both ends, and `.` matches a newline too, as in Prometheus 3. */
export const compileMatcher: CompileMatcher = ({ name, op, value }): LabelMatcher => {
  if (op === '=') return labelEquals(name, value);
  if (op === '!=') return { ...labelEquals(name, value), matches: (candidate) => candidate !== value };
  const pattern = compilePattern(value);
  const wanted = op === '=~';
  const values = plainValues(value);
  if (values !== undefined) return labelIn(name, values, wanted);
  // Looking for a text takes a tenth of trying a pattern.
  const literals = requiredLiterals(value);
  const mayMatch = (candidate: string): boolean => {
    const lower = literals.length === 0 ? '' : candidate.toLowerCase();
    return literals.every((literal) => lower.includes(literal));
  };
  return { name, matches: (candidate) => (mayMatch(candidate) && pattern.matches(candidate)) === wanted };
};

function labelIn(name: string, values: readonly string[], wanted: boolean): LabelMatcher {
  const known = new Set(values);
  const among = known.has('') ? {} : { among: values };
  return { name, ...among, matches: (candidate) => known.has(candidate) === wanted };
}

function compilePattern(source: string): RE2JS {
  try {
    return RE2JS.compile(source, RE2JS.DOTALL);
  } catch (error) {
    throw new VigieError('bad_query', `cannot read pattern ${JSON.stringify(source)}: ${messageOf(error)}`);
  }
}
