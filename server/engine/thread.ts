import { type MessagePort, workerData } from 'node:worker_threads';
import { systemClock } from '../model/clock.ts';
import type { Engine } from '../model/engine.ts';
import { createLog } from '../runtime/log.ts';
import { runThread } from '../runtime/thread.ts';
import { serveCalls } from '../runtime/thread-calls.ts';
import { inSpan, startTracing } from '../runtime/tracing.ts';
import { openEngine } from './engine.ts';
import type { EngineThreadData } from './remote-engine.ts';

/** The thread that owns the store: opens it, then answers calls from every port it is handed. */
await runThread<Engine>(async (port) => {
  const stopTracing = await startTracing('vigie-store', process.env);
  const engine = traced(
    openEngine({ ...(workerData as EngineThreadData), clock: systemClock, log: createLog('store') }),
  );
  port.on('message', (message: unknown) => {
    if (typeof message === 'object' && message !== null && 'join' in message) {
      serveCalls((message as { join: MessagePort }).join, engine);
    }
  });
  const close = async (): Promise<void> => {
    await engine.close();
    await stopTracing();
  };
  return { ...engine, close };
});

/** Batches of both ways end here, so here is the span of their last step: a child of the delivery's. */
function traced(engine: Engine): Engine {
  const ingest: Engine['ingest'] = (envelope, payload, now) => {
    const { collector, sink, sequence, traceparent } = envelope;
    const apply = (): ReturnType<Engine['ingest']> => engine.ingest(envelope, payload, now);
    return inSpan('apply batch', { collector, sink, sequence }, apply, traceparent);
  };
  return { ...engine, ingest };
}
