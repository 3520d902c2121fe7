import { MAX_AHEAD_MS } from '../../server/model/batch.ts';
import type { Batch, Column, LogBatch } from '../batch.ts';
import type { FileReading, Transform, TransformContext } from '../component.ts';
import { type AccessLogColumns, createColumns, type TextColumn } from './access-log-columns.ts';
import { AccessLogScanner, MISSING, type MissingReason, type ScanOptions } from './access-log-scanner.ts';
import type { AccessLogFormat, ParseOptions } from './parse-options.ts';

/** Paths of which is remembered, for the status page, how their lines were read. */
const MAX_PATHS = 1000;

const LAYOUTS: Readonly<Record<AccessLogFormat, Pick<ScanOptions, 'vhost' | 'agent'>>> = {
  access_log: {},
  common: { vhost: false, agent: false },
  combined: { vhost: false },
  vhost_common: { vhost: true, agent: false },
  vhost_combined: { vhost: true },
  nginx_combined: { vhost: false },
};
const SECONDS: Readonly<Record<ParseOptions['duration'], number | undefined>> = { none: undefined, us: 1e-6, s: 1 };

/**
 * Adds the columns of an access log: host, vhost, user, time, method, path, protocol, status, bytes, referer, agent, duration.
 * Lines that cannot be read are counted by reason, and left to a store unless `drop_on_error`; times too far ahead become the time of
 * arrival.
 */
export function createParse(options: ParseOptions, context: TransformContext): Transform {
  const durationUnit = SECONDS[options.duration];
  const scanner = new AccessLogScanner({
    ...LAYOUTS[options.format],
    ...(durationUnit === undefined ? {} : { durationUnit }),
  });
  const readings = new Map<string, FileReading>();
  let hinted = false;
  const tell = (batch: LogBatch, found: Findings): void => {
    report(context, found);
    const { path } = batch.attributes;
    if (path !== undefined && (readings.has(path) || readings.size < MAX_PATHS)) {
      readings.set(path, readOn(readings.get(path), found, scanner));
    }
    if (found.undeclared === 0 || hinted) return;
    hinted = true;
    const hint = 'Lines end in a number; declare duration: us or s in the parse transform to measure latency.';
    context.log.warn(hint, { transform: context.id, path });
  };
  return {
    type: 'parse',
    readingOf: (path) => readings.get(path),
    apply(batch: Batch): Batch | undefined {
      if (batch.kind !== 'logs') return batch;
      const columns = createColumns(batch.start.length);
      const found = scanBatch(scanner, batch, columns);
      tell(batch, found);
      const parsed = { ...batch, rows: found.rows.subarray(0, found.kept), fields: fieldsOf(columns) };
      if (found.missing.size > 0 && !options.drop_on_error) {
        return { ...parsed, unparsed: leftOut(batch.rows, parsed.rows, columns.time) };
      }
      return found.kept === 0 ? undefined : parsed;
    },
  };
}

interface Findings {
  readonly rows: Int32Array;
  kept: number;
  newest: number;
  ahead: number;
  truncated: number;
  undeclared: number;
  readonly missing: Map<MissingReason, number>;
  note: string;
}

function scanBatch(scanner: AccessLogScanner, batch: LogBatch, columns: AccessLogColumns): Findings {
  const { rows, start, end, arrived } = batch;
  const found: Findings = {
    rows: new Int32Array(rows.length),
    kept: 0,
    newest: Number.NEGATIVE_INFINITY,
    ahead: 0,
    truncated: 0,
    undeclared: 0,
    missing: new Map(),
    note: '',
  };
  scanner.begin(batch.bytes, columns);
  for (const row of rows) {
    const from = start[row] ?? 0;
    const missing = scanner.scan(from, end[row] ?? 0, row);
    if (missing === undefined) keep(scanner, found, row, columns.time, arrived);
    else miss(found, missing, scanner.failedAt - from + 1);
  }
  return found;
}

function keep(scanner: AccessLogScanner, found: Findings, row: number, time: Float64Array, arrived: number): void {
  const told = time[row] ?? arrived;
  if (told > arrived + MAX_AHEAD_MS) {
    found.ahead++;
    time[row] = arrived;
  }
  found.newest = Math.max(found.newest, time[row] ?? arrived);
  if (scanner.truncated) found.truncated++;
  if (scanner.undeclaredNumber) found.undeclared++;
  found.rows[found.kept++] = row;
}

/**
 * The rows that were not kept. Each gets the time of the last line before it that has one, or of the first: a line of last year that
 * cannot be read belongs to last year.
 */
function leftOut(rows: Int32Array, kept: Int32Array, time: Float64Array): Int32Array {
  const left = new Int32Array(rows.length - kept.length);
  let near = time[kept[0] ?? -1] ?? Number.NaN;
  let found = 0;
  for (const [place, row] of rows.entries()) {
    if (kept[place - found] === row) {
      near = time[row] ?? near;
    } else {
      time[row] = near;
      left[found++] = row;
    }
  }
  return left;
}

function miss(found: Findings, reason: MissingReason, column: number): void {
  found.missing.set(reason, (found.missing.get(reason) ?? 0) + 1);
  found.note ||= `column ${column}: want ${MISSING[reason]}`;
}

function report({ telemetry, report: batch }: TransformContext, found: Findings): void {
  if (found.kept > 0) batch.parsed(found.kept, found.newest);
  if (found.ahead > 0) batch.changed('ahead_of_time', found.ahead);
  if (found.truncated > 0) batch.changed('truncated', found.truncated);
  let unparseable = 0;
  for (const [reason, count] of found.missing) {
    telemetry.discarded(reason, false, count);
    unparseable += count;
  }
  if (unparseable > 0) batch.unparseable(unparseable, found.note);
}

/** What is known of a file after another batch of it. */
function readOn(before: FileReading | undefined, found: Findings, scanner: AccessLogScanner): FileReading {
  const format = found.kept > 0 ? formatName(scanner) : before?.format;
  const failure = before?.failure ?? (found.note === '' ? undefined : found.note);
  return {
    ...(format !== undefined && { format }),
    parsed: (before?.parsed ?? 0) + found.kept,
    unparseable: (before?.unparseable ?? 0) + [...found.missing.values()].reduce((sum, count) => sum + count, 0),
    ...(failure !== undefined && { failure }),
  };
}

function formatName({ hadVhost, hadAgent }: AccessLogScanner): string {
  return `${hadVhost ? 'vhost_' : ''}${hadAgent ? 'combined' : 'common'}`;
}

function fieldsOf(columns: AccessLogColumns): ReadonlyMap<string, Column> {
  // %v is the server's own name; everything a client sent is escaped.
  const text = ({ start, end }: TextColumn, escaped: boolean): Column => ({ type: 'text', start, end, escaped });
  const number = (values: Float64Array): Column => ({ type: 'number', values });
  return new Map([
    ['host', text(columns.host, false)],
    ['vhost', text(columns.vhost, true)],
    ['user', text(columns.user, true)],
    ['time', number(columns.time)],
    ['method', text(columns.method, true)],
    ['path', text(columns.path, true)],
    ['protocol', text(columns.protocol, false)],
    ['status', number(columns.status)],
    ['bytes', number(columns.bytes)],
    ['referer', text(columns.referer, true)],
    ['agent', text(columns.agent, true)],
    ['duration', number(columns.duration)],
  ]);
}
