import { describe, expect, test } from 'vitest';
import { type FeedMessage, readEvaluation, retryDelayMs } from '../../web/live/feed.ts';
import { createHub } from '../../web/live/hub.ts';
import { gateAnswer } from './statuses.ts';

const evaluation = { slos: [], alerts: [], gate: gateAnswer() };

function harness() {
  const state = { opened: 0, closed: 0, deliver: (_: FeedMessage): void => undefined };
  const hub = createHub((deliver) => {
    state.opened++;
    state.deliver = deliver;
    return { close: () => state.closed++ };
  });
  const tab = () => {
    const heard: string[] = [];
    return { heard, postMessage: ({ kind }: FeedMessage) => heard.push(kind) };
  };
  return { state, hub, tab };
}

describe('hub', () => {
  test('all tabs share one feed, and each hears everything', () => {
    const { state, hub, tab } = harness();
    const [one, two] = [tab(), tab()];
    hub.join(one);
    hub.join(two);
    state.deliver({ kind: 'open' });
    state.deliver({ kind: 'slos', evaluation, at: 1 });
    expect(state.opened).toBe(1);
    expect(one.heard).toEqual(['open', 'slos']);
    expect(two.heard).toEqual(['open', 'slos']);
  });

  test('a newcomer is told the latest figures and the state of the link', () => {
    const { state, hub, tab } = harness();
    hub.join(tab());
    state.deliver({ kind: 'open' });
    state.deliver({ kind: 'slos', evaluation, at: 1 });
    state.deliver({ kind: 'lost' });
    const late = tab();
    hub.join(late);
    expect(late.heard).toEqual(['slos', 'lost']);
  });

  test('a tab that left hears no more; the last one closes the feed and the next opens another', () => {
    const { state, hub, tab } = harness();
    const [one, two] = [tab(), tab()];
    hub.join(one);
    hub.join(two);
    hub.leave(one);
    state.deliver({ kind: 'open' });
    expect([one.heard, two.heard, state.closed]).toEqual([[], ['open'], 0]);
    hub.leave(two);
    expect(state.closed).toBe(1);
    const three = tab();
    hub.join(three);
    expect([state.opened, three.heard]).toEqual([2, []]);
  });
});

describe('feed', () => {
  test('an event that is no JSON is no evaluation', () => {
    expect(readEvaluation('<html>', 1)).toBeUndefined();
    expect(readEvaluation(JSON.stringify(evaluation), 7)).toEqual({ kind: 'slos', evaluation, at: 7 });
  });

  const f = (attempt: number, want: number) => test(`retry ${attempt}`, () => expect(retryDelayMs(attempt)).toBe(want));
  f(0, 2000);
  f(3, 16_000);
  f(4, 30_000);
  f(5000, 30_000);
});
