import { userInfo } from 'node:os';
import { type Command, Option } from 'commander';
import { VigieError } from '../model/errors.ts';
import type {
  Exclusion,
  ExclusionPreview,
  ExclusionRequest,
  ExclusionsAnswer,
  ExclusionUndo,
  UndoRequest,
  WindowFigures,
} from '../model/exclusions.ts';
import { isZone, localZone, momentOf } from '../model/zones.ts';
import { askServer } from './client.ts';
import { matcherOf, matcherText } from './label-matcher.ts';
import { type AskOptions, commandGroup } from './server-command.ts';
import { attainedText, badOf, budgetLeft, moment, print, printable, printJson, table, tell } from './terminal.ts';

interface AddOptions extends AskOptions {
  readonly from?: string;
  readonly to?: string;
  readonly for?: string;
  readonly rrule?: string;
  readonly zone?: string;
  readonly reason: string;
  readonly by: string;
  readonly dryRun: boolean;
}

interface UndoOptions extends AskOptions {
  readonly reason?: string;
  readonly by: string;
}

const EXAMPLES = [
  ['vigie exclude shop-availability --for 2h --reason "database moves"', 'from now on, two hours'],
  ['vigie exclude shop --from 2026-11-20T22:00Z --to 2026-11-20T23:30Z --reason "..."', 'a span of the past'],
  ['vigie exclude service=shop --from "2026-12-01 02:00" --for 1h \\', 'each Tuesday at two by the'],
  ['  --rrule "FREQ=WEEKLY;BYDAY=TU" --zone Europe/Paris --reason "patches"', 'clocks of Paris'],
  ['vigie exclude shop --for 2h --reason "..." --dry-run', 'the figures before and after'],
  ['vigie exclude list', 'who left out what, and why'],
  ['vigie exclude undo 6f1c... --reason "it was our fault"', 'count it after all'],
] as const;

export function addExclude(program: Command): void {
  const meaning = 'spans of a running server that count neither for nor against an SLO; nothing is deleted';
  const { command } = commandGroup(program, 'exclude', meaning, EXAMPLES);
  command('add <slo...>', 'exclude a span from SLOs, by id or by matchers such as service=shop', { isDefault: true })
    .addOption(new Option('--from <time>', 'RFC 3339, or the time of --zone such as "2026-12-01 02:00" (default: now)'))
    .addOption(new Option('--to <time>', 'the same: when it ends'))
    .addOption(new Option('--for <duration>', 'or how long it lasts, such as 2h'))
    .addOption(new Option('--rrule <rule>', 'again by a rule of RFC 5545, such as "FREQ=WEEKLY;BYDAY=TU"'))
    .addOption(new Option('--zone <name>', 'whose clocks count, such as Europe/Paris (default: of this machine)'))
    .addOption(new Option('--reason <text>', 'why').makeOptionMandatory())
    .addOption(author())
    .addOption(new Option('--dry-run', 'only say what it would change').default(false))
    .action(add);
  command('list', 'those in force and to come first, then the past and the undone').action(list);
  command('undo <id>', 'count after all what an exclusion left out')
    .addOption(new Option('--reason <text>', 'why'))
    .addOption(author())
    .action(undo);
}

function author(): Option {
  return new Option('--by <name>', 'who').env('VIGIE_AUTHOR').default(userInfo().username);
}

async function add(chosen: string[], flags: AddOptions): Promise<void> {
  const ask = <T>(path: string): Promise<T> =>
    askServer<T>(flags, path, { method: 'POST', body: jsonBody(requestOf(chosen, flags)) });
  const preview = await ask<ExclusionPreview>('/api/vigie/exclusions/preview');
  tell(previewText(preview));
  if (flags.dryRun) return flags.json ? printJson(preview) : undefined;
  const exclusion = await ask<Exclusion>('/api/vigie/exclusions');
  if (flags.json) printJson(exclusion);
  else print(`${printable(exclusion.id)} from ${moment(exclusion.starts)} to ${moment(exclusion.ends)}`);
}

function requestOf(chosen: readonly string[], flags: AddOptions): ExclusionRequest {
  const zone = flags.zone ?? localZone();
  if (!isZone(zone)) throw new VigieError('bad_request', `cannot use zone ${JSON.stringify(zone)}; want an IANA name`);
  const ids = chosen.filter((text) => !/[=!]/.test(text));
  if (ids.length > 0 && ids.length < chosen.length) {
    throw new VigieError('bad_request', 'cannot exclude both ids and matchers at once; want either');
  }
  return {
    ...(ids.length > 0 ? { slos: ids } : { matchers: chosen.map(matcherOf) }),
    ...(flags.from !== undefined && { starts: timeOf(flags.from, zone) }),
    ...(flags.to !== undefined && { ends: timeOf(flags.to, zone) }),
    ...(flags.for !== undefined && { duration: flags.for }),
    ...(flags.rrule !== undefined && { recurrence: { rule: flags.rrule, zone } }),
    reason: flags.reason,
    author: flags.by,
  };
}

function previewText({ slos }: ExclusionPreview): string {
  if (slos.length === 0) return 'it is about no SLO there is now';
  return slos.map(({ id, before, after }) => `${id}: ${figures(before)} -> ${figures(after)}`).join('\n');
}

function figures({ attained, objective, budget, counts }: WindowFigures): string {
  return `${attainedText(attained, objective)} attained, ${budgetLeft(budget.left_ratio, ' of the budget left')}, ${badOf(counts)}`;
}

async function list(flags: AskOptions): Promise<void> {
  const { exclusions } = await askServer<ExclusionsAnswer>(flags, '/api/vigie/exclusions');
  if (flags.json) return printJson(exclusions);
  if (exclusions.length === 0) return tell('no exclusion');
  const rows = exclusions.map(
    ({ state, id, slos, matchers = [], starts, ends, recurrence, author: by, reason, undone }) => [
      state,
      id,
      (slos ?? matchers.map(matcherText)).join(' '),
      moment(starts),
      moment(ends),
      recurrence === undefined ? 'once' : `${recurrence.rule} ${recurrence.zone}`,
      by,
      reason,
      undone === undefined ? '-' : `${undone.author} ${moment(undone.created)}`,
    ],
  );
  print(table(['STATE', 'EXCLUSION', 'SLOS', 'FROM', 'TO', 'AGAIN', 'BY', 'REASON', 'UNDONE BY'], rows));
}

async function undo(id: string, flags: UndoOptions): Promise<void> {
  const request: UndoRequest = { author: flags.by, ...(flags.reason !== undefined && { reason: flags.reason }) };
  const path = `/api/vigie/exclusions/${encodeURIComponent(id)}`;
  const undone = await askServer<ExclusionUndo>(flags, path, { method: 'DELETE', body: jsonBody(request) });
  if (flags.json) printJson(undone);
  else print(`${printable(undone.exclusion)} undone ${moment(undone.created)}: its events count again`);
}

function jsonBody(value: unknown): Blob {
  return new Blob([JSON.stringify(value)], { type: 'application/json' });
}

/** A time without offset is what the clocks of the zone show. */
function timeOf(text: string, zone: string): number {
  const time = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2}))?$/.test(text.trim())
    ? onWall(
        text
          .trim()
          .split(/[-T :]/)
          .map(Number),
        zone,
      )
    : Date.parse(text);
  if (Number.isNaN(time)) {
    const want = 'want RFC 3339 or "2026-12-01 02:00"';
    throw new VigieError('bad_request', `cannot read time ${JSON.stringify(text)}; ${want}`);
  }
  return time;
}

/** NaN for what no calendar or clock has. */
function onWall([year = 0, month = 1, day = 1, hour = 0, minute = 0]: readonly number[], zone: string): number {
  const read = new Date(Date.UTC(year, month - 1, day, hour, minute));
  const same = [read.getUTCMonth() + 1, read.getUTCDate(), read.getUTCHours(), read.getUTCMinutes()];
  if (same.join() !== [month, day, hour, minute].join()) return Number.NaN;
  return momentOf({ year, month: month - 1, day, hour, minute }, zone);
}
