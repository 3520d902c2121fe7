import { RE2JS } from 're2js';
import { z } from 'zod';
import { inputs } from '../options.ts';

/** The field that every line has, read by a parser or not. */
export const WHOLE_LINE = 'line';

const text = z.string().max(1000);
const field = z.string().min(1).max(100);

const conditionSchema = z.discriminatedUnion('op', [
  z.strictObject({ field, op: z.enum(['equals', 'not_equals']), value: z.union([text, z.number()]) }),
  z.strictObject({ field, op: z.literal('in'), value: z.array(z.union([text, z.number()])).min(1) }),
  z.strictObject({ field, op: z.literal('prefix'), value: text }),
  z.strictObject({
    field,
    op: z.literal('matches'),
    value: text.refine(isPattern, 'want a regular expression in RE2 syntax'),
  }),
  z.strictObject({ field, op: z.enum(['greater', 'less']), value: z.number() }),
]);
export type Condition = z.output<typeof conditionSchema>;

/** Keeps the lines for which every condition holds. The field `line` is the whole line. `matches` finds the pattern anywhere; anchor it with ^ and $. */
export const filterSchema = z.strictObject({
  type: z.literal('filter'),
  inputs,
  where: z.array(conditionSchema).min(1, 'want at least one condition'),
});
export type FilterOptions = z.output<typeof filterSchema>;

function isPattern(pattern: string): boolean {
  try {
    RE2JS.compile(pattern);
    return true;
  } catch {
    return false;
  }
}
