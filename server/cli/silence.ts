import { userInfo } from 'node:os';
import { type Command, Option } from 'commander';
import type { Silence, SilencePreview, SilenceRequest, SilencesAnswer } from '../model/alerts.ts';
import { VigieError } from '../model/errors.ts';
import { askServer } from './client.ts';
import { matcherOf, matcherText } from './label-matcher.ts';
import { type AskOptions, commandGroup } from './server-command.ts';
import { moment, print, printable, printJson, table, tell } from './terminal.ts';

interface AddOptions extends AskOptions {
  readonly for: string;
  readonly from?: string;
  readonly comment: string;
  readonly author: string;
  readonly id?: string;
  readonly dryRun: boolean;
}

const EXAMPLES = [
  ['vigie silence add slo=shop-availability --for 2h --comment "database moves"', 'two hours of quiet'],
  ['vigie silence add service=~shop.* tier=ticket --for 1d --comment "known"', 'by labels; =~ takes a pattern'],
  ['vigie silence add owner=web --for 1h --comment "..." --dry-run', 'what it would keep quiet'],
  ['vigie silence list', 'in force, to come, expired'],
  ['vigie silence expire 6f1c...', 'end it now'],
] as const;

export function addSilence(program: Command): void {
  const meaning = 'silences of a running server: nobody is told of alerts they match';
  const { command } = commandGroup(program, 'silence', meaning, EXAMPLES);
  command('add <matcher...>', 'silence the alerts all matchers accept: slo, service, owner, tier or a label of the SLO')
    .addOption(new Option('--for <duration>', 'how long, such as 2h').makeOptionMandatory())
    .addOption(new Option('--from <time>', 'when it begins, RFC 3339 (default: now)'))
    .addOption(new Option('--comment <text>', 'why').makeOptionMandatory())
    .addOption(new Option('--author <name>', 'who').env('VIGIE_AUTHOR').default(userInfo().username))
    .addOption(new Option('--id <id>', 'edit this silence instead'))
    .addOption(new Option('--dry-run', 'only say what it would keep quiet').default(false))
    .action(add);
  command('list', 'in force and to come first, then the expired').action(list);
  command('expire <id>', 'end a silence now').action(expire);
}

async function add(matchers: string[], { for: duration, from, dryRun, ...rest }: AddOptions): Promise<void> {
  const { comment, author, id, ...flags } = rest;
  const request: SilenceRequest = {
    ...{ matchers: matchers.map(matcherOf), duration, author, comment },
    ...(from !== undefined && { starts: timeOf(from) }),
    ...(id !== undefined && { id }),
  };
  const body = new Blob([JSON.stringify(request)], { type: 'application/json' });
  const ask = <T>(path: string): Promise<T> => askServer<T>(flags, path, { method: 'POST', body });
  const preview = await ask<SilencePreview>('/api/vigie/silences/preview');
  tell(`matches ${preview.alerts.length} alerts now, and these SLOs: ${preview.slos.join(', ') || 'none'}`);
  if (dryRun) return flags.json ? printJson(preview) : undefined;
  const silence = await ask<Silence>('/api/vigie/silences');
  if (flags.json) printJson(silence);
  else print(`${printable(silence.id)} until ${moment(silence.ends)}`);
}

async function list(flags: AskOptions): Promise<void> {
  const { silences } = await askServer<SilencesAnswer>(flags, '/api/vigie/silences');
  if (flags.json) return printJson(silences);
  if (silences.length === 0) return tell('no silence');
  const rows = silences.map(({ state, id, matchers, starts, ends, author, comment }) => {
    return [state, id, matchers.map(matcherText).join(' '), moment(starts), moment(ends), author, comment];
  });
  print(table(['STATE', 'SILENCE', 'MATCHERS', 'FROM', 'UNTIL', 'AUTHOR', 'COMMENT'], rows));
}

async function expire(id: string, flags: AskOptions): Promise<void> {
  const path = `/api/vigie/silences/${encodeURIComponent(id)}`;
  const silence = await askServer<Silence>(flags, path, { method: 'DELETE' });
  if (flags.json) printJson(silence);
  else print(`${printable(silence.id)} ended ${moment(silence.ends)}`);
}

function timeOf(text: string): number {
  const time = Date.parse(text);
  if (Number.isNaN(time))
    throw new VigieError('bad_request', `cannot read time ${JSON.stringify(text)}; want RFC 3339`);
  return time;
}
