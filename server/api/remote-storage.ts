import { type Request, Router } from 'express';
import type { Clock } from '../model/clock.ts';
import type { Engine } from '../model/engine.ts';
import { VigieError } from '../model/errors.ts';
import { refuseMethod } from './prometheus-door.ts';
import { readBody } from './request-body.ts';

export const REMOTE_WRITE_PATH = '/api/v1/write';

/** A request compressed; 1.0 senders put at most some ten thousand samples into one. */
const MAX_WRITE_BYTES = 16 * 2 ** 20;
/** Bodies that wait for their commit; senders of more are told to come again. */
const MAX_WAITING_BYTES = 128 * 2 ** 20;
const RETRY_SECS = 1;
const MAX_READ_BYTES = 2 ** 20;

export interface RemoteStorageDeps {
  readonly engine: Engine;
  readonly clock: Clock;
  /** The name of the sender by its token; undefined: any. */
  readonly senderOf: (request: Request) => string | undefined;
}

/**
 * What Prometheus and its kin write: remote write 1.0 (https://prometheus.io/docs/specs/prw/remote_write_spec/). A sender tries again
 * after 5xx and nothing else, so an answer of 4xx is about what it sent, and one of 5xx about us.
 */
export function remoteWriteRoutes({ engine, clock, senderOf }: RemoteStorageDeps): Router {
  const router = Router();
  let waitingBytes = 0;
  router
    .route(REMOTE_WRITE_PATH)
    .post(async (request, response) => {
      checkHeaders(request, 'remote write');
      checkVersion(request);
      // A body whose length is not told may become as long as any.
      const reserved = Number(request.headers['content-length'] ?? MAX_WRITE_BYTES);
      if (waitingBytes + reserved > MAX_WAITING_BYTES && reserved <= MAX_WRITE_BYTES) {
        response.setHeader('retry-after', RETRY_SECS);
        throw new VigieError('unavailable', `cannot take remote write: got ${waitingBytes} bytes that wait already`);
      }
      waitingBytes += reserved;
      try {
        const body = await readBody(request, MAX_WRITE_BYTES, 'remote write');
        await engine.remoteWrite(body, senderOf(request), clock.now());
      } finally {
        waitingBytes -= reserved;
      }
      response.status(204).end();
    })
    .all(refuseMethod('POST'));
  return router;
}

/** What Prometheus reads back: remote read, answered with samples (https://prometheus.io/docs/prometheus/latest/querying/remote_read_api/). */
export function remoteReadRoutes(engine: Engine): Router {
  const router = Router();
  router
    .route('/api/v1/read')
    .post(async (request, response) => {
      checkHeaders(request, 'remote read');
      const answer = await engine.remoteRead(await readBody(request, MAX_READ_BYTES, 'remote read'));
      response.setHeader('content-type', 'application/x-protobuf').setHeader('content-encoding', 'snappy').end(answer);
    })
    .all(refuseMethod('POST'));
  return router;
}

/** Protocol buffers in a snappy block; without a content type a request is one of 1.0. */
function checkHeaders(request: Request, what: string): void {
  const type = request.get('content-type') ?? 'application/x-protobuf';
  const [media = '', ...parameters] = type.split(';').map((part) => part.trim().toLowerCase());
  const proto = parameters.find((parameter) => parameter.startsWith('proto='));
  const isFirst = proto === undefined || proto === 'proto=prometheus.writerequest';
  if (media !== 'application/x-protobuf' || !isFirst) {
    throw new VigieError(
      'unsupported',
      `cannot take ${what}: got content-type ${JSON.stringify(type)}; want application/x-protobuf, which is version 1.0`,
    );
  }
  const encoding = request.get('content-encoding') ?? '';
  if (encoding.trim().toLowerCase() === 'snappy') return;
  throw new VigieError(
    'unsupported',
    `cannot take ${what}: got content-encoding ${JSON.stringify(encoding)}; want snappy, in the block format`,
  );
}

/** 1.0 calls itself 0.1.0; a request that does not tell is taken for one. */
function checkVersion(request: Request): void {
  const version = request.get('x-prometheus-remote-write-version') ?? '0.1.0';
  if (/^0\.1\.\d+$/.test(version.trim())) return;
  throw new VigieError(
    'unsupported',
    `cannot take remote write: got x-prometheus-remote-write-version ${JSON.stringify(version)}; want 0.1.0`,
  );
}
