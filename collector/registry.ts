import type { Log } from '../server/runtime/log.ts';
import type { ComponentContext, Sink, Source, Transform, TransformContext } from './component.ts';
import type { SinkOptions, SourceOptions, TransformOptions } from './component-types.ts';
import { createBlackholeSink } from './sinks/blackhole.ts';
import { createConsoleSink } from './sinks/console.ts';
import { createFileSource } from './sources/file.ts';
import { createHostMetricsSource } from './sources/host-metrics.ts';
import { createProbeSource } from './sources/probe.ts';
import { createSyslogSource } from './sources/syslog.ts';
import { createFilter } from './transforms/filter.ts';
import { createLogToMetric } from './transforms/log-to-metric.ts';
import { createParse } from './transforms/parse.ts';
import { createWebLog } from './transforms/web-log.ts';

/** Makes the components of `component-types.ts`: the only place that knows them all. */
export interface Registry {
  source(options: SourceOptions, context: ComponentContext, log: Log): Source;
  transform(options: TransformOptions, context: TransformContext): Transform;
  /** `vigie` sinks are queues and made by the collector itself. */
  sink(options: Exclude<SinkOptions, { type: 'vigie' }>): Sink;
}

/** `write` is where the console sink writes. */
export function createRegistry(write: (text: string) => void): Registry {
  return {
    source(options, context, log) {
      switch (options.type) {
        case 'file':
          return createFileSource(fileOptions(options), context, log);
        case 'syslog':
          return createSyslogSource(options, context, log);
        case 'host_metrics':
          return createHostMetricsSource(options, context);
        case 'probe':
          return createProbeSource(options, context);
      }
    },
    transform(options, context) {
      switch (options.type) {
        case 'parse':
          return createParse(options, context);
        case 'filter':
          return createFilter(options, context);
        case 'log_to_metric':
          return createLogToMetric(options, context);
        case 'web_log':
          return createWebLog(options);
      }
    },
    sink: (options) => (options.type === 'console' ? createConsoleSink(write) : createBlackholeSink()),
  };
}

function fileOptions(options: Extract<SourceOptions, { type: 'file' }>): Parameters<typeof createFileSource>[0] {
  const { include, exclude, service, attributes, read_from } = options;
  return {
    include,
    exclude,
    attributes,
    read_from,
    ...(service === undefined ? {} : { service }),
    max_line_bytes: options.max_line,
    read_block_bytes: options.read_block,
    poll_ms: options.poll,
    glob_ms: options.glob,
  };
}
