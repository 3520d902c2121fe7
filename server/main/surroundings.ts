import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { compileGlob } from '../../collector/main.ts';
import { storeRings } from '../engine/ring-choice.ts';
import { fileCause, messageOf } from '../model/errors.ts';
import { DAY, type Ms } from '../model/units.ts';
import { storeSpace } from '../upkeep/store-space.ts';
import type { LoadedConfig } from './config.ts';
import { discover } from './discovery.ts';
import { listen, parseListen } from './listen.ts';
import { engineOptions } from './store-options.ts';

/** One thing that a start needs, and how it is. */
export interface Check {
  readonly name: string;
  readonly state: 'ok' | 'warn' | 'fail';
  readonly says: string;
}

const MIN_NODE = [20, 19] as const;
const PICTURES = '@napi-rs/canvas';
/** When this was written: no clock that is right says less. */
const WRITTEN = Date.UTC(2026, 0, 1);
const MAX_NAMED = 3;

/** What a start needs of this machine, whatever it is configured for. */
export function checkMachine(): Check[] {
  return [checkNode(process.versions.node), checkPictures()];
}

/** What it needs for this configuration. */
export async function checkPlace(config: LoadedConfig): Promise<Check[]> {
  return [checkDataDir(config.data_dir), ...checkSpace(config), await checkPort(config.listen), checkLogs(config)];
}

/** @param newest the newest data in the store, ms */
export function checkClock(now: Ms, newest: number | undefined): Check {
  const says = (state: Check['state'], text: string): Check => ({ name: 'clock', state, says: text });
  const moment = new Date(now).toISOString();
  if (now < WRITTEN) return says('fail', `it says ${moment}, which is over; set it before a start`);
  if (newest === undefined || newest <= now + DAY) return says('ok', moment);
  const ahead = `the newest data is of ${new Date(newest).toISOString()}`;
  return says('warn', `it says ${moment}, but ${ahead}: a start waits 15 minutes and removes what is later`);
}

function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isEnough = major > MIN_NODE[0] || (major === MIN_NODE[0] && minor >= MIN_NODE[1]);
  const says = isEnough ? version : `got ${version}; want at least ${MIN_NODE.join('.')}`;
  return { name: 'node', state: isEnough ? 'ok' : 'fail', says };
}

function checkPictures(): Check {
  try {
    createRequire(import.meta.url)(PICTURES);
    return { name: 'pictures', state: 'ok', says: 'PNG and SVG' };
  } catch (error) {
    const cause = messageOf(error).split('\n', 1)[0] ?? '';
    return { name: 'pictures', state: 'warn', says: `SVG alone: ${cause}; "npm install ${PICTURES}" brings PNG` };
  }
}

/** A directory that is not there is made by the first start, where its parent may be written. */
function checkDataDir(dataDir: string): Check {
  let there = dataDir;
  while (!existsSync(there)) there = dirname(there);
  try {
    if (!statSync(there).isDirectory()) return { name: 'data_dir', state: 'fail', says: `${there} is no directory` };
    accessSync(there, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    return { name: 'data_dir', state: 'fail', says: `cannot write ${there}: ${fileCause(error)}` };
  }
  return { name: 'data_dir', state: 'ok', says: there === dataDir ? dataDir : `${dataDir}, made by the first start` };
}

function checkSpace(config: LoadedConfig): Check[] {
  if (!existsSync(config.data_dir)) return [];
  const { rings: _chosen, dataSources: _declared, ...options } = engineOptions(config);
  const { now, worstCase, free } = storeSpace({ ...options, ...storeRings(config.store.rings) });
  const room = now + free;
  const says = `the store takes ${mib(now)}, at most ${mib(worstCase)}; ${mib(free)} are free`;
  return [{ name: 'space', state: room >= worstCase ? 'ok' : 'warn', says }];
}

async function checkPort(text: string): Promise<Check> {
  const address = parseListen(text);
  const server = createServer();
  try {
    await listen(server, address);
    return { name: 'port', state: 'ok', says: `${text} is free` };
  } catch (error) {
    if (await isVigie(text)) return { name: 'port', state: 'ok', says: `${text}: Vigie is running there` };
    return { name: 'port', state: 'fail', says: messageOf(error) };
  } finally {
    server.close();
  }
}

/** The answer of `/-/healthy`; nobody there, or somebody else, is no. */
async function isVigie(address: string): Promise<boolean> {
  const { host, port } = parseListen(address);
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  try {
    const url = `http://${name.includes(':') ? `[${name}]` : name}:${port}/-/healthy`;
    const answer = await fetch(url, { signal: AbortSignal.timeout(2000) });
    return (await answer.text()).startsWith('Vigie');
  } catch {
    // Whatever the reason, it is no Vigie that answers.
    return false;
  }
}

function checkLogs(config: LoadedConfig): Check {
  const { config: found, logs } = discover(config, false);
  const sources = Object.values(found.sources);
  const globs = sources.flatMap((source) => (source.type === 'file' ? source.include.map(compileGlob) : []));
  const results = globs.map((glob) => glob.expand());
  const paths = results.flatMap((result) => result.paths);
  const closed = [
    ...paths.filter((path) => !isReadable(path)),
    ...results.flatMap(({ problems }) => problems.map(({ path }) => path)),
    ...logs.filter((log) => !log.readable).map((log) => log.path),
  ];
  if (closed.length === 0) return { name: 'logs', state: 'ok', says: `${paths.length} followed, each can be read` };
  const more = closed.length > MAX_NAMED ? ` and ${closed.length - MAX_NAMED} more` : '';
  const named = closed.slice(0, MAX_NAMED).join(', ') + more;
  return { name: 'logs', state: 'warn', says: `cannot read ${named}: it takes the rights of their group, often adm` };
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    // The kernel said no, and that is the answer.
    return false;
  }
}

function mib(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`;
}
