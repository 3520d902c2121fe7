import type { Command } from 'commander';
import type { QueryData } from '../model/engine.ts';
import { VigieError } from '../model/errors.ts';
import { seriesKey } from '../model/labels.ts';
import { askServer, type ServerOptions } from './client.ts';
import { examples, options } from './options.ts';
import { print, printable, printJson, table, tell } from './terminal.ts';

interface QueryOptions extends ServerOptions {
  readonly time?: string;
  readonly start?: string;
  readonly end?: string;
  readonly step?: string;
  readonly json?: boolean;
}

interface QueryBody {
  readonly data: QueryData;
  readonly warnings?: readonly string[];
  readonly infos?: readonly string[];
}

export function addQuery(program: Command): void {
  program
    .command('query <expr>')
    .description('evaluate a PromQL expression on a running server')
    .option('--time <time>', 'moment of an instant query: RFC 3339 or seconds (default: now)')
    .option('--start <time>', 'start of a range query')
    .option('--end <time>', 'end of a range query')
    .option('--step <duration>', 'step of a range query, such as 1m')
    .addOption(options.server())
    .addOption(options.token())
    .addOption(options.json())
    .addHelpText(
      'before',
      examples([
        ["vigie query 'sum by (status) (increase(http_requests_total[1h]))'", 'requests of the last hour'],
        ["vigie query 'rate(host_network_receive_bytes_total[5m])' --json", 'the API\'s "data" as JSON'],
      ]),
    )
    .action(query);
}

async function query(expr: string, flags: QueryOptions): Promise<void> {
  const body = await askServer<QueryBody>(flags, pathOf(expr, flags));
  for (const note of [...(body.warnings ?? []), ...(body.infos ?? [])]) tell(printable(note));
  if (flags.json) return printJson(body.data);
  const rows = rowsOf(body.data);
  if (rows.length === 0) return tell('no series');
  print(table(['TIME', 'VALUE', 'SERIES'], rows, ['VALUE']));
}

function pathOf(expr: string, { time, start, end, step }: QueryOptions): string {
  const range = [start, end, step].filter((value) => value !== undefined).length;
  if (range !== 0 && range !== 3)
    throw new VigieError('bad_request', 'cannot query a range without all of --start, --end and --step');
  const given = Object.entries({ query: expr, time, start, end, step }).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  );
  return `/api/v1/${range === 3 ? 'query_range' : 'query'}?${new URLSearchParams(given)}`;
}

function rowsOf(data: QueryData): string[][] {
  const row = (series: string, [time, value]: readonly [number, string]): string[] => [
    new Date(time * 1000).toISOString(),
    value,
    series,
  ];
  if (data.resultType === 'vector') return data.result.map(({ metric, value }) => row(nameOf(metric), value));
  if (data.resultType === 'matrix') {
    return data.result.flatMap(({ metric, values }) => values.map((value) => row(nameOf(metric), value)));
  }
  return [row('', data.result)];
}

function nameOf({ __name__ = '', ...labels }: Readonly<Record<string, string>>): string {
  return seriesKey(__name__, labels);
}
