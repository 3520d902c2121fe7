import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GateAnswer, SloStatus } from '../../server/model/slo.ts';
import { type Apache, hasApache, startApache } from '../support/apache.ts';
import { axeFindings, hasChromium, startBrowser } from '../support/browser.ts';
import { logPipeline } from '../support/log-pipeline.ts';
import { freePort } from '../support/ports.ts';
import { runVigie, startVigie, type VigieProcess } from '../support/vigie-process.ts';

/** Where screenshots go, for people to look at. */
const SCREENSHOTS = process.env.VIGIE_SCREENSHOTS;

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
    writeFileSync(join(folder, 'slos', 'shop.yaml'), SLOS);
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

  test('the overview turns to no-go, and every place shows one number', async () => {
    await apache.ab('/', GOOD);
    await expect.poll(() => total(vigie), { timeout: 30_000, interval: 500 }).toBeGreaterThanOrEqual(GOOD);
    await page.goto(`${vigie.url}/?lang=en`);
    await apache.ab('/fail', BAD);
    await expect.poll(() => page.locator('h1').textContent(), { timeout: 40_000, interval: 500 }).toMatch(/^Not now/);
    const slo = await availability(vigie);
    expect(slo.state).toBe('exhausted');
    expect(slo.counts.bad).toBe(BAD);
    const row = page.getByRole('row').filter({ has: page.locator('a[href*="shop-availability"]') });
    expect(await row.textContent()).toContain('exhausted');
    const metrics = await (await fetch(`${vigie.url}/metrics`)).text();
    expect(metrics).toContain(`vigie_slo_window_bad_events{slo="shop-availability",service="shop"} ${BAD}`);
    const gate = await runVigie(['gate', 'shop-availability', '--json', '--server', vigie.url], folder);
    expect(gate.code).toBe(3);
    const answer = JSON.parse(gate.stdout) as GateAnswer;
    expect(answer.decision).toBe('no_go');
    const shown = JSON.stringify(answer.reasons);
    expect(shown).toContain(String(BAD));
  });

  const looks = (['light', 'dark'] as const).flatMap((theme) =>
    (['en', 'fr'] as const).map((lang) => [theme, lang] as const),
  );
  const pages = [
    ['overview', '/'],
    ['slo', '/slo/shop-availability'],
    ['latency', '/slo/shop-latency'],
    ['status', '/status'],
  ] as const;
  const cases = looks.flatMap(([theme, lang]) => pages.map(([name, path]) => ({ theme, lang, name, path })));

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
          if (SCREENSHOTS !== undefined) {
            await view.screenshot({ path: join(SCREENSHOTS, `${name}-${theme}-${lang}-${width}.png`), fullPage: true });
          }
          expect(await view.evaluate(() => document.documentElement.lang)).toBe(lang);
          expect(await view.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
          expect(await axeFindings(view)).toEqual([]);
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

async function availability(vigie: VigieProcess): Promise<SloStatus> {
  const { slos } = (await (await fetch(`${vigie.url}/api/vigie/slos`)).json()) as { slos: SloStatus[] };
  const slo = slos.find(({ id }) => id === 'shop-availability');
  if (slo === undefined) throw new Error('the SLO is not there');
  return slo;
}

async function total(vigie: VigieProcess): Promise<number> {
  return (await availability(vigie)).counts.total;
}

const SLOS = `
slos:
  - id: shop-availability
    title: Requests to shop succeed
    service: shop
    owner: team-shop
    objective: 99%
    window: 30d
    availability:
      total: http_requests_total{service="shop"}
      bad: http_requests_total{service="shop",status=~"5.."}
  - id: shop-latency
    title: Requests to shop are quick
    service: shop
    owner: team-shop
    objective: 95%
    window: 30d
    latency:
      histogram: http_request_duration_seconds{service="shop"}
      threshold: 250ms
`;
