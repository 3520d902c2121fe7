import { workerData } from 'node:worker_threads';
import { createCollector, createHttpTransport, type HttpServerOptions } from '../../collector/main.ts';
import { systemClock } from '../model/clock.ts';
import { invariant } from '../model/errors.ts';
import type { IngestTransport } from '../model/ingest.ts';
import { createLog } from '../runtime/log.ts';
import { Telemetry } from '../runtime/telemetry.ts';
import { runThread } from '../runtime/thread.ts';
import { currentTraceparent, startTracing } from '../runtime/tracing.ts';
import { embeddedTransport } from './embedded-transport.ts';
import type { CollectorCalls, CollectorThreadData } from './remote-collector.ts';

/** The thread of the collector: the same code embedded and apart, only the transport differs. */
await runThread<CollectorCalls>(async () => {
  const { config, dataDir, name, engine, server } = workerData as CollectorThreadData;
  const stopTracing = await startTracing('vigie-collector', process.env);
  const telemetry = new Telemetry();
  const log = createLog('collector');
  const transport = engine === undefined ? httpTransport(server) : embeddedTransport(engine);
  const collector = createCollector({ config, dataDir, name, transport, log, telemetry, clock: systemClock });
  await collector.start();
  return {
    stop: async () => {
      await collector.stop();
      await stopTracing();
    },
    status: async () => collector.status(),
    metrics: async () => telemetry.registry.getMetricsAsJSON(),
  };
});

function httpTransport(server: HttpServerOptions | undefined): IngestTransport {
  invariant(server !== undefined, 'a collector without a server');
  return createHttpTransport({ ...server, traceparent: currentTraceparent });
}
