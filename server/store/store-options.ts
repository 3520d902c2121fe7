import { DEFAULT_RINGS, type RingProfile } from '../model/rings.ts';
import { DOCUMENT_TABLES_BYTES } from './documents.ts';
import type { SeriesLimits } from './intake/admission.ts';
import { worstCaseFileBytes } from './limits.ts';
import type { LogLimits } from './logs/eviction.ts';
import { DEFAULT_LOG_LIMITS, logWorstCaseBytes } from './logs/limits.ts';
import type { RingRule } from './rings/ring-plan.ts';
import type { DataSourceRule } from './rrd/data-sources.ts';
import { DEFAULT_WEB_LOG_LIMITS, type WebLogLimits, webLogWorstCaseBytes } from './web-log/limits.ts';

export interface StoreOptions {
  /** Made when it is not there; one process per directory. */
  readonly dataDir: string;
  readonly rings?: readonly RingProfile[];
  /** Rings of some series: the first rule that accepts a series counts. */
  readonly ringRules?: readonly RingRule[];
  /** What is a data source of the kind *rrd*: the first rule that accepts a series counts. */
  readonly dataSources?: readonly DataSourceRule[];
  /** Series beyond this are refused, `series_limit`. Default 10,000. */
  readonly maxSeries?: number;
  /** Series of one metric name beyond this are refused, `metric_series_limit`. Default: no limit but `maxSeries`. */
  readonly maxSeriesPerMetric?: number;
  /** Journal size at which pages are flushed before their time. Default 32 MiB, some four million samples. */
  readonly journalMaxBytes?: number;
  /** Clean pages kept in memory. Default 4 KiB for each of `maxSeries`, its newest pages, but no less than 64 MiB. */
  readonly cacheBytes?: number;
  /** Bound of the database file; default: the worst case of `maxSeries` (`limits.ts`). */
  readonly maxFileBytes?: number;
  /** How many log lines are kept. Default 512 MiB, 30 days. */
  readonly logs?: LogLimits;
  /** How much of the web-log report is kept. Default 400 days of each service, 512 MiB. */
  readonly webLog?: Partial<WebLogLimits>;
  /** Commits survive a power cut. Default true; false for a store that is thrown away. */
  readonly durable?: boolean;
  /** For crash tests: called at named moments. */
  readonly onPoint?: (
    name: 'before_commit' | 'after_commit' | 'during_flush' | 'during_merge' | 'during_conversion',
  ) => void;
  /** Told of every damaged page, once per read. */
  readonly onDamage?: (cause: string) => void;
  /** Told when the clock is not believed, and when it is again. */
  readonly onClock?: (sentence: string) => void;
}

type Optional = 'durable' | 'maxSeriesPerMetric' | 'onPoint' | 'onDamage' | 'onClock' | 'maxFileBytes';

export type ChosenOptions = StoreOptions & Required<Omit<StoreOptions, Optional>>;

const DEFAULTS = {
  rings: DEFAULT_RINGS,
  ringRules: [],
  dataSources: [],
  maxSeries: 10_000,
  journalMaxBytes: 32 * 2 ** 20,
  cacheBytes: 64 * 2 ** 20,
  logs: DEFAULT_LOG_LIMITS,
  webLog: DEFAULT_WEB_LOG_LIMITS,
};

/** Less, and a series that was just flushed would have its pages read again for its next sample. */
const CACHE_BYTES_PER_SERIES = 4096;

export function withDefaults(options: StoreOptions): ChosenOptions {
  const maxSeries = options.maxSeries ?? DEFAULTS.maxSeries;
  const cacheBytes = Math.max(DEFAULTS.cacheBytes, maxSeries * CACHE_BYTES_PER_SERIES);
  return { ...DEFAULTS, cacheBytes, ...options };
}

export function seriesLimits({ maxSeries, maxSeriesPerMetric = maxSeries }: ChosenOptions): SeriesLimits {
  return { total: maxSeries, perMetric: maxSeriesPerMetric };
}

/**
 * The most bytes the database file may have: what was chosen, or the worst case of everything that fills it.
 * @param profiles the rings that some series have or shall have, when they are more than those chosen.
 */
export function fileBound(
  { rings, ringRules, maxSeries, journalMaxBytes, logs, webLog, maxFileBytes }: ChosenOptions,
  profiles: readonly (readonly RingProfile[])[] = [rings, ...ringRules.map((rule) => rule.rings)],
): number {
  const rows = worstCaseFileBytes(profiles, maxSeries, journalMaxBytes);
  const webLogBytes = webLogWorstCaseBytes({ ...DEFAULT_WEB_LOG_LIMITS, ...webLog });
  return maxFileBytes ?? rows + DOCUMENT_TABLES_BYTES + logWorstCaseBytes(logs.maxBytes) + webLogBytes;
}
