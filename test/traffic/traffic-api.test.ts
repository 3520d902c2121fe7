import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerErrors } from '../../server/api/answers.ts';
import { trafficRoutes } from '../../server/api/traffic.ts';
import { openEngine } from '../../server/engine/engine.ts';
import type { Engine } from '../../server/model/engine.ts';
import type { TrafficDetail, TrafficOverview } from '../../server/model/traffic.ts';
import { DAY, HOUR, MINUTE, type Ms, ms } from '../../server/model/units.ts';
import { createLog } from '../../server/runtime/log.ts';
import { createTrafficService } from '../../server/traffic/traffic-service.ts';
import { counterBatches, sendBatches } from '../support/interface-counters.ts';

/** 2026-11-21T12:03:20Z: in the middle of a five-minute step. */
const NOW = ms(1_795_262_600_000);
const HOSTILE = '<script>alert(1)</script>/..%2f"';

const folder = mkdtempSync(join(tmpdir(), 'vigie-traffic-'));
let engine: Engine;
let server: Server;
let url = '';

/** Fed like any source: through batches, in order, by sequence. */
beforeAll(async () => {
  const log = createLog('test', { write: () => {} });
  engine = openEngine({ dataDir: join(folder, 'data'), clock: { now: () => NOW }, log });
  const clock = { now: () => NOW };
  server = createServer(
    express()
      .use(trafficRoutes(createTrafficService(engine, clock)))
      .use(answerErrors(log)),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const day = { start: ms(NOW - 12 * HOUR), end: NOW };
  await sendBatches(engine, NOW, [
    ...counterBatches({ device: 'steady', ...day, speed: 12_500_000, rate: () => ({ in: 1000, out: 500 }) }),
    ...counterBatches({ device: 'gap', ...day, rate: (time) => (inGap(time) ? undefined : { in: 1000, out: 500 }) }),
    ...counterBatches({ device: 'reset', ...day, rate: () => ({ in: 1000, out: 500 }), resetAt: ms(NOW - 2 * HOUR) }),
    ...counterBatches({
      device: 'wrap',
      ...day,
      speed: 12_500_000,
      bits: 32,
      rate: () => ({ in: 1_000_000, out: 100 }),
    }),
    ...counterBatches({
      device: 'dead',
      start: ms(NOW - 12 * HOUR),
      end: ms(NOW - HOUR),
      rate: () => ({ in: 9, out: 9 }),
    }),
    ...counterBatches({ device: HOSTILE, start: ms(NOW - HOUR), end: NOW, rate: () => ({ in: 1, out: 1 }) }),
  ]);
});

afterAll(async () => {
  server.close();
  await engine.close();
  rmSync(folder, { recursive: true });
});

const inGap = (time: Ms): boolean => time > NOW - 3 * HOUR && time <= NOW - 2 * HOUR;

async function ask<T>(path: string): Promise<{ status: number; body: T }> {
  const response = await fetch(`${url}/api/vigie/traffic${path}`);
  return { status: response.status, body: (await response.json()) as T };
}
const detail = async (device: string, query = ''): Promise<TrafficDetail> => {
  const { status, body } = await ask<TrafficDetail>(`/h/${encodeURIComponent(device)}?zone=UTC${query}`);
  expect(status).toBe(200);
  return body;
};
const known = (column: readonly (number | null)[]): number[] => column.filter((value) => value !== null);

describe('one interface', () => {
  test.each(['day', 'week', 'month', 'year'])('%s: every known step has the rate that was fed', async (range) => {
    const body = await detail('steady', `&range=${range}`);
    expect(body.time.at(-1)).toBe(NOW);
    for (const column of [body.in.mean, body.in.high, body.in.low]) {
      expect(column).toHaveLength(body.time.length);
      expect(known(column).length).toBeGreaterThan(0);
      for (const rate of known(column)) expect(rate).toBeCloseTo(1000, 6);
    }
    expect(body.in.figures).toMatchObject({ max: 1000, mean: 1000, p95: 1000, current: 1000, known_secs: 43_200 });
    expect(body.in.figures.total).toBeCloseTo(43_200_000, 3);
    expect(body.out.figures.total).toBeCloseTo(21_600_000, 3);
    expect(body.capacity).toBe(12_500_000);
  });

  test.each(['day', 'week', 'month', 'year'])('%s: a reset and a wrap leave no burst', async (range) => {
    for (const device of ['reset', 'wrap']) {
      const { in: received } = await detail(device, `&range=${range}`);
      const fed = device === 'reset' ? 1000 : 1_000_000;
      for (const rate of known(received.high)) expect(rate).toBeLessThanOrEqual(fed * 1.000001);
    }
  });

  test('a wrap of 32 bits loses nothing when the capacity is known', async () => {
    const { in: received } = await detail('wrap');
    expect(received.figures.total).toBeCloseTo(12 * 3600 * 1_000_000, 0);
  });

  test('an hour without samples is an hour without steps', async () => {
    const { time, in: received } = await detail('gap');
    const inside = received.mean.filter(
      (_, i) => (time[i] ?? 0) > NOW - 3 * HOUR + 5 * MINUTE && inGap(ms(time[i] ?? 0)),
    );
    expect(inside).toHaveLength(11);
    expect(known(inside)).toEqual([]);
    // From its last sample to its first after the pause nothing is known.
    expect(received.figures.known_secs).toBe(11 * 3600 - 10);
  });

  test('an end in the past is answered as of then, without a current rate', async () => {
    const body = await detail('steady', `&end=${(NOW - 6 * HOUR) / 1000}`);
    expect(body.time.at(-1)).toBe(NOW - 6 * HOUR);
    expect(body.in.figures.known_secs).toBe(6 * 3600);
    expect(body.in.figures.current).toBeUndefined();
  });

  test.each([
    [`/h/none`, 404, 'cannot find interface'],
    ['/none/steady', 404, 'cannot find interface'],
    ['/h/steady?range=decade', 400, 'want day, week, month, year'],
    ['/h/steady?zone=Mars/Base', 400, 'want an IANA name'],
    ['/h/steady?end=soon', 400, 'want seconds since the epoch'],
  ])('%s: %d', async (path, status, message) => {
    const answer = await ask<{ error: { message: string } }>(path);
    expect(answer.status).toBe(status);
    expect(answer.body.error.message).toContain(message);
  });
});

describe('overview', () => {
  test('every interface with its sparkline, current rates and age', async () => {
    const { body } = await ask<TrafficOverview>('');
    expect(body.interfaces.map(({ device }) => device)).toEqual(
      ['steady', 'gap', 'reset', 'wrap', 'dead', HOSTILE].sort(),
    );
    expect(body.left_out).toBe(0);
    expect(body.steps).toHaveLength(49);
    const row = (name: string) => body.interfaces.find(({ device }) => device === name);
    expect(row('steady')).toMatchObject({
      newest: NOW,
      capacity: 12_500_000,
      in: { current: 1000 },
      out: { current: 500 },
    });
    expect(row('dead')?.newest).toBe(NOW - HOUR);
    expect(row('dead')?.in.current).toBeUndefined();
    expect(known(row('dead')?.in.mean ?? []).length).toBeGreaterThan(20);
    expect(row('dead')?.in.mean.at(-1)).toBeNull();
  });

  test('a device of any name can be asked for', async () => {
    expect((await detail(HOSTILE)).device).toBe(HOSTILE);
  });

  test('ranges without a sample are all gaps', async () => {
    const body = await detail('steady', `&end=${(NOW - 20 * DAY) / 1000}`);
    expect(known(body.in.mean)).toEqual([]);
    expect(body.in.figures).toEqual({ total: 0, known_secs: 0 });
  });
});
