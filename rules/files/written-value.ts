import { z } from 'zod';
import { messageOf } from '../../server/model/errors.ts';
import { TextError } from '../../server/model/text-error.ts';
import { FILLED } from './written-shape.ts';

/** Of what was written nobody needs more to find it. */
const MOST_SHOWN = 200;

/** What was written and what would be right; null stands for nothing written. */
export function got(input: unknown, want: string): string {
  if (input === undefined || input === null) return `missing; want ${want}`;
  const text = JSON.stringify(input);
  return `got ${text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)} ...` : text}; want ${want}`;
}

/**
 * Turns a reading function into a schema: what it throws becomes the issue, at its place in the text where the error has one, and
 * editors show what is wanted.
 * @param pattern what editors hold it against, of `written-shape.ts`
 */
export function reading<T>(want: string, reader: (text: string) => T, pattern: string = FILLED) {
  const written = z.string({ error: (issue) => got(issue.input, want) }).meta({ description: want, pattern });
  return written.transform((text, context): T => {
    try {
      return reader(text);
    } catch (error) {
      if (error instanceof TextError) {
        context.addIssue({ code: 'custom', message: error.told, params: { offset: error.offset } });
      } else context.addIssue({ code: 'custom', message: messageOf(error) });
      return z.NEVER;
    }
  });
}

/** Words that may stand in place of what a schema describes: a preprocessing step takes them, which a JSON Schema cannot see. */
export const alsoWritten = z.registry<{ readonly words: readonly string[] }>();
