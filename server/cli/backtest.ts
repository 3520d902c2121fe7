import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import type { BacktestAlert, BacktestAnswer, BacktestComparison, BacktestRun } from '../model/backtest.ts';
import { systemClock } from '../model/clock.ts';
import { fileCause, VigieError } from '../model/errors.ts';
import { formatDuration, ms } from '../model/units.ts';
import { askServer } from './client.ts';
import { timeOf } from './moment-flag.ts';
import type { AskOptions } from './server-command.ts';
import {
  attainedText,
  badOf,
  budgetLeft,
  moment,
  paint,
  percent,
  print,
  printable,
  printJson,
  table,
} from './terminal.ts';
import { windowText } from './window-text.ts';

interface BacktestOptions extends AskOptions {
  readonly from: string;
  readonly to: string;
}

/** `vigie slo backtest FILE [SLO...]`: what the definitions of a file would have made of the past. */
export function addBacktest(command: Command): void {
  command
    .addOption(new Option('--from <time>', 'where the past begins: 30d ago, RFC 3339 or seconds').default('30d'))
    .addOption(new Option('--to <time>', 'where it ends: the same').default('0', 'now'))
    .action(backtest);
}

async function backtest(file: string, slos: readonly string[], { from, to, ...flags }: BacktestOptions): Promise<void> {
  const now = systemClock.now();
  const range = { from: timeOf('--from', from, now), to: timeOf('--to', to, now) };
  const request = { file, text: readDefinitions(file), ...range, ...(slos.length > 0 && { slos }) };
  const body = new Blob([JSON.stringify(request)], { type: 'application/json' });
  const answer = await askServer<BacktestAnswer>(flags, '/api/vigie/backtest', { method: 'POST', body });
  if (flags.json) return printJson(answer);
  print(`from ${moment(answer.from)} to ${moment(answer.to)}`);
  for (const comparison of answer.slos) printComparison(comparison);
}

function readDefinitions(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new VigieError('bad_request', `cannot read ${file}: ${fileCause(error)}`);
  }
}

function printComparison({ id, file, in_force }: BacktestComparison): void {
  const runs = in_force === undefined ? [file] : [file, in_force];
  const rows = ROWS.map(([name, show]) => [name, ...runs.map(show)]);
  print(`\n${paint('bold', printable(id))}`);
  print(table(['', 'FILE', ...(in_force === undefined ? [] : ['IN FORCE'])], rows));
  printAlerts('of the file', file);
  if (in_force !== undefined) printAlerts('in force', in_force);
  for (const note of notesOf(file)) print(note);
}

const ROWS: readonly (readonly [name: string, show: (run: BacktestRun) => string])[] = [
  ['objective', (run) => percent(run.objective)],
  ['window', windowText],
  ['attained', (run) => attainedText(run.attained, run.objective)],
  ['counts', ({ counts }) => badOf(counts)],
  [
    'worst budget',
    ({ worst }) => (worst === undefined ? '-' : `${budgetLeft(worst.left_ratio)} ${moment(worst.time)}`),
  ],
  ['pages', (run) => String(countOf(run, 'page'))],
  ['tickets', (run) => String(countOf(run, 'ticket'))],
];

function countOf({ alerts }: BacktestRun, tier: string): number {
  return alerts.flatMap(({ calls }) => calls).filter((call) => call.tier === tier).length;
}

function printAlerts(whose: string, { alerts }: BacktestRun): void {
  if (alerts.length === 0) return;
  const rows = alerts.flatMap((alert) =>
    alert.calls.map(({ tier, time, spent_before, left_ratio }) => {
      return [tier, moment(time), lasted(alert, time), percent(spent_before), budgetLeft(left_ratio)];
    }),
  );
  print(`\nalerts ${whose}`);
  print(table(['TIER', 'FIRED', 'FOR', 'SPENT BEFORE', 'BUDGET LEFT'], rows, ['SPENT BEFORE', 'BUDGET LEFT']));
}

function lasted({ resolved }: BacktestAlert, time: number): string {
  return resolved === undefined ? 'still firing' : formatDuration(ms(resolved - time));
}

/** What the figures are not. */
function notesOf({ step_secs, history_from, sharp_from, slices_from }: BacktestRun): readonly string[] {
  const step = formatDuration(ms(step_secs * 1000));
  return [
    `evaluated every ${step}; alerts may be that late`,
    ...(slices_from === undefined
      ? []
      : [`slices of one length are there since ${moment(slices_from)}; none is counted before`]),
    ...(history_from === undefined || slices_from !== undefined
      ? []
      : [`nothing is stored of the time before ${moment(history_from)}`]),
    ...(sharp_from === undefined ? [] : [`before ${moment(sharp_from)} only steps longer than ${step} are kept`]),
  ];
}
