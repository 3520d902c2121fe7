import { createCollector } from './collector.ts';
import { collectorConfigSchema } from './config.ts';
import { examineCollector } from './delivery/examination.ts';
import { createHttpTransport } from './delivery/http-transport.ts';
import { followWarnings } from './follow-check.ts';
import { duration, size } from './options.ts';
import { createRegistry } from './registry.ts';
import { discoverAccessLogs } from './sources/discovery.ts';
import { compileGlob } from './sources/file/glob.ts';
import { checkTopology, checkWiring, topologyWarnings } from './topology-check.ts';
import { WebLogReader } from './web-log-reader.ts';

export type { MetricBatch } from './batch.ts';
export type { CollectorStatus } from './collector-status.ts';
export type { ComponentContext, Source, SourceOutput } from './component.ts';
export type { CollectorConfig } from './config.ts';
export type { HttpServerOptions } from './delivery/http-transport.ts';
export type { DiscoveredLog } from './sources/discovery.ts';

/** The collector's door: everything other rooms may use of it. */
export {
  checkTopology,
  checkWiring,
  collectorConfigSchema,
  compileGlob,
  createCollector,
  createHttpTransport,
  createRegistry,
  discoverAccessLogs,
  duration,
  examineCollector,
  followWarnings,
  size,
  topologyWarnings,
  WebLogReader,
};
