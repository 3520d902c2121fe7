import { type MessagePort, workerData } from 'node:worker_threads';
import { createCollector, createHttpTransport, type HttpServerOptions } from '../../collector/main.ts';
import { systemClock } from '../model/clock.ts';
import type { Engine } from '../model/engine.ts';
import { invariant } from '../model/errors.ts';
import type { IngestTransport } from '../model/ingest.ts';
import { createLog } from '../runtime/log.ts';
import { Telemetry } from '../runtime/telemetry.ts';
import { runThread } from '../runtime/thread.ts';
import { callsTo } from '../runtime/thread-calls.ts';
import { currentTraceparent, startTracing } from '../runtime/tracing.ts';
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

/** The queue's way to the store of the same process: a call to its thread. */
function embeddedTransport(engine: MessagePort): IngestTransport {
  const { methods } = callsTo<Pick<Engine, 'hello' | 'ingest'>>(engine, ['hello', 'ingest']);
  return {
    hello: (hello) => methods.hello(hello, systemClock.now()),
    send: (envelope, payload) => {
      const traceparent = currentTraceparent();
      const traced = traceparent === undefined ? envelope : { ...envelope, traceparent };
      return methods.ingest(traced, payload, systemClock.now());
    },
  };
}

function httpTransport(server: HttpServerOptions | undefined): IngestTransport {
  invariant(server !== undefined, 'a collector without a server');
  return createHttpTransport({ ...server, traceparent: currentTraceparent });
}
