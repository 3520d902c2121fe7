import { type Request, type RequestHandler, type Response, Router, urlencoded } from 'express';
import { invalid, param } from './params.ts';

/** What an endpoint answers; the envelope around `data` is made here, `json` has it and is passed on as it is. */
export type PrometheusAnswer =
  | { readonly json: Uint8Array }
  | { readonly data: unknown; readonly warnings?: readonly string[]; readonly infos?: readonly string[] };

/** The signal comes when the client has gone before its answer. */
type Answer = (request: Request, signal: AbortSignal) => Promise<PrometheusAnswer>;

export interface PrometheusDoor {
  readonly router: Router;
  /** GET only; any other method is told so (405). */
  get(path: string, answer: Answer): void;
  /** GET, and POST with a form. */
  getOrPost(path: string, answer: Answer): void;
}

/** Endpoints below `/api/v1`, in Prometheus' envelope (its docs/querying/api.md). */
export function prometheusDoor(): PrometheusDoor {
  const router = Router();
  const form = urlencoded({ extended: false, limit: '1mb' });
  return {
    router,
    get: (path, answer) => {
      router.route(`/api/v1${path}`).get(inEnvelope(answer)).all(refuseMethod('GET, HEAD'));
    },
    getOrPost: (path, answer) => {
      const answered = inEnvelope(answer);
      router.route(`/api/v1${path}`).get(answered).post(form, answered).all(refuseMethod('GET, HEAD, POST'));
    },
  };
}

function inEnvelope(answer: Answer): RequestHandler {
  return async (request: Request, response: Response): Promise<void> => {
    const answered = await answer(request, goneSignal(response));
    if ('json' in answered) {
      response.type('json').setHeader('content-length', answered.json.length).end(answered.json);
      return;
    }
    const { data, warnings = [], infos = [] } = answered;
    response.json({
      status: 'success',
      data,
      ...(warnings.length > 0 && { warnings }),
      ...(infos.length > 0 && { infos }),
    });
  };
}

/** Given when the other end went away before it was answered. */
export function goneSignal(response: Response): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort();
  });
  return controller.signal;
}

export function refuseMethod(allowed: string): RequestHandler {
  return (_request, response) => {
    response.setHeader('allow', allowed).sendStatus(405);
  };
}

/** `limit`: 0 and none mean no limit. */
export function limitParam(request: Request): number | undefined {
  const text = param(request, 'limit');
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw invalid('limit', `got ${JSON.stringify(text)}; want a whole number from 0`);
  return Number(text) === 0 ? undefined : Number(text);
}
