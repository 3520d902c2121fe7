import { z } from 'zod';
import { messageOf } from '../../server/model/errors.ts';
import { isLabelName } from '../../server/model/labels.ts';
import type { ParseSelector } from '../indicator.ts';
import { MISSING_KEYS, missingSchema } from '../missing-policy.ts';
import { ALERT_KEYS, alertsSchema } from './alert-file.ts';
import { groupingFields } from './grouping-schema.ts';
import { INDICATOR_KEYS, INDICATORS, indicatorFields } from './indicator-schema.ts';
import { parseObjective } from './percentage.ts';
import { sloWindowSchema, WINDOW_KEYS } from './window-schema.ts';
import { FILLED, ID, LABEL_NAME, PART } from './written-shape.ts';
import { got } from './written-value.ts';

const WRITTEN_OBJECTIVE = {
  type: 'string',
  pattern: PART,
  description: 'the share of good events, below 100 %, such as "99.9%"',
};

function text(want: string) {
  return z
    .string({ error: (issue) => got(issue.input, want) })
    .trim()
    .min(1, `got ""; want ${want}`)
    .max(200, `got more than 200 characters; want ${want}`)
    .meta({ description: want, pattern: FILLED });
}

/** The file's shape. Which keys exclude each other is checked in `indicator-schema.ts`, so that both kinds of error show at once. */
export function sloEntrySchema(parseSelector: ParseSelector) {
  const label = z.string({ error: (issue) => got(issue.input, 'a label value in quotes') });
  return z.strictObject({
    id: text('an id of small letters, digits and hyphens')
      .regex(new RegExp(ID), 'want small letters, digits and hyphens, such as "shop-availability"')
      .meta({ pattern: ID }),
    title: text('a title').optional(),
    service: text('the name of the service'),
    owner: text('the name of a team or person').optional(),
    labels: z
      .record(
        z.string().refine(isLabelName, 'want a label name of letters, digits and _').meta({ pattern: LABEL_NAME }),
        label,
        {
          error: (issue) => got(issue.input, 'a map such as {tier: critical}'),
        },
      )
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
    window: sloWindowSchema,
    minimum_events: z
      .int({ error: (issue) => got(issue.input, 'a whole number of events, such as 1000') })
      .min(1, 'want at least 1 event')
      .meta({ description: 'with fewer events in the window the figures are shown, not judged' })
      .optional(),
    ...indicatorFields(parseSelector),
    ...groupingFields(),
    alerts: alertsSchema.optional(),
    missing: missingSchema.optional(),
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
    'objectives',
    'minimum_events',
    ...INDICATORS,
    'slices',
    'group_by',
    'max_groups',
    'alerts',
    'missing',
  ],
  ...INDICATOR_KEYS,
  ...WINDOW_KEYS,
  ...ALERT_KEYS,
  ...MISSING_KEYS,
};
