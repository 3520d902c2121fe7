import { type Request, Router } from 'express';
import { isDay } from '../model/calendar-day.ts';
import type { Engine } from '../model/engine.ts';
import { REPORT_FORMATS, type WebLogQuery } from '../model/web-log.ts';
import { LANGUAGES, type Language } from '../model/words/words.ts';
import { formatReport, REPORT_TYPES } from '../web-log/report-formats.ts';
import { invalid, param } from './params.ts';

const PATH = '/api/vigie/web-log';
const DEFAULT_LIMIT = 30;
const MAX_LIMIT = 10_000;

/** The report of a page carries its own policy: no script, no request. */
const REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/** The web-log report of a range of days, and what there is to be reported on. */
export function webLogRoutes(engine: Engine): Router {
  const router = Router();
  router.get(`${PATH}/services`, async (_request, response) => {
    response.json({ services: await engine.webLogServices() });
  });
  router.get(PATH, async (request, response) => {
    response.json(await engine.webLog(queryOf(request)));
  });
  for (const format of REPORT_FORMATS) {
    router.get(`${PATH}/report.${format}`, async (request, response) => {
      const report = await engine.webLog(queryOf(request));
      response.setHeader('content-security-policy', REPORT_POLICY);
      response.type(REPORT_TYPES[format]).send(formatReport(report, format, languageOf(request)));
    });
  }
  return router;
}

/** An empty `vhost` is the requests without one; none is all of them. */
function queryOf(request: Request): WebLogQuery {
  const { vhost } = request.query;
  const service = param(request, 'service');
  const from = dayParam(request, 'from');
  const to = dayParam(request, 'to');
  if (from !== undefined && to !== undefined && from > to)
    throw invalid('to', `got ${to}; want ${from}, which "from" is, or later`);
  return {
    limit: limitOf(request),
    ...(service === undefined ? {} : { service }),
    ...(typeof vhost === 'string' ? { vhost: vhost.toLowerCase() } : {}),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}

function limitOf(request: Request): number {
  const text = param(request, 'limit');
  const limit = text === undefined ? DEFAULT_LIMIT : Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    throw invalid('limit', `got ${JSON.stringify(text)}; want 1 to ${MAX_LIMIT}`);
  }
  return limit;
}

function dayParam(request: Request, name: string): string | undefined {
  const text = param(request, name);
  if (text === undefined || isDay(text)) return text;
  throw invalid(name, `got ${JSON.stringify(text)}; want a day such as 2026-01-31`);
}

function languageOf(request: Request): Language {
  const text = param(request, 'lang') ?? 'en';
  const language = LANGUAGES.find((known) => known === text);
  if (language === undefined) throw invalid('lang', `got ${JSON.stringify(text)}; want ${LANGUAGES.join(' or ')}`);
  return language;
}
