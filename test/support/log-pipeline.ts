import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface PipelineOptions {
  /** The labels of the counters of requests and bytes; without them log_to_metric makes its own metrics. */
  readonly tags?: readonly string[];
  /** The unit of the duration at the end of each line: it becomes a histogram. */
  readonly duration?: 'us' | 's';
  /** Sources that discovery makes, to be read like the logs. */
  readonly discovered?: readonly string[];
  /** The lines are stored, too. */
  readonly lines?: boolean;
  /** The web-log report, too. */
  readonly webLog?: boolean;
  /** The counters of this machine, too. */
  readonly host?: boolean;
  /** More options of the sink, such as `url`. */
  readonly sink?: Readonly<Record<string, unknown>>;
  /** More keys at the top, such as `name`. */
  readonly more?: Readonly<Record<string, unknown>>;
}

const BUCKETS = [0.05, 0.1, 0.25, 0.5, 1];

/**
 * The pipeline of all tests and benchmarks, from access logs to counters, as the text of a configuration (JSON is YAML). `logs` is
 * the path, or glob, of each service's log; the source has the name of the service.
 */
export function logPipeline(logs: Readonly<Record<string, string>>, options: PipelineOptions = {}): string {
  const { duration, discovered = [], lines = false, webLog = false, host = false, sink, more } = options;
  const files = Object.entries(logs).map(([service, log]) => [service, { type: 'file', include: [log], service }]);
  const config = {
    data_dir: 'data',
    ...more,
    sources: { ...Object.fromEntries(files), ...(host && { host: { type: 'host_metrics', interval: '10s' } }) },
    transforms: {
      access: { type: 'parse', inputs: [...Object.keys(logs), ...discovered], format: 'access_log', duration },
      requests: { type: 'log_to_metric', inputs: ['access'], metrics: metricsOf(options) },
      ...(webLog && { web_log: { type: 'web_log', inputs: ['access'] } }),
    },
    sinks: { vigie: { type: 'vigie', inputs: sinkInputs({ lines, webLog, host }), ...sink } },
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

function sinkInputs({ lines, webLog, host }: Pick<PipelineOptions, 'lines' | 'webLog' | 'host'>): readonly string[] {
  return ['requests', ...(lines ? ['access'] : []), ...(webLog ? ['web_log'] : []), ...(host ? ['host'] : [])];
}

function metricsOf({ tags: labels, duration }: PipelineOptions): readonly unknown[] | undefined {
  if (labels === undefined) return undefined;
  const tags = Object.fromEntries(labels.map((label) => [label, `{{${label}}}`]));
  const histogram = {
    type: 'histogram',
    name: 'http_request_duration_seconds',
    field: 'duration',
    buckets: BUCKETS,
    tags,
  };
  return [
    { type: 'counter', name: 'http_requests_total', tags },
    { type: 'counter', name: 'http_response_bytes_total', value_field: 'bytes', tags },
    ...(duration === undefined ? [] : [histogram]),
  ];
}

/** Writes a configuration into a folder of its own: the log of the service `site`, counted with the defaults. Returns the folder. */
export function writeLogPipeline(folder: string, log: string, options?: PipelineOptions): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'vigie.yaml'), logPipeline({ site: log }, options));
  return folder;
}
