import type { Request } from 'express';
import type { DataSourceStatus } from '../model/data-source.ts';
import type { Engine, Metric, Selector } from '../model/engine.ts';
import { isCounted } from '../model/labels.ts';
import { VERSION } from '../model/version.ts';
import { invalid, param } from './params.ts';
import type { PrometheusDoor } from './prometheus-door.ts';

type MetricType = 'counter' | 'gauge' | 'histogram';

/** The version of the API that is spoken: clients decide by it what they may ask. */
const API_VERSION = '3.0.0';

const HISTOGRAM_PART = /_(?:bucket|sum|count)$/;

/** What is known of metrics, and of this server: `metadata`, `status/buildinfo`. */
export function metadataEndpoints({ get }: PrometheusDoor, engine: Engine): void {
  get('/metadata', async (request) => {
    const limit = countParam(request, 'limit');
    // Every metric has one type here, so a limit per metric leaves nothing out.
    countParam(request, 'limit_per_metric');
    const name = param(request, 'metric');
    const selectors: Selector[] = name === undefined ? [] : [familySelector(name)];
    const { items } = await engine.listMetrics({ selectors });
    const types = metricTypes(items);
    const help = new Map(items.map(({ name, dataSource }) => [name, dataSource && sourceText(dataSource)]));
    const asked = [...types].filter(([metric]) => name === undefined || metric === name).slice(0, limit);
    return {
      data: Object.fromEntries(
        asked.map(([metric, type]) => [metric, [{ type, help: help.get(metric) ?? '', unit: '' }]]),
      ),
    };
  });
  get('/status/buildinfo', async () => ({
    data: {
      version: API_VERSION,
      revision: `vigie ${VERSION}`,
      branch: '',
      buildUser: '',
      buildDate: '',
      goVersion: '',
    },
  }));
}

/** A metric by its name, and the parts it has when it is a histogram. */
function familySelector(name: string): Selector {
  const pattern = name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return [{ name: '__name__', op: '=~', value: `${pattern}(?:_bucket|_sum|_count)?` }];
}

/** By metric, sorted; the parts of a histogram are one metric of its own name. */
function metricTypes(metrics: readonly Metric[]): ReadonlyMap<string, MetricType> {
  const buckets = metrics.filter(({ name, hasBoundaries }) => hasBoundaries && name.endsWith('_bucket'));
  const histograms = new Set(buckets.map(({ name }) => name.replace(HISTOGRAM_PART, '')));
  const types = new Map<string, MetricType>();
  for (const { name, kind } of metrics) {
    const base = name.replace(HISTOGRAM_PART, '');
    if (base !== name && histograms.has(base)) types.set(base, 'histogram');
    else types.set(name, isCounted(kind) ? 'counter' : 'gauge');
  }
  return new Map([...types].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function sourceText({ type, step_secs, heartbeat_secs }: DataSourceStatus): string {
  return `rate of an rrd data source: ${type}, step ${step_secs} s, heartbeat ${heartbeat_secs} s`;
}

/** A negative number means no limit. */
function countParam(request: Request, name: string): number | undefined {
  const text = param(request, name);
  if (text === undefined) return undefined;
  if (!/^-?\d{1,15}$/.test(text)) throw invalid(name, `${name} must be a number`);
  return Number(text) < 0 ? undefined : Number(text);
}
