import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { HitTable, WebLogReport, WebLogTableName } from '../../server/model/web-log.ts';
import { ReportMerge } from '../../server/store/web-log/report-merge.ts';
import { seeded } from '../support/random.ts';
import { hitsOf } from './requests.ts';

/** 5000 lines of a real server, counted by three other programs beforehand. */
const DATA = join(import.meta.dirname, '..', '..', '..', 'shared', 'data');
const LOG = join(DATA, 'apache-access-5k.log');
const FACTS = join(DATA, 'FACTS.md');
const here = [LOG, FACTS].every((path) => existsSync(path));

type Counted = readonly (readonly [string, number])[];

interface Exact {
  readonly lines: number;
  readonly bytes: number;
  readonly bytes2xx304: number;
  readonly unique_hosts: number;
  readonly unique_urls: number;
  readonly unique_paths: number;
  readonly unique_user_agents: number;
  readonly unique_referers: number;
  readonly status: Record<string, number>;
  readonly methods: Record<string, number>;
  readonly per_day: Record<string, number>;
  readonly per_hour_of_day: Record<string, number>;
  readonly per_hour_of_day_2xx_304: Record<string, number>;
  readonly top10_urls_with_query: Counted;
  readonly top10_paths: Counted;
  readonly top10_paths_2xx_304: Counted;
  readonly top10_hosts: Counted;
  readonly not_found_total: number;
  readonly not_found: Counted;
}

interface Analog {
  readonly successful_requests: number;
  readonly successful_page_requests: number;
  readonly failed_requests: number;
  readonly redirected_requests: number;
  readonly distinct_hosts: number;
  readonly bytes_successful_only: number;
  readonly per_day: readonly (readonly [string, number, string, number])[];
}

describe.skipIf(!here)(
  here ? 'the report of a real log' : 'the report of a real log (skipped: ../shared/data is not here)',
  () => {
    const shuffle = <T>(items: readonly T[]): T[] => {
      const random = seeded(5000);
      return items
        .map((item) => ({ item, at: random.next() }))
        .sort((a, b) => a.at - b.at)
        .map(({ item }) => item);
    };
    const ways: readonly (readonly [string, (lines: string[]) => HitTable[]])[] = [
      ['in its order', (lines) => hitsOf(lines)],
      ['backwards, in batches of 137', (lines) => hitsOf(lines.toReversed(), 'UTC', 137)],
      ['shuffled with seed 5000, in batches of 411', (lines) => hitsOf(shuffle(lines), 'UTC', 411)],
      [
        'by turns on two machines, parts merged backwards',
        (lines) =>
          [0, 1]
            .flatMap((turn) =>
              hitsOf(
                lines.filter((_, i) => i % 2 === turn),
                'UTC',
                500,
              ),
            )
            .toReversed(),
      ],
    ];

    test.each(ways)('%s equals the facts', (_, hits) => {
      const report = reportOf(hits(linesOfLog()));
      const { exact, analog } = readFacts();
      equalsExact(report, exact);
      equalsAnalog(report, analog);
    });
  },
);

function equalsExact(report: WebLogReport, exact: Exact): void {
  expect([report.total.requests, report.total.bytes, report.total.ok_bytes]).toEqual([
    exact.lines,
    exact.bytes,
    exact.bytes2xx304,
  ]);
  const names = (['host', 'url', 'path', 'agent', 'referrer'] as const).map((name) => report.tables[name].rows.length);
  const { unique_hosts, unique_urls, unique_paths, unique_user_agents, unique_referers } = exact;
  expect(names).toEqual([unique_hosts, unique_urls, unique_paths, unique_user_agents, unique_referers]);
  expect(requestsBy(report, 'status')).toEqual(exact.status);
  expect(requestsBy(report, 'method')).toEqual(exact.methods);
  expect(report.days.map(({ requests }) => requests)).toEqual(Object.values(exact.per_day));
  const hours = (figure: 'requests' | 'ok'): Record<string, number> =>
    Object.fromEntries(report.hours.map((row) => [String(row.hour).padStart(2, '0'), row[figure]]));
  expect(hours('requests')).toEqual(exact.per_hour_of_day);
  expect(hours('ok')).toEqual(exact.per_hour_of_day_2xx_304);
  contains(report, 'url', exact.top10_urls_with_query);
  contains(report, 'path', exact.top10_paths);
  contains(report, 'path', exact.top10_paths_2xx_304, 'ok');
  contains(report, 'host', exact.top10_hosts);
  expect(requestsBy(report, 'not_found')).toEqual(Object.fromEntries(exact.not_found));
  expect(sum(report.tables.not_found.rows.map(({ requests }) => requests))).toBe(exact.not_found_total);
}

function equalsAnalog({ total, redirected, failed, days, tables }: WebLogReport, analog: Analog): void {
  expect(total.ok).toBe(analog.successful_requests);
  expect(total.pages).toBe(analog.successful_page_requests);
  expect(total.ok_bytes).toBe(analog.bytes_successful_only);
  expect([redirected, failed]).toEqual([analog.redirected_requests, analog.failed_requests]);
  expect(tables.host.rows.filter(({ ok }) => ok > 0)).toHaveLength(analog.distinct_hosts);
  expect(days.map(({ day, ok, pages }) => [day, ok, 'pages', pages])).toEqual(analog.per_day);
}

function contains(
  report: WebLogReport,
  table: WebLogTableName,
  want: Counted,
  figure: 'requests' | 'ok' = 'requests',
): void {
  const rows = new Map(report.tables[table].rows.map((row) => [row.key, row[figure]]));
  expect(want.map(([key]) => [key, rows.get(key)])).toEqual(want);
  // They are the largest, too.
  const largest = [...rows.values()].sort((a, b) => b - a).slice(0, want.length);
  expect(largest).toEqual(want.map(([, count]) => count));
}

function reportOf(tables: readonly HitTable[]): WebLogReport {
  const merge = new ReportMerge();
  for (const table of tables) merge.addHits(table);
  return merge.report({ limit: 100_000 });
}

function requestsBy(report: WebLogReport, table: WebLogTableName): Record<string, number> {
  return Object.fromEntries(report.tables[table].rows.map(({ key, requests }) => [key, requests]));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function linesOfLog(): string[] {
  return readFileSync(LOG, 'utf8').split('\n').slice(0, -1);
}

function readFacts(): { exact: Exact; analog: Analog } {
  const text = readFileSync(FACTS, 'utf8');
  const block = (name: string): unknown => {
    const json = new RegExp(`^## ${name}\n\`\`\`json\n(.*?)\n\`\`\``, 'ms').exec(text)?.[1];
    if (json === undefined) throw new Error(`${FACTS} has no ${name} facts`);
    return JSON.parse(json);
  };
  return { exact: block('exact') as Exact, analog: block('analog') as Analog };
}
