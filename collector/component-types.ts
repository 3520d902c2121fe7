import { z } from 'zod';
import { blackholeSchema } from './sinks/blackhole.ts';
import { consoleSchema } from './sinks/console.ts';
import { vigieSchema } from './sinks/vigie-options.ts';
import { hostMetricsSchema } from './sources/host-metrics-options.ts';
import { fileSchema } from './sources/log-file-options.ts';
import { probeSchema } from './sources/probe-options.ts';
import { syslogSchema } from './sources/syslog-options.ts';
import { filterSchema, WHOLE_LINE } from './transforms/filter-options.ts';
import { logToMetricSchema } from './transforms/log-to-metric-options.ts';
import { parseSchema } from './transforms/parse-options.ts';
import { webLogSchema } from './transforms/web-log-options.ts';

/** Every component a configuration may name; `registry.ts` makes them. */
export const sourceSchema = z.discriminatedUnion('type', [fileSchema, syslogSchema, hostMetricsSchema, probeSchema]);
export const transformSchema = z.discriminatedUnion('type', [
  parseSchema,
  filterSchema,
  logToMetricSchema,
  webLogSchema,
]);
export const sinkSchema = z.discriminatedUnion('type', [vigieSchema, consoleSchema, blackholeSchema]);

export type SourceOptions = z.output<typeof sourceSchema>;
export type TransformOptions = z.output<typeof transformSchema>;
export type SinkOptions = z.output<typeof sinkSchema>;

/** What flows along an edge; `parsed` are lines with columns. */
export type Flow = 'lines' | 'parsed' | 'metrics' | 'hits';

interface Ports {
  readonly takes: readonly Flow[];
  /** Undefined: as it came in. */
  readonly gives?: Flow;
}

/** What a transform takes: a filter of whole lines needs no parser before it. */
export function takenBy(options: TransformOptions): readonly Flow[] {
  const { takes } = PORTS[options.type];
  const wholeLines = options.type === 'filter' && options.where.every(({ field }) => field === WHOLE_LINE);
  return wholeLines ? ['lines', ...takes] : takes;
}

const ANY: readonly Flow[] = ['lines', 'parsed', 'metrics', 'hits'];

export const PORTS: Readonly<Record<(SourceOptions | TransformOptions | SinkOptions)['type'], Ports>> = {
  file: { takes: [], gives: 'lines' },
  syslog: { takes: [], gives: 'parsed' },
  host_metrics: { takes: [], gives: 'metrics' },
  probe: { takes: [], gives: 'metrics' },
  parse: { takes: ['lines'], gives: 'parsed' },
  filter: { takes: ['parsed'] },
  log_to_metric: { takes: ['lines', 'parsed'], gives: 'metrics' },
  web_log: { takes: ['parsed'], gives: 'hits' },
  vigie: { takes: ANY },
  console: { takes: ANY },
  blackhole: { takes: ANY },
};
