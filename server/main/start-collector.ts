import { hostname } from 'node:os';
import type { MessagePort } from 'node:worker_threads';
import type { HttpServerOptions } from '../../collector/main.ts';
import { VigieError } from '../model/errors.ts';
import type { Lifecycle } from '../runtime/lifecycle.ts';
import type { LoadedConfig } from './config.ts';
import { type CollectorThread, startCollectorThread } from './remote-collector.ts';
import { readSentToken } from './sent-token.ts';

export interface StartCollector {
  readonly config: LoadedConfig;
  /** Embedded: the store's thread. */
  readonly engine: MessagePort | undefined;
  readonly serverUrl: string | undefined;
  readonly lifecycle: Lifecycle;
}

export async function startCollector({
  config,
  engine,
  serverUrl,
  lifecycle,
}: StartCollector): Promise<CollectorThread> {
  const { sources, transforms, sinks } = config;
  const thread = await startCollectorThread({
    config: { sources, transforms, sinks },
    dataDir: config.data_dir,
    name: config.name ?? hostname(),
    ...(engine === undefined ? { server: serverOf(serverUrl, config.token_file) } : { engine }),
  });
  lifecycle.onStop('collector', thread.collector.stop);
  return thread;
}

function serverOf(url: string | undefined, tokenFile: string | undefined): HttpServerOptions {
  if (url === undefined) throw new VigieError('bad_config', 'cannot collect without a server: name one with --server');
  return { url, ...(tokenFile !== undefined && { token: readSentToken(tokenFile) }) };
}
