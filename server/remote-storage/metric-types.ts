import type { SeriesKind } from '../model/labels.ts';

/** `MetricMetadata.MetricType` of remote write 1.0 (prompb/types.proto). */
export const METRIC_TYPES = [
  'unknown',
  'counter',
  'gauge',
  'histogram',
  'gaugehistogram',
  'summary',
  'info',
  'stateset',
] as const;
export type MetricType = (typeof METRIC_TYPES)[number];

const COUNTER_NAME = /_(?:total|count|sum|bucket)$/;
/** Series of a family that have another name than it; a quantile of a summary has not, and is a gauge. */
const PART = /_(?:bucket|count|sum)$/;

/** What senders said of families of metrics, the newest of them; they say it again every minute, so nothing of it is stored. */
export class MetricTypes {
  readonly #byFamily = new Map<string, MetricType>();
  readonly #maxFamilies: number;

  constructor(maxFamilies: number) {
    this.#maxFamilies = maxFamilies;
  }

  note(family: string, type: MetricType): void {
    this.#byFamily.delete(family);
    this.#byFamily.set(family, type);
    if (this.#byFamily.size <= this.#maxFamilies) return;
    for (const oldest of this.#byFamily.keys()) {
      this.#byFamily.delete(oldest);
      break;
    }
  }

  /** How a new series of this name counts: by what was said of it, else by its name. */
  kindOf(name: string): Exclude<SeriesKind, 'sum'> {
    const own = this.#typeOf(name) ?? this.#typeOf(name.replace(/_total$/, ''));
    if (own === 'counter') return 'counter';
    const family = PART.test(name) ? this.#typeOf(name.replace(PART, '')) : undefined;
    if (family === 'histogram' || family === 'summary') return 'counter';
    if (own !== undefined || family === 'gaugehistogram') return 'gauge';
    return COUNTER_NAME.test(name) ? 'counter' : 'gauge';
  }

  #typeOf(family: string): MetricType | undefined {
    const type = this.#byFamily.get(family);
    return type === 'unknown' ? undefined : type;
  }
}
