import { z } from 'zod';
import { got } from '../files/written-value.ts';
import { filledText, flag, list, map, names, number, optional, text } from '../prometheus/field.ts';

/** Objects of OpenSLO v1 (https://github.com/OpenSLO/OpenSLO, README.md): what each kind may hold, every scalar a text. */
export const OPENSLO_VERSION = 'openslo/v1';

/** What OpenSLO has no place for stands in annotations: `vigie/alerts: '{"page":"none"}'` is our key `alerts`, in JSON. */
export const ANNOTATION_PREFIX = 'vigie/';

const labels = z.record(z.string(), z.union([text('a text'), z.array(text('a text'))]), {
  error: (issue) => got(issue.input, 'a map of texts, or of lists of texts'),
});

const metadata = map(
  {
    name: filledText('the name of the object'),
    displayName: optional(text('a title')),
    labels: optional(labels),
    annotations: optional(names),
  },
  'a map with name',
);

function object<T extends z.ZodType>(spec: T) {
  const kind = text('the kind of the object');
  return map({ apiVersion: text(OPENSLO_VERSION), kind, metadata, spec }, 'an object of OpenSLO');
}

const description = optional(text('a text'));

const metric = map(
  {
    metricSource: map(
      {
        metricSourceRef: optional(filledText('the name of a DataSource')),
        type: optional(text('the type of the source')),
        spec: z.record(z.string(), z.unknown(), { error: (issue) => got(issue.input, 'a map with query') }),
      },
      'a map of type, spec',
    ),
  },
  'a map with metricSource',
);

const indicatorSpec = map(
  {
    description,
    thresholdMetric: optional(metric),
    ratioMetric: optional(
      map(
        {
          counter: optional(flag),
          good: optional(metric),
          bad: optional(metric),
          total: optional(metric),
          raw: optional(metric),
          rawType: optional(
            z.enum(['success', 'failure'], { error: (issue) => got(issue.input, 'success or failure') }),
          ),
        },
        'a map of good or bad, and total',
      ),
    ),
  },
  'a map with ratioMetric',
);

export const indicatorSchema = object(indicatorSpec);

const inlineIndicator = map(
  { kind: optional(text('SLI')), metadata: optional(metadata), spec: indicatorSpec },
  'an indicator with spec',
);

const objective = map(
  {
    displayName: optional(text('a title')),
    op: optional(text('an operator')),
    value: optional(number),
    target: optional(number),
    targetPercent: optional(number),
    timeSliceTarget: optional(number),
    timeSliceWindow: optional(filledText('a duration such as 1m')),
    indicator: optional(inlineIndicator),
    indicatorRef: optional(text('the name of an SLI')),
    compositeWeight: optional(number),
  },
  'a map with target',
);

const calendar = map(
  { startTime: filledText('a time such as 2026-01-01 00:00:00'), timeZone: filledText('a zone such as Europe/Paris') },
  'a map of startTime, timeZone',
);

const METHODS = ['Occurrences', 'Timeslices', 'RatioTimeslices'] as const;

export const sloSchema = object(
  map(
    {
      description,
      service: filledText('the name of the service'),
      indicator: optional(inlineIndicator),
      indicatorRef: optional(filledText('the name of an SLI')),
      timeWindow: list(
        map(
          { duration: filledText('a duration such as 30d'), isRolling: optional(flag), calendar: optional(calendar) },
          'a map of duration, isRolling or calendar',
        ),
        'a list of one window',
      ),
      budgetingMethod: z.enum(METHODS, { error: (issue) => got(issue.input, `one of ${METHODS.join(', ')}`) }),
      objectives: list(objective, 'a list of objectives'),
      alertPolicies: list(z.unknown(), 'a list of policies'),
    },
    'a map of service, indicator, timeWindow, budgetingMethod, objectives',
  ),
);

export const dataSourceSchema = object(
  map(
    { description, type: filledText('the type of the source'), connectionDetails: optional(z.unknown()) },
    'a map with type',
  ),
);

export const serviceSchema = object(optional(map({ description }, 'a map with description')));

const anySpec = z.record(z.string(), z.unknown(), { error: (issue) => got(issue.input, 'a map') });

/** The kinds that only say how alerts are made and sent. */
export const alertingSchema = object(anySpec);

export type OpenSlo = z.output<typeof sloSchema>;
export type OpenObjective = OpenSlo['spec']['objectives'][number];
export type OpenIndicator = z.output<typeof indicatorSpec>;
export type OpenMetric = z.output<typeof metric>;
export type OpenDataSource = z.output<typeof dataSourceSchema>;
