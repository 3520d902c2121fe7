import type { Command } from 'commander';
import { systemClock } from '../model/clock.ts';
import type { DataSourceStatus, SeriesRows } from '../model/data-source.ts';
import { VigieError } from '../model/errors.ts';
import { seriesKey } from '../model/labels.ts';
import { DAY, formatDuration, ms } from '../model/units.ts';
import { askServer } from './client.ts';
import { timeOf } from './moment-flag.ts';
import { type AskOptions, commandGroup } from './server-command.ts';
import { print, printable, printJson, table, tell } from './terminal.ts';

interface FetchOptions extends AskOptions {
  readonly start: string;
  readonly end: string;
  readonly resolution?: string;
  readonly xff?: string;
}

const EXAMPLES = [
  ['vigie rrd info \'{device="eth0"}\'', 'how data sources are declared, and how they stand'],
  ['vigie rrd fetch traffic_in_bytes AVERAGE --start 7d', 'rows, as "rrdtool fetch" prints them'],
  ['vigie rrd fetch traffic_in_bytes MAX --start 365d --resolution 1h --json', 'the same as JSON'],
] as const;

export function addRrd(program: Command): void {
  const { command } = commandGroup(program, 'rrd', 'series that are kept as rrdtool keeps them', EXAMPLES);
  command('info [selector]', 'data sources: type, step, heartbeat, bounds, last update').action(info);
  command('fetch <selector> <cf>', 'rows of AVERAGE, MIN, MAX or LAST; those that are unknown are nan')
    .option('--start <time>', 'where to begin: RFC 3339, seconds, or so long ago', formatDuration(ms(DAY)))
    .option('--end <time>', 'where to end', '0')
    .option('--resolution <duration>', 'the step that is wanted, such as 5m (default: the finest there is)')
    .option('--xff <share>', 'share of a row that may be unknown (default: 0.5)')
    .action(fetchRows);
}

async function info(selector: string | undefined, flags: AskOptions): Promise<void> {
  const query = new URLSearchParams({ match: selector ?? '{__name__=~".+"}' });
  const body = await askServer<{ data_sources: readonly DataSourceStatus[] }>(flags, `/api/vigie/rrd?${query}`);
  if (flags.json) return printJson(body);
  if (body.data_sources.length === 0) return tell('no data source');
  const header = ['TYPE', 'STEP', 'HEARTBEAT', 'MIN', 'MAX', 'LAST UPDATE', 'LAST VALUE', 'SERIES'];
  print(table(header, body.data_sources.map(infoRow), ['STEP', 'HEARTBEAT', 'MIN', 'MAX', 'LAST VALUE']));
}

function infoRow(source: DataSourceStatus): string[] {
  const { type, step_secs, heartbeat_secs, min = 'U', max = 'U', last_update, last_value } = source;
  const limits = [`${step_secs}s`, `${heartbeat_secs}s`, String(min), String(max)];
  return [type, ...limits, new Date(last_update).toISOString(), last_value, keyOf(source)];
}

async function fetchRows(selector: string, cf: string, flags: FetchOptions): Promise<void> {
  const now = systemClock.now();
  const [start, end] = [timeOf('--start', flags.start, now), timeOf('--end', flags.end, now)];
  if (end < start) throw new VigieError('bad_request', 'cannot fetch rows: --end lies before --start');
  const { resolution, xff } = flags;
  const given = { match: selector, cf, start: String(start / 1000), end: String(end / 1000) };
  const wanted = { ...(resolution !== undefined && { resolution }), ...(xff !== undefined && { xff }) };
  const query = new URLSearchParams({ ...given, ...wanted });
  const body = await askServer<{ series: readonly SeriesRows[] }>(flags, `/api/vigie/rrd/rows?${query}`);
  if (flags.json) return printJson(body);
  if (body.series.length === 0) return tell('no data source');
  for (const series of body.series) printRows(series, body.series.length > 1);
}

function printRows(series: SeriesRows, isNamed: boolean): void {
  const { first, step, values } = series;
  if (isNamed) print(keyOf(series));
  const rows = values.map((value, i) => `${String((first + i * step) / 1000).padStart(10)}: ${rowText(value)}`);
  print(rows.join('\n'));
}

/** As C prints `%.10e`. */
function rowText(value: number | null): string {
  if (value === null) return 'nan';
  return value.toExponential(10).replace(/e([+-])(\d)$/, 'e$10$2');
}

function keyOf({ name, labels }: Pick<SeriesRows, 'name' | 'labels'>): string {
  return printable(seriesKey(name, labels));
}
