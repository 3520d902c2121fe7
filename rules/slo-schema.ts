import { z } from 'zod';
import { messageOf } from '../server/model/errors.ts';
import { isLabelName } from '../server/model/labels.ts';
import { DAY, formatDuration, HOUR, type Ms, ms, parseDuration } from '../server/model/units.ts';
import { ALERT_KEYS, alertsSchema } from './alert-file.ts';
import { parseObjective } from './percentage.ts';
import { metricNameOf, type ParseSelector, type SeriesQuery } from './slo-definition.ts';

/** What the coarsest ring holds. */
const LONGEST_WINDOW = ms(730 * DAY);

/** Turns a reading function into a schema: what it throws becomes the issue. */
function read<T>(want: string, reader: (text: string) => T) {
  return z.string({ error: (issue) => wrongType(issue.input, want) }).transform((text, context): T => {
    try {
      return reader(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: messageOf(error) });
      return z.NEVER;
    }
  });
}

function wrongType(input: unknown, want: string): string {
  return input === undefined ? `missing; want ${want}` : `got ${JSON.stringify(input)}; want ${want}`;
}

function text(want: string) {
  return z
    .string({ error: (issue) => wrongType(issue.input, want) })
    .trim()
    .min(1, `got ""; want ${want}`)
    .max(200, `got more than 200 characters; want ${want}`);
}

function sloWindow(written: string): Ms {
  const window = parseDuration(written);
  if (window < HOUR) throw new Error(`got a window of ${written}; want at least 1h, the shortest window that can page`);
  if (window > LONGEST_WINDOW) {
    throw new Error(`got a window of ${written}; want at most ${formatDuration(LONGEST_WINDOW)}, what the store holds`);
  }
  return window;
}

function threshold(written: string): Ms {
  const duration = parseDuration(written);
  if (duration <= 0) throw new Error('got a threshold of 0; want a duration above it, such as "300ms"');
  return duration;
}

/** The file's shape. Which keys exclude each other is checked in `slo-file.ts`, so that both kinds of error show at once. */
export function sloEntrySchema(parseSelector: ParseSelector) {
  const series = (forbidden: string | undefined) => {
    return read('a selector such as http_requests_total{service="shop"}', (written): SeriesQuery => {
      const selector = parseSelector(written);
      metricNameOf(selector);
      if (selector.some(({ name }) => name === forbidden)) {
        throw new Error(`got a matcher on ${forbidden}; leave it out, the threshold chooses it`);
      }
      return { text: written, selector };
    });
  };
  const label = z.string({ error: (issue) => wrongType(issue.input, 'a label value in quotes') });
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
        error: (issue) => wrongType(issue.input, 'a map such as {tier: critical}'),
      })
      .optional(),
    objective: z.unknown().transform((written, context): number => {
      try {
        return parseObjective(written);
      } catch (error) {
        const message = written === undefined ? 'missing; want a percentage such as "99.9%"' : messageOf(error);
        context.addIssue({ code: 'custom', message });
        return z.NEVER;
      }
    }),
    window: read('a duration such as "30d"', sloWindow),
    minimum_events: z
      .int({ error: (issue) => wrongType(issue.input, 'a whole number of events, such as 1000') })
      .min(1, 'want at least 1 event')
      .optional(),
    availability: z
      .strictObject(
        { total: series(undefined), good: series(undefined).optional(), bad: series(undefined).optional() },
        { error: (issue) => keysOrMap(issue) },
      )
      .optional(),
    latency: z
      .strictObject(
        { histogram: series('le'), threshold: read('a duration such as "300ms"', threshold) },
        { error: (issue) => keysOrMap(issue) },
      )
      .optional(),
    alerts: alertsSchema.optional(),
  });
}

export type SloEntry = z.output<ReturnType<typeof sloEntrySchema>>;

/** Unknown keys are told by the reader, who knows the near ones. */
function keysOrMap(issue: { readonly code?: string; readonly input?: unknown }): string | undefined {
  return issue.code === 'invalid_type' ? wrongType(issue.input, 'a map of selectors') : undefined;
}

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
    'availability',
    'latency',
    'alerts',
  ],
  availability: ['total', 'good', 'bad'],
  latency: ['histogram', 'threshold'],
  ...ALERT_KEYS,
};
