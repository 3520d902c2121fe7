import { Router } from 'express';
import type { AlertService } from '../evaluation/alert-service.ts';
import type { SloService } from '../evaluation/slo-service.ts';
import { askGraph } from '../graph/graph-service.ts';
import type { Clock } from '../model/clock.ts';
import type { Engine } from '../model/engine.ts';
import { VigieError } from '../model/errors.ts';
import type { PageLook, PageSpec } from '../model/prerender.ts';
import type { SystemStatus } from '../model/status.ts';
import { TRAFFIC_RANGES } from '../model/traffic.ts';
import { type Ms, ms, parseDuration } from '../model/units.ts';
import { VERSION } from '../model/version.ts';
import type { Pictures } from '../prerender/pictures.ts';
import type { TrafficService } from '../traffic/traffic-service.ts';
import { pageLook } from './charts.ts';
import { invalid, requiredParam } from './params.ts';
import { type KnownReleases, releaseMarks } from './release-marks.ts';
import { savedWebLog } from './saved-web-log.ts';

export interface ExportDeps {
  readonly engine: Engine;
  readonly slos: SloService;
  readonly alerts: Pick<AlertService, 'list' | 'silences'>;
  readonly traffic: TrafficService;
  /** Absent: nobody can mark a release. */
  readonly releases?: KnownReleases;
  readonly pictures: Pictures;
  readonly status: () => Promise<SystemStatus>;
  readonly clock: Clock;
}

const GRAPH_POINTS = 500;
const GRAPH_SPAN = '1d';
/** As many alerts that are over as the page shows at first. */
const PAST_ALERTS = 50;

const EXPORTED = '/, /slo/ID, /alerts, /web-log, /status, /traffic, /traffic/HOST/DEVICE or /graph?query=...';

/** A page as one HTML file that works without scripts, without a network and without this server. */
export function exportRoutes(deps: ExportDeps): Router {
  return Router().get('/api/vigie/export', async (request, response) => {
    const look = pageLook(request);
    const address = addressOf(requiredParam(request, 'path'));
    const { page, html } = await savedPage(deps, address, look);
    response.type('html').attachment(`vigie-${page}.html`).send(html);
  });
}

interface SavedPage {
  readonly page: PageSpec['page'] | 'web-log';
  readonly html: string;
}

async function savedPage(deps: ExportDeps, { parts, params }: Address, look: PageLook): Promise<SavedPage> {
  // The report has a form of its own for this.
  if (parts.join('/') === 'web-log')
    return { page: 'web-log', html: await savedWebLog(deps.engine, params, look.language) };
  const now = deps.clock.now();
  const content = await contentOf(deps, parts, params, { zone: look.zone, now });
  return { page: content.page, html: await deps.pictures.page({ ...content, now, version: VERSION }, look) };
}

type PageContent = PageSpec extends infer P ? (P extends PageSpec ? Omit<P, 'now' | 'version'> : never) : never;

interface Address {
  readonly parts: readonly string[];
  readonly params: URLSearchParams;
}

function addressOf(path: string): Address {
  const url = URL.canParse(path, 'http://page') ? new URL(path, 'http://page') : undefined;
  const parts = url?.pathname.split('/').slice(1).map(decoded) ?? [];
  if (url === undefined || parts.includes(undefined))
    throw invalid('path', `got ${JSON.stringify(path)}; want one such as /traffic`);
  return { parts: parts.map(String), params: url.searchParams };
}

/** What the page at this path of ours shows now. Throws `not_found` for a path that is no page. */
async function contentOf(
  { engine, slos, alerts, traffic, releases, status }: ExportDeps,
  [page = '', first = '', second = '', ...rest]: readonly string[],
  params: URLSearchParams,
  { zone, now }: { readonly zone: string; readonly now: Ms },
): Promise<PageContent> {
  const unit = params.get('unit') === 'bytes' ? 'bytes' : 'bits';
  const marked = <T extends { readonly start: number; readonly end: number }>(chart: T) => ({
    ...chart,
    ...releaseMarks({ releases: params.get('releases'), service: params.get('service') }, releases, chart),
  });
  const depth = rest.length > 0 ? -1 : Number(first !== '') + Number(second !== '');
  switch (`${page} ${depth}`) {
    case ' 0': {
      const [evaluation, history] = [await slos.current(), await slos.history()];
      const { slos: statuses, groups = [], alerts: current, gate } = evaluation;
      return { page: 'overview', slos: statuses, groups, alerts: current, gate, history };
    }
    case 'alerts 0': {
      const [{ slos: statuses }, answer] = [await slos.current(), await alerts.list({ limit: PAST_ALERTS })];
      return { page: 'alerts', slos: statuses, alerts: answer, silences: alerts.silences().silences };
    }
    case 'slo 1': {
      const [detail, gate] = [await slos.detail(first, {}), await slos.gate([first])];
      return { page: 'slo', detail, decision: gate.decision };
    }
    case 'status 0':
      return { page: 'status', status: await status() };
    case 'traffic 0':
      return { page: 'traffic', overview: await traffic.overview(), unit };
    case 'traffic 2': {
      const question = { host: first, device: second, zone, ...endOf(params) };
      const graphs = await Promise.all(TRAFFIC_RANGES.map((range) => traffic.detail({ ...question, range })));
      return { page: 'interface', graphs: graphs.map(marked), unit };
    }
    case 'graph 0':
      return { page: 'graph', data: marked(await askGraph(engine, graphOf(params, now))) };
    default:
      throw new VigieError('not_found', refusal(page));
  }
}

function endOf(params: URLSearchParams): { readonly end?: Ms } {
  const end = Number(params.get('end'));
  return end > 0 ? { end: ms(end * 1000) } : {};
}

/** The parameters of the graph page: `query`, and `since` or `start` and `end`. */
function graphOf(params: URLSearchParams, now: Ms) {
  const query = params.get('query');
  if (query === null || query === '') throw invalid('path', 'the graph page wants ?query=...');
  const [start, end] = [Number(params.get('start')) * 1000, Number(params.get('end')) * 1000];
  const span = parseDuration(params.get('since') ?? GRAPH_SPAN);
  const fixed = start > 0 && end > start;
  return { query, start: ms(fixed ? start : now - span), end: ms(fixed ? end : now), points: GRAPH_POINTS };
}

function refusal(page: string): string {
  if (page !== 'logs') return `cannot export this path: want ${EXPORTED}`;
  const instead = '`vigie logs --since 1d --limit 1000000 --raw > lines.txt` or GET /api/vigie/logs/export';
  return `cannot export the log lines as a page: take them away with ${instead}`;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    // A broken escape is part of no address of ours.
    return undefined;
  }
}
