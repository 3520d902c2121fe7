import type { LogBatch } from '../../collector/batch.ts';
import { createParse } from '../../collector/transforms/parse.ts';
import { parseSchema } from '../../collector/transforms/parse-options.ts';
import { createWebLog } from '../../collector/transforms/web-log.ts';
import {
  HIT_FIGURES,
  type HitFigures,
  type HitTable,
  WEB_LOG_TABLES,
  type WebLogReport,
} from '../../server/model/web-log.ts';
import { batchOf, listen } from '../support/log-lines.ts';
import type { Random } from '../support/random.ts';

export interface LoggedRequest {
  readonly vhost: string;
  readonly host: string;
  /** Ms, whole seconds. */
  readonly time: number;
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly bytes: number;
  readonly referrer: string;
  readonly agent: string;
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** As Apache's vhost_combined writes it; `-` for what there is none of. */
export function lineOf({ vhost, host, time, method, url, status, bytes, referrer, agent }: LoggedRequest): string {
  const at = new Date(time).toISOString();
  const day = `${at.slice(8, 10)}/${MONTHS[Number(at.slice(5, 7)) - 1]}/${at.slice(0, 4)}:${at.slice(11, 19)} +0000`;
  return `${vhost || '-'} ${host} - - [${day}] "${method} ${url} HTTP/1.1" ${status} ${bytes} "${referrer || '-'}" "${agent || '-'}"`;
}

/** Requests of some days that share names often enough to be added up. */
export function randomRequests(
  random: Random,
  count: number,
  start = Date.UTC(2015, 4, 17),
  days = 3,
): LoggedRequest[] {
  const urls = ['/', '/a.html', '/a.html?x=1', '/B.PNG', '/dir/', '/x.y/z', '/é?', '/c.htm', '/index.php?a=/b.html'];
  return Array.from({ length: count }, () => ({
    vhost: random.pick(['', 'shop.example', 'www.example']),
    host: `10.0.0.${random.below(40)}`,
    time: start + random.below(days * 86_400) * 1000,
    method: random.pick(['GET', 'GET', 'POST', 'HEAD']),
    url: random.below(4) === 0 ? `/r/${random.below(300)}` : random.pick(urls),
    status: random.pick([200, 200, 200, 206, 301, 304, 404, 404, 500]),
    bytes: random.below(10_000),
    referrer: random.pick([
      '',
      'http://A.example/x',
      'http://a.example:80/x',
      'android-app://com.x',
      'nonsense',
      'https://u@b.example/',
    ]),
    agent: `agent ${random.below(8)}`,
  }));
}

/** The parser's columns of these lines. */
export function parsed(lines: readonly (string | Buffer)[], service = 'shop'): LogBatch | undefined {
  const parse = createParse(parseSchema.parse({ type: 'parse', inputs: ['x'] }), listen().context);
  const batch = parse.apply(batchOf(lines, { service }));
  return batch?.kind === 'logs' ? batch : undefined;
}

/** What a collector sends for these lines: through the real transforms, a batch at a time. */
export function hitsOf(lines: readonly (string | Buffer)[], timezone = 'UTC', batchSize = lines.length): HitTable[] {
  const webLog = createWebLog({ type: 'web_log', inputs: ['x'], timezone });
  const tables: HitTable[] = [];
  for (let from = 0; from < lines.length; from += batchSize) {
    const batch = parsed(lines.slice(from, from + batchSize));
    const hits = batch === undefined ? undefined : webLog.apply(batch);
    if (hits?.kind === 'hits') tables.push(...hits.tables);
  }
  return tables;
}

type Count = Record<string, Record<string, number | string>>;

/** Every figure of a report by "table key", to be compared whole. */
export function figuresOf(report: WebLogReport): Count {
  const found: Count = { total: pick(report.total) };
  for (const day of report.days) found[`day ${day.day}`] = { ...pick(day), visitors: day.visitors.estimate };
  for (const row of report.hours) if (row.requests > 0) found[`hour ${row.hour}`] = pick(row);
  for (const row of report.weekdays) if (row.requests > 0) found[`weekday ${row.weekday}`] = pick(row);
  for (const name of WEB_LOG_TABLES) {
    for (const row of report.tables[name].rows) {
      found[`${name} ${row.key}`] = { ...pick(row), ...(row.referrer === undefined ? {} : { referrer: row.referrer }) };
    }
  }
  return found;
}

/** The same counted once more, from the requests and without any of Vigie's code. */
export function recount(requests: readonly LoggedRequest[]): Count {
  const found: Count = {};
  const visitors: Record<string, Set<string>> = {};
  const last: Record<string, { time: number; referrer: string }> = {};
  for (const one of requests) {
    const ok = (one.status >= 200 && one.status <= 299) || one.status === 304;
    const path = one.url.split('?')[0]!;
    const page = ok && ['/', '.htm', '.html'].some((end) => path.endsWith(end));
    const at = new Date(one.time).toISOString();
    const day = `day ${at.slice(0, 10)}`;
    const file = path.split('/').at(-1)!;
    const type = file === '' ? '/' : file.includes('.') ? `.${file.split('.').at(-1)!.toLowerCase()}` : '';
    const keys = [
      'total',
      day,
      `hour ${Number(at.slice(11, 13))}`,
      `weekday ${new Date(one.time).getUTCDay() || 7}`,
      `status ${one.status}`,
      `method ${one.method}`,
      `url ${one.url}`,
      `path ${path}`,
      `file_type ${type}`,
      `referrer ${one.referrer}`,
      `referring_site ${siteOf(one.referrer)}`,
      `host ${one.host}`,
      `agent ${one.agent}`,
      ...(one.status === 404 ? [`not_found ${one.url}`] : []),
    ];
    for (const key of keys) {
      found[key] ??= { requests: 0, ok: 0, pages: 0, bytes: 0, ok_bytes: 0 };
      const sums = found[key] as Record<string, number>;
      sums.requests! += 1;
      sums.ok! += Number(ok);
      sums.pages! += Number(page);
      sums.bytes! += one.bytes;
      sums.ok_bytes! += ok ? one.bytes : 0;
    }
    visitors[day] ??= new Set();
    visitors[day].add(`${one.host} ${one.agent}`);
    if (one.status !== 404 || one.referrer === '') continue;
    const known = last[one.url];
    const newer =
      known === undefined || one.time > known.time || (one.time === known.time && one.referrer > known.referrer);
    if (newer) last[one.url] = { time: one.time, referrer: one.referrer };
  }
  for (const [day, who] of Object.entries(visitors)) found[day]!.visitors = who.size;
  for (const [url, { referrer }] of Object.entries(last)) found[`not_found ${url}`]!.referrer = referrer;
  return found;
}

function siteOf(referrer: string): string {
  if (referrer === '') return '';
  return URL.canParse(referrer) ? new URL(referrer).hostname : '?';
}

function pick(figures: HitFigures): Record<string, number> {
  return Object.fromEntries(HIT_FIGURES.map((figure) => [figure, figures[figure]]));
}
