import { type ReadonlySignal, signal } from '@preact/signals';
import type { Clock } from '../../server/model/clock.ts';
import type { DemoStory } from '../../server/model/demo.ts';
import type { OriginStatus } from '../../server/model/engine.ts';
import type { Api } from '../api/client.ts';
import type { Feed, FeedMessage } from './feed.ts';
import { INITIAL_STATE, type LiveEvent, type LiveState, reduce } from './live-state.ts';

/** Often enough for ages and for the silence of 20 s, rarely enough for a table of a thousand rows. */
const TICK_MS = 5000;

/** The stream tells of the sources behind SLOs alone; the rest are asked for this often. */
const ORIGINS_EVERY_MS = 60_000;

/** The live side of all pages: one state, moved only by events. */
export interface Live {
  readonly state: ReadonlySignal<LiveState>;
  /** The browser's time, every 5 s while not paused. */
  readonly now: ReadonlySignal<number>;
  /** All sources the server knows, those behind no SLO too; empty until it has told. */
  readonly origins: ReadonlySignal<readonly OriginStatus[]>;
  /** The story of `vigie demo`; undefined for any other server, and until it has told. */
  readonly demo: ReadonlySignal<DemoStory | undefined>;
  dispatch(event: LiveEvent): void;
  /** Asks for the latest figures at once; the stream brings the rest. */
  reload(): Promise<void>;
  /** Starts listening; again after `stop`. */
  start(): void;
  /** Before the page freezes or goes. */
  stop(): void;
}

export interface LiveDeps {
  readonly api: Pick<Api, 'slos' | 'status'>;
  readonly clock: Clock;
  readonly subscribe: (deliver: (message: FeedMessage) => void) => Feed;
}

export function createLive({ api, clock, subscribe }: LiveDeps): Live {
  const state = signal(INITIAL_STATE);
  const now = signal<number>(clock.now());
  const origins = signal<readonly OriginStatus[]>([]);
  const demo = signal<DemoStory | undefined>(undefined);
  let feed: Feed | undefined;
  let ticking: ReturnType<typeof setInterval> | undefined;
  let asking: ReturnType<typeof setInterval> | undefined;

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
  // A failure leaves the last list: what the server does not answer, the live indicator tells.
  const askOrigins = async (): Promise<void> => {
    if (state.value.paused) return;
    const answer = await api.status();
    if (!answer.ok) return;
    origins.value = answer.data.origins;
    demo.value ??= answer.data.demo;
  };
  const stop = (): void => {
    feed?.close();
    clearInterval(ticking);
    clearInterval(asking);
    feed = undefined;
  };
  const start = (): void => {
    stop();
    feed = subscribe(dispatch);
    ticking = setInterval(tick, TICK_MS);
    asking = setInterval(() => void askOrigins(), ORIGINS_EVERY_MS);
    void reload();
    void askOrigins();
  };
  return { state, now, origins, demo, dispatch, reload, start, stop };
}
