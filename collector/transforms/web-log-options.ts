import { z } from 'zod';
import { inputs } from '../options.ts';

/** Counts requests by day, URL, referrer, host and so on, for the web-log report. Lines need the columns of `parse`. */
export const webLogSchema = z.strictObject({
  type: z.literal('web_log'),
  inputs,
  /** Where days begin and end. Changing it begins new days; those already counted keep theirs. */
  timezone: z
    .string()
    .refine(isZone, 'want an IANA time zone such as "Europe/Paris" or "UTC"')
    .default(() => Intl.DateTimeFormat().resolvedOptions().timeZone),
});
export type WebLogOptions = z.output<typeof webLogSchema>;

function isZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}
