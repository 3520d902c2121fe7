import { createChannel, createSession } from 'better-sse';
import { type RequestHandler, Router } from 'express';
import type { Evaluation, SloService } from '../evaluation/slo-service.ts';
import { VigieError } from '../model/errors.ts';
import type { StreamEvents } from '../model/status.ts';

/** Open streams are file descriptors: no more than this many. A page shares one among all its tabs. */
const MAX_STREAMS = 200;
const RETRY_MS = 2000;

export interface EventStream {
  readonly router: Router;
  /** Streams open now. */
  count(): number;
  /** Ends every open stream, so that the server can stop. */
  close(): void;
}

/** `GET /api/vigie/stream`: server-sent events, the latest state at once and then every evaluation. */
export function eventStream(slos: SloService): EventStream {
  const channel = createChannel();
  const open = new Set<() => void>();
  const stopListening = slos.onEvaluation((evaluation) => channel.broadcast(eventOf(evaluation), 'slos'));
  const connect: RequestHandler = async (request, response) => {
    if (open.size >= MAX_STREAMS)
      throw new VigieError('unavailable', `cannot open another event stream: ${MAX_STREAMS} are open`);
    const end = (): void => {
      response.end();
    };
    // Before anything is waited for: who leaves meanwhile must not stay counted.
    open.add(end);
    response.on('close', () => open.delete(end));
    const latest = await slos.current();
    if (response.closed || response.writableEnded) return;
    const session = await createSession(request, response, { retry: RETRY_MS, headers: { 'x-accel-buffering': 'no' } });
    if (response.closed) return;
    session.push(eventOf(latest), 'slos');
    channel.register(session);
  };
  const close = (): void => {
    stopListening();
    for (const end of open) end();
  };
  return { router: Router().get('/api/vigie/stream', connect), count: () => open.size, close };
}

function eventOf({ slos, alerts, gate }: Evaluation): StreamEvents['slos'] {
  return { slos, alerts, gate };
}
