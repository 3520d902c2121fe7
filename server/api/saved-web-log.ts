import { isDay } from '../model/calendar-day.ts';
import type { Engine } from '../model/engine.ts';
import { DAY } from '../model/units.ts';
import type { WebLogQuery } from '../model/web-log.ts';
import type { Language } from '../model/words/words.ts';
import { formatReport } from '../web-log/report-formats.ts';

/** Names of each table: as many as the page's own link to the report asks for. */
const ROWS = 1000;
const DEFAULT_DAYS = 28;

/** The report that the page of the web log shows at this address, as a page that needs nothing else. */
export async function savedWebLog(engine: Engine, params: URLSearchParams, language: Language): Promise<string> {
  const [service, vhost] = [params.get('service'), params.get('vhost')];
  const conditions = {
    limit: ROWS,
    ...(service !== null && { service }),
    ...(vhost !== null && { vhost: vhost.toLowerCase() }),
  };
  const report = await engine.webLog({ ...conditions, ...(await daysOf(engine, params)) });
  return formatReport(report, 'html', language);
}

/** `from` and `to`, or `days=all`, or the last so many `days` of those known. */
async function daysOf(engine: Engine, params: URLSearchParams): Promise<Pick<WebLogQuery, 'from' | 'to'>> {
  const [from, to, days] = [params.get('from') ?? '', params.get('to') ?? '', params.get('days') ?? ''];
  if (isDay(from) && isDay(to) && from <= to) return { from, to };
  if (days === 'all') return {};
  const count = /^[1-9]\d{0,3}$/.test(days) ? Number(days) : DEFAULT_DAYS;
  const service = params.get('service');
  const newest = (await engine.webLogServices())
    .filter((known) => service === null || known.service === service)
    .map(({ last_day }) => last_day)
    .sort()
    .at(-1);
  return newest === undefined ? {} : { from: dayBefore(newest, count - 1), to: newest };
}

function dayBefore(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - days * DAY).toISOString().slice(0, 10);
}
