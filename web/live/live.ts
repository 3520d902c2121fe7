import { type ReadonlySignal, signal } from '@preact/signals';
import type { Clock } from '../../server/model/clock.ts';
import type { Api } from '../api/client.ts';
import type { Feed, FeedMessage } from './feed.ts';
import { INITIAL_STATE, type LiveEvent, type LiveState, reduce } from './live-state.ts';

/** Often enough for ages and for the silence of 20 s, rarely enough for a table of a thousand rows. */
const TICK_MS = 5000;

/** The live side of all pages: one state, moved only by events. */
export interface Live {
  readonly state: ReadonlySignal<LiveState>;
  /** The browser's time, every 5 s while not paused. */
  readonly now: ReadonlySignal<number>;
  dispatch(event: LiveEvent): void;
  /** Asks for the latest figures at once; the stream brings the rest. */
  reload(): Promise<void>;
  /** Starts listening; again after `stop`. */
  start(): void;
  /** Before the page freezes or goes. */
  stop(): void;
}

export interface LiveDeps {
  readonly api: Api;
  readonly clock: Clock;
  readonly subscribe: (deliver: (message: FeedMessage) => void) => Feed;
}

export function createLive({ api, clock, subscribe }: LiveDeps): Live {
  const state = signal(INITIAL_STATE);
  const now = signal<number>(clock.now());
  let feed: Feed | undefined;
  let ticking: ReturnType<typeof setInterval> | undefined;

  const dispatch = (event: LiveEvent): void => {
    state.value = reduce(state.value, event);
  };
  const tick = (): void => {
    if (!state.value.paused) now.value = clock.now();
  };
  const reload = async (): Promise<void> => {
    const answer = await api.slos();
    if (answer.ok) dispatch({ kind: 'slos', evaluation: answer.data, at: clock.now() });
    else dispatch({ kind: 'failed', failure: answer.failure });
  };
  const stop = (): void => {
    feed?.close();
    clearInterval(ticking);
    feed = undefined;
  };
  const start = (): void => {
    stop();
    feed = subscribe(dispatch);
    ticking = setInterval(tick, TICK_MS);
    void reload();
  };
  return { state, now, dispatch, reload, start, stop };
}
