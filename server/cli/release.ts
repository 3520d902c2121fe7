import { userInfo } from 'node:os';
import { type Command, Option } from 'commander';
import { systemClock } from '../model/clock.ts';
import type {
  Release,
  ReleaseComparison,
  ReleaseFigures,
  ReleaseRequest,
  ReleasesAnswer,
  SpanFigures,
} from '../model/releases.ts';
import { formatDuration, ms } from '../model/units.ts';
import { askServer } from './client.ts';
import { timeOf } from './moment-flag.ts';
import { type AskOptions, commandGroup } from './server-command.ts';
import { badOf, burnText, moment, percent, print, printable, printJson, table, tell } from './terminal.ts';

interface MarkOptions extends AskOptions {
  readonly service: string;
  readonly time?: string;
  readonly note?: string;
  readonly by: string;
}

const PATH = '/api/vigie/releases';

const EXAMPLES = [
  ['vigie release mark v1.2 --service shop', 'it went out now; a line on the charts of its SLOs'],
  ['vigie release mark v1.2 --service shop --time 2026-11-20T10:00Z', 'it went out then'],
  ['vigie release list --service shop', 'what went out when'],
  ['vigie release show v1.2', 'the same time before and after it'],
] as const;

export function addRelease(program: Command): void {
  const meaning = 'versions that went out, on a running server: marked on charts, compared before and after';
  const { command } = commandGroup(program, 'release', meaning, EXAMPLES);
  command('mark <version>', 'say that a version went out; saying it again is no other release')
    .addOption(new Option('--service <name>', 'of which service').makeOptionMandatory())
    .addOption(new Option('--time <time>', 'when: RFC 3339, seconds, or so long ago such as 10m (default: now)'))
    .addOption(new Option('--note <text>', 'what it is about'))
    .addOption(new Option('--by <name>', 'who').env('VIGIE_AUTHOR').default(userInfo().username))
    .action(mark);
  command('list', 'releases, newest first').option('--service <name>', 'of one service').action(list);
  command('show <release>', 'each SLO of its service as long before as after it: by version or id').action(show);
}

async function mark(version: string, { service, time, note, by, ...flags }: MarkOptions): Promise<void> {
  const request: ReleaseRequest = {
    ...{ service, version, by },
    ...(time !== undefined && { time: timeOf('--time', time, systemClock.now()) }),
    ...(note !== undefined && { note }),
  };
  const body = new Blob([JSON.stringify(request)], { type: 'application/json' });
  const release = await askServer<Release>(flags, PATH, { method: 'POST', body });
  if (flags.json) printJson(release);
  else print(`${printable(release.id)} ${printable(release.service)} ${printable(version)} at ${moment(release.time)}`);
}

async function list({ service, ...flags }: AskOptions & { readonly service?: string }): Promise<void> {
  const query = service === undefined ? '' : `?${new URLSearchParams({ service })}`;
  const { releases } = await askServer<ReleasesAnswer>(flags, `${PATH}${query}`);
  if (flags.json) return printJson(releases);
  if (releases.length === 0) return tell('no release is marked');
  const rows = releases.map(({ id, service: of, version, time, by, note }) => {
    return [moment(time), of, version, by, note ?? '', id];
  });
  print(table(['TIME', 'SERVICE', 'VERSION', 'BY', 'NOTE', 'RELEASE'], rows));
}

async function show(release: string, flags: AskOptions): Promise<void> {
  const answer = await askServer<ReleaseComparison>(flags, `${PATH}/${encodeURIComponent(release)}`);
  if (flags.json) return printJson(answer);
  const { service, version, time, by, note } = answer.release;
  print(printable(`${service} ${version}, ${moment(time)}, by ${by}${note === undefined ? '' : `: ${note}`}`));
  if (answer.slos.length === 0) return tell(`no SLO is of service ${service}`);
  const rows = answer.slos.map(({ id, objective, compared }) => [id, percent(objective), ...comparedCells(compared)]);
  print(table(['SLO', 'OBJECTIVE', 'EACH', 'BEFORE', 'BURN', 'AFTER', 'BURN'], rows));
}

function comparedCells(compared: ReleaseFigures | undefined): readonly string[] {
  if (compared === undefined) return ['too new', '-', '-', '-', '-'];
  const span = formatDuration(ms(compared.span_secs * 1000));
  return [span, ...figureCells(compared.before), ...figureCells(compared.after)];
}

function figureCells(figures: SpanFigures): readonly string[] {
  const { attained, rate } = figures;
  return [`${percent(attained)} (${badOf(figures)})`, burnText(rate)];
}
