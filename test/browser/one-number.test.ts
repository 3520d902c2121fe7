import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attainedText, budgetLeft, burnText } from '../../server/cli/terminal.ts';
import type { BatchPayload } from '../../server/model/batch.ts';
import type { GateAnswer, SloStatus } from '../../server/model/slo.ts';
import type { SloReport } from '../../server/model/slo-report.ts';
import { HOUR, ms } from '../../server/model/units.ts';
import { budgetLeftText } from '../../web/format/budget-left.ts';
import { createSpeech, ENGLISH } from '../../web/words/speech.ts';
import { hasChromium, startBrowser } from '../support/browser.ts';
import { sendBatches } from '../support/interface-counters.ts';
import { type PageServer, startPageServer } from '../support/page-server.ts';
import { runVigie } from '../support/vigie-process.ts';

/** 2026-11-21T12:00:00Z */
const NOW = ms(1_795_262_400_000);
const SPEECH = createSpeech(ENGLISH, 'UTC');

const measured = (service: string): string =>
  `{total: 'http_requests_total{service="${service}"}', bad: 'http_requests_total{service="${service}",status="500"}'}`;
const DEFINITIONS = `slos:
  - {id: rolling, service: shop, objective: 99%, window: 7d, availability: ${measured('shop')}}
  - {id: month, service: shop, objective: 99%, window: {calendar: month, zone: Europe/Paris}, availability: ${measured('shop')}}
  - {id: excluded, service: shop, objective: 99%, window: 7d, availability: ${measured('shop')}}
  - {id: slices, service: shop, objective: 90%, window: 7d, availability: ${measured('shop')}, slices: {every: 5m, good_at: 98%}}
  - {id: overspent, service: cart, objective: 99%, window: 7d, availability: ${measured('cart')}}
  - {id: composite, service: site, objective: 99%, window: 7d, composite: {parts: [{slo: rolling, weight: 3}, {slo: overspent, weight: 2}]}}
  - {id: hosts, service: shop, objective: 99%, window: 7d, group_by: [vhost], availability: ${measured('shop')}}
`;
const DRILL = { slos: ['excluded'], starts: NOW - 30 * HOUR, ends: NOW - 20 * HOUR, reason: 'drill', author: 'ada' };
const KINDS = ['rolling', 'month', 'excluded', 'slices', 'overspent', 'composite', 'hosts-www', 'hosts-beta'] as const;

/** Each hour of thirty days: so many requests, of which some fail; those to \`beta\` fail in the hours of the drill. */
function requests(service: string, vhost: string, bad: (hour: number) => number): BatchPayload {
  const hours = Array.from({ length: 720 }, (_, i) => i);
  const series = ['200', '500'].map((status) => ({
    ...{ kind: 'sum' as const, name: 'http_requests_total' },
    labels: { service, vhost, status },
  }));
  const counts = hours.flatMap((hour) => [97 + (hour % 7) - bad(hour), bad(hour)]);
  const increments = {
    series: hours.flatMap(() => [0, 1]),
    time: hours.flatMap((hour) => [NOW / 1000 - hour * 3600, NOW / 1000 - hour * 3600]),
    n: counts,
    sum: counts,
  };
  const watermark = { completeTo: NOW, service, newestEvent: NOW, state: 'ok' as const };
  return { v: 1, source: `${service}-${vhost}`, series, increments, watermark };
}

/** The same evaluation in every place, for each kind of SLO: a clock that stands lets none come in between. */
describe.skipIf(!hasChromium)('one number of', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-one-number-'));
  let server: PageServer;
  let browser: Browser;
  let page: Page;
  let statuses: readonly SloStatus[];
  let metrics: string;
  let report: SloReport;
  let reportPage: string;
  let list: string;

  beforeAll(async () => {
    mkdirSync(join(folder, 'slos'));
    writeFileSync(join(folder, 'slos', 'slos.yaml'), DEFINITIONS);
    server = await startPageServer(folder, { now: () => NOW }, {}, { excluded: [DRILL] });
    const batches = [
      requests('shop', 'www', (hour) => (hour % 50 === 0 ? 1 : 0)),
      requests('shop', 'beta', (hour) => (hour >= 20 && hour < 30 ? 9 : 0)),
      requests('cart', 'www', (hour) => (hour % 3 === 0 ? 7 : 1)),
    ];
    await sendBatches(server.engine, NOW, batches);
    browser = await startBrowser();
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const ask = async (path: string) => fetch(server.url + path);
    statuses = ((await (await ask('/api/vigie/slos')).json()) as { slos: SloStatus[] }).slos;
    metrics = await (await ask('/metrics')).text();
    report = (await (await ask('/api/vigie/reports/slos.json?period=month&at=2026-11-21')).json()) as SloReport;
    reportPage = await (await ask('/api/vigie/reports/slos.md?period=month&at=2026-11-21')).text();
    list = (await runVigie(['slo', 'list', '--server', server.url], folder)).stdout;
  });

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A group by the value of its label. */
  const statusOf = (kind: string): SloStatus =>
    statuses.find(({ id, group }) => id === kind || `${group?.of}-${group?.labels.vhost}` === kind)!;
  const textsOf = async (path: string, selector: string): Promise<string> => {
    await page.goto(server.url + path);
    return (await page.locator(selector).first().textContent()) ?? '';
  };

  test('every kind: they are what they are called', () => {
    expect(statuses).toHaveLength(KINDS.length);
    expect(statusOf('overspent').budget.left).toBeLessThan(0);
    expect(statusOf('composite').parts).toHaveLength(2);
    expect(statusOf('month').window.calendar).toMatchObject({ unit: 'month' });
    expect(statusOf('month').budget.events).toBeGreaterThan(statusOf('month').counts.total);
    expect(statusOf('excluded').excluded?.counts.total).toBeGreaterThan(0);
    expect(statusOf('excluded').counts.bad).toBeLessThan(statusOf('rolling').counts.bad);
    expect(statusOf('slices').unit).toBe('slices');
    const groups = ['hosts-www', 'hosts-beta'].map((kind) => statusOf(kind).counts.total);
    expect(groups[0]! + groups[1]!).toBe(statusOf('rolling').counts.total);
  });

  test.each(KINDS)('%s: list, page, gate, report, metrics and command line', async (kind) => {
    const slo = statusOf(kind);
    const { id, objective, attained, counts, budget, burns, state, as_of, window } = slo;
    const { numbers } = SPEECH;
    const hourly = burns.find(({ window_secs }) => window_secs === HOUR / 1000)?.rate;
    const left = budgetLeftText(budget.left_ratio!, SPEECH);
    const shown = [numbers.attained(attained!, objective), left, numbers.times(hourly!)];

    const row = await textsOf('/?lang=en', `tr:has(a[href="/slo/${id}"])`);
    for (const text of shown) expect(row).toContain(text);
    const figures = await textsOf(`/slo/${id}?lang=en`, 'dl.figures');
    for (const text of [
      ...shown,
      numbers.count(counts.good),
      numbers.count(counts.total),
      numbers.amount(budget.allowed),
    ])
      expect(figures).toContain(text);

    const gate = (await (await fetch(`${server.url}/api/vigie/gate?slos=${id}`)).json()) as GateAnswer;
    const [reason] = gate.reasons;
    const own = budget.left < 0 ? { bad: budget.spent, allowed: budget.allowed } : { left_ratio: budget.left_ratio };
    expect(reason?.args).toMatchObject(own);

    const entry = report.slos.find((one) => one.id === id)!;
    expect(entry.now).toMatchObject({ state, as_of, counts, attained, budget, window });
    const told = [`${shown[0]} of ${numbers.count(counts.total)}`, left];
    const windows = reportPage.split('\n').filter((line) => line.startsWith('- Its own window'));
    expect(windows.filter((line) => told.every((text) => line.includes(text)))).not.toEqual([]);

    const sample = (name: string, label = '') =>
      Number(
        metrics
          .split('\n')
          .find((text) => text.startsWith(`vigie_slo_${name}{slo="${id}"`) && text.includes(label))
          ?.split(' ')
          .at(-1),
      );
    expect(sample('window_events')).toBe(counts.total);
    expect(sample('window_bad_events')).toBe(counts.bad);
    expect(sample('attained_ratio')).toBe(attained);
    expect(sample('error_budget_left_ratio')).toBe(budget.left_ratio);
    expect(sample('burn_rate', 'window="1h"')).toBe(hourly);

    const listed = list.split('\n').find((text) => text.includes(` ${id} `)) ?? '';
    for (const text of [attainedText(attained, objective), budgetLeft(budget.left_ratio), burnText(hourly)])
      expect(listed).toContain(text);
  });
});
