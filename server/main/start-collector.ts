import { hostname } from 'node:os';
import type { MessagePort } from 'node:worker_threads';
import type { HttpServerOptions } from '../../collector/main.ts';
import { invariant } from '../model/errors.ts';
import type { Lifecycle } from '../runtime/lifecycle.ts';
import type { CollectTarget } from './collect-target.ts';
import type { LoadedConfig } from './config.ts';
import { type CollectorThread, startCollectorThread } from './remote-collector.ts';
import { readSentToken } from './sent-token.ts';

export interface StartCollector {
  readonly config: LoadedConfig;
  /** Embedded: the store's thread. */
  readonly engine: MessagePort | undefined;
  /** Apart: where to send. */
  readonly target: CollectTarget | undefined;
  readonly lifecycle: Lifecycle;
}

export async function startCollector({ config, engine, target, lifecycle }: StartCollector): Promise<CollectorThread> {
  const { sources, transforms, sinks } = config;
  const thread = await startCollectorThread({
    config: { sources, transforms, sinks },
    dataDir: config.data_dir,
    name: config.name ?? hostname(),
    ...(engine === undefined ? { server: serverOf(target) } : { engine }),
  });
  lifecycle.onStop('collector', thread.collector.stop);
  return thread;
}

function serverOf(target: CollectTarget | undefined): HttpServerOptions {
  invariant(target !== undefined, 'a collector without a store and without a server');
  const { url, tokenFile } = target;
  return { url, ...(tokenFile !== undefined && { token: readSentToken(tokenFile) }) };
}
