import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../server/model/clock.ts';
import { HOUR, ms } from '../../server/model/units.ts';
import { faultsOf, hasChromium, LOOKS, startBrowser } from '../support/browser.ts';
import { counterBatches, sendBatches } from '../support/interface-counters.ts';
import { type PageServer, startPageServer } from '../support/page-server.ts';
import { requestBatches } from '../support/request-counters.ts';
import { shopAvailability } from '../support/shop-slos.ts';
import { runVigie } from '../support/vigie-process.ts';

const HOSTILE = '<script>alert(1)</script>';
const RECEIVED = 'rate(host_network_receive_bytes_total[1m])';

describe.skipIf(!hasChromium)('graphs and saved pages', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-graph-'));
  let server: PageServer;
  let browser: Browser;

  beforeAll(async () => {
    mkdirSync(join(folder, 'slos'));
    writeFileSync(join(folder, 'slos', 'shop.yaml'), shopAvailability('99%'));
    server = await startPageServer(folder, systemClock);
    const now = systemClock.now();
    const feed = { start: ms(now - 3 * HOUR), end: now, every_ms: 30_000, speed: 12_500_000 };
    const devices = ['eth0', 'eth1', 'eth2', 'eth3', 'eth4', 'eth5', HOSTILE];
    await sendBatches(
      server.engine,
      now,
      devices.flatMap((device, i) =>
        counterBatches({
          ...feed,
          device,
          rate: (time) => ({ in: 100_000 * (i + 2 + Math.sin(time / 1e6)), out: 50_000 * (i + 1) }),
        }),
      ),
    );
    await sendBatches(server.engine, now, requestBatches(now), 'requests');
    browser = await startBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const graphUrl = (query: string, lang = 'en') =>
    `${server.url}/graph?${new URLSearchParams({ query, since: '1h', lang })}`;

  async function withPage(visit: (page: Page) => Promise<void>, options: Parameters<Browser['newPage']>[0] = {}) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
    try {
      await visit(page);
    } finally {
      await page.close();
    }
  }

  const look = async (page: Page, name: string, widths: readonly number[] = [1280, 320]): Promise<void> => {
    for (const width of widths) {
      await page.setViewportSize({ width, height: 900 });
      await expect.poll(() => faultsOf(page, `${name}-${width}`)).toEqual([]);
    }
  };

  test.each(LOOKS)('graph, $theme, $lang: axe finds nothing, nothing scrolls sideways', ({ theme, lang }) =>
    withPage(
      async (page) => {
        await page.goto(graphUrl(RECEIVED, lang));
        await page.locator('.series-table').waitFor();
        await look(page, `graph-${theme}-${lang}`);
      },
      { colorScheme: theme },
    ),
  );

  test('zoom, back and a new query are in the address; an error stands under its place', () =>
    withPage(async (page) => {
      await page.goto(graphUrl(RECEIVED));
      await page.locator('.series-table').waitFor();
      const since = () => new URL(page.url()).searchParams.get('since');
      // Nothing is chosen from a chart that is not drawn yet.
      await page.locator('canvas[width]').waitFor();
      await page.getByRole('button', { name: 'Zoom in' }).click();
      await expect.poll(since).toBe('1800s');
      const box = await page.locator('canvas').boundingBox();
      if (box === null) throw new Error('the chart is not there');
      await page.mouse.move(box.x + 400, box.y + 60);
      await page.mouse.down();
      await page.mouse.move(box.x + 600, box.y + 60);
      await page.mouse.up();
      await expect.poll(since).toBeNull();
      const params = new URL(page.url()).searchParams;
      expect(Number(params.get('end')) - Number(params.get('start'))).toBeLessThan(1800);
      await page.getByRole('button', { name: 'Back', exact: true }).click();
      await expect.poll(since).toBe('1800s');
      await page.locator('.cm-content').fill('sum(rate(x[5m])');
      await page.getByRole('button', { name: 'Run' }).click();
      const alert = page.getByRole('alert');
      await alert.waitFor();
      expect(await alert.textContent()).toMatch(/cannot parse query/);
      await expect.poll(() => new URL(page.url()).searchParams.get('query')).toBe('sum(rate(x[5m])');
    }));

  test('a line can be hidden from the keyboard, and keeps its figures', () =>
    withPage(async (page) => {
      await page.goto(graphUrl(RECEIVED));
      const first = page.locator('.series-table .legend').first();
      await first.focus();
      await page.keyboard.press('Enter');
      await expect.poll(() => first.getAttribute('aria-pressed')).toBe('false');
      expect(await page.locator('main script').count()).toBe(0);
    }));

  const PAGES = [
    ['overview', '/'],
    ['slo', '/slo/shop-availability'],
    ['status', '/status'],
    ['traffic', '/traffic'],
    ['interface', `/traffic/h/${encodeURIComponent(HOSTILE)}?unit=bytes`],
    ['graph', `/graph?${new URLSearchParams({ query: RECEIVED, since: '1h' })}`],
  ] as const;

  test.each(PAGES.flatMap(([name, path]) => LOOKS.map((look) => ({ ...look, name, path }))))(
    '$name saved in $lang, $theme, opens from a file without scripts and asks nobody for anything',
    async ({ name, path, theme, lang }) => {
      const file = join(folder, `${name}-${lang}.html`);
      const args = ['export', 'page', path, '-o', file, '--lang', lang, '--theme', theme, '--server', server.url];
      const { code, stderr } = await runVigie(args, folder);
      expect([code, stderr]).toEqual([0, expect.stringMatching(/html: \d+ bytes\n$/)]);
      expect(readFileSync(file, 'utf8')).not.toMatch(/<script|href="\/|src=/);
      const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 1280, height: 900 } });
      try {
        const page = await context.newPage();
        const asked: string[] = [];
        page.on('request', (request) => asked.push(request.url()));
        await page.goto(`file://${file}`);
        expect(asked).toEqual([`file://${file}`]);
        expect(await page.locator('h1').count()).toBe(1);
      } finally {
        await context.close();
      }
      // The same file where scripts may run, because axe is one; its long tables take it a while.
      await withPage(async (page) => {
        await page.goto(`file://${file}`);
        await look(page, `saved-${name}-${theme}-${lang}`, lang === 'en' ? [1280] : [320]);
      });
    },
  );

  test('a picture of a hostile name is well-formed SVG, and nothing in it runs', () =>
    withPage(async (page) => {
      await page.goto(`${server.url}/graph`);
      const path = `/api/vigie/charts/traffic/h/${encodeURIComponent(HOSTILE)}/day.svg`;
      const found = await page.evaluate(async (address) => {
        const text = await (await fetch(address)).text();
        const svg = new DOMParser().parseFromString(text, 'image/svg+xml');
        const wrong = svg.querySelectorAll('parsererror, script, foreignObject, a, image').length;
        return { wrong, title: svg.querySelector('title')?.textContent, paths: svg.querySelectorAll('path').length };
      }, path);
      expect(found.wrong).toBe(0);
      expect(found.title).toContain(HOSTILE);
      expect(found.paths).toBeGreaterThan(5);
    }));

  test('vigie graph draws a file, and says why it cannot', async () => {
    const draw = (expr: string, file: string) =>
      runVigie(['graph', expr, '-o', file, '--since', '1h', '--server', server.url], folder);
    expect((await draw(RECEIVED, 'in.png')).code).toBe(0);
    expect(readFileSync(join(folder, 'in.png')).subarray(1, 4).toString()).toBe('PNG');
    expect((await draw('up', 'in.svg')).code).toBe(0);
    expect((await draw('sum(', 'in.png')).stderr).toContain('cannot parse query');
    expect((await draw('up', 'in.gif')).stderr).toContain('want a file that ends in .png or .svg');
    expect((await draw('up', 'none/in.png')).stderr).toContain('cannot write none/in.png');
  });
});
