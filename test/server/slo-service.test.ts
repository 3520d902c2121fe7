import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openEngine } from '../../server/engine/engine.ts';
import { createSloService } from '../../server/evaluation/create-slo-service.ts';
import type { Alert } from '../../server/model/alerts.ts';
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
const FAST = '{page: [{budget_share: 2%, long: 1h, short: 5m}], ticket: none}';
const shop = (alerts = '{}') => `slos:
  - id: shop-availability
    alerts: ${alerts}
    service: shop
    objective: 99%
    window: 30d
    availability: {total: '${TOTAL}', bad: '${TOTAL.replace('}', ',status=~"5.."}')}'}
`;

async function openHouse(name: string, alerts?: string) {
  const dataDir = join(folder, name);
  const slos = join(dataDir, 'slos');
  mkdirSync(slos, { recursive: true });
  writeFileSync(join(slos, 'shop.yaml'), shop(alerts));
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
  send.now = () => now;
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

test('files that are read anew count at once, and a broken one changes nothing but says so', async () => {
  const { service, engine, slos } = await openHouse('reload');
  const path = join(slos, 'shop.yaml');
  const objective = async () => (await service.current()).slos[0]?.objective;
  writeFileSync(path, shop().replace('99%', '90%'));
  await service.refresh();
  expect(await objective()).toBe(0.99);
  expect(await service.reload()).toMatchObject({ slos: 1, proposed: 0 });
  expect(await objective()).toBe(0.9);
  writeFileSync(path, shop().replace('99%', '200%'));
  await expect(service.reload()).rejects.toMatchObject({
    code: 'bad_config',
    message: expect.stringMatching(/shop\.yaml:5/),
  });
  expect(service.refusedFiles()?.problems).toHaveLength(1);
  expect(await objective()).toBe(0.9);
  await engine.close();
});

describe('the gate', () => {
  test('goes by the policy of its folder as it was last taken up', async () => {
    const { service, engine, send, during, slos } = await openHouse('policy');
    await send('web-1', 200_000, 0, ms(START - 4 * DAY));
    const { gate } = await during(10 * SECOND, () => send('web-1', 10, 0));
    expect(gate).toMatchObject({ decision: 'go', reasons: [{ code: 'budget_left' }] });
    const freeze = '{from: 2027-01-01, to: 2027-02-01, zone: UTC, reason: stocktaking}';
    const level = '{left: 100%, action: celebrate, freeze: false}';
    const policy = `policies: [{services: [shop], freeze: [${freeze}], error_budget_policy: [${level}]}]\n`;
    writeFileSync(join(slos, 'policies.yaml'), policy);
    await service.reload();
    expect(await service.gate([])).toMatchObject({
      decision: 'no_go',
      sentence: expect.stringContaining('stocktaking'),
      reasons: [{ code: 'frozen' }, { code: 'budget_policy' }, { code: 'budget_left' }],
    });
    expect(await service.detail('shop-availability', {})).toMatchObject({
      gate: { decision: 'no_go', reasons: [{ code: 'frozen', slo: 'shop-availability' }, {}, {}] },
      budget_policy: [{ left_ratio: 1, action: 'celebrate', freeze: false, in_force: true }],
    });
    writeFileSync(join(slos, 'policies.yaml'), policy.replace('zone: UTC', 'zone: Mars'));
    await expect(service.reload()).rejects.toMatchObject({
      message: expect.stringMatching(/policies\.yaml:1:\d+: .*IANA/),
    });
    expect(await service.gate([])).toMatchObject({ decision: 'no_go' });
    await engine.close();
  });

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

describe('a source that is silent', () => {
  const healthy = (send: Awaited<ReturnType<typeof openHouse>>['send']) => async () => {
    await send('web-1', 1000, 0);
    await send('web-2', 1000, 0);
  };

  test('holds back no page of the others; who is heard fires it, and only the whole ends it', async () => {
    const { engine, send, during } = await openHouse('silent', FAST);
    await send('web-1', 20_000_000, 0, ms(START - 4 * DAY));
    await during(2 * MINUTE, healthy(send));
    const quiet = await during(10 * MINUTE, () => send('web-1', 1000, 0));
    expect(quiet).toMatchObject({ alerts: [], gate: { decision: 'unknown' }, slos: [{ state: 'no_data' }] });
    const burning = await during(MINUTE, () => send('web-1', 0, 10_000));
    const [alert] = burning.alerts;
    const [slo] = burning.slos;
    expect(alert).toMatchObject({ state: 'firing', tier: 'page', silent: ['web-2/access'] });
    expect(slo).toMatchObject({ state: 'no_data', alert: { tier: 'page' }, as_of: quiet.slos[0]?.as_of });
    const long = slo?.heard?.burns.find(({ window_secs }) => window_secs === 3600);
    expect(long).toMatchObject({ bad: 60_000 });
    expect(burning.gate).toMatchObject({
      decision: 'no_go',
      reasons: [{ code: 'burning_fast', args: { rate: long?.rate } }, { code: 'watermark_stale' }],
    });
    const recovered = await during(30 * MINUTE, () => send('web-1', 1000, 0));
    expect(recovered.alerts).toMatchObject([{ id: alert?.id, state: 'firing', tier: 'page' }]);
    const whole = await during(10 * SECOND, healthy(send));
    expect(whole.alerts[0]?.silent).toBeUndefined();
    const over = await during(10 * MINUTE, healthy(send));
    expect(over).toMatchObject({ alerts: [], gate: { decision: 'go' } });
    await engine.close();
  });

  test('that is always late by minutes delays no page, and its end by no more', async () => {
    const { engine, send, during } = await openHouse('late', FAST);
    const late = (good: number, bad: number) => async () => {
      await send('web-1', good, bad);
      await send('web-2', 1, 0, ms(send.now() - 3 * MINUTE));
    };
    await send('web-1', 20_000_000, 0, ms(START - 4 * DAY));
    await during(10 * MINUTE, late(1000, 0));
    const burning = await during(2 * MINUTE, late(0, 5000));
    expect(burning).toMatchObject({
      alerts: [{ tier: 'page' }],
      slos: [{ state: 'burning' }],
      gate: { decision: 'no_go' },
    });
    const before = await during(6 * MINUTE, late(1000, 0));
    expect(before.alerts).toHaveLength(1);
    const after = await during(3 * MINUTE, late(1000, 0));
    expect(after.alerts).toEqual([]);
    await engine.close();
  });
});

test('an alert that fires has the figures of its SLO at every evaluation; what is saved of it keeps those it fired with', async () => {
  const { engine, send, during } = await openHouse('figures', FAST);
  await send('web-1', 2_000_000, 0, ms(START - 4 * DAY));
  const fired = await during(3 * MINUTE, () => send('web-1', 40, 10));
  const later = await during(20 * MINUTE, () => send('web-1', 20, 30));
  const [alert] = later.alerts;
  const [slo] = later.slos;
  expect(alert?.id).toBe(fired.alerts[0]?.id);
  expect(alert?.figures).toMatchObject({ as_of: slo?.as_of, budget: slo?.budget, exhaustion: slo?.exhaustion });
  expect(alert?.figures.long).toEqual(slo?.burns.find(({ window_secs }) => window_secs === 3600));
  expect(slo?.reasons).toMatchObject([{ code: 'burning_fast', args: { rate: alert?.figures.long.rate } }]);
  expect(slo?.budget.spent).toBeGreaterThan(2 * fired.slos[0]!.budget.spent);
  const [saved] = await engine.documents({ collection: 'alert', limit: 10 });
  expect((saved!.body as Alert).figures.as_of).toBeLessThanOrEqual(fired.time);
  await engine.close();
});
