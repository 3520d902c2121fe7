import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads';
import type { Engine } from '../model/engine.ts';
import { startThread } from '../runtime/thread.ts';
import type { EngineOptions } from './engine.ts';

export type EngineThreadData = Omit<EngineOptions, 'clock' | 'log'>;

/** Every method of an engine: what crosses the thread. */
const ENGINE_METHODS = [
  'hello',
  'ingest',
  'remoteWrite',
  'record',
  'remoteRead',
  'importText',
  'queryInstant',
  'queryRange',
  'queryRangeJson',
  'count',
  'watch',
  'watchedFacts',
  'watchedCounts',
  'buckets',
  'slots',
  'dataSources',
  'rows',
  'facts',
  'labelValues',
  'listSeries',
  'listMetrics',
  'listLabels',
  'listLabelValues',
  'webLog',
  'webLogServices',
  'origins',
  'searchLogs',
  'logHistogram',
  'logContext',
  'logLabels',
  'tailLogs',
  'forgetOrigins',
  'changeDocuments',
  'documents',
  'chooseRings',
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
  const { methods, worker, died } = await startThread<Engine>({
    name: 'the store',
    script: new URL('./thread.js', import.meta.url),
    data,
    methods: ENGINE_METHODS,
    handsOver: ['remoteWrite'],
    end: 'close',
  });
  return { engine: methods, newPort: () => joinedPort(worker), died };
}

function joinedPort(worker: Worker): MessagePort {
  const { port1, port2 } = new MessageChannel();
  worker.postMessage({ join: port1 }, [port1]);
  return port2;
}
