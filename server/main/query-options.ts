import { z } from 'zod';
import { duration } from '../../collector/main.ts';
import { QUERY_BOUNDS, type QueryBounds } from '../engine/query-desk.ts';
import { HOUR, ms, SECOND } from '../model/units.ts';

const MAX_SAMPLES = 10 ** 12;
const MAX_CONCURRENT = 64;
const MAX_QUEUED = 10_000;

/** `query:` of the configuration: what PromQL queries may take. They share one thread, so more of them at once are each slower. */
export const querySchema = z
  .strictObject({
    timeout: duration(SECOND, HOUR).prefault('30s'),
    max_samples: z.number().int().min(1000).max(MAX_SAMPLES).default(QUERY_BOUNDS.maxSamples),
    max_concurrent: z.number().int().min(1).max(MAX_CONCURRENT).default(QUERY_BOUNDS.maxConcurrent),
    max_queued: z.number().int().min(0).max(MAX_QUEUED).default(QUERY_BOUNDS.maxQueued),
  })
  .prefault({});

export function queryBounds({ timeout, ...query }: z.output<typeof querySchema>): QueryBounds {
  return {
    timeout: ms(timeout),
    maxSamples: query.max_samples,
    maxConcurrent: query.max_concurrent,
    maxQueued: query.max_queued,
  };
}
