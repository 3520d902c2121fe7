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
import { PATIENCE } from '../support/patience.ts';
import { SHOP_LATENCY, shopAvailability } from '../support/shop-slos.ts';
import { runVigie, startVigie, type VigieProcess } from '../support/vigie-process.ts';

const PIPELINE = { tags: ['service', 'method', 'status'], duration: 'us', host: true } as const;
const GOOD = 1500;
const BAD = 300;
/** That six places tell of one evaluation, each of which stands for ten seconds, takes luck on a busy machine. */
const LOOKS_PATIENCE = { timeout: 300_000, interval: PATIENCE.interval };

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
    vigie = await startVigie(['run', '--listen', '127.0.0.1:0'], folder);
    browser = await startBrowser();
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  });

  afterAll(async () => {
    await browser?.close();
    await vigie?.stop();
    await apache?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('the overview turns to no-go', async () => {
    await apache.ab('/', GOOD);
    await expect.poll(() => total(vigie)).toBeGreaterThanOrEqual(GOOD);
    await page.goto(`${vigie.url}/?lang=en`);
    await apache.ab('/fail', BAD);
    // Apache writes a line after its answer.
    const lines = (): string[] => readFileSync(apache.accessLog, 'utf8').trimEnd().split('\n');
    await expect.poll(() => lines().filter((line) => / 500 /.test(line)).length).toBe(BAD);
    const all = lines().length;
    const counts = { total: all, good: all - BAD, bad: BAD };
    await expect.poll(() => availability(vigie)).toMatchObject({ state: 'exhausted', counts });
    await expect.poll(() => page.locator('h1').textContent()).toMatch(/^Not now/);
    const row = page.getByRole('row').filter({ has: page.locator('a[href*="shop-availability"]') });
    await expect.poll(() => row.textContent()).toContain('exhausted');
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
    });

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
          expect(await view.evaluate(() => document.documentElement.lang)).toBe(lang);
          await expect.poll(() => faultsOf(view, `${name}-${theme}-${lang}-${width}`)).toEqual([]);
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

/** What the command line says: `vigie gate`, and `vigie slo list` of shop-availability. */
interface Told {
  readonly gate: GateAnswer;
  readonly listed: SloStatus;
}

/** What every other place says of shop-availability. */
interface Shown {
  readonly api: { readonly slos: readonly SloStatus[]; readonly gate: GateAnswer };
  readonly slo: SloStatus;
  /** A sample of `/metrics`; undefined when there is none. */
  readonly metric: (name: string, label?: string) => number | undefined;
  /** The headline of the overview, and the row of the SLO. */
  readonly answer: string;
  readonly row: string;
  readonly page: SloTexts;
  /** Of the report: what it says of the SLO's own window. */
  readonly reported: SloReportEntry['now'];
}

/** All of one evaluation. */
type Look = Told & Shown;

/** The texts of an SLO's page, in their order. */
interface SloTexts {
  readonly asOf: string;
  readonly figures: readonly string[];
  readonly pairs: readonly string[];
  readonly burns: readonly (readonly string[])[];
}

/**
 * Looks at every place until all of them have shown the same evaluation. A command may take longer to start than an evaluation
 * stands, so the other places are looked at all the while, and what each said is kept.
 */
async function lookEverywhere(vigie: VigieProcess, browser: Browser, lang: string, folder: string): Promise<Look> {
  const [overview, slo] = [await browser.newPage(), await browser.newPage()];
  let asking: Promise<void> | undefined;
  try {
    await overview.goto(`${vigie.url}/?lang=${lang}`);
    await slo.goto(`${vigie.url}/slo/shop-availability?lang=${lang}`);
    await overview.locator('main time').first().waitFor();
    await slo.locator('main time').first().waitFor();
    const told = new Map<number, Told>();
    const shown = new Map<number, Shown>();
    const ask = async (): Promise<void> => {
      const one = await tell(vigie, folder);
      told.set(one.gate.time, one);
      asking = undefined;
    };
    return await vi.waitUntil(async () => {
      asking ??= ask();
      const one = await show(vigie, overview, slo);
      if (one !== undefined) shown.set(one.api.gate.time, one);
      for (const [time, { gate, listed }] of told) {
        const same = shown.get(time);
        if (same?.slo.as_of === listed.as_of) return { ...same, gate, listed };
      }
      return undefined;
    }, LOOKS_PATIENCE);
  } finally {
    await asking;
    await overview.close();
    await slo.close();
  }
}

async function tell(vigie: VigieProcess, folder: string): Promise<Told> {
  const [gate, list] = await Promise.all(
    [['gate'], ['slo', 'list']].map((words) => runVigie([...words, '--json', '--server', vigie.url], folder)),
  );
  const listed = (JSON.parse(list?.stdout ?? '') as SloStatus[]).find(({ id }) => id === 'shop-availability');
  if (listed === undefined) throw new Error('the SLO is not listed');
  return { gate: JSON.parse(gate?.stdout ?? '') as GateAnswer, listed };
}

/** Undefined when an evaluation came in between. */
async function show(vigie: VigieProcess, overview: Page, slo: Page): Promise<Shown | undefined> {
  const report = (await (await fetch(`${vigie.url}/api/vigie/reports/slos.json`)).json()) as SloReport;
  const api = (await (await fetch(`${vigie.url}/api/vigie/slos`)).json()) as Look['api'];
  const samples = await (await fetch(`${vigie.url}/metrics`)).text();
  const [tile, page] = [await overview.evaluate(readOverview, 'shop-availability'), await slo.evaluate(readSloPage)];
  const reported = report.slos.find(({ id }) => id === 'shop-availability')?.now;
  const status = api.slos.find(({ id }) => id === 'shop-availability');
  if (status === undefined || reported === undefined) throw new Error('the SLO is not there');
  const metric = (name: string, label = ''): number | undefined => sampleOf(samples, name, label);
  const asOf = new Date(status.as_of).toISOString();
  const same =
    [tile.asOf, page.asOf].every((shown) => shown === asOf) &&
    reported.as_of === status.as_of &&
    metric('vigie_slo_as_of_seconds') === status.as_of / 1000;
  return same ? { api, slo: status, metric, answer: tile.answer, row: tile.row, page, reported } : undefined;
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
