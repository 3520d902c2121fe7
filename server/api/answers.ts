import type { ErrorRequestHandler, RequestHandler } from 'express';
import { type ErrorCode, errorCatalogue, messageOf, VigieError } from '../model/errors.ts';
import type { ErrorBody } from '../model/status.ts';
import type { Log } from '../runtime/log.ts';

/** Prometheus' names for our errors (its docs/querying/api.md). */
const PROMETHEUS_TYPES: Partial<Record<ErrorCode, { readonly type: string; readonly status: number }>> = {
  bad_request: { type: 'bad_data', status: 400 },
  bad_query: { type: 'bad_data', status: 400 },
  execution: { type: 'execution', status: 422 },
  timeout: { type: 'timeout', status: 503 },
  canceled: { type: 'canceled', status: 499 },
  unavailable: { type: 'unavailable', status: 503 },
  not_found: { type: 'not_found', status: 404 },
  unauthorized: { type: 'unauthorized', status: 401 },
  forbidden: { type: 'forbidden', status: 403 },
};

export const notFound: RequestHandler = (request) => {
  throw new VigieError('not_found', `cannot find ${request.method} ${request.originalUrl.split('?', 1)[0]}`);
};

/** The one place where an error becomes an answer: Prometheus' envelope below `/api/v1`, our own elsewhere. */
export function answerErrors(log: Log): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error);
    const code = codeOf(error);
    const message =
      code === 'internal' ? 'the server met a mistake of its own; its log has the details' : messageOf(error);
    if (code === 'internal') log.error('Cannot answer a request.', { path: request.path, error: stackOf(error) });
    if (request.originalUrl.startsWith('/api/v1/')) {
      const { type, status } = PROMETHEUS_TYPES[code] ?? otherType(code);
      response.status(status).json({ status: 'error', errorType: type, error: message });
      return;
    }
    const body: ErrorBody = { error: { code, message } };
    response.status(errorCatalogue[code].status).json(body);
  };
}

function otherType(code: ErrorCode) {
  const { status } = errorCatalogue[code];
  return { type: status < 500 ? 'bad_data' : 'internal', status };
}

/** Express and its body readers tell a client's mistake by `status`. */
function codeOf(error: unknown): ErrorCode {
  if (error instanceof VigieError) return error.code;
  const status: unknown = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  if (status === 413) return 'too_large';
  return typeof status === 'number' && status >= 400 && status < 500 ? 'bad_request' : 'internal';
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
