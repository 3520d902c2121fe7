import type { Command } from 'commander';
import type { OriginStatus } from '../model/engine.ts';
import { VigieError } from '../model/errors.ts';
import { isSilent } from '../model/source-silence.ts';
import type { SystemStatus } from '../model/status.ts';
import { askServer } from './client.ts';
import { type AskOptions, commandGroup } from './server-command.ts';
import { moment, print, printable, printJson, table, tell } from './terminal.ts';

const EXAMPLES = [
  ['vigie source list', 'every source the server knows, and how far it is'],
  ['vigie source forget web-3', 'a machine that will not come back'],
  ['vigie source forget web-1/old_log', 'one source of it'],
] as const;

export function addSource(program: Command): void {
  const { command } = commandGroup(program, 'source', 'sources a running server knows', EXAMPLES);
  command('list', 'every source, and how far it is').action(list);
  command(
    'forget <collector[/source]>',
    'take what is gone off the list; its data stays, and it is listed again when it sends (with tokens: scope write)',
  ).action(forget);
}

async function list(flags: AskOptions): Promise<void> {
  const { origins, time } = await askServer<SystemStatus>(flags, '/api/vigie/status');
  if (flags.json) return printJson(origins);
  if (origins.length === 0) return tell('no source yet: point one at a log in the configuration of a collector');
  const rows = origins.map((origin) => [
    stateWord(origin, time),
    origin.origin,
    origin.service ?? '-',
    moment(origin.completeTo),
    moment(origin.heardFrom),
    moment(origin.newestEvent),
    origin.note ?? '-',
  ]);
  print(table(['STATE', 'SOURCE', 'SERVICE', 'COMPLETE TO', 'HEARD SINCE', 'NEWEST EVENT', 'NOTE'], rows));
}

async function forget(name: string, flags: AskOptions): Promise<void> {
  const { origins } = await askServer<SystemStatus>(flags, '/api/vigie/status');
  const path = `/api/vigie/origins/${pathOf(name, origins)}`;
  const answer = await askServer<{ forgotten: string[] }>(flags, path, { method: 'DELETE' });
  if (flags.json) printJson(answer);
  else print(`forgotten: ${answer.forgotten.map(printable).join(', ')}`);
}

/** A collector's name may hold a slash, so only what is known tells where it ends. */
function pathOf(name: string, origins: readonly OriginStatus[]): string {
  const one = origins.find(({ origin }) => origin === name);
  if (one !== undefined) return `${encodeURIComponent(one.collector)}/${encodeURIComponent(one.source)}`;
  if (origins.some(({ collector }) => collector === name)) return encodeURIComponent(name);
  const known = origins.map(({ origin }) => printable(origin)).join(', ') || 'none yet';
  throw new VigieError('not_found', `cannot find source ${JSON.stringify(name)}; there is ${known}`);
}

/** As the pages call it: one that was well and whose word is too old is silent. */
function stateWord(origin: OriginStatus, now: number): string {
  const { state, retired } = origin;
  if (retired !== undefined) return 'removed';
  if (state === undefined) return 'never heard';
  return state === 'ok' && isSilent(origin, now) ? 'silent' : state.replaceAll('_', ' ');
}
