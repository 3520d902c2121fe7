import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../server/model/clock.ts';
import type { TrafficDetail } from '../../server/model/traffic.ts';
import { DAY, HOUR, type Ms, ms } from '../../server/model/units.ts';
import { faultsOf, hasChromium, LOOKS, startBrowser } from '../support/browser.ts';
import { counterBatches, sendBatches } from '../support/interface-counters.ts';
import { type PageServer, startPageServer } from '../support/page-server.ts';

const HOST = 'router.example';
const HOSTILE = '<script>alert(1)</script>';
const CAPACITY = 12_500_000;

describe.skipIf(!hasChromium)('traffic pages', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-traffic-'));
  let server: PageServer;
  let browser: Browser;

  beforeAll(async () => {
    server = await startPageServer(folder, systemClock);
    const now = systemClock.now();
    const feed = { host: HOST, speed: CAPACITY, rate: (time: Ms) => officeDay(time) };
    const silence = (time: Ms) => (time > now - 9 * HOUR && time < now - 7 * HOUR ? undefined : officeDay(time));
    const [old, fine] = [
      { start: ms(now - 60 * DAY), end: ms(now - 2 * DAY), every_ms: 300_000 },
      { start: ms(now - 2 * DAY), end: now },
    ];
    await sendBatches(server.engine, now, [
      ...counterBatches({ ...feed, device: 'eth0', ...old }),
      ...counterBatches({ ...feed, device: 'eth0', ...fine, rate: silence }),
      ...counterBatches({ ...feed, device: HOSTILE, start: ms(now - 3 * HOUR), end: ms(now - 2 * HOUR) }),
      ...Array.from({ length: 8 }, (_, i) =>
        counterBatches({
          host: HOST,
          device: `eth${i + 1}`,
          start: ms(now - DAY),
          end: now,
          every_ms: 60_000,
          rate: officeDay,
        }),
      ).flat(),
    ]);
    browser = await startBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const pages = [
    ['traffic', '/traffic'],
    ['interface', `/traffic/${HOST}/eth0`],
  ] as const;
  const cases = LOOKS.flatMap((look) => pages.map(([name, path]) => ({ ...look, name, path })));

  test.each(cases)(
    '$name, $theme, $lang: axe finds nothing, nothing scrolls sideways',
    async ({ theme, lang, name, path }) => {
      const view = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme: theme });
      try {
        for (const width of [1280, 320]) {
          await view.setViewportSize({ width, height: 900 });
          await view.goto(`${server.url}${path}?lang=${lang}`);
          await view.locator('main table').first().waitFor({ state: 'attached' });
          await expect.poll(() => faultsOf(view, `${name}-${theme}-${lang}-${width}`)).toEqual([]);
        }
      } finally {
        await view.close();
      }
    },
  );

  test('the table shows the number of the API, in bits or bytes, and the address remembers which', async () => {
    const view = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    try {
      await view.goto(`${server.url}/traffic/${HOST}/eth0?lang=en`);
      const figures = view.locator('.net-figures').first();
      await figures.waitFor();
      const answer = await fetch(`${server.url}/api/vigie/traffic/${HOST}/eth0?range=day`);
      const { in: received } = (await answer.json()) as TrafficDetail;
      const max = received.figures.max ?? 0;
      const bits = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 }).format((max * 8) / 1e6);
      expect(await figures.textContent()).toContain(`${bits}\u00a0Mbit/s`);
      await view.getByRole('button', { name: 'Bytes' }).click();
      await expect.poll(() => figures.textContent()).toContain('MB/s');
      await expect.poll(() => new URL(view.url()).searchParams.get('unit')).toBe('bytes');
      await view.reload();
      await expect.poll(() => figures.textContent()).toContain('MB/s');
    } finally {
      await view.close();
    }
  });

  test('the page is saved as it is shown, and its charts are pictures', async () => {
    const view = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    try {
      await view.goto(`${server.url}/traffic/${HOST}/eth0?lang=en&unit=bytes`);
      await view.locator('.net-figures').first().waitFor();
      const link = view.getByRole('link', { name: /^Save this page/ });
      const [download] = await Promise.all([view.waitForEvent('download'), link.click()]);
      expect(download.suggestedFilename()).toBe('vigie-interface.html');
      const saved = readFileSync(await download.path(), 'utf8');
      expect(saved.match(/<svg xmlns/g)).toHaveLength(4);
      expect(saved).toContain('MB/s');
      await view.getByRole('link', { name: 'PNG' }).first().click();
      await view.waitForURL(/\/api\/vigie\/charts\/traffic\/.*day\.png\?unit=bytes&lang=en&zone=/);
      await expect.poll(() => view.locator('img').evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(800);
    } finally {
      await view.close();
    }
  });

  test('the arrow keys read values, search and sort find an interface, its name stays text', async () => {
    const view = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    try {
      await view.goto(`${server.url}/traffic?lang=en`);
      await view.getByRole('searchbox').fill('script');
      await expect.poll(() => view.locator('tbody tr').count()).toBe(1);
      await view.getByRole('link', { name: HOSTILE }).click();
      await view.locator('h1').getByText(HOSTILE).waitFor();
      expect(await view.locator('main script').count()).toBe(0);
      await view.goto(`${server.url}/traffic/${HOST}/eth0?lang=en`);
      const chart = view.locator('canvas').first();
      await chart.focus();
      await view.keyboard.press('ArrowLeft');
      await view.getByText(/^At .* in [\d.]+\sMbit\/s · out/).waitFor();
    } finally {
      await view.close();
    }
  });
});

/** Busy by day, quiet by night; bursts now and then. Bytes per second. */
function officeDay(time: Ms): { in: number; out: number } {
  const hour = (time % DAY) / HOUR;
  const busy = Math.max(0.1, Math.sin(((hour - 6) / 12) * Math.PI));
  const burst = Math.floor(time / 600_000) % 37 === 0 ? 2.2 : 1;
  return { in: 4_000_000 * busy * burst, out: 1_500_000 * busy * (0.8 + 0.2 * Math.sin(time / 2e6)) };
}
