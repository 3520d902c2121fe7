import { type Channel, createChannel, createSession, type Session } from 'better-sse';
import { type RequestHandler, type Response, Router } from 'express';
import type { Evaluation, SloService } from '../evaluation/slo-service.ts';
import { VigieError } from '../model/errors.ts';
import type { StreamEvents } from '../model/status.ts';

/** Open streams are file descriptors: no more than this many. A page shares one among all its tabs. */
const MAX_STREAMS = 200;
/** What may wait in our memory for one reader, beyond what the kernel takes; a reader with more is not reading. */
const MAX_WAITING_BYTES = 2 ** 20;
const RETRY_MS = 2000;

export interface EventStream {
  readonly router: Router;
  /** Streams open now. */
  count(): number;
  /** Readers dropped because they did not read. */
  dropped(): number;
  /** Ends every open stream, so that the server can stop. */
  close(): void;
}

/** `GET /api/vigie/stream`: server-sent events, the latest state at once and then every evaluation. */
export function eventStream(slos: SloService): EventStream {
  const readers = new Readers();
  const stopListening = slos.onEvaluation((evaluation) => readers.broadcast(evaluation));
  const connect: RequestHandler = async (request, response) => {
    // Gone while the limits of requests were asked: its end has been told already.
    if (response.closed) return;
    // Before anything is waited for: who leaves meanwhile must not stay counted.
    readers.reserve(response);
    const latest = await slos.current();
    if (response.closed || response.writableEnded) return;
    const session = await createSession(request, response, { retry: RETRY_MS, headers: { 'x-accel-buffering': 'no' } });
    if (response.closed) return;
    readers.begin(response, session, latest);
  };
  const close = (): void => {
    stopListening();
    readers.end();
  };
  return {
    router: Router().get('/api/vigie/stream', connect),
    count: () => readers.count,
    dropped: () => readers.dropped,
    close,
  };
}

/** Who is connected. A place is taken with the request; events come once the session has begun. */
class Readers {
  readonly #channel: Channel = createChannel();
  readonly #open = new Map<Response, Session | undefined>();
  #dropped = 0;

  get count(): number {
    return this.#open.size;
  }

  get dropped(): number {
    return this.#dropped;
  }

  /** Throws `unavailable` when every place is taken. */
  reserve(response: Response): void {
    if (this.#open.size >= MAX_STREAMS)
      throw new VigieError('unavailable', `cannot open another event stream: ${MAX_STREAMS} are open`);
    this.#open.set(response, undefined);
    response.on('close', () => this.#open.delete(response));
  }

  begin(response: Response, session: Session, latest: Evaluation): void {
    this.#open.set(response, session);
    session.push(eventOf(latest), 'slos');
    this.#channel.register(session);
  }

  broadcast(evaluation: Evaluation): void {
    for (const [response, session] of this.#open) {
      if (session !== undefined && response.writableLength > MAX_WAITING_BYTES) this.#drop(response, session);
    }
    this.#channel.broadcast(eventOf(evaluation), 'slos');
  }

  end(): void {
    for (const response of this.#open.keys()) response.end();
  }

  /** The page behind it connects again, if it still is there, and begins with what is known then. */
  #drop(response: Response, session: Session): void {
    this.#dropped++;
    this.#channel.deregister(session);
    this.#open.delete(response);
    response.destroy();
  }
}

function eventOf({ slos, groups = [], alerts, gate }: Evaluation): StreamEvents['slos'] {
  return { slos, groups, alerts, gate };
}
