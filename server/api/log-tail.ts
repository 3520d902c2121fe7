import { createSession } from 'better-sse';
import type { Request, Response } from 'express';
import type { Engine } from '../model/engine.ts';
import { VigieError } from '../model/errors.ts';
import type { LineFilter } from '../model/logs.ts';
import { closeSignal, drained, pause } from './response-flow.ts';

/** Each asks the store a few times a second: no more than this many at once. */
const MAX_TAILS = 50;
const POLL_MS = 300;
const LINES_AT_ONCE = 500;
const RETRY_MS = 2000;

export interface LogTails {
  /**
   * Sends the last `last` lines that are meant and then every one that is stored, as events `lines` with the JSON of a LogTail; the
   * event's id is its `seq`, and a reader who comes back with it (`Last-Event-ID`) misses nothing. A slow reader is behind, not cut
   * short: lines wait in the store. Throws `unavailable` when every place is taken.
   */
  follow(request: Request, response: Response, filter: LineFilter, last: number): Promise<void>;
}

export function logTails(engine: Engine): LogTails {
  const open = new Set<Response>();
  return {
    async follow(request, response, filter, last) {
      if (open.size >= MAX_TAILS) {
        throw new VigieError('unavailable', `cannot follow the log lines: ${MAX_TAILS} readers do so already`);
      }
      open.add(response);
      response.on('close', () => open.delete(response));
      const gone = closeSignal(response);
      // A wrong question is answered as such, before the stream begins.
      const begun = lastEventId(request);
      let tail = await engine.tailLogs(
        begun === undefined ? { ...filter, limit: last } : { ...filter, after: begun, limit: LINES_AT_ONCE },
      );
      if (gone.aborted) return;
      const session = await createSession(request, response, {
        retry: RETRY_MS,
        headers: { 'x-accel-buffering': 'no' },
      });
      const push = (): void => void session.push(tail, 'lines', String(tail.seq));
      push();
      while (!gone.aborted) {
        await drained(response, gone);
        if (!tail.more) await pause(POLL_MS, gone);
        if (gone.aborted) return;
        tail = await engine.tailLogs({ ...filter, after: tail.seq, limit: LINES_AT_ONCE });
        if (tail.lines.length > 0) push();
      }
    },
  };
}

function lastEventId(request: Request): number | undefined {
  const id = Number(request.get('last-event-id') ?? Number.NaN);
  return Number.isSafeInteger(id) && id >= 0 ? id : undefined;
}
