import { json, type Request, Router, raw } from 'express';
import { z } from 'zod';
import { readRequest } from '../../rules/files/written-request.ts';
import { MAX_BATCH_BYTES } from '../model/batch.ts';
import type { Clock } from '../model/clock.ts';
import type { Engine } from '../model/engine.ts';
import { VigieError } from '../model/errors.ts';
import {
  type BatchEnvelope,
  ENVELOPE_HEADERS,
  HELLO_PATH,
  INGEST_PATH,
  type RefusalReason,
  type SinkId,
} from '../model/ingest.ts';

/** More sources than a server keeps origins need not be told. */
const MAX_SOURCES = 4096;
/** A queue remembers its last eight. */
const MAX_NAMES = 64;
const NAME = z.string().min(1).max(255);
const SEQUENCE = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const DIGEST = z.string().regex(/^([0-9a-f]{64})?$/);
const MARK = z.strictObject({ sequence: SEQUENCE, digest: DIGEST });

const SINK = z.object({ collector: NAME, sink: NAME });
const helloSchema = z.object({
  ...SINK.shape,
  epoch: SEQUENCE,
  acked: MARK,
  queued: z.array(MARK),
  sources: z.array(NAME).max(MAX_SOURCES).exactOptional(),
  formerly: z.array(SINK).max(MAX_NAMES).exactOptional(),
  renamed: z.boolean().exactOptional(),
});
const envelopeSchema = z.object({ collector: NAME, sink: NAME, epoch: SEQUENCE, sequence: SEQUENCE, digest: DIGEST });

/** A torn body may be sent again as it is; the others need a hello first. */
const REFUSAL_STATUS: Record<RefusalReason, number> = {
  torn: 400,
  unknown_epoch: 409,
  sequence_gap: 409,
  digest_mismatch: 409,
};

export interface IngestDoor {
  /** The one collector whose batches this request may bring; undefined: any. */
  collectorOf(request: Request): string | undefined;
  /** A request came under another name. */
  onForeignName(): void;
}

const OPEN_DOOR: IngestDoor = { collectorOf: () => undefined, onForeignName: () => {} };

/** The two doors collectors send through (`model/ingest.ts`). */
export function ingestRoutes(engine: Engine, clock: Clock, door = OPEN_DOOR): Router {
  const router = Router();
  const admit = (request: Request, names: readonly SinkId[]): void => {
    const bound = door.collectorOf(request);
    const foreign = names.find(({ collector }) => bound !== undefined && collector !== bound);
    if (foreign === undefined) return;
    door.onForeignName();
    const name = JSON.stringify(foreign.collector);
    throw new VigieError('forbidden', `cannot take batches of ${name}: this token is for another collector`);
  };
  router.post(HELLO_PATH, json({ limit: '8mb' }), async (request, response) => {
    const hello = readRequest(helloSchema, request.body, 'read hello');
    admit(request, [hello, ...(hello.formerly ?? [])]);
    response.json(await engine.hello(hello, clock.now()));
  });
  router.post(INGEST_PATH, raw({ type: () => true, limit: MAX_BATCH_BYTES }), async (request, response) => {
    const envelope = envelopeOf(request);
    admit(request, [envelope]);
    const payload = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const answer = await engine.ingest(envelope, payload, clock.now());
    response.status(answer.result === 'refused' ? REFUSAL_STATUS[answer.reason] : 200).json(answer);
  });
  return router;
}

function envelopeOf(request: Request): BatchEnvelope {
  const headers = Object.entries(ENVELOPE_HEADERS).map(([key, header]) => {
    const value = request.get(header);
    return [key, key === 'collector' || key === 'sink' ? decoded(header, value) : value];
  });
  const envelope = readRequest(envelopeSchema, Object.fromEntries(headers), 'read batch');
  const traceparent = request.get('traceparent');
  return traceparent === undefined ? envelope : { ...envelope, traceparent };
}

/** Names travel percent-encoded, because they may hold what a header may not. */
function decoded(header: string, value: string | undefined): string | undefined {
  try {
    return value === undefined ? undefined : decodeURIComponent(value);
  } catch (error) {
    const message = `cannot read batch: ${header}: got ${JSON.stringify(value)}; want a percent-encoded name`;
    throw new VigieError('bad_request', message, { cause: error });
  }
}
