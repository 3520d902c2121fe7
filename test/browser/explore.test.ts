import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../server/model/clock.ts';
import { HOUR, ms } from '../../server/model/units.ts';
import { faultsOf, hasChromium, LOOKS, startBrowser } from '../support/browser.ts';
import { counterBatches, sendBatches } from '../support/interface-counters.ts';
import { type PageServer, startPageServer } from '../support/page-server.ts';

const HOSTILE = '"><img src=x onerror=alert(1)>';
const RECEIVED = 'host_network_receive_bytes_total';

describe.skipIf(!hasChromium)('any query, written and read', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-explore-'));
  let server: PageServer;
  let browser: Browser;

  beforeAll(async () => {
    server = await startPageServer(folder, systemClock);
    const now = systemClock.now();
    const feed = { start: ms(now - HOUR), end: now, every_ms: 30_000, speed: 12_500_000 };
    const batches = ['eth0', 'eth1', HOSTILE].flatMap((device, i) =>
      counterBatches({ ...feed, device, rate: () => ({ in: 100_000 * (i + 2), out: 50_000 }) }),
    );
    await sendBatches(server.engine, now, batches);
    browser = await startBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function withPage(visit: (page: Page) => Promise<void>, options: Parameters<Browser['newPage']>[0] = {}) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
    const wrong: string[] = [];
    page.on('pageerror', (error) => wrong.push(error.message));
    page.on(
      'console',
      (line) => line.type() === 'error' && /Content.Security/.test(line.text()) && wrong.push(line.text()),
    );
    page.on('dialog', (dialog) => wrong.push(dialog.message()));
    try {
      await visit(page);
      expect(wrong).toEqual([]);
    } finally {
      await page.close();
    }
  }

  const open = (page: Page, queries: readonly string[], more: Record<string, string> = {}) =>
    page.goto(
      `${server.url}/graph?${new URLSearchParams([...queries.map((text) => ['query', text]), ['since', '1h'], ...Object.entries(more)])}`,
    );
  const editor = (page: Page) => page.locator('.cm-content').first();
  const offered = (page: Page) => page.locator('.cm-tooltip-autocomplete li');
  const params = (page: Page) => new URL(page.url()).searchParams;

  test('offers metrics, labels, values and functions as they are written, and Ctrl-Enter runs', () =>
    withPage(async (page) => {
      await open(page, []);
      await editor(page).click();
      await page.keyboard.type('host_network_rec');
      await expect.poll(() => offered(page).allTextContents()).toContainEqual(expect.stringContaining(RECEIVED));
      await page.keyboard.press('Escape');
      await expect.poll(() => offered(page).count()).toBe(0);
      await page.keyboard.type('eive_bytes_total{dev');
      await expect.poll(() => offered(page).allTextContents()).toContainEqual('device');
      await page.keyboard.press('Escape');
      await page.keyboard.type('ice="');
      await expect.poll(() => offered(page).allTextContents()).toContainEqual(HOSTILE);
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+a');
      await page.keyboard.type('hist');
      await expect
        .poll(() => offered(page).allTextContents())
        .toContainEqual(expect.stringContaining('histogram_quantile'));
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+a');
      await page.keyboard.type(`rate(${RECEIVED}[5m]`);
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+Enter');
      await page.locator('.series-table').waitFor();
      await expect.poll(() => params(page).get('query')).toBe(`rate(${RECEIVED}[5m])`);
    }));

  test('a mistake is marked where it is, and the sentence stands below', () =>
    withPage(async (page) => {
      await open(page, ['sum(rate(up[5m]) by']);
      await page.getByRole('alert').filter({ hasText: 'cannot parse query' }).waitFor();
      await expect.poll(() => page.locator('.mistake, .mistake-at-end').count()).toBe(1);
    }));

  test('a table of values is sorted by any column, and goes away as text', () =>
    withPage(async (page) => {
      await open(page, [`rate(${RECEIVED}[5m])`, 'vector(1)'], { view: 'table' });
      const column = (name: string) =>
        page
          .locator('.instant tbody tr')
          .evaluateAll(
            (rows, at) => rows.map((row) => row.children[at]?.textContent),
            ['Query', 'device'].indexOf(name),
          );
      await page.locator('.instant tbody tr').first().waitFor();
      await page.locator('.instant thead').getByRole('button', { name: 'device' }).click();
      await expect.poll(() => column('device')).toEqual([HOSTILE, 'eth0', 'eth1', '']);
      expect(await column('Query')).toEqual(['A', 'A', 'A', 'B']);
      await page.locator('.instant thead').getByRole('button', { name: 'device' }).click();
      await expect.poll(() => column('device')).toEqual(['eth1', 'eth0', HOSTILE, '']);
      expect(await page.locator('main img').count()).toBe(0);
    }));

  test('a metric is found in the list and written by a click; what was run is kept here, and forgotten', () =>
    withPage(async (page) => {
      await open(page, []);
      await editor(page).waitFor();
      await page.getByText('Metrics of the store').click();
      await page.getByRole('searchbox').fill('bytes receive');
      await page.getByRole('button', { name: RECEIVED, exact: true }).click();
      await page.keyboard.press('Enter');
      await page.locator('.series-table').waitFor();
      await expect.poll(() => params(page).get('query')).toBe(RECEIVED);
      const kept = () => page.evaluate(() => localStorage.getItem('vigie.queries'));
      await expect.poll(kept).toBe(JSON.stringify([RECEIVED]));
      await page.getByText('Queries you ran').click();
      await page.getByRole('button', { name: 'Forget them' }).click();
      await expect.poll(kept).toBeNull();
    }));

  test('several queries, each shown or hidden, are in the address and come back with it', () =>
    withPage(async (page) => {
      await open(page, [RECEIVED, 'vector(1)']);
      await page.locator('.series-table tbody tr').nth(3).waitFor();
      await page.getByRole('button', { name: 'Show query A' }).click();
      await expect.poll(() => page.locator('.series-table tbody tr').count()).toBe(1);
      await page.reload();
      await page.locator('.series-table tbody tr').first().waitFor();
      await expect.poll(() => page.locator('.series-table tbody tr').count()).toBe(1);
      expect(params(page).getAll('query')).toEqual([RECEIVED, 'vector(1)']);
    }));

  test.each(LOOKS)('$theme, $lang: axe finds nothing, nothing scrolls sideways', ({ theme, lang }) =>
    withPage(
      async (page) => {
        await open(page, [`rate(${RECEIVED}[5m])`, 'sum('], { lang });
        await page.locator('.series-table').waitFor();
        await page.locator('.cm-content').first().waitFor();
        for (const width of [1280, 320]) {
          await page.setViewportSize({ width, height: 900 });
          await expect.poll(() => faultsOf(page, `explore-${theme}-${lang}-${width}`)).toEqual([]);
        }
        await page.getByRole('button', { name: lang === 'fr' ? 'Tableau' : 'Table', exact: true }).click();
        await page.locator('.instant').waitFor();
        await expect.poll(() => faultsOf(page, `explore-table-${theme}-${lang}-320`)).toEqual([]);
      },
      { colorScheme: theme },
    ),
  );
});
