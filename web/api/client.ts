import type { GraphData } from '../../server/model/graph.ts';
import type { SloDetail, SloHistory } from '../../server/model/slo.ts';
import type { StreamEvents, SystemStatus } from '../../server/model/status.ts';
import type { TrafficDetail, TrafficOverview, TrafficRange } from '../../server/model/traffic.ts';
import { type Answer, readAnswer } from './answer.ts';

/** The server's JSON API as the pages use it. Nothing here rejects: a failure is an answer too. */
export interface Api {
  slos(): Promise<Answer<StreamEvents['slos']>>;
  /** The last days of every SLO. */
  history(): Promise<Answer<SloHistory>>;
  /** The lines begin at `start`, ms; without it where the server thinks it worth while. */
  slo(id: string, start?: number): Promise<Answer<SloDetail>>;
  status(): Promise<Answer<SystemStatus>>;
  /** Writes the definition of a proposed SLO to a file of its own. */
  keep(id: string): Promise<Answer<{ readonly file: string }>>;
  traffic(): Promise<Answer<TrafficOverview>>;
  interface(question: InterfaceQuestion): Promise<Answer<TrafficDetail>>;
  graph(question: GraphQuestion, signal?: AbortSignal): Promise<Answer<GraphData>>;
  /** Trades a token for the session cookie. */
  signIn(token: string): Promise<Answer<null>>;
  /** Any other path; pages whose code comes later bring their own. A body is sent as JSON. */
  ask<T>(path: string, method?: 'GET' | 'POST' | 'DELETE', body?: unknown, signal?: AbortSignal): Promise<Answer<T>>;
}

/** One graph of one interface; days are those of `zone`. Without `end` (ms) it reaches up to now. */
export interface InterfaceQuestion {
  readonly host: string;
  readonly device: string;
  readonly range: TrafficRange;
  readonly zone: string;
  readonly end: number | undefined;
}

export function createApi(request: typeof fetch): Api {
  return {
    slos: () => ask(request, '/api/vigie/slos'),
    history: () => ask(request, '/api/vigie/slos/history'),
    slo: (id, start) => ask(request, `/api/vigie/slos/${encodeURIComponent(id)}${startQuery(start)}`),
    status: () => ask(request, '/api/vigie/status'),
    keep: (id) => ask(request, `/api/vigie/slos/${encodeURIComponent(id)}/keep`, { method: 'POST' }),
    traffic: () => ask(request, '/api/vigie/traffic'),
    interface: (question) => ask(request, interfacePath(question)),
    graph: (question, signal) => ask(request, graphPath(question), { ...(signal && { signal }) }),
    signIn: (token) => ask(request, '/api/vigie/session', jsonOf('POST', { token })),
    ask: (path, method = 'GET', body = undefined, signal = undefined) => {
      const init = body === undefined ? { method } : jsonOf(method, body);
      return ask(request, path, { ...init, ...(signal && { signal }) });
    },
  };
}

/** A query over a range, ms, at no more than so many points. */
export interface GraphQuestion {
  readonly query: string;
  readonly start: number;
  readonly end: number;
  readonly points: number;
}

function graphPath({ query, start, end, points }: GraphQuestion): string {
  const range = { start: String(start / 1000), end: String(end / 1000), points: String(points) };
  return `/api/vigie/graph?${new URLSearchParams({ query, ...range })}`;
}

function interfacePath({ host, device, range, zone, end }: InterfaceQuestion): string {
  const query = new URLSearchParams({ range, zone, ...(end !== undefined && { end: String(end / 1000) }) });
  return `/api/vigie/traffic/${encodeURIComponent(host)}/${encodeURIComponent(device)}?${query}`;
}

function jsonOf(method: string, body: unknown): RequestInit {
  return { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

/** The API counts seconds. */
function startQuery(start: number | undefined): string {
  return start === undefined ? '' : `?start=${start / 1000}`;
}

async function ask<T>(request: typeof fetch, path: string, init?: RequestInit): Promise<Answer<T>> {
  try {
    const response = await request(path, { ...init, cache: 'no-store' });
    return readAnswer<T>(response.status, await response.text());
  } catch (error) {
    return {
      ok: false,
      failure: {
        code: init?.signal?.aborted ? 'cancelled' : 'unreachable',
        message: error instanceof Error ? error.message : String(error),
      },
    };
  }
}
