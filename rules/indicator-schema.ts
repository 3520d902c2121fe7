import { z } from 'zod';
import { invariant } from '../server/model/errors.ts';
import { type Ms, parseDuration } from '../server/model/units.ts';
import { type Indicator, metricNameOf, type ParseSelector, type SeriesQuery } from './indicator.ts';
import { checkSliceLength, sliceProblem } from './slices.ts';
import type { SloDefinition } from './slo-definition.ts';
import { got, reading } from './written-value.ts';
import { type FileRemark, isRecord, type Path, type Place } from './yaml-file.ts';

/** The keys of which a definition has exactly one. */
export const INDICATORS = ['availability', 'latency'] as const;

export const INDICATOR_KEYS: Readonly<Record<string, readonly string[]>> = {
  availability: ['total', 'good', 'bad'],
  latency: ['histogram', 'threshold'],
  slices: ['every', 'good_at', 'mean'],
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
  return {
    availability: z
      .strictObject(
        { total: series(undefined), good: series(undefined).optional(), bad: series(undefined).optional() },
        { error: (issue) => keysOrMap(issue) },
      )
      .optional(),
    latency: z
      .strictObject(
        { histogram: series('le'), threshold: reading('a duration such as "300ms"', threshold) },
        { error: (issue) => keysOrMap(issue) },
      )
      .optional(),
    slices: z
      .strictObject(
        {
          every: reading('a length such as "1m"', (written) => checkSliceLength(parseDuration(written))),
          good_at: reading('a share of good events such as "99%"', goodShare).optional(),
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
  if ('availability' in raw === 'latency' in raw) {
    const got = 'latency' in raw ? 'both' : 'neither';
    problems.push(place(at, `got ${got} of availability and latency; want exactly one`));
  }
  const { availability } = raw;
  if (isRecord(availability) && 'good' in availability === 'bad' in availability) {
    const got = 'good' in availability ? 'both' : 'neither';
    problems.push(place([...at, 'availability'], `got ${got} of good and bad; want exactly one`));
  }
  const { slices } = raw;
  if (isRecord(slices) && 'good_at' in slices === 'mean' in slices) {
    const got = 'mean' in slices ? 'both' : 'neither';
    problems.push(place([...at, 'slices'], `got ${got} of good_at and mean; want exactly one`));
  }
  return problems;
}

/** What is wrong with slices in a window, at a path below the definition. */
export function sliceProblems({
  indicator: { slices },
  window,
}: SloDefinition): readonly { path: Path; message: string }[] {
  const message = slices === undefined ? undefined : sliceProblem(slices, window);
  return message === undefined ? [] : [{ path: ['slices', 'every'], message }];
}

/** Of fields without problems. */
export function indicatorOf({ availability, latency, slices: written }: WrittenIndicator): Indicator {
  const { every, good_at } = written ?? {};
  const slices = every === undefined ? {} : { slices: { every, ...(good_at !== undefined && { good_at }) } };
  if (latency !== undefined) return { kind: 'latency', ...latency, ...slices };
  const part = availability?.good ?? availability?.bad;
  invariant(availability !== undefined && part !== undefined, 'an indicator that passed its checks lacks a side');
  return {
    kind: 'availability',
    total: availability.total,
    counts: availability.good ? 'good' : 'bad',
    part,
    ...slices,
  };
}
