import type { StreamEvents } from '../../server/model/status.ts';
import type { Failure } from '../api/answer.ts';

/** No event for this long means the figures may be old: the server evaluates every 10 s. */
const STALE_AFTER_MS = 20_000;

export type Evaluation = StreamEvents['slos'];

/** An evaluation, and the browser's clock when it arrived. */
export interface Arrival {
  readonly evaluation: Evaluation;
  readonly at: number;
}

/**
 * What the pages know. `shown` is on the screen; while paused, `newest` moves on and `shown` stands.
 */
export interface LiveState {
  readonly shown: Arrival | undefined;
  readonly newest: Arrival | undefined;
  readonly link: 'connecting' | 'open' | 'lost';
  readonly paused: boolean;
  /** Why there is nothing to show, or why it stopped moving. */
  readonly failure: Failure | undefined;
}

export const INITIAL_STATE: LiveState = {
  shown: undefined,
  newest: undefined,
  link: 'connecting',
  paused: false,
  failure: undefined,
};

export type LiveEvent =
  | { readonly kind: 'open' }
  | { readonly kind: 'lost' }
  | { readonly kind: 'slos'; readonly evaluation: Evaluation; readonly at: number }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' };

export function reduce(state: LiveState, event: LiveEvent): LiveState {
  switch (event.kind) {
    case 'open':
      return { ...state, link: 'open' };
    case 'lost':
      return { ...state, link: 'lost' };
    case 'failed':
      return { ...state, failure: event.failure };
    case 'pause':
      return { ...state, paused: true };
    case 'resume':
      return { ...state, paused: false, shown: state.newest };
    case 'slos':
      return arrived(state, { evaluation: event.evaluation, at: event.at });
  }
}

/** An evaluation older than the newest one is a late answer: it is left out, so that figures never step back. */
function arrived(state: LiveState, arrival: Arrival): LiveState {
  const late = state.newest !== undefined && arrival.evaluation.gate.time < state.newest.evaluation.gate.time;
  const newest = late ? state.newest : arrival;
  const shown = state.paused ? (state.shown ?? newest) : newest;
  return { ...state, newest, shown, failure: undefined };
}

export type LinkWord = 'connecting' | 'live' | 'paused' | 'stale' | 'locked' | 'lost';

/** What the live indicator says at the browser's time `now`. */
export function linkWord(state: LiveState, now: number): LinkWord {
  // Without a token the stream is refused as well: nothing is lost, and trying again alone will not help.
  if (state.failure?.code === 'unauthorized') return 'locked';
  if (state.link === 'lost') return 'lost';
  if (state.newest === undefined) return 'connecting';
  if (now - state.newest.at >= STALE_AFTER_MS) return 'stale';
  return state.paused ? 'paused' : 'live';
}

/** The server's time now: ages never depend on the browser's clock being right, only on its pace. */
export function serverTime({ evaluation, at }: Arrival, now: number): number {
  return evaluation.gate.time + Math.max(0, now - at);
}
