import { describe, expect, test } from 'vitest';
import {
  INITIAL_STATE,
  type LiveEvent,
  type LiveState,
  linkWord,
  reduce,
  serverTime,
} from '../../web/live/live-state.ts';
import { gateAnswer, NOW } from './statuses.ts';

const arrival = (time: number, at: number): LiveEvent => ({
  kind: 'slos',
  evaluation: { slos: [], alerts: [], gate: gateAnswer({ time }) },
  at,
});
const stateAfter = (...events: LiveEvent[]): LiveState => events.reduce(reduce, INITIAL_STATE);
const shownTime = ({ shown }: LiveState): number | undefined => shown?.evaluation.gate.time;

describe('state', () => {
  test('an evaluation is shown and ends a failure', () => {
    const failed = stateAfter({ kind: 'failed', failure: { code: 'unreachable', message: 'refused' } });
    expect(failed.failure?.code).toBe('unreachable');
    const state = reduce(failed, arrival(1, 10));
    expect(shownTime(state)).toBe(1);
    expect(state.failure).toBeUndefined();
  });

  test('a failure leaves what is shown', () => {
    const state = stateAfter(arrival(1, 10), { kind: 'failed', failure: { code: 'internal', message: 'x' } });
    expect(shownTime(state)).toBe(1);
  });

  test('figures never step back', () => {
    expect(shownTime(stateAfter(arrival(2, 10), arrival(1, 11)))).toBe(2);
    expect(stateAfter(arrival(2, 10), arrival(2, 11)).newest?.at).toBe(11);
  });

  test('paused figures stand; resuming shows the newest at once', () => {
    const paused = stateAfter(arrival(1, 10), { kind: 'pause' }, arrival(2, 20), arrival(3, 30));
    expect(shownTime(paused)).toBe(1);
    expect(shownTime(reduce(paused, { kind: 'resume' }))).toBe(3);
  });

  test('paused before anything came, the first evaluation is shown all the same', () => {
    expect(shownTime(stateAfter({ kind: 'pause' }, arrival(1, 10), arrival(2, 20)))).toBe(1);
  });
});

describe('live indicator', () => {
  const f = (name: string, state: LiveState, now: number, want: string) =>
    test(name, () => expect(linkWord(state, now)).toBe(want));
  f('before the first word', stateAfter({ kind: 'open' }), 0, 'connecting');
  f('after it', stateAfter(arrival(1, 0)), 19_999, 'live');
  f('20 s of silence', stateAfter(arrival(1, 0)), 20_000, 'stale');
  f('a late answer is a word too', stateAfter(arrival(2, 0), arrival(2, 5000)), 20_000, 'live');
  f('paused', stateAfter(arrival(1, 0), { kind: 'pause' }), 1, 'paused');
  f('paused and stale', stateAfter(arrival(1, 0), { kind: 'pause' }), 20_000, 'stale');
  f('lost wins', stateAfter(arrival(1, 0), { kind: 'pause' }, { kind: 'lost' }), 20_000, 'lost');
  const refused: LiveEvent = { kind: 'failed', failure: { code: 'unauthorized', message: 'token needed' } };
  const broken: LiveEvent = { kind: 'failed', failure: { code: 'internal', message: 'x' } };
  f('without a token nothing is lost', stateAfter({ kind: 'lost' }, refused), 1, 'locked');
  f('whichever comes first', stateAfter(refused, { kind: 'lost' }), 1, 'locked');
  f('signed in', stateAfter({ kind: 'lost' }, refused, { kind: 'open' }, arrival(1, 0)), 1, 'live');
  f('another failure is no matter of a token', stateAfter({ kind: 'lost' }, broken), 1, 'lost');
  f('found again', stateAfter(arrival(1, 0), { kind: 'lost' }, { kind: 'open' }), 1, 'live');
});

test('the server’s time goes on at the browser’s pace, whatever its clock says', () => {
  const evaluation = { slos: [], alerts: [], gate: gateAnswer({ time: NOW }) };
  expect(serverTime({ evaluation, at: 5 }, 1005)).toBe(NOW + 1000);
  expect(serverTime({ evaluation, at: 1005 }, 5)).toBe(NOW);
});
