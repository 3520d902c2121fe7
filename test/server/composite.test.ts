import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { exclusionsInForce } from '../../rules/exclusions/exclusions-in-force.ts';
import { sloMetrics } from '../../server/api/slo-metrics.ts';
import { openEngine } from '../../server/engine/engine.ts';
import { createSloService } from '../../server/evaluation/create-slo-service.ts';
import type { SloStatus } from '../../server/model/slo.ts';
import { DAY, HOUR, MINUTE, type Ms, ms, SECOND } from '../../server/model/units.ts';
import { compileMatcher } from '../../server/promql/matcher.ts';
import { digestOf } from '../../server/runtime/digest.ts';
import { createLog } from '../../server/runtime/log.ts';
import { openAlertHouse } from '../support/alert-house.ts';
import { seededOfRun } from '../support/random.ts';

/** Composites from the batch to the figures, through all that the server does with them. */
const folder = mkdtempSync(join(tmpdir(), 'vigie-composite-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const START = ms(Date.parse('2026-06-20T12:00:00Z'));
const log = createLog('test', { write: () => {} });
const SERVICES = ['cart', 'payment', 'mail'] as const;
type Service = (typeof SERVICES)[number];
const WEIGHTS = { cart: 5, payment: 3, mail: 2 };

const file = (late = 'wait', window = '30d') => `slos:
  - id: checkout
    service: shop
    objective: 99%
    window: ${window}
    composite:
      late: ${late}
      parts: [{slo: cart, weight: 5}, {slo: payment, weight: 3}, {slo: mail, weight: 2}]
${SERVICES.map(
  (service) =>
    `  - {id: ${service}, service: ${service}, objective: 90%, window: 7d, availability: {total: ${service}_total, bad: ${service}_bad}}`,
).join('\n')}
`;

interface Sent {
  readonly time: number;
  readonly good: number;
  readonly bad: number;
}

async function openHouse(name: string, text = file()) {
  const dataDir = join(folder, name);
  const slos = join(dataDir, 'slos');
  mkdirSync(slos, { recursive: true });
  writeFileSync(join(slos, 'shop.yaml'), text);
  let now: Ms = START;
  const clock = { now: () => now };
  const engine = openEngine({ dataDir, clock, log });
  const house = await openAlertHouse(engine, [], now);
  const exclusions = { all: [], version: 0, inForce: exclusionsInForce([], compileMatcher) };
  const service = createSloService({ engine, alerts: house.book, folder: slos, proposed: [], exclusions, clock, log });
  const sink = { collector: 'web-1', sink: 'vigie' };
  const hello = await engine.hello({ ...sink, epoch: 0, acked: { sequence: 0, digest: '' }, queued: [] }, now);
  const at = { epoch: hello.result === 'rewind' ? hello.epoch : 0, sequence: 0 };
  const send = async (name: Service, sent: readonly Sent[]) => {
    at.sequence++;
    const bytes = Buffer.from(JSON.stringify(payloadOf(name, sent, now)));
    await engine.ingest({ ...sink, ...at, digest: digestOf(bytes) }, bytes, now);
  };
  /** Moves on: what comes in, then the evaluation. Services that are not named have nothing to tell. */
  const step = async (told: Partial<Record<Service, readonly Sent[]>>, length: number = 10 * SECOND) => {
    now = ms(now + length);
    house.clock.set(now);
    for (const name of SERVICES) if (told[name] !== undefined) await send(name, told[name]);
    await service.refresh();
    return service.current();
  };
  const checkout = async (...args: Parameters<typeof step>): Promise<SloStatus> => {
    const { slos } = await step(...args);
    return slos.find(({ id }) => id === 'checkout')!;
  };
  return { engine, service, slos, step, checkout, now: () => now };
}

function payloadOf(service: Service, sent: readonly Sent[], now: number) {
  const rows = sent.flatMap(({ time, good, bad }) => [
    { series: 0, time, n: good + bad },
    ...(bad > 0 ? [{ series: 1, time, n: bad }] : []),
  ]);
  const n = rows.map((row) => row.n);
  const names = n.length === 0 ? [] : ['total', 'bad'];
  return {
    v: 1,
    source: service,
    series: names.map((name) => ({ kind: 'sum', name: `${service}_${name}`, labels: {} })),
    ...(n.length > 0 && {
      increments: {
        series: rows.map(({ series }) => series),
        time: rows.map(({ time }) => time / 1000),
        n,
        sum: n,
      },
    }),
    watermark: { completeTo: now, service, state: 'ok', newestEvent: now },
  };
}

const all = (sent: readonly Sent[]) => ({ cart: sent, payment: sent, mail: sent });
const part = ({ parts = [] }: SloStatus, slo: Service) => parts.find((one) => one.slo === slo)!;
const DAYS_AGO = { time: START - 2 * DAY, good: 1000, bad: 0 };

const { random } = seededOfRun('composite');

test('every figure is the weighted mean of its parts, recounted event by event, in rolling and calendar windows', async () => {
  for (const [window, begins] of [
    ['30d', undefined],
    ['{calendar: month, zone: UTC}', Date.parse('2026-06-01T00:00:00Z')],
  ] as const) {
    const sent = Object.fromEntries(
      SERVICES.map((name, i) => [
        name,
        Array.from({ length: 60 }, (): Sent => {
          const reach = random.pick([HOUR, 6 * HOUR, 3 * DAY, 29 * DAY]);
          const time = START - 5000 - 10_000 * random.below(reach / 10_000);
          return { time, good: 20 + random.below(300 * (i + 1)), bad: random.below(9) };
        }),
      ]),
    ) as Record<Service, Sent[]>;
    const { engine, service, checkout, now } = await openHouse(`recount-${window.length}`, file('wait', window));
    const status = await checkout(sent);
    const counted = (start: number, end: number) =>
      SERVICES.map((name) => {
        const inside = sent[name].filter(({ time }) => time > start && time <= end);
        const bad = inside.reduce((sum, one) => sum + one.bad, 0);
        return { name, bad, total: inside.reduce((sum, one) => sum + one.good, bad) };
      });
    const naive = (start: number, end: number): number | undefined => {
      const parts = counted(start, end).filter(({ total }) => total > 0);
      const weights = parts.reduce((sum, { name }) => sum + WEIGHTS[name], 0);
      return parts.length === 0
        ? undefined
        : parts.reduce((sum, { name, bad, total }) => sum + WEIGHTS[name] * (bad / total), 0) / weights;
    };
    const end = status.as_of;
    expect(end).toBe(now());
    expect(1 - status.attained!).toBeCloseTo(naive(begins ?? end - 30 * DAY, end)!, 9);
    for (const { window_secs, rate } of status.burns) {
      const failed = naive(end - window_secs * 1000, end);
      if (failed === undefined) expect(rate).toBeUndefined();
      else expect(rate).toBeCloseTo(failed / 0.01, 6);
    }
    // The budget: each part against its own traffic of a whole period (June has thirty days).
    const whole = counted(end - 30 * DAY, end);
    const spent = counted(begins ?? end - 30 * DAY, end).map(
      ({ name, bad }, i) => (WEIGHTS[name] / 10) * (bad / whole[i]!.total) * 100,
    );
    const sum = spent.reduce((a, b) => a + b, 0);
    expect(1 - status.budget.left_ratio!).toBeCloseTo(sum, 6);
    expect(status.parts!.map(({ spent_ratio }) => spent_ratio)).toEqual(spent.map((one) => expect.closeTo(one, 6)));
    const detail = await service.detail('checkout', {});
    expect(detail.budget_left.at(-1)).toBeCloseTo(status.budget.left_ratio!, 6);
    expect(detail.bad.reduce((a, b) => a + b, 0)).toBeCloseTo(status.budget.spent, 4);
    const borders = [detail.range.start, ...detail.time];
    for (const [i, sli] of detail.sli.entries()) {
      const parts = counted(borders[i]!, borders[i + 1]!);
      // Each batch is of twenty events at least.
      const failed = parts.every(({ total }) => total === 0) ? undefined : naive(borders[i]!, borders[i + 1]!);
      expect(sli === null ? undefined : 1 - sli).toEqual(failed === undefined ? undefined : expect.closeTo(failed, 9));
    }
    expect(detail.definition).toContain('composite:');
    const { burns, days } = await service.history();
    const yesterday = days.length - 2;
    const failed = naive(days[yesterday]! - DAY, days[yesterday]!);
    expect(burns.checkout![yesterday]).toEqual(failed === undefined ? null : expect.closeTo(failed / 0.01, 6));
    const { slos } = await service.backtest({ text: soleComposite(window), from: START - HOUR, to: START });
    expect(slos[0]!.in_force!.attained).toBeCloseTo(1 - naive(START - HOUR, START)!, 9);
    expect(slos[0]!.file).toEqual(slos[0]!.in_force);
    await engine.close();
  }
});

/** Its parts are in force. */
function soleComposite(window: string): string {
  return file('wait', window).split('\n').slice(0, 8).join('\n');
}

test('a fire in one part burns, pages, stands at the gate and on /metrics, and says which part it is', async () => {
  const { engine, service, checkout, now } = await openHouse('fire');
  await checkout(all([DAYS_AGO]));
  const healthy = await checkout(all([{ time: START, good: 1000, bad: 0 }]));
  expect(healthy).toMatchObject({ state: 'ok', kind: 'composite', unit: 'events', attained: 1, reasons: [] });
  let status = healthy;
  for (let i = 0; i < 6; i++) {
    const fine = [{ time: now(), good: 500, bad: 0 }];
    status = await checkout({ cart: [{ time: now(), good: 0, bad: 500 }], payment: fine, mail: fine }, 10 * SECOND);
  }
  expect(status.state).not.toBe('ok');
  expect(part(status, 'cart').spent_ratio).toBeGreaterThan(10);
  expect(part(status, 'payment').spent_ratio).toBe(0);
  const current = await service.current();
  expect(current.alerts).toMatchObject(
    [{ slo: 'cart' }, { slo: 'checkout', tier: 'page' }].slice(-current.alerts.length),
  );
  expect(current.alerts.some(({ slo }) => slo === 'checkout')).toBe(true);
  expect((await service.gate(['checkout'])).decision).toBe('no_go');
  const metrics = await sloMetrics(current).metrics();
  expect(metrics).toMatch(/^vigie_slo_attained_ratio\{slo="checkout",service="shop"\} 0\.\d+$/m);
  expect(metrics).toMatch(/^vigie_slo_part_budget_spent_ratio\{slo="checkout",service="shop",part="mail"\} 0$/m);
  await engine.close();
});

const late = (policy: string, want: (status: SloStatus) => void) =>
  test(`a part that is late: ${policy}`, async () => {
    const { engine, checkout, now } = await openHouse(`late-${policy}`, file(policy));
    await checkout(all([DAYS_AGO]));
    await checkout(all([{ time: now(), good: 100, bad: 0 }]));
    // Four minutes are waited for, whatever the policy.
    const waiting = await checkout({ cart: [], payment: [] }, 4 * MINUTE);
    expect([waiting.state, waiting.as_of]).toEqual(['ok', now() - 4 * MINUTE]);
    want(await checkout({ cart: [{ time: now(), good: 100, bad: 0 }], payment: [] }, 2 * MINUTE));
    await engine.close();
  });
late('wait', (status) => {
  expect(status.state).toBe('no_data');
  expect(status.reasons).toMatchObject([{ code: 'watermark_stale', args: { service: 'mail' } }]);
});
late('ignore', (status) => {
  expect(status.as_of).toBeGreaterThan(START + 6 * MINUTE);
  expect(part(status, 'mail')).toMatchObject({ state: 'late_ignored', share: 0 });
  expect(part(status, 'cart').share).toBe(5 / 8);
  expect(status.reasons).toEqual([{ code: 'part_not_counted', args: { part: 'mail', why: 'late_ignored' } }]);
});
late('bad', (status) => {
  // Six of the last sixty minutes, a fifth of the figures.
  const hour = status.burns.find(({ window_secs }) => window_secs === 3600)!;
  expect(hour.rate! * 0.01).toBeCloseTo(0.2 * 0.1, 9);
  expect(part(status, 'mail')).toMatchObject({ state: 'late_bad', share: 0.2 });
  expect(status.reasons.map(({ args }) => args.why)).toContain('late_bad');
});
late('good', (status) => {
  expect(status).toMatchObject({ state: 'ok', attained: 1 });
  expect(part(status, 'mail')).toMatchObject({ state: 'late_good', share: 0.2 });
});

test('nothing is passed over that was never heard, nor while nobody is heard', async () => {
  const { engine, checkout } = await openHouse('unheard', file('ignore'));
  const some = [DAYS_AGO];
  expect(await checkout({ cart: some, payment: some })).toMatchObject({
    state: 'no_data',
    reasons: [{ code: 'never_heard', args: { service: 'mail' } }, { code: 'part_not_counted' }],
  });
  expect((await checkout({ mail: some })).state).not.toBe('no_data');
  expect(await checkout({}, 6 * MINUTE)).toMatchObject({ state: 'no_data' });
  await engine.close();
});

test('a part without traffic, without series, too new or with few events is left out and told', async () => {
  const { engine, checkout, now } = await openHouse('left-out');
  const quiet = await checkout({ cart: [DAYS_AGO], payment: [DAYS_AGO], mail: [] });
  expect(part(quiet, 'mail')).toMatchObject({ state: 'no_traffic', share: 0 });
  expect(quiet.reasons).toEqual([{ code: 'part_not_counted', args: { part: 'mail', why: 'no_series' } }]);
  expect(quiet.state).toBe('ok');
  const fresh = await checkout({ cart: [], payment: [], mail: [{ time: now(), good: 0, bad: 50 }] });
  expect(fresh.reasons).toMatchObject([{ args: { part: 'mail', why: 'too_new' } }]);
  expect(fresh).toMatchObject({ state: 'ok', attained: 1 });
  const old = await checkout({ cart: [], payment: [], mail: [] }, 61 * MINUTE);
  expect(part(old, 'mail')).toMatchObject({ state: 'counted', share: 0.2, attained: 0 });
  expect(old.attained).toBeCloseTo(0.8, 9);
  const few = await openHouse('few');
  const nine = await few.checkout({ cart: [DAYS_AGO], payment: [DAYS_AGO], mail: [{ ...DAYS_AGO, good: 4, bad: 5 }] });
  expect(nine).toMatchObject({ attained: 1, reasons: [{ args: { part: 'mail', why: 'too_few' } }] });
  await Promise.all([engine.close(), few.engine.close()]);
});

test('what is excluded from the composite or from a part is not in it', async () => {
  const { engine, service, checkout } = await openHouse('excluded');
  await checkout(all([DAYS_AGO, { time: START - DAY, good: 0, bad: 100 }, { time: START - HOUR, good: 90, bad: 10 }]));
  const without = async (...slos: readonly string[]) => {
    const span = { starts: START - DAY - MINUTE, ends: START - DAY + MINUTE };
    const one = { id: 'x', slos, reason: 'drill', author: 'ada', created: START, ...span };
    const statuses = await service.statusesWith(exclusionsInForce([one], compileMatcher));
    return statuses.find(({ id }) => id === 'checkout')!;
  };
  const failed = 110 / 1200;
  expect(1 - (await without()).attained!).toBeCloseTo(failed, 9);
  const whole = await without('checkout');
  expect(1 - whole.attained!).toBeCloseTo(10 / 1100, 9);
  expect(1 - whole.excluded!.otherwise.attained!).toBeCloseTo(failed, 9);
  expect(whole.excluded).toMatchObject({ seconds: 120, exclusions: ['x'] });
  const mail = await without('mail');
  expect(1 - mail.attained!).toBeCloseTo(0.8 * failed + 0.2 * (10 / 1100), 9);
  expect(part(mail, 'mail').counts).toEqual({ total: 1100, good: 1090, bad: 10 });
  await engine.close();
});
