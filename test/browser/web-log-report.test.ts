import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ReportMerge } from '../../server/store/web-log/report-merge.ts';
import { formatReport } from '../../server/web-log/report-formats.ts';
import { axeFindings, hasChromium, LOOKS, startBrowser } from '../support/browser.ts';
import { seeded } from '../support/random.ts';
import { hitsOf, lineOf, randomRequests } from '../web-log/requests.ts';

const HOSTILE = '<script>document.title="run"</script><img src=http://evil.example/x onerror=alert(1)>';
const SIZES = LOOKS.flatMap((look) => [1280, 320].map((width) => ({ ...look, width })));

describe.skipIf(!hasChromium)(hasChromium ? 'the saved report' : 'the saved report (skipped: no chromium)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-report-page-'));
  let browser: Browser;

  beforeAll(async () => {
    browser = await startBrowser();
    const merge = new ReportMerge();
    const usual = randomRequests(seeded(5), 300);
    const hostile = { ...usual[0]!, url: `/${HOSTILE.replaceAll(' ', '+')}`, agent: HOSTILE.replaceAll('"', '\\"') };
    for (const hits of hitsOf([...usual, hostile, hostile].map(lineOf))) merge.addHits(hits);
    for (const lang of ['en', 'fr'] as const) {
      writeFileSync(join(folder, `${lang}.html`), formatReport(merge.report({ limit: 30 }), 'html', lang));
    }
  });

  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  test.each(SIZES)(
    '$lang, $theme, $width px wide: reads without scripts, asks for nothing, axe finds nothing',
    async (look) => {
      const { theme, lang, width } = look;
      const file = `file://${join(folder, `${lang}.html`)}`;
      for (const javaScriptEnabled of [false, true]) {
        const context = await browser.newContext({
          javaScriptEnabled,
          colorScheme: theme,
          viewport: { width, height: 900 },
        });
        const page = await context.newPage();
        const asked: string[] = [];
        page.on('request', (request) => asked.push(request.url()));
        await page.goto(file);
        expect(asked).toEqual([file]);
        await expect.poll(() => page.title()).toBe(lang === 'en' ? 'Web log' : 'Journal web');
        expect(await page.locator('table').count()).toBeGreaterThan(10);
        expect(await page.locator('script, img').count()).toBe(0);
        if (javaScriptEnabled) {
          await expect.poll(() => axeFindings(page)).toEqual([]);
          expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
        }
        await context.close();
      }
    },
  );
});
