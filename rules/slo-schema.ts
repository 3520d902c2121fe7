import { z } from 'zod';
import { messageOf } from '../server/model/errors.ts';
import { isLabelName } from '../server/model/labels.ts';
import { DAY, formatDuration, HOUR, type Ms, ms, parseDuration } from '../server/model/units.ts';
import { ALERT_KEYS, alertsSchema } from './alert-file.ts';
import type { ParseSelector } from './indicator.ts';
import { INDICATOR_KEYS, INDICATORS, indicatorFields } from './indicator-schema.ts';
import { parseObjective } from './percentage.ts';
import { got, reading } from './written-value.ts';

/** What the coarsest ring holds. */
const LONGEST_WINDOW = ms(730 * DAY);

const WRITTEN_OBJECTIVE = {
  type: 'string',
  pattern: String.raw`^\s*\d+(\.\d+)?\s*%$`,
  description: 'the share of good events, below 100 %, such as "99.9%"',
};

function text(want: string) {
  return z
    .string({ error: (issue) => got(issue.input, want) })
    .trim()
    .min(1, `got ""; want ${want}`)
    .max(200, `got more than 200 characters; want ${want}`)
    .meta({ description: want });
}

function sloWindow(written: string): Ms {
  const window = parseDuration(written);
  if (window < HOUR) throw new Error(`got a window of ${written}; want at least 1h, the shortest window that can page`);
  if (window > LONGEST_WINDOW) {
    throw new Error(`got a window of ${written}; want at most ${formatDuration(LONGEST_WINDOW)}, what the store holds`);
  }
  return window;
}

/** The file's shape. Which keys exclude each other is checked in `indicator-schema.ts`, so that both kinds of error show at once. */
export function sloEntrySchema(parseSelector: ParseSelector) {
  const label = z.string({ error: (issue) => got(issue.input, 'a label value in quotes') });
  return z.strictObject({
    id: text('an id of small letters, digits and hyphens').regex(
      /^[a-z0-9](?:[a-z0-9-]{0,98}[a-z0-9])?$/,
      'want small letters, digits and hyphens, such as "shop-availability"',
    ),
    title: text('a title').optional(),
    service: text('the name of the service'),
    owner: text('the name of a team or person').optional(),
    labels: z
      .record(z.string().refine(isLabelName, 'want a label name of letters, digits and _'), label, {
        error: (issue) => got(issue.input, 'a map such as {tier: critical}'),
      })
      .optional(),
    objective: z
      .unknown()
      .meta(WRITTEN_OBJECTIVE)
      .transform((written, context): number => {
        try {
          return parseObjective(written);
        } catch (error) {
          const message = written === undefined ? 'missing; want a percentage such as "99.9%"' : messageOf(error);
          context.addIssue({ code: 'custom', message });
          return z.NEVER;
        }
      }),
    window: reading('a duration such as "30d"', sloWindow),
    minimum_events: z
      .int({ error: (issue) => got(issue.input, 'a whole number of events, such as 1000') })
      .min(1, 'want at least 1 event')
      .meta({ description: 'with fewer events in the window the figures are shown, not judged' })
      .optional(),
    ...indicatorFields(parseSelector),
    alerts: alertsSchema.optional(),
  });
}

export type SloEntry = z.output<ReturnType<typeof sloEntrySchema>>;

export const ENTRY_KEYS: Readonly<Record<string, readonly string[]>> = {
  '': [
    'id',
    'title',
    'service',
    'owner',
    'labels',
    'objective',
    'window',
    'minimum_events',
    ...INDICATORS,
    'slices',
    'alerts',
  ],
  ...INDICATOR_KEYS,
  ...ALERT_KEYS,
};
