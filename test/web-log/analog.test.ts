import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { WebLogReport, WebLogTableName } from '../../server/model/web-log.ts';
import { ReportMerge } from '../../server/store/web-log/report-merge.ts';
import { seeded } from '../support/random.ts';
import { hitsOf, lineOf, randomRequests } from './requests.ts';

/** The real Analog over the same lines. Where it means something else, the test says what. */
const here = spawnSync('analog', ['-help'], { stdio: 'ignore' }).error === undefined;
const REAL_LOG = join(import.meta.dirname, '..', '..', '..', 'shared', 'data', 'apache-access-5k.log');
const folder = mkdtempSync(join(tmpdir(), 'vigie-analog-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Every row of every report, as tab-separated columns. */
const SETTINGS = [
  'LOGFORMAT COMBINED',
  'DNS NONE',
  'OUTPUT COMPUTER',
  'ALL ON',
  'CHARTS OFF',
  // It would take /index.html for the folder.
  'DIRSUFFIX no-such-file',
  ...['REQ', 'REQARGS', 'FAIL', 'HOST', 'STATUS', 'REF', 'REFARGS', 'REFSITE', 'BROWREP', 'TYPE'].map(
    (report) => `${report}FLOOR 1r`,
  ),
];

const logs: readonly (readonly [string, () => string[]])[] = [
  ['made-up lines', () => madeUp(2000)],
  ...(existsSync(REAL_LOG)
    ? [['a real log', () => readFileSync(REAL_LOG, 'utf8').split('\n').slice(0, -1)] as const]
    : []),
];

describe.skipIf(!here)(here ? 'beside Analog' : 'beside Analog (skipped: analog is not here)', () => {
  test.each(logs)('%s: the figures that mean the same are the same', (_, lines) => {
    const log = join(folder, 'access.log');
    writeFileSync(
      log,
      lines()
        .map((line) => `${line}\n`)
        .join(''),
    );
    const rows = runAnalog(log);
    const report = reportOf(lines());
    const summary = (code: string): number => Number(rows.find(([at, name]) => at === 'x' && name === code)?.[2]);
    expect(summary('SR')).toBe(report.total.ok);
    expect(summary('PR')).toBe(report.total.pages);
    expect(summary('FL')).toBe(report.failed);
    expect(summary('RR')).toBe(report.redirected);
    expect(summary('BT')).toBe(report.total.ok_bytes);
    const time = (code: string, from: number): Record<string, string> =>
      Object.fromEntries(
        rows
          .filter(([at, kind]) => at === code && kind === 'RP')
          .map((row) => [row.slice(from).join('-'), `${row[2]} ${row[3]}`]),
      );
    expect(time('D', 4)).toEqual(byOk(report.days.map((day) => [day.day, day])));
    expect(time('h', 4)).toEqual(byOk(report.hours.map((hour) => [String(hour.hour).padStart(2, '0'), hour])));
    expect(Object.values(time('d', 4)).slice(1)).toEqual(
      Object.values(byOk(report.weekdays.slice(0, 6).map((day) => [`${day.weekday}`, day]))),
    );
    // Analog counts clients, referrers and file types by successful requests only.
    expect(column(rows, 'S', 2, -1)).toEqual(okOf(report, 'host'));
    expect(column(rows, 'B', 2, -1, 'RP')).toEqual(namedOf(report, 'agent'));
    const { '[directories]': folders, '[no extension]': bare, ...types } = column(rows, 't', 3, -1);
    expect({ ...types, '/': folders, '': bare }).toEqual(okOf(report, 'file_type'));
    expect(column(rows, 'c', 2, -1, 'R')).toEqual(
      Object.fromEntries(report.tables.status.rows.map((row) => [row.key, row.requests])),
    );
  });
});

function runAnalog(log: string): string[][] {
  const args = ['-G', ...SETTINGS.map((setting) => `+C${setting}`), '+O-', log];
  const text = execFileSync('analog', args, {
    encoding: 'latin1',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 1 << 26,
  });
  return text.split('\n').map((line) => line.split('\t'));
}

function reportOf(lines: readonly string[]): WebLogReport {
  const merge = new ReportMerge();
  for (const hits of hitsOf(lines, 'UTC', 300)) merge.addHits(hits);
  return merge.report({ limit: 100_000 });
}

/** Without the virtual host and names that Analog rewrites: it decodes %xx, and lowers nothing. */
function madeUp(count: number): string[] {
  return randomRequests(seeded(42), count).map((one) => {
    const url = one.url.startsWith('/é') ? '/plain' : one.url.toLowerCase();
    return lineOf({ ...one, vhost: '', url }).slice(2);
  });
}

function byOk(rows: readonly (readonly [string, { ok: number; pages: number }])[]): Record<string, string> {
  return Object.fromEntries(rows.map(([key, { ok, pages }]) => [key, `${ok} ${pages}`]));
}

/** One number of each row of a report, first level only. */
function column(
  rows: readonly string[][],
  code: string,
  value: number,
  name: number,
  kind?: string,
): Record<string, number> {
  const found = rows.filter((row) => row[0] === code && row.length > 3 && !row[1]!.startsWith('*'));
  const level = found.filter((row) =>
    kind === undefined ? !row[1]!.startsWith('l') || row[2] === '1' : row[1] === kind,
  );
  return Object.fromEntries(level.map((row) => [row.at(name)!.replace(/^(\d{3}) .*/, '$1'), Number(row[value])]));
}

function okOf(report: WebLogReport, table: WebLogTableName): Record<string, number> {
  return Object.fromEntries(
    report.tables[table].rows.filter(({ ok }) => ok > 0).map(({ key, ok }) => [spaced(key), ok]),
  );
}

/** Analog shows %20 as the space it means. */
function spaced(key: string): string {
  return key.replaceAll('%20', ' ');
}

/** Analog lists nothing of requests without an agent. */
function namedOf(report: WebLogReport, table: WebLogTableName): Record<string, number> {
  const rows = report.tables[table].rows.filter(({ ok, key }) => ok > 0 && key !== '');
  return Object.fromEntries(rows.map(({ key, ok }) => [key, ok]));
}
