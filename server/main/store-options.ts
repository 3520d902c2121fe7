import { z } from 'zod';
import { duration, size } from '../../collector/main.ts';
import type { EngineThreadData } from '../engine/remote-engine.ts';
import { DAY } from '../model/units.ts';
import { dataSourcesSchema } from './data-source-options.ts';
import { queryBounds, type querySchema } from './query-options.ts';
import { ringsSchema } from './ring-options.ts';

const MAX_SERIES = 1_000_000;
const MIN_LOG_BYTES = 64 * 2 ** 20;
const MAX_LOG_BYTES = 2 ** 40;
const MIN_WEB_LOG_BYTES = 16 * 2 ** 20;
const MAX_WEB_LOG_DAYS = 10_000;

/** `store:` of the configuration: how much is kept. */
export const storeSchema = z
  .strictObject({
    max_series: z.number().int().min(1).max(MAX_SERIES).default(10_000),
    /** Of one metric name, so that one that explodes leaves room for the others. */
    max_series_per_metric: z.number().int().min(1).max(MAX_SERIES).optional(),
    rings: ringsSchema.prefault({}),
    data_sources: dataSourcesSchema,
    /** Log lines: the oldest make room beyond `max_bytes`, and go when they are `max_age` older than their source's newest. */
    logs: z
      .strictObject({
        max_bytes: size(MIN_LOG_BYTES, MAX_LOG_BYTES).prefault('512MiB'),
        max_age: duration(DAY, 3650 * DAY).prefault('30d'),
      })
      .prefault({}),
    /** The web-log report: days of each service with requests, and bytes of all; the oldest days make room. */
    web_log: z
      .strictObject({
        max_days: z.number().int().min(2).max(MAX_WEB_LOG_DAYS).default(400),
        max_bytes: size(MIN_WEB_LOG_BYTES, MAX_LOG_BYTES).prefault('512MiB'),
      })
      .prefault({}),
  })
  .refine(({ max_series, max_series_per_metric = 1 }) => max_series_per_metric <= max_series, {
    path: ['max_series_per_metric'],
    error: 'want at most max_series: a larger one limits nothing',
  })
  .prefault({});

/** What the engine's thread is told, from a configuration. */
export function engineOptions(config: {
  data_dir: string;
  store: z.output<typeof storeSchema>;
  query: z.output<typeof querySchema>;
}): EngineThreadData {
  const { max_series, max_series_per_metric, rings, data_sources, logs, web_log } = config.store;
  return {
    dataDir: config.data_dir,
    maxSeries: max_series,
    ...(max_series_per_metric !== undefined && { maxSeriesPerMetric: max_series_per_metric }),
    rings,
    dataSources: data_sources,
    logs: { maxBytes: logs.max_bytes, maxAge: logs.max_age },
    webLog: { maxDays: web_log.max_days, maxBytes: web_log.max_bytes },
    queries: queryBounds(config.query),
  };
}
