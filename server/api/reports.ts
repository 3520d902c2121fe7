import { type Request, Router } from 'express';
import type { ReportQuestion, ReportService } from '../evaluation/report-service.ts';
import { REPORT_PERIODS, SLO_REPORT_FORMATS } from '../model/slo-report.ts';
import { LANGUAGES } from '../model/words/words.ts';
import { isZone } from '../model/zones.ts';
import { formatSloReport, SLO_REPORT_TYPES } from '../slo-report/report-formats.ts';
import { invalid, param, timeParam } from './params.ts';

/** The report of a page carries its own policy: no script, no request. */
const REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/** `GET /api/vigie/reports/slos.{html,md,json}?period=week&at=TIME&zone=UTC&lang=en`. */
export function reportRoutes(reports: ReportService): Router {
  const router = Router();
  for (const format of SLO_REPORT_FORMATS) {
    router.get(`/api/vigie/reports/slos.${format}`, async (request, response) => {
      const language = choice(request, 'lang', LANGUAGES, 'en');
      const report = await reports.slos(questionOf(request));
      response.setHeader('content-security-policy', REPORT_POLICY);
      response.type(SLO_REPORT_TYPES[format]).send(formatSloReport(report, format, language));
    });
  }
  return router;
}

function questionOf(request: Request): ReportQuestion {
  const zone = param(request, 'zone') ?? 'UTC';
  if (!isZone(zone)) throw invalid('zone', `got ${JSON.stringify(zone)}; want an IANA name such as Europe/Paris`);
  const at = timeParam(request, 'at');
  return { period: choice(request, 'period', REPORT_PERIODS, 'week'), zone, ...(at !== undefined && { at }) };
}

function choice<T extends string>(request: Request, name: string, known: readonly T[], usual: T): T {
  const text = param(request, name) ?? usual;
  const found = known.find((one) => one === text);
  if (found === undefined) throw invalid(name, `got ${JSON.stringify(text)}; want ${known.join(', ')}`);
  return found;
}
