import { systemClock } from '../model/clock.ts';
import { makeFolder } from '../runtime/folder.ts';
import { Lifecycle, stopSignal } from '../runtime/lifecycle.ts';
import { createLog } from '../runtime/log.ts';
import { startTracing } from '../runtime/tracing.ts';
import { type CollectFlags, type CollectTarget, collectTarget, refuseTarget } from './collect-target.ts';
import type { LoadedConfig } from './config.ts';
import { type Discovery, discover } from './discovery.ts';
import { demandTokens, parseListen } from './listen.ts';
import { startCollector } from './start-collector.ts';
import { startServer } from './start-server.ts';

export interface ProcessParts {
  readonly collector: 'embedded' | 'apart' | 'none';
  readonly server: boolean;
}

export interface ProcessEdges {
  /** Messages for the person who started it. */
  tell(text: string): void;
  /** Where `collect` was told to send. */
  readonly sendTo: CollectFlags;
}

/** Starts what was asked for, waits for a signal or for a thread to die, stops in reverse order. Rejects when it cannot start. */
export async function runProcess(loaded: LoadedConfig, parts: ProcessParts, edges: ProcessEdges): Promise<void> {
  const log = createLog('vigie');
  const lifecycle = new Lifecycle(log);
  const stop = stopSignal(systemClock.now, () => process.exit(1));
  try {
    // Logs that only a group may read lie in it.
    makeFolder(loaded.data_dir, 0o700);
    const died = await start(loaded, parts, edges, lifecycle);
    const ended = await Promise.race([stop, ...died]);
    if (ended instanceof Error) throw ended;
    edges.tell(`\nStopping (${ended}) ...`);
  } finally {
    await lifecycle.stop();
  }
}

/** The start steps, in order; what they return tells of a thread that died. */
async function start(
  loaded: LoadedConfig,
  parts: ProcessParts,
  edges: ProcessEdges,
  lifecycle: Lifecycle,
): Promise<Promise<Error>[]> {
  const address = parseListen(loaded.listen);
  if (parts.server) demandTokens(address, loaded.token_file);
  if (parts.collector === 'embedded') refuseTarget(loaded);
  const target = parts.collector === 'apart' ? collectTarget(loaded, edges.sendTo) : undefined;
  lifecycle.onStop('tracing', await startTracing('vigie', process.env));
  const discovery: Discovery =
    parts.collector === 'none' ? { config: loaded, logs: [] } : discover(loaded, parts.server);
  const server = parts.server ? await startServer({ discovery, address, lifecycle }) : undefined;
  const collector =
    parts.collector === 'none'
      ? undefined
      : await startCollector({
          config: discovery.config,
          engine: server?.newEnginePort(),
          target,
          lifecycle,
        });
  if (collector !== undefined) server?.attachCollector(collector.collector);
  edges.tell(greeting(discovery, collector !== undefined, server?.url, target));
  return [server?.died, collector?.died].filter((died) => died !== undefined);
}

/** What was found, where data lies, and where to look. */
function greeting(
  { config, logs }: Discovery,
  collects: boolean,
  url: string | undefined,
  target: CollectTarget | undefined,
): string {
  const readable = logs.filter((log) => log.readable);
  const closed = logs.filter((log) => !log.readable);
  return [
    ...readable.map((log) => `Found   ${log.path}  (${log.kind}, service ${log.service})`),
    ...closed.map((log) => `Closed  ${log.path}  (no permission: run as a member of the group adm, or as root)`),
    ...(collects && config.discover.access_logs && logs.length === 0
      ? ['Found   no Apache or nginx access log below /var/log; name one in the configuration']
      : []),
    `Config  ${config.file}`,
    `Data    ${config.data_dir}`,
    url === undefined ? `Sends   to ${target?.url ?? 'nobody'}` : `Open    ${url}`,
  ].join('\n');
}
