import { readSentToken } from '../main/sent-token.ts';
import { type ErrorCode, errorCatalogue, messageOf, VigieError } from '../model/errors.ts';

export interface ServerOptions {
  readonly server: string;
  readonly tokenFile?: string;
}

const TIMEOUT_MS = 30_000;

/**
 * Asks a running server. Rejects with `bad_request` when `server` is no address, with `unreachable` when nobody answers or whoever
 * does is no Vigie, and with the server's own code otherwise.
 */
export async function askServer<T>(options: ServerOptions, path: string, init: RequestInit = {}): Promise<T> {
  const url = urlOf(options.server, path);
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const response = await reach(url, { ...init, headers: headersOf(options), signal });
  const body = await bodyOf(response);
  if (response.ok && typeof body === 'object' && body !== null) return body as T;
  throw refusalOf(url, response.status, body);
}

/** Fetches an answer that is a file. Rejects as `askServer` does. */
export async function downloadFrom(options: ServerOptions, path: string): Promise<Uint8Array> {
  const url = urlOf(options.server, path);
  const response = await reach(url, { headers: headersOf(options), signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (response.ok) return new Uint8Array(await response.arrayBuffer());
  throw refusalOf(url, response.status, await bodyOf(response));
}

/** Opens an answer that goes on as long as both sides live. Rejects as `askServer` does. */
export async function openStream(
  options: ServerOptions,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<AsyncIterable<Uint8Array>> {
  const url = urlOf(options.server, path);
  const response = await reach(url, { headers: { ...headers, ...headersOf(options) } });
  if (response.ok && response.body !== null) return response.body;
  throw refusalOf(url, response.status, await bodyOf(response));
}

/** Asks for a file of any size, which is made for us: that may take minutes. Rejects as `askServer` does. */
export async function openDownload(
  options: ServerOptions,
  path: string,
): Promise<{ readonly headers: Headers; readonly body: AsyncIterable<Uint8Array> }> {
  const url = urlOf(options.server, path);
  const response = await reach(url, { method: 'POST', headers: headersOf(options) });
  if (response.ok && response.body !== null) return { headers: response.headers, body: response.body };
  throw refusalOf(url, response.status, await bodyOf(response));
}

function reach(url: URL, init: RequestInit): Promise<Response> {
  return fetch(url, init).catch((error: unknown) => {
    throw new VigieError('unreachable', `cannot reach ${url.origin}: ${causeOf(error)}; is "vigie run" running there?`);
  });
}

/** Undefined when the answer is not JSON: then it is not Vigie's, which `refusalOf` tells. */
function bodyOf(response: Response): Promise<unknown> {
  return response.json().catch(() => undefined);
}

function urlOf(server: string, path: string): URL {
  if (/^https?:\/\//i.test(server) && URL.canParse(path, server)) return new URL(path, server);
  const want = 'want an address such as "http://127.0.0.1:8420"';
  throw new VigieError('bad_request', `cannot ask server ${JSON.stringify(server)}: ${want}`);
}

function headersOf({ tokenFile }: ServerOptions): Record<string, string> {
  return tokenFile === undefined ? {} : { authorization: `Bearer ${readSentToken(tokenFile)}` };
}

/** Node hides the reason of a failed fetch one or two causes down. */
function causeOf(error: unknown): string {
  let cause: unknown = error;
  while (cause instanceof Error && cause.cause !== undefined) cause = cause.cause;
  const code: unknown = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  if (code === 'ECONNREFUSED') return 'connection refused';
  return messageOf(cause);
}

function refusalOf(url: URL, status: number, body: unknown): VigieError {
  const error: unknown = typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined;
  if (typeof error === 'string') return new VigieError(status === 400 ? 'bad_query' : codeOfStatus(status), error);
  if (typeof error === 'object' && error !== null && 'code' in error && 'message' in error) {
    const code = String(error.code);
    return new VigieError(code in errorCatalogue ? (code as ErrorCode) : codeOfStatus(status), String(error.message));
  }
  const message = `cannot use the answer of ${url.origin}: HTTP ${status}, and not in the words of Vigie; is that its server?`;
  return new VigieError('unreachable', message);
}

function codeOfStatus(status: number): ErrorCode {
  const found = Object.entries(errorCatalogue).find(([, entry]) => entry.status === status);
  return (found?.[0] as ErrorCode | undefined) ?? 'unavailable';
}
