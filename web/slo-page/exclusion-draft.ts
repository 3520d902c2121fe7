import type { ExclusionRequest, WrittenRecurrence } from '../../server/model/exclusions.ts';
import { offsetAt } from '../../server/model/zones.ts';
import { fieldTime } from '../frame/moment-field.tsx';

/** How often an exclusion comes again; whatever else RFC 5545 knows is for the command line. */
export const AGAIN = ['once', 'weekly', 'monthly'] as const;
export type Again = (typeof AGAIN)[number];

/** What a person has written so far; moments as their fields hold them, by the clocks of `zone`. */
export interface ExclusionDraft {
  readonly slo: string;
  readonly from: string;
  readonly to: string;
  readonly zone: string;
  readonly again: Again;
  readonly reason: string;
  readonly author: string;
}

const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

/** The rule that names the day of a start: RFC 5545, 3.3.10. */
export function recurrenceOf(again: Again, start: number, zone: string): WrittenRecurrence | undefined {
  if (again === 'once') return undefined;
  const wall = new Date(start + offsetAt(start, zone));
  const rule =
    again === 'weekly'
      ? `FREQ=WEEKLY;BYDAY=${WEEKDAYS[wall.getUTCDay()]}`
      : `FREQ=MONTHLY;BYMONTHDAY=${wall.getUTCDate()}`;
  return { rule, zone };
}

/** What is asked of the server; undefined while both ends are not written, or the end is not after the start. */
export function exclusionRequest(draft: ExclusionDraft): ExclusionRequest | undefined {
  const { slo, zone, again, reason, author } = draft;
  const [starts, ends] = [fieldTime(draft.from, zone), fieldTime(draft.to, zone)];
  if (starts === undefined || ends === undefined || ends <= starts) return undefined;
  const recurrence = recurrenceOf(again, starts, zone);
  return { slos: [slo], starts, ends, ...(recurrence !== undefined && { recurrence }), reason, author };
}
