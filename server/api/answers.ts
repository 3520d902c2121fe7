import type { ErrorRequestHandler, RequestHandler } from 'express';
import { type ErrorCode, errorCatalogue, VigieError } from '../model/errors.ts';
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
    const message = textOf(error, code);
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

/** Express and its body readers speak of their own insides; what they mean is that the request cannot be read. */
function textOf(error: unknown, code: ErrorCode): string {
  if (code === 'internal') return 'cannot answer: the server met a mistake of its own; its log has the details';
  if (error instanceof VigieError) return error.message;
  if (error instanceof URIError) return `cannot read the address: ${addressFault(error)}`;
  const type: unknown = typeof error === 'object' && error !== null && 'type' in error ? error.type : undefined;
  return `cannot read the request: ${REQUEST_FAULTS[String(type)] ?? REQUEST_FAULTS.other}`;
}

/** By `type` of https://github.com/expressjs/body-parser#errors. */
const REQUEST_FAULTS: Readonly<Record<string, string>> = {
  'entity.parse.failed': 'got a body that is no JSON; want an object such as {"key": "value"}',
  'entity.too.large': 'its body is too large',
  'encoding.unsupported': 'got an unknown content-encoding; want gzip, deflate, br or none',
  'charset.unsupported': 'got an unknown charset; want utf-8',
  'request.aborted': 'the sender went away',
  'request.size.invalid': 'its body is not as long as content-length says',
  other: 'got a body that is not encoded as HTTP wants it',
};

/** Express names the part it cannot decode in quotes. */
function addressFault({ message }: URIError): string {
  const part = /'(.*)'/s.exec(message)?.[1] ?? '';
  return `got ${JSON.stringify(part)}; want UTF-8, percent-encoded`;
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
