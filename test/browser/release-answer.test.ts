import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { GateAnswer, SloStatus } from '../../server/model/slo.ts';
import type { SloReport, SloReportEntry } from '../../server/model/slo-report.ts';
import { formatDuration, ms } from '../../server/model/units.ts';
import { numberFormats } from '../../server/model/words/number-formats.ts';
import { burnLines } from '../../web/slo-page/burn-arithmetic.ts';
import { type Apache, hasApache, startApache } from '../support/apache.ts';
import { faultsOf, hasChromium, LOOKS, startBrowser } from '../support/browser.ts';
import { logPipeline } from '../support/log-pipeline.ts';
import { freePort } from '../support/ports.ts';
import { SHOP_LATENCY, shopAvailability } from '../support/shop-slos.ts';
import { runVigie, startVigie, type VigieProcess } from '../support/vigie-process.ts';

const PIPELINE = { tags: ['service', 'method', 'status'], duration: 'us', host: true } as const;
const GOOD = 1500;
const BAD = 300;

/** Promise 4 with everything real: an Apache under load, the program, a browser. */
describe.skipIf(!hasApache || !hasChromium)('a real Apache starts to fail', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-browser-'));
  let apache: Apache;
  let vigie: VigieProcess;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    apache = await startApache(folder);
    writeFileSync(join(folder, 'vigie.yaml'), logPipeline({ shop: apache.accessLog }, PIPELINE));
    mkdirSync(join(folder, 'slos'));
    writeFileSync(join(folder, 'slos', 'shop.yaml'), shopAvailability('99%', SHOP_LATENCY));
    vigie = await startVigie(['run', '--listen', `127.0.0.1:${await freePort()}`], folder);
    browser = await startBrowser();
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  });

  afterAll(async () => {
    await browser?.close();
    await vigie?.stop();
    await apache?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('the overview turns to no-go', { timeout: 120_000 }, async () => {
    await apache.ab('/', GOOD);
    await expect.poll(() => total(vigie), { timeout: 30_000, interval: 500 }).toBeGreaterThanOrEqual(GOOD);
    await page.goto(`${vigie.url}/?lang=en`);
    await apache.ab('/fail', BAD);
    await expect.poll(() => page.locator('h1').textContent(), { timeout: 40_000, interval: 500 }).toMatch(/^Not now/);
    const slo = await availability(vigie);
    expect(slo.state).toBe('exhausted');
    const lines = readFileSync(apache.accessLog, 'utf8').trimEnd().split('\n');
    const failed = lines.filter((line) => / 500 /.test(line));
    expect(failed).toHaveLength(BAD);
    expect(slo.counts).toEqual({ total: lines.length, good: lines.length - BAD, bad: BAD });
    const row = page.getByRole('row').filter({ has: page.locator('a[href*="shop-availability"]') });
    expect(await row.textContent()).toContain('exhausted');
  });

  describe.each(['en', 'fr'] as const)('one evaluation everywhere, %s', (lang) => {
    const numbers = numberFormats(lang);
    let look: Look;
    const slo = (): SloStatus => look.slo;
    const figure = (i: number): string => look.page.figures[i] ?? '';
    const overspentBy = (ratio: number): string =>
      `${lang === 'en' ? 'overspent by' : 'dépassé de'} ${numbers.percent(-ratio)}`;

    beforeAll(async () => {
      look = await lookEverywhere(vigie, browser, lang, folder);
    }, 90_000);

    test('the gate of the command line is that of the API', () => {
      // Who asks for the gate alone has the sentence of each reason with it.
      const reasons = look.gate.reasons.map(({ text: _, ...reason }) => reason);
      expect({ ...look.gate, reasons }).toEqual(look.api.gate);
      for (const { text } of look.gate.reasons) expect(text).toMatch(/\S/);
      expect(look.gate.decision).toBe('no_go');
      expect(look.gate.reasons[0]).toMatchObject({ slo: 'shop-availability', args: { bad: slo().counts.bad } });
    });

    test('/metrics', () => {
      const { counts, attained, budget, burns } = slo();
      expect(look.metric('vigie_slo_window_events')).toBe(counts.total);
      expect(look.metric('vigie_slo_window_bad_events')).toBe(counts.bad);
      expect(look.metric('vigie_slo_attained_ratio')).toBe(attained);
      expect(look.metric('vigie_slo_error_budget_left_ratio')).toBe(budget.left_ratio);
      for (const { window_secs, rate } of burns) {
        const window = formatDuration(ms(window_secs * 1000));
        expect(look.metric('vigie_slo_burn_rate', `window="${window}"`), window).toBe(rate);
      }
    });

    test('the tile', () => {
      const { objective, attained, budget, burns } = slo();
      const hourly = burns.find(({ window_secs }) => window_secs === 3600);
      expect(look.row).toContain(overspentBy(budget.left_ratio ?? Number.NaN));
      expect(look.row).toContain(numbers.attained(attained ?? Number.NaN, objective));
      expect(look.row).toContain(numbers.times(hourly?.rate ?? Number.NaN));
      expect(look.answer).toContain(numbers.count(slo().counts.bad));
      if (lang === 'en') expect(look.answer).toBe(look.gate.sentence);
    });

    test('the list of the command line, and the report', () => {
      const { state, as_of, window, counts, attained, budget } = slo();
      expect(look.listed).toEqual(slo());
      expect(look.reported).toMatchObject({ state, as_of, window, counts, attained, budget });
    });

    test('the figures of its page', () => {
      const { objective, attained, budget, burns, counts } = slo();
      const hourly = burns.find(({ window_secs }) => window_secs === 3600);
      expect(look.page.figures).toHaveLength(4);
      expect(figure(0)).toContain(numbers.attained(attained ?? Number.NaN, objective));
      expect(figure(0)).toContain(numbers.count(counts.good));
      expect(figure(0)).toContain(numbers.count(counts.total));
      expect(figure(1)).toContain(overspentBy(budget.left_ratio ?? Number.NaN));
      expect(figure(1)).toContain(numbers.amount(budget.allowed));
      expect(figure(2)).toContain(numbers.times(hourly?.rate ?? Number.NaN));
      expect(figure(2)).toContain(numbers.count(hourly?.bad ?? Number.NaN));
    });

    test('the counts of its page', () => {
      const { counts, budget } = slo();
      const [, all, good, bad, allowed, left] = look.page.pairs;
      expect([all, good, bad]).toEqual([counts.total, counts.good, counts.bad].map(numbers.count));
      expect(allowed).toMatch(new RegExp(`= ${numbers.amount(budget.allowed)}$`));
      expect(left).toMatch(new RegExp(`= ${numbers.amount(budget.left)}$`));
    });

    test('the burn rates of its page', () => {
      const lines = burnLines(slo());
      expect(look.page.burns).toHaveLength(lines.length);
      for (const [i, { alert, long, short }] of lines.entries()) {
        const told = ({ rate = Number.NaN }: typeof long): string => numbers.timesApart(rate, alert.factor).rate;
        expect(look.page.burns[i]?.[0]).toContain(told(long));
        expect(look.page.burns[i]?.[0]).toContain(numbers.percent(long.spent ?? Number.NaN, 2));
        expect(look.page.burns[i]?.[1]).toContain(told(short));
      }
    });
  });

  const pages = [
    ['overview', '/'],
    ['slo', '/slo/shop-availability'],
    ['latency', '/slo/shop-latency'],
    ['status', '/status'],
  ] as const;
  const cases = LOOKS.flatMap((look) => pages.map(([name, path]) => ({ ...look, name, path })));

  test.each(cases)(
    '$name, $theme, $lang: axe finds nothing, nothing scrolls sideways',
    async ({ theme, lang, name, path }) => {
      const view = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme: theme });
      try {
        for (const width of [1280, 320]) {
          await view.setViewportSize({ width, height: 900 });
          await view.goto(`${vigie.url}${path}?lang=${lang}`);
          await view.locator('h1').waitFor();
          await view.locator('main table').first().waitFor({ state: 'attached' });
          await view.waitForTimeout(300);
          expect(await view.evaluate(() => document.documentElement.lang)).toBe(lang);
          expect(await faultsOf(view, `${name}-${theme}-${lang}-${width}`)).toEqual([]);
        }
      } finally {
        await view.close();
      }
    },
  );

  test('no request leaves for a third party', async () => {
    const view = await browser.newPage();
    const hosts = new Set<string>();
    view.on('request', (request) => hosts.add(new URL(request.url()).host));
    await view.goto(`${vigie.url}/slo/shop-availability`);
    await view.locator('h1').waitFor();
    await view.close();
    expect([...hosts]).toEqual([new URL(vigie.url).host]);
  });
});

/** What each place says of shop-availability, all of one evaluation. */
interface Look {
  readonly api: { readonly slos: readonly SloStatus[]; readonly gate: GateAnswer };
  readonly slo: SloStatus;
  /** Of the command line. */
  readonly gate: GateAnswer;
  /** A sample of `/metrics`; undefined when there is none. */
  readonly metric: (name: string, label?: string) => number | undefined;
  /** The headline of the overview, and the row of the SLO. */
  readonly answer: string;
  readonly row: string;
  readonly page: SloTexts;
  /** Of `vigie slo list`, and of the report: what it says of the SLO's own window. */
  readonly listed: SloStatus;
  readonly reported: SloReportEntry['now'];
}

/** The texts of an SLO's page, in their order. */
interface SloTexts {
  readonly asOf: string;
  readonly figures: readonly string[];
  readonly pairs: readonly string[];
  readonly burns: readonly (readonly string[])[];
}

/** Looks at every place until all of them show the same evaluation. */
async function lookEverywhere(vigie: VigieProcess, browser: Browser, lang: string, folder: string): Promise<Look> {
  const [overview, slo] = [await browser.newPage(), await browser.newPage()];
  try {
    await overview.goto(`${vigie.url}/?lang=${lang}`);
    await slo.goto(`${vigie.url}/slo/shop-availability?lang=${lang}`);
    await overview.locator('main time').first().waitFor();
    await slo.locator('main time').first().waitFor();
    const look = () => lookOnce(vigie, overview, slo, folder);
    return await vi.waitUntil(look, { timeout: 80_000, interval: 100 });
  } finally {
    await overview.close();
    await slo.close();
  }
}

/** Undefined when an evaluation came in between. */
async function lookOnce(vigie: VigieProcess, overview: Page, slo: Page, folder: string): Promise<Look | undefined> {
  const [told, list] = await Promise.all(
    [['gate'], ['slo', 'list']].map((words) => runVigie([...words, '--json', '--server', vigie.url], folder)),
  );
  const report = (await (await fetch(`${vigie.url}/api/vigie/reports/slos.json`)).json()) as SloReport;
  const api = (await (await fetch(`${vigie.url}/api/vigie/slos`)).json()) as Look['api'];
  const samples = await (await fetch(`${vigie.url}/metrics`)).text();
  const [tile, page] = [await overview.evaluate(readOverview, 'shop-availability'), await slo.evaluate(readSloPage)];
  const gate = JSON.parse(told?.stdout ?? '') as GateAnswer;
  const listed = (JSON.parse(list?.stdout ?? '') as SloStatus[]).find(({ id }) => id === 'shop-availability');
  const reported = report.slos.find(({ id }) => id === 'shop-availability')?.now;
  const status = api.slos.find(({ id }) => id === 'shop-availability');
  if (status === undefined || listed === undefined || reported === undefined) throw new Error('the SLO is not there');
  const metric = (name: string, label = ''): number | undefined => sampleOf(samples, name, label);
  const asOf = new Date(status.as_of).toISOString();
  const same = [tile.asOf, page.asOf].every((shown) => shown === asOf) && listed.as_of === status.as_of;
  if (
    !same ||
    reported.as_of !== status.as_of ||
    gate.time !== api.gate.time ||
    metric('vigie_slo_as_of_seconds') !== status.as_of / 1000
  )
    return undefined;
  return { api, slo: status, gate, metric, answer: tile.answer, row: tile.row, page, listed, reported };
}

function sampleOf(samples: string, name: string, label: string): number | undefined {
  const line = samples
    .split('\n')
    .find((text) => text.startsWith(`${name}{slo="shop-availability"`) && text.includes(label));
  return line === undefined ? undefined : Number(line.split(' ').at(-1));
}

/** Runs in the page, in one turn: nothing changes while it reads. */
function readOverview(id: string): { readonly asOf: string; readonly answer: string; readonly row: string } {
  const row = document.querySelector(`tr:has(a[href="/slo/${id}"])`);
  return {
    asOf: row?.querySelector('time')?.dateTime ?? '',
    answer: document.querySelector('h1')?.textContent ?? '',
    row: row?.textContent ?? '',
  };
}

/** Runs in the page, like `readOverview`. */
function readSloPage(): SloTexts {
  const texts = (selector: string, root: ParentNode = document): string[] =>
    [...root.querySelectorAll(selector)].map((element) => element.textContent);
  return {
    asOf: document.querySelector<HTMLTimeElement>('main time')?.dateTime ?? '',
    figures: texts('dl.figures > div'),
    pairs: texts('section[aria-labelledby="counts"] dd'),
    burns: [...document.querySelectorAll('section[aria-labelledby="burns"] tbody tr')].map((tr) => texts('td', tr)),
  };
}

async function availability(vigie: VigieProcess): Promise<SloStatus> {
  const { slos } = (await (await fetch(`${vigie.url}/api/vigie/slos`)).json()) as { slos: SloStatus[] };
  const slo = slos.find(({ id }) => id === 'shop-availability');
  if (slo === undefined) throw new Error('the SLO is not there');
  return slo;
}

async function total(vigie: VigieProcess): Promise<number> {
  return (await availability(vigie)).counts.total;
}
