import { once } from 'node:events';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { Engine } from '../model/engine.ts';
import { type ErrorCode, errorCatalogue, VigieError } from '../model/errors.ts';
import { callsTo } from '../runtime/thread-calls.ts';
import type { EngineOptions } from './engine.ts';

export type EngineThreadData = Omit<EngineOptions, 'clock' | 'log'>;

export type EngineThreadMessage =
  | { readonly opened: true }
  | { readonly opened: false; readonly code: string; readonly message: string };

/** Every method of an engine: what crosses the thread. */
export const ENGINE_METHODS = [
  'hello',
  'ingest',
  'queryInstant',
  'queryRange',
  'count',
  'buckets',
  'facts',
  'labelValues',
  'origins',
  'stats',
  'close',
] as const satisfies readonly (keyof Engine)[];

export interface EngineThread {
  readonly engine: Engine;
  /** A port on which another thread may call the engine. */
  newPort(): MessagePort;
  /** Resolves with the cause if the thread ends without being asked to. */
  readonly died: Promise<Error>;
}

/** Starts the thread that owns the store. Rejects with the store's own error when it cannot be opened. */
export async function startEngineThread(data: EngineThreadData): Promise<EngineThread> {
  const worker = new Worker(new URL('./thread.js', import.meta.url), { workerData: data });
  const [message] = (await once(worker, 'message')) as [EngineThreadMessage];
  if (!message.opened) {
    await worker.terminate();
    throw new VigieError(message.code in errorCatalogue ? (message.code as ErrorCode) : 'internal', message.message);
  }
  const caller = callsTo<Engine>(worker, ENGINE_METHODS);
  const died = new Promise<Error>((resolve) => {
    worker.once('error', resolve);
    worker.once('exit', (code) => resolve(new VigieError('unavailable', `the store's thread ended with code ${code}`)));
  });
  void died.then((error) => caller.abandon(error));
  const close = async (): Promise<void> => {
    try {
      await caller.methods.close();
    } finally {
      await worker.terminate();
    }
  };
  return { engine: { ...caller.methods, close }, newPort: () => joinedPort(worker), died };
}

function joinedPort(worker: Worker): MessagePort {
  const { port1, port2 } = new MessageChannel();
  worker.postMessage({ join: port1 }, [port1]);
  return port2;
}
