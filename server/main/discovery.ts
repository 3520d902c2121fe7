import { join } from 'node:path';
import { compileGlob, type DiscoveredLog, discoverAccessLogs } from '../../collector/main.ts';
import { shortHash } from '../model/short-hash.ts';
import { fileSource, type LoadedConfig, OWN_ACCESS_LOG } from './config.ts';

export const OWN_SERVICE = 'vigie';

/** Where Vigie writes the requests it answers. */
export function ownAccessLogPath(dataDir: string): string {
  return join(dataDir, 'log', 'access.log');
}

export interface Discovery {
  /** The configuration with the discovered sources in it. */
  readonly config: LoadedConfig;
  readonly logs: readonly DiscoveredLog[];
}

/**
 * Looks for access logs when the configuration asks for it, and adds a source for each that can be read. Vigie's own access log is
 * one only where it is written: `servesHere`.
 */
export function discover(config: LoadedConfig, servesHere: boolean, root = '/'): Discovery {
  const logs = config.discover.access_logs
    ? discoverAccessLogs(root).filter(({ path }) => !isFollowed(config, path))
    : [];
  const found = Object.fromEntries(
    servicesOf(logs).map((service) => [sourceId(service), fileSource(pathsOf(logs, service), service)]),
  );
  const own =
    servesHere && config.discover.own_access_log
      ? { [OWN_ACCESS_LOG]: fileSource([ownAccessLogPath(config.data_dir)], OWN_SERVICE) }
      : {};
  return { config: { ...config, sources: { ...found, ...own, ...config.sources } }, logs };
}

/** A log that the configuration follows is left to it: read by two sources, every line would count twice. */
function isFollowed({ sources }: LoadedConfig, path: string): boolean {
  const patterns = Object.values(sources).flatMap((source) => (source.type === 'file' ? source.include : []));
  return patterns.some((pattern) => compileGlob(pattern).matches(path));
}

/** The services with a log that can be read, each once. */
export function servicesOf(logs: readonly DiscoveredLog[]): string[] {
  return [...new Set(logs.filter((log) => log.readable).map((log) => log.service))];
}

function pathsOf(logs: readonly DiscoveredLog[], service: string): string[] {
  return logs.filter((log) => log.readable && log.service === service).map((log) => log.path);
}

/** Two services never share a source: a hash tells apart those whose names differ only in what an id cannot hold. */
function sourceId(service: string): string {
  const plain = service.replace(/[^A-Za-z0-9_-]/g, '_');
  return `discovered_${plain === service ? plain : `${plain}_${shortHash(service)}`}`;
}
