import type { PrometheusClient } from '@prometheus-io/codemirror-promql';
import { EqlRegex, EqlSingle, Neq, NeqRegex } from '@prometheus-io/lezer-promql';
import type { Api } from '../api/client.ts';
import { askMetrics } from './metric-list.ts';

type Matchers = Parameters<PrometheusClient['labelValues']>[2];

/** A list to choose from while typing needs no more. */
const MOST_NAMES = 10_000;
const MOST_VALUES = 1000;

const OPERATORS: ReadonlyMap<number, string> = new Map([
  [EqlSingle, '='],
  [EqlRegex, '=~'],
  [Neq, '!='],
  [NeqRegex, '!~'],
]);

/** What may stand in a query, asked of the server once per page: a failure offers nothing, and the query can still be typed. */
export function completionSource(api: Pick<Api, 'ask'>): PrometheusClient {
  const asked = new Map<string, Promise<string[]>>();
  const names = (path: string, params: readonly (readonly [string, string])[]): Promise<string[]> => {
    const address = `/api/v1/${path}?${new URLSearchParams(params.map(([name, value]) => [name, value]))}`;
    const found = asked.get(address) ?? askNames(api, address);
    asked.set(address, found);
    return found;
  };
  const valuesOf = (label: string): string => `label/${encodeURIComponent(label)}/values`;
  return {
    metricNames: () => names(valuesOf('__name__'), [['limit', String(MOST_NAMES)]]),
    labelNames: (metric) => names('labels', [...matching(metric), ['limit', String(MOST_NAMES)]]),
    labelValues: (label, metric, matchers) =>
      names(valuesOf(label), [...matching(metric, matchers, label), ['limit', String(MOST_VALUES)]]),
    metricMetadata: async () => {
      const answer = await askMetrics(api);
      return answer.ok ? answer.data.data : {};
    },
    series: async () => [],
    flags: async () => ({}),
  };
}

async function askNames(api: Pick<Api, 'ask'>, address: string): Promise<string[]> {
  const answer = await api.ask<{ readonly data: string[] }>(address);
  return answer.ok ? answer.data.data : [];
}

/** Nothing to match by: every series. A matcher of the label whose value is being written says nothing yet. */
function matching(metric = '', matchers: Matchers = [], written = ''): readonly (readonly [string, string])[] {
  const parts = [
    ...(metric === '' ? [] : [`__name__=${JSON.stringify(metric)}`]),
    ...matchers
      .filter(({ name, value }) => name !== written && value !== '')
      .map(({ name, type, value }) => `${name}${OPERATORS.get(type) ?? '='}${JSON.stringify(value)}`),
  ];
  return parts.length === 0 ? [] : [['match[]', `{${parts.join(',')}}`]];
}
