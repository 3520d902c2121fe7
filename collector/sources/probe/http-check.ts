import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { TargetOf } from '../probe-options.ts';
import type { CheckContext, Findings } from './check.ts';
import { checkCertificate, earliestExpiry, openTcp, openTls } from './connection.ts';
import { ProbeFailure } from './probe-failure.ts';

type HttpTarget = TargetOf<'http'>;

/** Follows redirects, each to an address checked anew; the last answer has the status and the text that are wanted. */
export async function checkHttp(target: HttpTarget, context: CheckContext, found: Findings): Promise<void> {
  let url = new URL(target.url);
  for (let left = target.redirects; ; left--) {
    const next = await visit(url, target, context, found);
    if (next === undefined) return;
    if (left === 0) throw new ProbeFailure('redirect', `more than ${target.redirects} redirects`);
    url = next;
  }
}

/** Returns where to go on. */
async function visit(url: URL, target: HttpTarget, context: CheckContext, found: Findings): Promise<URL | undefined> {
  const socket = await connected(url, target, context, found);
  try {
    const answer = await answerOf(url, target, socket, context.signal);
    const status = answer.statusCode ?? 0;
    found.status = status;
    const { location } = answer.headers;
    if (!isWanted(status, target.status) && status >= 300 && status < 400 && location !== undefined) {
      return redirected(url, location);
    }
    await checkAnswer(answer, target, context.maxBody);
    return undefined;
  } finally {
    socket.destroy();
  }
}

async function connected(
  url: URL,
  { ca_file }: HttpTarget,
  { guard, signal, readFile }: CheckContext,
  found: Findings,
): Promise<Socket> {
  const secure = url.protocol === 'https:';
  const port = Number(url.port) || (secure ? 443 : 80);
  const address = await guard.resolve(url.hostname);
  if (!secure) return openTcp(address, port, signal);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const ca = ca_file === undefined ? undefined : readFile(ca_file);
  const socket = await openTls(address, port, { host, ca }, signal);
  return trusted(socket, found);
}

/** Nothing is asked of a server whose certificate is wrong. */
function trusted(socket: TLSSocket, found: Findings): TLSSocket {
  const expiry = earliestExpiry(socket);
  if (expiry !== undefined) found.expiry = Math.min(expiry, found.expiry ?? expiry);
  try {
    checkCertificate(socket);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

async function answerOf(
  url: URL,
  { method }: HttpTarget,
  socket: Socket,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const request = httpRequest({
    method,
    host: url.hostname,
    path: `${url.pathname}${url.search}`,
    headers: { host: url.host, 'user-agent': 'Vigie', accept: '*/*', connection: 'close' },
    createConnection: () => socket,
    signal,
  });
  request.end();
  const [answer] = (await once(request, 'response', { signal })) as [IncomingMessage];
  return answer;
}

function redirected(from: URL, location: string): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  if (to !== undefined && /^https?:$/.test(to.protocol)) return to;
  throw new ProbeFailure('redirect', 'got a redirect to no address of HTTP');
}

async function checkAnswer(
  answer: IncomingMessage,
  { status: wanted, body }: HttpTarget,
  maxBody: number,
): Promise<void> {
  const status = answer.statusCode ?? 0;
  if (!isWanted(status, wanted)) throw new ProbeFailure('status', `got ${status}; want ${wanted.join(' or ')}`);
  if (body === undefined) return;
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of answer as AsyncIterable<Buffer>) {
    parts.push(part);
    size += part.length;
    if (size >= maxBody) break;
  }
  const text = Buffer.concat(parts).subarray(0, maxBody).toString('utf8');
  if (!text.includes(body))
    throw new ProbeFailure('body', `the first ${maxBody} bytes do not hold ${JSON.stringify(body)}`);
}

function isWanted(status: number, wanted: readonly string[]): boolean {
  const digits = String(status);
  return wanted.some((one) => one === digits || (one.endsWith('xx') && one[0] === digits[0]));
}
