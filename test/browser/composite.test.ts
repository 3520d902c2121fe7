import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BatchPayload } from '../../server/model/batch.ts';
import { HOUR, MINUTE, ms } from '../../server/model/units.ts';
import { faultsOf, hasChromium, LOOKS, startBrowser } from '../support/browser.ts';
import { sendBatches } from '../support/interface-counters.ts';
import { type PageServer, startPageServer } from '../support/page-server.ts';

const NOW = ms(Date.parse('2026-11-20T10:00:00Z'));
const HOSTILE = '<img src=x onerror=alert(1)>';
const SLOS = `slos:
  - id: checkout
    title: Orders go through
    service: shop
    objective: 99%
    window: 7d
    composite: {parts: [{slo: cart, weight: 5}, {slo: payment, weight: 3}, {slo: mail, weight: 2}], late: ignore}
  - {id: cart, service: cart, objective: 99%, window: 7d, availability: {total: cart_total, bad: cart_bad}}
  - {id: payment, title: '${HOSTILE}', service: payment, objective: 99%, window: 7d, availability: {total: payment_total, bad: payment_bad}}
  - {id: mail, service: mail, objective: 99%, window: 7d, availability: {total: mail_total, bad: mail_bad}}
`;

/** Fifty hours of three services; one fails more than the others, another has no traffic. */
function batches(): BatchPayload[] {
  const hours = Array.from({ length: 50 }, (_, i) => (NOW - (i + 1) * HOUR + 5 * MINUTE) / 1000);
  return ['cart', 'payment', 'mail'].map((service) => {
    const of = service === 'mail' ? [] : hours;
    const bad = service === 'payment' ? 3 : 1;
    return {
      v: 1,
      source: service,
      series: ['total', 'bad'].map((name) => ({ kind: 'sum', name: `${service}_${name}`, labels: {} })),
      increments: {
        series: of.flatMap(() => [0, 1]),
        time: of.flatMap((time) => [time, time]),
        n: of.flatMap(() => [400, bad]),
        sum: of.flatMap(() => [400, bad]),
      },
      watermark: { completeTo: NOW, service, state: 'ok' },
    };
  });
}

describe.skipIf(!hasChromium)('the page of a composite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-composite-'));
  let server: PageServer;
  let browser: Browser;

  beforeAll(async () => {
    mkdirSync(join(folder, 'slos'));
    writeFileSync(join(folder, 'slos', 'shop.yaml'), SLOS);
    server = await startPageServer(folder, { now: () => NOW });
    await sendBatches(server.engine, NOW, batches());
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('its parts, worst first, lead to their pages', async () => {
    const page = await browser.newPage();
    await page.goto(`${server.url}/slo/checkout?lang=en`);
    const rows = page.locator('section[aria-labelledby="parts"] tbody tr');
    await rows.first().waitFor();
    const texts = await rows.allInnerTexts();
    // 3/8 of the weight at 0.75 % failed, 5/8 at 0.25 %, of 1 % that may fail.
    expect(texts[0]).toMatch(/onerror=alert.*counts.*3, 37\.5% of the figures.*99\.2%.*19,850 of 20,000.*28\.1%/s);
    expect(texts[1]).toMatch(/cart succeed.*5, 62\.5% of the figures.*99\.7%.*19,950 of 20,000.*15\.6%/s);
    expect(texts[2]).toMatch(/no traffic: not counted.*2, not counted/s);
    expect(await page.locator('.objective').textContent()).toBe(
      '99% as the weighted mean of 3 other SLOs, over 7 days',
    );
    expect(await page.locator('.reasons').textContent()).toContain('mail finds no series and does not count');
    expect(await page.locator('dl.figures').textContent()).toContain('56.3%');
    await rows.nth(1).getByRole('link').click();
    await page.waitForURL('**/slo/cart*');
    await page.close();
  });

  test.each(LOOKS)('$theme, $lang: axe finds nothing, nothing scrolls sideways', async ({ theme, lang }) => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme: theme });
    for (const width of [1280, 320]) {
      await page.setViewportSize({ width, height: 900 });
      await page.goto(`${server.url}/slo/checkout?lang=${lang}`);
      await page.locator('section[aria-labelledby="parts"] tbody tr').first().waitFor();
      await expect.poll(() => faultsOf(page, `composite-${theme}-${lang}-${width}`)).toEqual([]);
    }
    await page.close();
  });
});
