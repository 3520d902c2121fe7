import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openEngine } from '../../server/engine/engine.ts';
import { createSloService } from '../../server/evaluation/create-slo-service.ts';
import type { BatchPayload } from '../../server/model/batch.ts';
import { DAY, MINUTE, type Ms, ms, SECOND } from '../../server/model/units.ts';
import { digestOf } from '../../server/runtime/digest.ts';
import { createLog } from '../../server/runtime/log.ts';
import { openAlertHouse } from '../support/alert-house.ts';

/** What people are told of one log, by store, rules, alerts and gate as the server puts them together. */
const folder = mkdtempSync(join(tmpdir(), 'vigie-slo-service-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const START = ms(1_800_000_000_000);
const log = createLog('test', { write: () => {} });
const TOTAL = 'http_requests_total{service="shop"}';
const SHOP = `slos:
  - id: shop-availability
    service: shop
    objective: 99%
    window: 30d
    availability: {total: '${TOTAL}', bad: '${TOTAL.replace('}', ',status=~"5.."}')}'}
`;

async function openHouse(name: string) {
  const dataDir = join(folder, name);
  const slos = join(dataDir, 'slos');
  mkdirSync(slos, { recursive: true });
  writeFileSync(join(slos, 'shop.yaml'), SHOP);
  let now = START;
  const clock = { now: () => now };
  const engine = openEngine({ dataDir, clock, log });
  const house = await openAlertHouse(engine, [], now);
  const service = createSloService({ engine, alerts: house.book, folder: slos, proposed: [], clock, log });
  const queues = new Map<string, { epoch: number; sequence: number }>();
  /** Requests that a collector counted, and that it is complete up to their time. */
  const send = async (collector: string, good: number, bad: number, time: Ms = now) => {
    const sink = { collector, sink: 'vigie' };
    if (!queues.has(collector)) {
      const answer = await engine.hello({ ...sink, epoch: 0, acked: { sequence: 0, digest: '' }, queued: [] }, now);
      queues.set(collector, { epoch: answer.result === 'rewind' ? answer.epoch : 0, sequence: 0 });
    }
    const queue = queues.get(collector)!;
    queue.sequence++;
    const bytes = Buffer.from(JSON.stringify(payloadOf(good, bad, time)));
    await engine.ingest({ ...sink, ...queue, digest: digestOf(bytes) }, bytes, now);
  };
  /** Moves on by ten seconds: what comes in, then the evaluation. */
  const step = async (incoming: () => Promise<void>) => {
    now = ms(now + 10 * SECOND);
    house.clock.set(now);
    await incoming();
    await service.refresh();
    return service.current();
  };
  const during = async (length: number, incoming: () => Promise<void>) => {
    let evaluation = await service.current();
    for (const end = now + length; now < end; ) evaluation = await step(incoming);
    return evaluation;
  };
  return { service, engine, send, during, slos };
}

function payloadOf(good: number, bad: number, time: Ms): BatchPayload {
  const counts = [good, bad];
  const rows = [0, 1].filter((i) => counts[i]! > 0);
  const n = rows.map((i) => counts[i]!);
  return {
    v: 1,
    source: 'access',
    series: rows.map((i) => {
      const labels = { service: 'shop', status: i === 0 ? '200' : '500' };
      return { kind: 'sum', name: 'http_requests_total', labels };
    }),
    ...(rows.length > 0 && {
      increments: { series: rows.map((_, i) => i), time: rows.map(() => time / 1000), n, sum: n },
    }),
    watermark: { completeTo: time, service: 'shop', state: 'ok', newestEvent: time },
  };
}

describe('the gate', () => {
  test('says no as long as the page fires, also when no request comes any more', async () => {
    const { service, engine, send, during } = await openHouse('held');
    await send('web-1', 200_000, 0, ms(START - 4 * DAY));
    await during(20 * MINUTE, () => send('web-1', 0, 6));
    for (let minutes = 0; minutes < 50; minutes += 5) {
      const { alerts, gate, slos } = await during(5 * MINUTE, () => send('web-1', 0, 0));
      expect(alerts).toMatchObject([{ state: 'firing', tier: 'page' }]);
      expect(gate.decision).toBe('no_go');
      expect(slos).toMatchObject([{ state: 'burning', alert: { id: alerts[0]?.id, tier: 'page' } }]);
      expect(await service.gate(['shop-availability'])).toEqual(gate);
      expect((await service.detail('shop-availability', {})).status.state).toBe('burning');
    }
    await engine.close();
  });

  test('says no when little traffic all but fails', async () => {
    const { engine, send, during } = await openHouse('little');
    await during(10 * SECOND, () => send('web-1', 3, 6));
    const { gate, slos, alerts } = await during(10 * SECOND, () => send('web-1', 3, 6));
    expect(slos).toMatchObject([{ state: 'exhausted', counts: { total: 18, bad: 12 } }]);
    expect(alerts).toMatchObject([{ tier: 'page' }]);
    expect(gate).toMatchObject({ decision: 'no_go', reasons: [{ code: 'budget_spent' }, { code: 'burning_fast' }] });
    await engine.close();
  });
});
