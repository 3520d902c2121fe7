import type { Request, RequestHandler } from 'express';
import { VigieError } from '../model/errors.ts';
import type { Scope, Tokens } from './tokens.ts';

/** The cookie a browser carries instead of a header: an event stream cannot send one. */
export const SESSION_COOKIE = 'vigie_token';

const LOOPBACK_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Lets a request pass when its bearer token, or its session cookie, has the scope. */
export function requireScope(tokens: Tokens, scope: Scope): RequestHandler {
  return (request, response, next) => {
    const verdict = tokens.allows(tokenOf(request), scope);
    if (verdict === 'yes') return next();
    if (verdict === 'no') throw new VigieError('forbidden', `cannot answer: this token has no scope "${scope}"`);
    response.setHeader('www-authenticate', 'Bearer realm="vigie"');
    throw new VigieError(
      'unauthorized',
      `cannot answer without a token of scope "${scope}"; send it as "Authorization: Bearer ..."`,
    );
  };
}

/**
 * On loopback without tokens the browser is the way in for others: a page elsewhere must neither reach us under a name of its
 * own (DNS rebinding) nor post to us. Host must be a loopback name, and writes must come from our own pages or from no page.
 */
export function localRequestsOnly(): RequestHandler {
  return (request, _response, next) => {
    const host = request.headers.host ?? '';
    if (!LOOPBACK_HOSTS.has(host.replace(/:\d+$/, ''))) {
      throw new VigieError(
        'forbidden',
        `cannot answer for host ${JSON.stringify(host)}: without a token file only loopback names are served`,
      );
    }
    if (request.headers['sec-fetch-site'] === 'cross-site') {
      throw new VigieError('forbidden', 'cannot answer a page of another site');
    }
    refuseForeignOrigin(request);
    next();
  };
}

/** A write must come from a page of ours, or from no page at all. */
export function refuseForeignOrigin(request: Request): void {
  const origin = request.headers.origin;
  if (origin === undefined || request.method === 'GET' || request.method === 'HEAD') return;
  if (URL.canParse(origin) && new URL(origin).host === request.headers.host) return;
  throw new VigieError('forbidden', 'cannot take a request from a page of another origin');
}

/** What a request shows: a bearer token, or the cookie of its session. */
export function tokenOf(request: Request): string | undefined {
  const header = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '');
  if (header !== null) return header[1];
  const cookie = new RegExp(`(?:^|; )${SESSION_COOKIE}=([^;]+)`).exec(request.headers.cookie ?? '');
  return cookie === null ? undefined : decoded(cookie[1] ?? '');
}

/** A broken escape is a token nobody has. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
