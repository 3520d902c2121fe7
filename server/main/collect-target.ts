import { dirname, resolve } from 'node:path';
import { VigieError } from '../model/errors.ts';
import { ConfigError, type PathProblem } from '../runtime/config-file.ts';
import type { LoadedConfig } from './config.ts';
import { DEFAULT_LISTEN } from './listen.ts';

/** Where `vigie collect` sends, and the file with the token it shows there. */
export interface CollectTarget {
  readonly url: string;
  /** Absolute. */
  readonly tokenFile?: string;
}

/** What the command line says, louder than the configuration; a relative path starts where the command was given. */
export type CollectFlags = Partial<CollectTarget>;

/**
 * The flag, then the `vigie` sink, then the server of this machine; for the token the configuration's own `token_file` comes last.
 * Throws `bad_config` when the address is no HTTP URL.
 */
export function collectTarget(config: LoadedConfig, flags: CollectFlags): CollectTarget {
  const { url, token_file } = vigieSink(config)?.[1] ?? {};
  const inFile = token_file === undefined ? config.token_file : resolve(dirname(config.file), token_file);
  const tokenFile = flags.tokenFile === undefined ? inFile : resolve(flags.tokenFile);
  return {
    url: checkedUrl(flags.url ?? url ?? `http://${DEFAULT_LISTEN}`),
    ...(tokenFile !== undefined && { tokenFile }),
  };
}

/** In `vigie run` nothing is sent, so a sink that says where to would be a lie. Throws a ConfigError at its line. */
export function refuseTarget(config: LoadedConfig): void {
  const message = (key: string): string =>
    `in vigie run the server is this process; use vigie collect, or remove ${key}`;
  const problems = targetKeys(config).map(({ path, key }) => config.locate({ path, message: message(key) }));
  if (problems.length > 0) throw new ConfigError(problems);
}

/** What `vigie check` says of such a sink: it cannot know which command the file is for. */
export function targetNotes(config: LoadedConfig): PathProblem[] {
  return targetKeys(config).map(({ path, key }) => ({
    path,
    message: `${key} is for vigie collect; vigie run refuses it`,
  }));
}

function targetKeys(config: LoadedConfig): { path: string[]; key: string }[] {
  const [id, sink] = vigieSink(config) ?? [];
  if (id === undefined || sink === undefined) return [];
  const keys = (['url', 'token_file'] as const).filter((key) => sink[key] !== undefined);
  return keys.map((key) => ({ path: ['sinks', id, key], key }));
}

type VigieSink = Extract<LoadedConfig['sinks'][string], { type: 'vigie' }>;

/** The configuration was checked: there is at most one. */
function vigieSink({ sinks }: LoadedConfig): [id: string, sink: VigieSink] | undefined {
  for (const [id, sink] of Object.entries(sinks)) if (sink.type === 'vigie') return [id, sink];
  return undefined;
}

function checkedUrl(url: string): string {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
  throw new VigieError(
    'bad_config',
    `cannot send to ${JSON.stringify(url)}: want an address such as "http://10.0.0.1:8420"`,
  );
}
