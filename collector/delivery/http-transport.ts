import { z } from 'zod';
import { MAX_POSITIONS_BYTES } from '../../server/model/batch.ts';
import { type ErrorCode, messageOf, VigieError } from '../../server/model/errors.ts';
import {
  type BatchAnswer,
  type BatchEnvelope,
  ENVELOPE_HEADERS,
  HELLO_PATH,
  type Hello,
  type HelloAnswer,
  INGEST_PATH,
  type IngestTransport,
} from '../../server/model/ingest.ts';

const TIMEOUT_MS = 30_000;
/** An answer is a few hundred bytes, or the positions of every file of a collector beside them. */
const MAX_ANSWER_BYTES = MAX_POSITIONS_BYTES + 2 ** 20;

const sequence = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

const helloAnswerSchema = z.discriminatedUnion('result', [
  z.object({ result: z.literal('agreed'), sequence }),
  z.object({
    result: z.literal('rewind'),
    epoch: sequence,
    positions: z.record(z.string(), z.json()),
    appliedOfOldEpoch: sequence,
    continues: z.boolean().optional(),
  }),
]);

const batchAnswerSchema = z.discriminatedUnion('result', [
  z.object({ result: z.enum(['applied', 'duplicate']) }),
  z.object({
    result: z.literal('refused'),
    reason: z.enum(['torn', 'unknown_epoch', 'sequence_gap', 'digest_mismatch']),
    message: z.string(),
  }),
]);

/** A server and the key to it: plain data, so that it can cross a thread. */
export interface HttpServerOptions {
  /** Such as "https://vigie.example:8420". */
  readonly url: string;
  readonly token?: string;
}

export interface HttpTransportOptions {
  readonly url: string;
  /** A function is asked for every request, so that a new token is taken up. */
  readonly token?: string | (() => string | undefined);
  readonly timeout_ms?: number;
  /** The active span, as a W3C `traceparent`. */
  readonly traceparent?: () => string | undefined;
}

/** Rejects with VigieError `unreachable`, `unauthorized`, or what the server said; a refusal of a batch is an answer. */
export function createHttpTransport(options: HttpTransportOptions): IngestTransport {
  return {
    async hello(hello: Hello): Promise<HelloAnswer> {
      const body = Buffer.from(JSON.stringify(hello));
      return checked(helloAnswerSchema, await post(options, HELLO_PATH, {}, body));
    },
    async send(envelope: BatchEnvelope, payload: Uint8Array): Promise<BatchAnswer> {
      return checked(batchAnswerSchema, await post(options, INGEST_PATH, headersOf(envelope), payload));
    },
  };
}

/** Names may hold anything; a header may not. */
function headersOf(envelope: BatchEnvelope): Record<string, string> {
  return {
    [ENVELOPE_HEADERS.collector]: encodeURIComponent(envelope.collector),
    [ENVELOPE_HEADERS.sink]: encodeURIComponent(envelope.sink),
    [ENVELOPE_HEADERS.epoch]: String(envelope.epoch),
    [ENVELOPE_HEADERS.sequence]: String(envelope.sequence),
    [ENVELOPE_HEADERS.digest]: envelope.digest,
  };
}

async function post(
  options: HttpTransportOptions,
  path: string,
  headers: Record<string, string>,
  body: Uint8Array,
): Promise<unknown> {
  const token = typeof options.token === 'function' ? options.token() : options.token;
  const traceparent = options.traceparent?.();
  const response = await request(new URL(path, options.url), {
    method: 'POST',
    // A redirect would carry the token to somebody else.
    redirect: 'error',
    body,
    signal: AbortSignal.timeout(options.timeout_ms ?? TIMEOUT_MS),
    headers: {
      ...headers,
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(traceparent === undefined ? {} : { traceparent }),
    },
  });
  const answer = await readAnswer(response);
  const refused = typeof answer === 'object' && answer !== null && 'result' in answer;
  if (!response.ok && !refused) throw refusalError(response.status, answer);
  return answer;
}

async function request(url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    throw new VigieError('unreachable', `cannot reach ${url.origin}: ${messageOf(cause)}`, { cause: error });
  }
}

async function readAnswer(response: Response): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES)
      throw new VigieError('too_large', 'cannot read the answer of the server: it is too large');
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined;
  }
}

function refusalError(status: number, answer: unknown): VigieError {
  const code: ErrorCode = status === 401 ? 'unauthorized' : status === 403 ? 'forbidden' : 'unavailable';
  const said = z.object({ error: z.object({ message: z.string() }) }).safeParse(answer);
  const cause = said.success ? said.data.error.message : 'no reason given';
  return new VigieError(code, `cannot deliver to the server: it answered ${status}: ${cause}`);
}

function checked<T>(schema: z.ZodType<T>, answer: unknown): T {
  const result = schema.safeParse(answer);
  if (result.success) return result.data;
  throw new VigieError(
    'unreachable',
    'cannot understand the answer of the server: is the address that of a Vigie server?',
  );
}
