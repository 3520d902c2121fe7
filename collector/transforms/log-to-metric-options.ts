import { z } from 'zod';
import { inputs, labelName, metricName } from '../options.ts';

/** Prometheus' default boundaries, seconds. */
const DEFAULT_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.3, 0.5, 1, 2.5, 5, 10];

/** A tag is the value of a field, `"{{status}}"`, or fixed text. A field the lines do not have is asked of the source. */
const tagSchema = z
  .string()
  .max(200)
  .refine(
    (value) => !value.includes('{{') || FIELD_TAG.test(value),
    'want fixed text or one field such as "{{status}}"',
  );

const FIELD_TAG = /^\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}$/;

/** The field a tag takes its value from; undefined for fixed text. */
export function fieldOfTag(tag: string): string | undefined {
  return FIELD_TAG.exec(tag)?.[1];
}

const tags = z.record(labelName, tagSchema).default({});

const counterSchema = z.strictObject({
  type: z.literal('counter'),
  name: metricName,
  /** Adds up this field; without it, lines are counted. Lines without the value do not count. */
  value_field: z.string().optional(),
  tags,
});

const histogramSchema = z.strictObject({
  type: z.literal('histogram'),
  name: metricName,
  /** The observed number; lines without it are not observed. */
  field: z.string(),
  /** Upper bounds, ascending; +Inf is added. Put one at every latency objective. */
  buckets: z
    .array(z.number())
    .min(1)
    .max(100)
    .refine(
      (bounds) => bounds.every((bound, i) => i === 0 || bound > (bounds[i - 1] ?? bound)),
      'want ascending bounds',
    )
    .default(DEFAULT_BUCKETS),
  tags: tags.refine((value) => !('le' in value), 'the tag "le" is the histogram\'s own'),
});

const metricSchema = z.discriminatedUnion('type', [counterSchema, histogramSchema]);
export type MetricDefinition = z.output<typeof metricSchema>;

const REQUEST_TAGS = { service: '{{service}}', vhost: '{{vhost}}', method: '{{method}}', status: '{{status}}' };

/** What access logs become unless told otherwise. */
const ACCESS_LOG_METRICS: readonly MetricDefinition[] = [
  { type: 'counter', name: 'http_requests_total', tags: REQUEST_TAGS },
  { type: 'counter', name: 'http_response_bytes_total', value_field: 'bytes', tags: REQUEST_TAGS },
  {
    type: 'histogram',
    name: 'http_request_duration_seconds',
    field: 'duration',
    buckets: DEFAULT_BUCKETS,
    tags: REQUEST_TAGS,
  },
];

export const logToMetricSchema = z.strictObject({
  type: z.literal('log_to_metric'),
  inputs,
  metrics: z
    .array(metricSchema)
    .min(1)
    .max(100)
    .default(() => [...ACCESS_LOG_METRICS]),
  /**
   * Tag sets each metric may have, ever. Beyond it free text becomes "(other)" while status, method and the source's own tags
   * stay, so that good and bad are still told apart.
   */
  cardinality_limit: z.number().int().min(1).max(100_000).default(500),
});
export type LogToMetricOptions = z.output<typeof logToMetricSchema>;
