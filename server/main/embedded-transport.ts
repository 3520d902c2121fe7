import type { MessagePort } from 'node:worker_threads';
import { systemClock } from '../model/clock.ts';
import type { Engine } from '../model/engine.ts';
import type { IngestTransport } from '../model/ingest.ts';
import { callsTo } from '../runtime/thread-calls.ts';
import { currentTraceparent } from '../runtime/tracing.ts';

/** The queue's way to the store of the same process: a call to its thread. */
export function embeddedTransport(engine: MessagePort): IngestTransport {
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
