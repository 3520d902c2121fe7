import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Alert, AlertDetail, AlertsAnswer, Notification } from '../model/alerts.ts';
import type { RuleAlertStatus } from '../model/rule-alerts.ts';
import { askServer } from './client.ts';
import { type AskOptions, commandGroup } from './server-command.ts';
import { budgetLeft, burnText, moment, paint, print, printable, printJson, table, tell } from './terminal.ts';

interface ListOptions extends AskOptions {
  readonly history: boolean;
  readonly limit: number;
  readonly slo?: string;
}

const EXAMPLES = [
  ['vigie alert list', 'what fires or may, worst first'],
  ['vigie alert list --history --slo shop-availability', 'what fired and is over, newest first'],
  ['vigie alert show shop-availability-20261121T030400Z', 'what burns, since when, what is left, who was told'],
] as const;

export function addAlert(program: Command): void {
  const { command } = commandGroup(program, 'alert', 'alerts of a running server', EXAMPLES);
  command('list', 'what fires or may, worst first')
    .addOption(new Option('--history', 'those that are over instead').default(false))
    .addOption(new Option('--limit <n>', 'at most so many of the history').default(50).argParser(countOf))
    .addOption(new Option('--slo <id>', 'only of this SLO'))
    .action(list);
  command('show <id>', 'one alert, what happened to it and who was told').action(show);
}

function countOf(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text) || Number(text) > 500) throw new InvalidArgumentError('want 1 to 500');
  return Number(text);
}

async function list({ history, limit, slo, ...flags }: ListOptions): Promise<void> {
  const query = new URLSearchParams({ limit: String(limit), ...(slo !== undefined && { slo }) });
  const answer = await askServer<AlertsAnswer>(flags, `/api/vigie/alerts?${query}`);
  const current = answer.current.filter((alert) => slo === undefined || alert.slo === slo);
  const alerts = history ? answer.history : current;
  // They have no history, and no SLO.
  const ruled = history || slo !== undefined ? [] : (answer.rules ?? []);
  if (flags.json) return printJson([...alerts, ...ruled]);
  for (const { name, waiting, last_error } of answer.receivers) {
    if (last_error !== undefined) tell(`${name}: ${waiting} waiting: ${printable(last_error)}`);
  }
  if (alerts.length + ruled.length === 0) return tell(history ? 'no alert has fired yet' : 'no alert fires');
  const heads = ['STATE', 'TIER', 'ALERT', 'SERVICE', 'SINCE', history ? 'UNTIL' : 'SILENCED', 'BURN', 'BUDGET LEFT'];
  print(table(heads, [...alerts.map(rowOf), ...ruled.map(ruleRowOf)], ['BURN', 'BUDGET LEFT']));
}

function rowOf(alert: Alert): string[] {
  const { state, tier, worst_tier, id, service, since, resolved, silenced_by, no_data_since, cause, figures } = alert;
  const left = figures.budget.left_ratio;
  return [
    no_data_since === undefined && cause === undefined ? state : `${state}, no data`,
    resolved === undefined ? tier : worst_tier,
    id,
    service,
    moment(since),
    resolved === undefined ? silenced_by.join(' ') || '-' : moment(resolved),
    cause === 'no_data' ? '-' : burnText(figures.long.rate ?? 0),
    budgetLeft(left),
  ];
}

/** Of a rule in a Prometheus rule file: it has labels and a value instead of a budget. */
function ruleRowOf({ state, tier, rule, labels, since, resolved, silenced_by, value }: RuleAlertStatus): string[] {
  const service = labels.service ?? '-';
  const until = resolved === undefined ? silenced_by.join(' ') || '-' : moment(resolved);
  return [state, tier, rule, service, moment(since), until, value, '-'];
}

async function show(id: string, flags: AskOptions): Promise<void> {
  const detail = await askServer<AlertDetail>(flags, `/api/vigie/alerts/${encodeURIComponent(id)}`);
  if (flags.json) return printJson(detail);
  const { alert, text, notifications } = detail;
  print(paint('bold', printable(alert.title)));
  print(printable(`${alert.state}, ${alert.tier}   ${alert.id}`));
  for (const sentence of text) print(printable(sentence));
  if (alert.silenced_by.length > 0) print(`silenced by ${alert.silenced_by.map(printable).join(', ')}`);
  print('');
  for (const { time, kind, tier } of alert.timeline)
    print(printable(`${moment(time)}  ${kind.replaceAll('_', ' ')} (${tier})`));
  if (notifications.length > 0)
    print(`\n${table(['SENT', 'TO', 'WHAT', 'STATE', 'NOTE'], notifications.map(noticeRow))}`);
}

function noticeRow({ created, receiver, kind, state, attempts, error }: Notification): string[] {
  return [moment(created), receiver, kind, attempts > 1 ? `${state}, ${attempts} attempts` : state, error ?? '-'];
}
