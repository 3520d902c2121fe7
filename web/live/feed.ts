import type { Clock } from '../../server/model/clock.ts';
import type { Evaluation, LiveEvent } from './live-state.ts';

const STREAM_PATH = '/api/vigie/stream';

const FIRST_RETRY_MS = 2000;
const LAST_RETRY_MS = 30_000;

/** What crosses from the stream to a page. */
export type FeedMessage = Extract<LiveEvent, { kind: 'open' | 'lost' | 'slos' }>;

export interface Feed {
  close(): void;
}

/** The wait before attempt `n` (0 is the first retry): doubled each time, 30 s at most. */
export function retryDelayMs(attempt: number): number {
  return Math.min(FIRST_RETRY_MS * 2 ** attempt, LAST_RETRY_MS);
}

/** Reads one event of the stream; undefined when it is no JSON, which only a proxy in between can cause. */
export function readEvaluation(text: string, at: number): FeedMessage | undefined {
  try {
    return { kind: 'slos', evaluation: JSON.parse(text) as Evaluation, at };
  } catch {
    return undefined;
  }
}

/**
 * One connection to the event stream, kept up. A browser retries by itself after a broken connection, but gives up after an
 * HTTP error such as 503; this retries then too.
 */
export function openFeed(clock: Clock, deliver: (message: FeedMessage) => void): Feed {
  let attempt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let source = connect();

  function connect(): EventSource {
    const opened = new EventSource(STREAM_PATH);
    opened.addEventListener('open', () => {
      attempt = 0;
      deliver({ kind: 'open' });
    });
    opened.addEventListener('slos', (event) => {
      deliver(readEvaluation(event.data, clock.now()) ?? { kind: 'lost' });
    });
    opened.addEventListener('error', () => {
      deliver({ kind: 'lost' });
      if (opened.readyState === EventSource.CLOSED) retry();
    });
    return opened;
  }

  function retry(): void {
    timer = setTimeout(() => {
      source = connect();
    }, retryDelayMs(attempt++));
  }

  return {
    close: () => {
      clearTimeout(timer);
      source.close();
    },
  };
}
