import { z } from 'zod';
import { messageOf } from '../server/model/errors.ts';

/** What was written and what would be right; null stands for nothing written. */
export function got(input: unknown, want: string): string {
  return input === undefined || input === null ? `missing; want ${want}` : `got ${JSON.stringify(input)}; want ${want}`;
}

/** Turns a reading function into a schema: what it throws becomes the issue. */
export function reading<T>(want: string, reader: (text: string) => T) {
  return z.string({ error: (issue) => got(issue.input, want) }).transform((text, context): T => {
    try {
      return reader(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: messageOf(error) });
      return z.NEVER;
    }
  });
}
