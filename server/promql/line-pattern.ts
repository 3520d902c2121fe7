import { RE2JS } from 're2js';
import { messageOf, VigieError } from '../model/errors.ts';

const MAX_LENGTH = 2000;

/**
 * Whether a pattern is found anywhere in a line. RE2 runs in linear time, whatever the pattern and the line; a long pattern still takes
 * memory. Throws VigieError `bad_query`.
 */
export function compileLinePattern(source: string): (line: string) => boolean {
  if (source.length > MAX_LENGTH) {
    const cause = `it has ${source.length} characters; want ${MAX_LENGTH} at most`;
    throw new VigieError('bad_query', `cannot read pattern: ${cause}`);
  }
  try {
    const pattern = RE2JS.compile(source);
    return (line) => pattern.test(line);
  } catch (error) {
    throw new VigieError('bad_query', `cannot read pattern ${JSON.stringify(source)}: ${messageOf(error)}`);
  }
}
