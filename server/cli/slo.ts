import type { Command } from 'commander';
import type { ExcludedFigures, SloDetail, SloGroups, SloReload, SloStatus } from '../model/slo.ts';
import { hourlyBurn, partsWorstFirst, worstFirst } from '../model/slo-order.ts';
import type { SloPart } from '../model/slo-part.ts';
import { formatDuration, ms } from '../model/units.ts';
import { addBacktest } from './backtest.ts';
import { askServer } from './client.ts';
import { type AskOptions, commandGroup } from './server-command.ts';
import { changedText, changesText } from './slo-changes.ts';
import { addSloFiles } from './slo-files.ts';
import {
  attainedText,
  badOf,
  budgetLeft,
  burnText,
  moment,
  paint,
  percent,
  print,
  printable,
  printableLines,
  printJson,
  table,
  tell,
} from './terminal.ts';
import { statusWindowText } from './window-text.ts';

const EXAMPLES = [
  ['vigie slo list', 'every SLO, worst first'],
  ['vigie slo show shop-availability', 'counts, budget, burn rates, definition'],
  ['vigie slo keep shop-availability', 'keep a proposed one: writes its file'],
  ['vigie slo backtest slos/new.yaml --from 90d', 'what a file would have made of the past, beside what is in force'],
  ['vigie slo import sloth.yml > slos/shop.yaml', 'from OpenSLO, Sloth or Pyrra; what is lost is told'],
  ['vigie slo export --format openslo', 'to openslo, sloth, pyrra or prometheus-rules'],
  ['vigie slo reload', 'take up SLO files, rule files and the rings of the store as they are now'],
] as const;

export function addSlo(program: Command): void {
  const { group, command } = commandGroup(program, 'slo', 'service level objectives of a running server', EXAMPLES);
  command('list', 'every SLO, worst first').action(list);
  command('show <id>', 'one SLO: counts, budget, burn rates, definition').action(show);
  command('keep <id>', 'keep a proposed SLO: the server writes its file').action(keep);
  addBacktest(command('backtest <file> [slo...]', 'what the definitions of a file would have made of the past'));
  command(
    'reload',
    'the server reads its SLO files, rule files and the rings of its store anew; when something is broken what was read before stays',
  ).action(reload);
  addSloFiles(group);
}

async function list(flags: AskOptions): Promise<void> {
  const body = await askServer<{ slos: SloStatus[]; groups?: SloGroups[] }>(flags, '/api/vigie/slos');
  const slos = body.slos.toSorted(worstFirst);
  if (flags.json) return printJson(slos);
  if (slos.length === 0) return tell('no SLO yet: write one below the slos folder of the configuration');
  const rows = slos.map((slo) => [
    stateWord(slo),
    slo.id,
    slo.owner,
    percent(slo.objective),
    attainedText(slo.attained, slo.objective),
    budgetLeft(slo.budget.left_ratio),
    burnText(hourlyBurn(slo)),
  ]);
  print(
    table(['STATE', 'SLO', 'OWNER', 'OBJECTIVE', 'ATTAINED', 'BUDGET LEFT', 'BURN 1H'], rows, [
      'OBJECTIVE',
      'ATTAINED',
      'BUDGET LEFT',
      'BURN 1H',
    ]),
  );
  for (const group of body.groups ?? []) tellLeftOut(group);
}

function tellLeftOut({ slo, group_by, groups, left_out, max_groups }: SloGroups): void {
  if (left_out === 0) return;
  const all = groups + left_out;
  tell(`${slo}: ${left_out} of ${all} groups by ${group_by.join(', ')} are left out: max_groups is ${max_groups}`);
}

async function show(id: string, flags: AskOptions): Promise<void> {
  const detail = await askServer<SloDetail>(flags, `/api/vigie/slos/${encodeURIComponent(id)}`);
  if (flags.json) return printJson(detail);
  const { status } = detail;
  const { counts, budget } = status;
  print(paint('bold', printable(status.title)));
  print(printable(`state      ${stateWord(status)}`));
  print(`objective  ${percent(status.objective)} over ${statusWindowText(status.window)}`);
  print(`attained   ${attainedText(status.attained, status.objective)}   ${badOf(counts)}`);
  print(
    `budget     ${budgetLeft(budget.left_ratio, ' left')}   ${Number(budget.spent.toFixed(3))} spent of ${budget.allowed.toFixed(1)} allowed`,
  );
  if (status.excluded !== undefined) print(excludedText(status.excluded, status.objective));
  if (status.parts !== undefined) print(partsText(status.parts, status.objective));
  const silence = status.state === 'no_data' ? 'no data' : 'no traffic';
  for (const burn of status.burns) {
    print(
      `burn ${formatDuration(ms(burn.window_secs * 1000)).padEnd(6)}${burn.rate === undefined ? silence : burnText(burn.rate)}   ${badOf(burn)}`,
    );
  }
  print(`as of      ${moment(status.as_of)}`);
  for (const line of changesText(detail.changes)) print(line);
  print(`\n${printableLines(detail.definition.trimEnd())}`);
}

/** What a composite is made of; ATTAINED and SPENT are over its window, SPENT of its whole budget. */
function partsText(parts: readonly SloPart[], objective: number): string {
  const rows = partsWorstFirst(parts).map(({ slo, weight, share, attained, counts, spent_ratio, state }) => [
    slo,
    String(weight),
    share > 0 ? percent(share) : '-',
    attainedText(attained, objective),
    badOf(counts),
    share > 0 ? percent(spent_ratio) : '-',
    state.replaceAll('_', ' '),
  ]);
  const numbers = ['WEIGHT', 'SHARE', 'ATTAINED', 'SPENT'];
  return table(['PART', 'WEIGHT', 'SHARE', 'ATTAINED', 'COUNTS', 'SPENT', 'STATE'], rows, numbers);
}

function excludedText({ seconds, counts, otherwise }: ExcludedFigures, objective: number): string {
  const included = `${attainedText(otherwise.attained, objective)} attained, ${budgetLeft(otherwise.budget.left_ratio, ' left')} with it`;
  return `excluded   ${formatDuration(ms(seconds * 1000))}   ${badOf(counts)}   ${included}`;
}

async function keep(id: string, flags: AskOptions): Promise<void> {
  const answer = await askServer<{ file: string }>(flags, `/api/vigie/slos/${encodeURIComponent(id)}/keep`, {
    method: 'POST',
  });
  if (flags.json) printJson(answer);
  else print(`kept in ${printable(answer.file)}`);
}

async function reload(flags: AskOptions): Promise<void> {
  const answer = await askServer<SloReload>(flags, '/api/vigie/reload', { method: 'POST' });
  if (flags.json) printJson(answer);
  else {
    print([inForce(answer), ...ruleLines(answer), ...ringLines(answer)].join('\n'));
    for (const line of unmatchedLines(answer)) tell(line);
  }
}

function inForce({ slos, proposed, changed }: SloReload): string {
  return `in force: ${slos} of files, ${proposed} proposed${changedText(changed)}`;
}

function ruleLines({ rule_groups = 0 }: SloReload): string[] {
  return rule_groups === 0 ? [] : [`groups of rules: ${rule_groups}`];
}

function unmatchedLines({ unmatched = [] }: SloReload): string[] {
  return unmatched.map(({ slo, selector, since }) => {
    const others = since === undefined ? '' : ` (since ${moment(since)}, when ${slo} began to count)`;
    return printable(`warning: ${slo}: no series matches ${selector}${others}`);
  });
}

function ringLines({ rings }: SloReload): string[] {
  // The one profile there always is says nothing.
  if (rings === undefined || (rings.profiles === 1 && rings.waiting === 0)) return [];
  const waiting = rings.waiting === 0 ? '' : `; ${rings.waiting} series are getting theirs`;
  return [`ring profiles: ${rings.profiles}${waiting}`];
}

function stateWord(slo: SloStatus): string {
  return slo.state.replaceAll('_', ' ') + (slo.proposed ? ' (proposed)' : '');
}
