import type { MessagePort } from 'node:worker_threads';
import type { MetricObjectWithValues, MetricValue } from 'prom-client';
import type { CollectorConfig, CollectorStatus, HttpServerOptions } from '../../collector/main.ts';
import { startThread } from '../runtime/thread.ts';

export interface CollectorThreadData {
  readonly config: CollectorConfig;
  readonly dataDir: string;
  readonly name: string;
  /** Embedded: the port of the engine thread. */
  readonly engine?: MessagePort;
  /** Apart: the server to send to. */
  readonly server?: HttpServerOptions;
}

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

const SCRIPT = new URL('./collector-thread.js', import.meta.url);

/** Starts the collector's thread. Rejects with its own error when it cannot start. */
export async function startCollectorThread(data: CollectorThreadData, script = SCRIPT): Promise<CollectorThread> {
  const { methods, died } = await startThread<CollectorCalls>({
    name: 'the collector',
    script,
    data,
    transfer: data.engine === undefined ? [] : [data.engine],
    methods: ['stop', 'status', 'metrics'],
    end: 'stop',
  });
  return { collector: methods, died };
}
