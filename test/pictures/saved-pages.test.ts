import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ms } from '../../server/model/units.ts';
import { sendBatches } from '../support/interface-counters.ts';
import { type PageServer, startPageServer } from '../support/page-server.ts';
import { requestBatches } from '../support/request-counters.ts';
import { shopAvailability } from '../support/shop-slos.ts';
import { hitsOf, lineOf } from '../web-log/requests.ts';

/** 2026-11-21T12:03:20Z */
const NOW = ms(1_795_262_600_000);

const folder = mkdtempSync(join(tmpdir(), 'vigie-saved-'));
let server: PageServer;

beforeAll(async () => {
  mkdirSync(join(folder, 'slos'));
  writeFileSync(join(folder, 'slos', 'shop.yaml'), shopAvailability('99.9%'));
  server = await startPageServer(folder, { now: () => NOW }, {}, { alerting: true });
  const hits = hitsOf(['2015-04-01', '2015-05-20', '2015-05-21'].map(requestOn));
  await sendBatches(server.engine, NOW, [...requestBatches(NOW), { v: 1, source: 'access', series: [], hits }]);
});

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

/** A request for an address of that day's own. */
function requestOn(day: string): string {
  const page = { vhost: '', host: '10.0.0.1', method: 'GET', status: 200, bytes: 100, referrer: '', agent: '' };
  return lineOf({ ...page, time: Date.parse(`${day}T12:00:00Z`), url: `/on-${day}` });
}

const save = async (path: string, lang = 'en') => {
  const response = await fetch(`${server.url}/api/vigie/export?${new URLSearchParams({ path, lang })}`);
  const name = /filename="?([^";]+)/.exec(response.headers.get('content-disposition') ?? '')?.[1];
  return { status: response.status, name, html: await response.text() };
};

test.each(['en', 'fr'])('the saved overview says what fires and has the last 28 days, %s', async (language) => {
  const { html } = await save('/', language);
  expect(html).toContain('class="alert-line"');
  expect(html).toContain('class="day-bars"');
  expect(html).toMatch(/class="day-over" d="M/);
});

test.each([
  ['en', 'Alerts', 'Requests to shop succeed'],
  ['fr', 'Alertes', 'Les requêtes vers shop réussissent'],
])('the alerts are saved with their figures and sentences, %s', async (language, title, alert) => {
  const { status, name, html } = await save('/alerts', language);
  expect([status, name]).toEqual([200, 'vigie-alerts.html']);
  expect(html).toMatch(new RegExp(`<h1[^>]*>${title}</h1>`));
  expect(html).toContain(alert);
  expect(html).toContain('class="alert-words"');
  expect(html).not.toMatch(/<script|<button|<form|undefined|NaN/);
});

test.each([
  ['/web-log', ['2015-05-20', '2015-05-21'], ['2015-04-01']],
  ['/web-log?days=1&service=shop', ['2015-05-21'], ['2015-04-01', '2015-05-20']],
  ['/web-log?days=all', ['2015-04-01', '2015-05-20', '2015-05-21'], []],
  ['/web-log?from=2015-04-01&to=2015-04-01', ['2015-04-01'], ['2015-05-20', '2015-05-21']],
])('%s is saved with the days its page shows', async (path, there, notThere) => {
  const { status, name, html } = await save(path);
  expect([status, name]).toEqual([200, 'vigie-web-log.html']);
  for (const day of there) expect(html).toContain(`/on-${day}`);
  for (const day of notThere) expect(html).not.toContain(`/on-${day}`);
  expect(html).not.toContain('<script');
});

test.each([
  ['/logs', 'vigie logs'],
  ['/logs?text=x', '/api/vigie/logs/export'],
  ['/none', '/web-log'],
  ['/alerts/x', 'cannot export this path'],
  ['/web-log/x', 'cannot export this path'],
])('%s is refused, and what there is instead is named', async (path, instead) => {
  const { status, html } = await save(path);
  expect([status, JSON.parse(html).error.message]).toEqual([404, expect.stringContaining(instead)]);
});
