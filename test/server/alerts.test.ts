import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sloStatus } from '../../rules/figures/status.ts';
import { gate } from '../../rules/gate/gate.ts';
import { alertMetrics } from '../../server/api/alert-metrics.ts';
import { alertRoutes } from '../../server/api/alerts.ts';
import { answerErrors } from '../../server/api/answers.ts';
import { openEngine } from '../../server/engine/engine.ts';
import { type AlertService, createAlertService } from '../../server/evaluation/alert-service.ts';
import { english } from '../../server/evaluation/sentences.ts';
import type { Evaluation } from '../../server/evaluation/slo-service.ts';
import type { AlertDetail, AlertsAnswer, Silence, SilencePreview, SilencesAnswer } from '../../server/model/alerts.ts';
import type { ErrorBody } from '../../server/model/status.ts';
import { HOUR, MINUTE, type Ms, ms } from '../../server/model/units.ts';
import { createLog } from '../../server/runtime/log.ts';
import { events, NOW, observe, slo } from '../rules/observation.ts';
import { openAlertHouse } from '../support/alert-house.ts';

const folder = mkdtempSync(join(tmpdir(), 'vigie-alert-api-'));
const log = createLog('test', { write: () => {} });
const IDS = ['shop-availability', 'shop-latency'];
let house: Awaited<ReturnType<typeof openAlertHouse>>;
let evaluation: Evaluation;
let alerts: AlertService;
let url = '';
let stop: () => Promise<void>;

/** One evaluation: these SLOs burn, the others do not. */
async function evaluate(time: Ms, burning: readonly string[]): Promise<void> {
  const slos = IDS.map((id) => {
    const bad = burning.includes(id) ? 100 : 0;
    const alerts = [{ tier: 'page', long: HOUR, short: ms(5 * MINUTE), budget_share: 0.02, min_events: 10 }] as const;
    return {
      ...sloStatus(observe(slo({ id, alerts, labels: { part: id } }), events(1001 - bad, bad, 2 * MINUTE))),
      as_of: time,
    };
  });
  house.clock.set(time);
  evaluation = {
    time,
    slos,
    alerts: await house.book.step(slos, time),
    gate: gate(slos, { now: time, policies: [] }, english),
  };
}

beforeAll(async () => {
  const engine = openEngine({ dataDir: folder, clock: { now: () => NOW }, log });
  house = await openAlertHouse(engine, [], NOW);
  const refresh = () =>
    evaluate(
      evaluation.time,
      evaluation.alerts.map(({ slo: id }) => id),
    );
  const slos = { current: async () => evaluation, refresh };
  alerts = createAlertService({ engine, slos, silences: house.silences, outbox: house.outbox, clock: house.clock });
  const app = express().use(
    alertRoutes(alerts, (_request, _response, next) => next()),
    answerErrors(log),
  );
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // Seven alerts, an hour apart, of one SLO after the other; the last still fires.
  for (let i = 0; i < 7; i++) {
    const id = IDS[i % 2] ?? '';
    await evaluate(ms(NOW + i * HOUR), [id]);
    if (i < 6) await evaluate(ms(NOW + i * HOUR + MINUTE), []);
  }
  stop = async () => {
    server.closeAllConnections();
    server.close();
    await engine.close();
  };
});

afterAll(async () => {
  await stop();
  rmSync(folder, { recursive: true });
});

const ask = async <T>(path: string, method = 'GET', body?: unknown): Promise<{ status: number; body: T }> => {
  const init =
    body === undefined
      ? { method }
      : { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const response = await fetch(`${url}/api/vigie/${path}`, init);
  return { status: response.status, body: (await response.json()) as T };
};
const silence = (changes: object = {}) => ({
  matchers: [{ name: 'slo', op: '=', value: 'shop-availability' }],
  duration: '2h',
  author: 'ada',
  comment: 'known',
  ...changes,
});

describe('alerts', () => {
  test('what fires, and what is over, newest first', async () => {
    const { body } = await ask<AlertsAnswer>('alerts');
    expect(body.current).toMatchObject([{ slo: 'shop-availability', state: 'firing', since: NOW + 6 * HOUR }]);
    expect(body.history.map(({ since }) => since)).toEqual([5, 4, 3, 2, 1, 0].map((i) => NOW + i * HOUR));
    expect(body.next).toBeUndefined();
  });
  test('page by page nothing is missed and nothing comes twice', async () => {
    const seen: string[] = [];
    let before = '';
    for (let pages = 0; pages < 10; pages++) {
      const { body } = await ask<AlertsAnswer>(`alerts?limit=2${before}`);
      seen.push(...body.history.map(({ id }) => id));
      if (body.next === undefined) break;
      before = `&before=${body.next}`;
    }
    const all = await ask<AlertsAnswer>('alerts');
    expect(seen).toEqual(all.body.history.map(({ id }) => id));
  });
  test('of one SLO', async () => {
    const { body } = await ask<AlertsAnswer>('alerts?slo=shop-latency');
    expect(body.history.map(({ slo: id }) => id)).toEqual(['shop-latency', 'shop-latency', 'shop-latency']);
  });
  test('one alert, firing or over, with its words; and one nobody knows', async () => {
    const { current, history } = (await ask<AlertsAnswer>('alerts')).body;
    for (const { id } of [current[0]!, history[0]!]) {
      const { body } = await ask<AlertDetail>(`alerts/${id}`);
      expect(body.alert.id).toBe(id);
      expect(body.text[0]).toMatch(/^shop (burns its error budget|is within its allowance again)/);
      expect(body.notifications).toEqual([]);
    }
    const unknown = await ask<ErrorBody>('alerts/nobody');
    expect(unknown).toMatchObject({ status: 404, body: { error: { code: 'not_found' } } });
  });
  test.each(['limit=0', 'limit=x', 'limit=1.5', 'before=-1', 'before=1e99'])('?%s is refused', async (query) => {
    expect(await ask(`alerts?${query}`)).toMatchObject({ status: 400, body: { error: { code: 'bad_request' } } });
  });
});

describe('silences', () => {
  test('preview, make, see, edit, end', async () => {
    const { body: preview } = await ask<SilencePreview>('silences/preview', 'POST', silence());
    expect(preview).toEqual({ alerts: [evaluation.alerts[0]!.id], slos: ['shop-availability'] });
    const { body: made } = await ask<Silence>('silences', 'POST', silence());
    expect(made).toMatchObject({ author: 'ada', starts: NOW + 6 * HOUR, ends: NOW + 8 * HOUR });
    expect((await ask<AlertsAnswer>('alerts')).body.current).toMatchObject([
      { state: 'firing', silenced_by: [made.id] },
    ]);
    const { body: edited } = await ask<Silence>('silences', 'POST', silence({ id: made.id, duration: '1h' }));
    expect(edited).toMatchObject({ id: made.id, ends: NOW + 7 * HOUR });
    await ask(
      'silences',
      'POST',
      silence({ starts: NOW + 9 * HOUR, matchers: [{ name: 'part', op: '=', value: 'x' }] }),
    );
    const { body: ended } = await ask<Silence>(`silences/${made.id}`, 'DELETE');
    expect(ended.ends).toBe(NOW + 6 * HOUR);
    const { body: all } = await ask<SilencesAnswer>('silences');
    expect(all.silences.map(({ state }) => state)).toEqual(['pending', 'expired']);
    expect((await ask<AlertsAnswer>('alerts')).body.current).toMatchObject([{ silenced_by: [] }]);
    expect(await ask('silences', 'POST', silence({ id: made.id }))).toMatchObject({ status: 409 });
  });
  test('a preview of labels finds SLOs that do not burn', async () => {
    const matchers = [{ name: 'part', op: '=~', value: 'shop-.*' }];
    const { body } = await ask<SilencePreview>('silences/preview', 'POST', silence({ matchers }));
    expect(body.slos).toEqual(IDS);
  });
  test.each([
    ['POST', 'silences', { matchers: [] }, 400],
    ['POST', 'silences', silence({ id: 'nobody' }), 404],
    ['POST', 'silences/preview', silence({ matchers: [{ name: 'slo', op: '=~', value: '.*' }] }), 400],
    ['DELETE', 'silences/nobody', undefined, 404],
  ])('%s %s that cannot be is refused', async (method, path, body, status) => {
    expect((await ask(path, method, body)).status).toBe(status);
  });
});

test('/metrics says the same', async () => {
  const text = await alertMetrics(evaluation, alerts).metrics();
  expect(text).toContain('vigie_alert_state{slo="shop-availability",service="shop",state="firing"} 1');
  expect(text).toContain('vigie_alert_state{slo="shop-latency",service="shop",state="inactive"} 1');
  expect(text).toContain('vigie_alert_firing{slo="shop-availability",service="shop",tier="page"} 1');
  expect(text).toContain('vigie_alert_silenced{slo="shop-availability",service="shop"} 0');
});
