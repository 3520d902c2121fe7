import { type Request, Router } from 'express';
import type { ReportQuestion, ReportService } from '../evaluation/report-service.ts';
import { isDay } from '../model/calendar-day.ts';
import { nearestWord } from '../model/nearest-word.ts';
import { REPORT_PERIODS, SLO_REPORT_FORMATS } from '../model/slo-report.ts';
import { type Ms, ms } from '../model/units.ts';
import { LANGUAGES } from '../model/words/words.ts';
import { isZone, momentOf } from '../model/zones.ts';
import { formatSloReport, SLO_REPORT_TYPES } from '../slo-report/report-formats.ts';
import { invalid, param, timeParam } from './params.ts';

/** The report of a page carries its own policy: no script, no request. */
const REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

const PARAMS = ['period', 'at', 'zone', 'lang'];
const WANT_TIME = 'want a day such as 2026-11-03, RFC 3339 or seconds since 1970';

/** `GET /api/vigie/reports/slos.{html,md,json}?period=week&at=DAY&zone=UTC&lang=en`. */
export function reportRoutes(reports: ReportService): Router {
  const router = Router();
  for (const format of SLO_REPORT_FORMATS) {
    router.get(`/api/vigie/reports/slos.${format}`, async (request, response) => {
      refuseOthers(request);
      const language = choice(request, 'lang', LANGUAGES, 'en');
      const report = await reports.slos(questionOf(request));
      response.setHeader('content-security-policy', REPORT_POLICY);
      response.type(SLO_REPORT_TYPES[format]).send(formatSloReport(report, format, language));
    });
  }
  return router;
}

/** A word that is mistyped would be a report on something else. */
function refuseOthers({ query }: Request): void {
  const other = Object.keys(query).find((name) => !PARAMS.includes(name));
  if (other === undefined) return;
  const meant = nearestWord(other, PARAMS);
  throw invalid(other, `a report has none of that name; want ${meant ?? PARAMS.join(', ')}`);
}

function questionOf(request: Request): ReportQuestion {
  const zone = param(request, 'zone') ?? 'UTC';
  if (!isZone(zone)) throw invalid('zone', `got ${JSON.stringify(zone)}; want an IANA name such as Europe/Paris`);
  const at = momentAt(request, zone);
  return { period: choice(request, 'period', REPORT_PERIODS, 'week'), zone, ...(at !== undefined && { at }) };
}

/** A day is one of the zone; `Date` would read 30 February as 2 March. */
function momentAt(request: Request, zone: string): Ms | undefined {
  const text = param(request, 'at');
  if (text === undefined) return undefined;
  const [, date, time] = /^(\d{4}-\d\d-\d\d)(T\d\d:.+)?$/.exec(text) ?? [];
  if (date === undefined) {
    if (!Number.isFinite(Number(text))) throw invalid('at', `got ${JSON.stringify(text)}; ${WANT_TIME}`);
    return timeParam(request, 'at');
  }
  if (!isDay(date)) throw invalid('at', `got ${JSON.stringify(text)}, which no calendar has; ${WANT_TIME}`);
  if (time !== undefined) return timeParam(request, 'at');
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  // Years below 100 are taken for those of the last century; there is no report on either.
  return ms(year < 100 ? Date.parse(date) : momentOf({ year, month: month - 1, day, hour: 12 }, zone));
}

function choice<T extends string>(request: Request, name: string, known: readonly T[], usual: T): T {
  const text = param(request, name) ?? usual;
  const found = known.find((one) => one === text);
  if (found === undefined) throw invalid(name, `got ${JSON.stringify(text)}; want ${known.join(', ')}`);
  return found;
}
