import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../server/model/clock.ts';
import { createApi } from '../../web/api/client.ts';
import { createLive } from '../../web/live/live.ts';
import { gateAnswer, systemStatus } from './statuses.ts';

const origin = { origin: 'web-1/access', collector: 'web-1', source: 'access', drops: {} };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A server of two addresses; `asked` lists the requests for all sources. */
function harness() {
  const server = { up: true, asked: 0 };
  const request = async (path: string | URL | Request): Promise<Response> => {
    if (path !== '/api/vigie/status') return Response.json({ slos: [], gate: gateAnswer() });
    server.asked++;
    if (!server.up) return new Response('', { status: 502 });
    return Response.json({ ...systemStatus(), origins: [origin] });
  };
  const subscribe = () => ({ close: () => undefined });
  return { server, live: createLive({ api: createApi(request), clock: systemClock, subscribe }) };
}

test('all sources are asked for at once, then once per minute, until stopped', async () => {
  const { server, live } = harness();
  live.start();
  await vi.advanceTimersByTimeAsync(59_999);
  expect(server.asked).toBe(1);
  expect(live.origins.value).toEqual([origin]);
  await vi.advanceTimersByTimeAsync(1);
  expect(server.asked).toBe(2);
  live.stop();
  await vi.advanceTimersByTimeAsync(120_000);
  expect(server.asked).toBe(2);
});

test('a server that fails leaves the last list', async () => {
  const { server, live } = harness();
  live.start();
  await vi.advanceTimersByTimeAsync(0);
  server.up = false;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.asked).toBe(2);
  expect(live.origins.value).toEqual([origin]);
  live.stop();
});

test('while paused nothing is asked', async () => {
  const { server, live } = harness();
  live.start();
  live.dispatch({ kind: 'pause' });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.asked).toBe(1);
  live.stop();
});
