import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../model/clock.ts';
import type { Engine } from '../model/engine.ts';
import { invariant, messageOf } from '../model/errors.ts';
import { createLog } from '../runtime/log.ts';
import { serveCalls } from '../runtime/thread-calls.ts';
import { inSpan, startTracing } from '../runtime/tracing.ts';
import { openEngine } from './engine.ts';
import type { EngineThreadData, EngineThreadMessage } from './remote-engine.ts';

/** The thread that owns the store: opens it, says so, then answers calls from every port it is handed. */
const port = parentPort;
invariant(port !== null, 'the engine thread was not started as a worker');

try {
  const data = workerData as EngineThreadData;
  const stopTracing = await startTracing('vigie-store', process.env);
  const engine = traced(openEngine({ ...data, clock: systemClock, log: createLog('store') }));
  const close = async (): Promise<void> => {
    await engine.close();
    await stopTracing();
  };
  serveCalls(port, { ...engine, close });
  port.on('message', (message: unknown) => {
    if (typeof message === 'object' && message !== null && 'join' in message) {
      serveCalls((message as { join: MessagePort }).join, engine);
    }
  });
  port.postMessage({ opened: true } satisfies EngineThreadMessage);
} catch (error) {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'internal';
  port.postMessage({ opened: false, code, message: messageOf(error) } satisfies EngineThreadMessage);
}

/** Batches of both ways end here, so here is the span of their last step: a child of the delivery's. */
function traced(engine: Engine): Engine {
  const ingest: Engine['ingest'] = (envelope, payload, now) => {
    const { collector, sink, sequence, traceparent } = envelope;
    const apply = (): ReturnType<Engine['ingest']> => engine.ingest(envelope, payload, now);
    return inSpan('apply batch', { collector, sink, sequence }, apply, traceparent);
  };
  return { ...engine, ingest };
}
