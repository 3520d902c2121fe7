import type { Answer } from '../api/answer.ts';
import type { Api } from '../api/client.ts';

export interface ListedMetric {
  readonly name: string;
  /** `counter`, `gauge` or `histogram`. */
  readonly type: string;
}

/** An answer of `/api/v1/metadata`, https://prometheus.io/docs/prometheus/latest/querying/api/#querying-metric-metadata. */
interface MetricsAnswer {
  readonly data: Record<string, { type: string; help: string }[]>;
}

export function askMetrics(api: Pick<Api, 'ask'>): Promise<Answer<MetricsAnswer>> {
  return api.ask('/api/v1/metadata');
}

export function listedMetrics({ data }: MetricsAnswer): readonly ListedMetric[] {
  return Object.entries(data).map(([name, [first]]) => ({ name, type: first?.type ?? '' }));
}

/** The metrics whose name holds every word of what was typed, in any order and case. */
export function metricsNamed(metrics: readonly ListedMetric[], typed: string): readonly ListedMetric[] {
  const words = typed.toLowerCase().split(/\s+/);
  return metrics.filter(({ name }) => words.every((word) => name.toLowerCase().includes(word)));
}
