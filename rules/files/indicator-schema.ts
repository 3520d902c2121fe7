import { z } from 'zod';
import { invariant } from '../../server/model/errors.ts';
import { type Ms, parseDuration } from '../../server/model/units.ts';
import { COMPOSITE_KEYS, compositeProblems, compositeSchema } from '../composite/composite-schema.ts';
import { checkSliceLength, type Slices } from '../figures/slices.ts';
import { type Indicator, metricNameOf, type ParseSelector, type SeriesQuery } from '../indicator.ts';
import { readComparison } from '../query-indicator.ts';
import { readQuery } from '../query-selectors.ts';
import { COMPARISON, DURATION, PART, PART_OR_ALL } from './written-shape.ts';
import { got, reading } from './written-value.ts';
import { type FileRemark, isRecord, type Path, type Place } from './yaml-file.ts';

/** The keys of which a definition has exactly one. */
export const INDICATORS = ['availability', 'latency', 'percentile', 'query', 'up', 'composite'] as const;

/** Those that measure by slices alone. */
export const SLICED: readonly string[] = ['percentile', 'query', 'up'];

export const INDICATOR_KEYS: Readonly<Record<string, readonly string[]>> = {
  availability: ['total', 'good', 'bad'],
  latency: ['histogram', 'threshold'],
  percentile: ['histogram', 'quantile', 'threshold', 'every'],
  query: ['expr', 'good', 'error_ratio', 'every', 'good_at'],
  up: ['metric', 'every', 'good_at'],
  slices: ['every', 'good_at', 'mean'],
  ...COMPOSITE_KEYS,
};

/** The shape of every indicator; which of them exclude each other is checked by `indicatorProblems`. */
export function indicatorFields(parseSelector: ParseSelector) {
  const series = (forbidden: string | undefined) => {
    return reading('a selector such as http_requests_total{service="shop"}', (written): SeriesQuery => {
      const selector = parseSelector(written);
      metricNameOf(selector);
      if (selector.some(({ name }) => name === forbidden)) {
        throw new Error(`got a matcher on ${forbidden}; leave it out, the threshold chooses it`);
      }
      return { text: written, selector };
    });
  };
  const every = reading('a length such as "1m"', (written) => checkSliceLength(parseDuration(written)), DURATION);
  const query = reading('a PromQL expression', (written) => readQuery(written, parseSelector));
  return {
    availability: z
      .strictObject(
        { total: series(undefined), good: series(undefined).optional(), bad: series(undefined).optional() },
        { error: (issue) => keysOrMap(issue) },
      )
      .optional(),
    latency: z
      .strictObject(
        { histogram: series('le'), threshold: reading('a duration such as "300ms"', threshold, DURATION) },
        { error: (issue) => keysOrMap(issue) },
      )
      .optional(),
    percentile: z
      .strictObject(
        {
          histogram: series('le'),
          quantile: reading('a percentage such as "95%"', quantile, PART),
          threshold: reading('a duration such as "300ms"', threshold, DURATION),
          every,
        },
        { error: (issue) => keysOrMap(issue) },
      )
      .meta({ description: 'slices of time in which the percentile of the durations is within the threshold' })
      .optional(),
    query: z
      .strictObject(
        {
          expr: query.optional(),
          good: reading('a comparison such as "< 0.5"', readComparison, COMPARISON).optional(),
          error_ratio: query.optional(),
          every,
          good_at: reading('a share of good events such as "99%"', goodShare, PART_OR_ALL).optional(),
        },
        { error: (issue) => keysOrMap(issue) },
      )
      .meta({ description: 'slices of time judged by PromQL, asked at the end of each' })
      .optional(),
    up: z
      .strictObject(
        {
          metric: series(undefined),
          every,
          good_at: reading('a share of samples such as "100%"', goodShare, PART_OR_ALL).optional(),
        },
        { error: (issue) => keysOrMap(issue) },
      )
      .meta({ description: 'slices of time in which a gauge of 0 and 1 is 1' })
      .optional(),
    composite: compositeSchema,
    slices: z
      .strictObject(
        {
          every,
          good_at: reading('a share of good events such as "99%"', goodShare, PART_OR_ALL).optional(),
          mean: z.literal(true, { error: (issue) => got(issue.input, 'mean: true, or good_at') }).optional(),
        },
        {
          error: (issue) => (issue.code === 'invalid_type' ? got(issue.input, '{every: 1m, good_at: 99%}') : undefined),
        },
      )
      .meta({ description: 'count slices of time instead of events' })
      .optional(),
  };
}

function goodShare(written: string): number {
  const percent = Number(/^(\d+(?:\.\d+)?)\s*%$/.exec(written.trim())?.[1] ?? Number.NaN);
  if (!(percent > 0 && percent <= 100)) {
    throw new Error(`got ${JSON.stringify(written)}; want more than 0% and at most 100%, such as "99%"`);
  }
  return Number((percent / 100).toFixed(12));
}

function quantile(written: string): number {
  const share = goodShare(written);
  if (share < 1) return share;
  throw new Error(`got ${JSON.stringify(written)}; want less than 100%, such as "95%"`);
}

/** Unknown keys are told by the reader, who knows the near ones. */
function keysOrMap(issue: { readonly code?: string; readonly input?: unknown }): string | undefined {
  return issue.code === 'invalid_type' ? got(issue.input, 'a map of selectors') : undefined;
}

function threshold(written: string): Ms {
  const duration = parseDuration(written);
  if (duration <= 0) throw new Error('got a threshold of 0; want a duration above it, such as "300ms"');
  return duration;
}

type WrittenIndicator = z.output<z.ZodObject<ReturnType<typeof indicatorFields>>>;

export function indicatorProblems(
  raw: Readonly<Record<string, unknown>>,
  at: Path,
  place: Place,
): readonly FileRemark[] {
  const problems: FileRemark[] = [];
  const both = (path: Path, a: string, b: string): void => {
    const map = path.reduce<unknown>((found, key) => (isRecord(found) ? found[String(key)] : undefined), raw);
    if (!isRecord(map) || a in map !== b in map) return;
    problems.push(place([...at, ...path], `got ${a in map ? 'both' : 'neither'} of ${a} and ${b}; want exactly one`));
  };
  const kinds = INDICATORS.filter((kind) => kind in raw);
  if (kinds.length !== 1) {
    const got = kinds.length === 0 ? 'none' : kinds.join(' and ');
    problems.push(place(at, `got ${got} of ${INDICATORS.join(', ')}; want exactly one`));
  }
  both(['availability'], 'good', 'bad');
  both(['slices'], 'good_at', 'mean');
  both(['query'], 'expr', 'error_ratio');
  if (isRecord(raw.query) && 'expr' in raw.query) {
    if (!('good' in raw.query))
      problems.push(place([...at, 'query'], 'got no good; want a comparison such as "< 0.5"'));
    if ('good_at' in raw.query) {
      problems.push(place([...at, 'query', 'good_at'], 'got good_at with expr; want good to say when a slice is good'));
    }
  } else if (isRecord(raw.query) && 'good' in raw.query) {
    problems.push(place([...at, 'query', 'good'], 'got good with error_ratio; want good_at, or neither for the mean'));
  }
  if ('slices' in raw && kinds.some((kind) => SLICED.includes(kind))) {
    problems.push(
      place(
        [...at, 'slices'],
        `got slices beside ${kinds.join(' and ')}, which has slices of its own: want every there`,
      ),
    );
  }
  return [...problems, ...compositeProblems(raw, at, place)];
}

/** Of fields without problems; a composite is still without its parts. */
export function indicatorOf(written: WrittenIndicator): Indicator {
  const { latency, percentile, query, up, composite } = written;
  if (composite !== undefined) return { kind: 'composite', parts: [] };
  const slices = written.slices === undefined ? {} : { slices: slicesOf(written.slices) };
  if (latency !== undefined) return { kind: 'latency', ...latency, ...slices };
  if (percentile !== undefined) {
    const { quantile: good_at, every, ...measured } = percentile;
    return { kind: 'latency', ...measured, slices: { every, good_at }, isPercentile: true };
  }
  if (query !== undefined) return queryIndicator(query);
  if (up !== undefined) return { kind: 'up', metric: up.metric, slices: { every: up.every, good_at: up.good_at ?? 1 } };
  return availabilityIndicator(written.availability, slices);
}

function queryIndicator({ expr, good, error_ratio, ...slices }: NonNullable<WrittenIndicator['query']>): Indicator {
  if (error_ratio !== undefined) {
    return { kind: 'query', query: error_ratio, good: 'error_ratio', slices: slicesOf(slices) };
  }
  invariant(expr !== undefined && good !== undefined, 'a query that passed its checks says not when it is good');
  return { kind: 'query', query: expr, good, slices: { every: slices.every, good_at: 1 } };
}

function availabilityIndicator(
  availability: WrittenIndicator['availability'],
  slices: { readonly slices?: Slices },
): Indicator {
  const part = availability?.good ?? availability?.bad;
  invariant(availability !== undefined && part !== undefined, 'an indicator that passed its checks lacks a side');
  const counts = availability.good ? 'good' : 'bad';
  return { kind: 'availability', total: availability.total, counts, part, ...slices };
}

function slicesOf({ every, good_at }: { readonly every: Ms; readonly good_at?: number | undefined }): Slices {
  return { every, ...(good_at !== undefined && { good_at }) };
}
