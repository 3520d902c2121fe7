import { once } from 'node:events';
import { type MessagePort, Worker } from 'node:worker_threads';
import type { MetricObjectWithValues, MetricValue } from 'prom-client';
import type { CollectorConfig, CollectorStatus, HttpServerOptions } from '../../collector/main.ts';
import { type ErrorCode, errorCatalogue, VigieError } from '../model/errors.ts';
import { callsTo } from '../runtime/thread-calls.ts';

export interface CollectorThreadData {
  readonly config: CollectorConfig;
  readonly dataDir: string;
  readonly name: string;
  /** Embedded: the port of the engine thread. */
  readonly engine?: MessagePort;
  /** Apart: the server to send to. */
  readonly server?: HttpServerOptions;
}

export type CollectorThreadMessage =
  | { readonly started: true }
  | { readonly started: false; readonly code: string; readonly message: string };

export interface CollectorCalls {
  stop(): Promise<void>;
  status(): Promise<CollectorStatus>;
  metrics(): Promise<MetricObjectWithValues<MetricValue<string>>[]>;
}

export interface CollectorThread {
  readonly collector: CollectorCalls;
  /** Resolves with the cause if the thread ends without being asked to. */
  readonly died: Promise<Error>;
}

/** Starts the collector's thread. Rejects with its own error when it cannot start. */
export async function startCollectorThread(data: CollectorThreadData): Promise<CollectorThread> {
  const worker = new Worker(new URL('./collector-thread.js', import.meta.url), {
    workerData: data,
    transferList: data.engine === undefined ? [] : [data.engine],
  });
  const [message] = (await once(worker, 'message')) as [CollectorThreadMessage];
  if (!message.started) {
    await worker.terminate();
    throw new VigieError(message.code in errorCatalogue ? (message.code as ErrorCode) : 'internal', message.message);
  }
  const caller = callsTo<CollectorCalls>(worker, ['stop', 'status', 'metrics']);
  const died = new Promise<Error>((resolve) => {
    worker.once('error', resolve);
    worker.once('exit', (code) =>
      resolve(new VigieError('unavailable', `the collector's thread ended with code ${code}`)),
    );
  });
  void died.then((error) => caller.abandon(error));
  const stop = async (): Promise<void> => {
    try {
      await caller.methods.stop();
    } finally {
      await worker.terminate();
    }
  };
  return { collector: { ...caller.methods, stop }, died };
}
