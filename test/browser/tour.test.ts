import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { storyOf } from '../../server/main/demo/story.ts';
import { systemClock } from '../../server/model/clock.ts';
import { alignDown } from '../../server/model/rings.ts';
import { DAY, MINUTE } from '../../server/model/units.ts';
import { tourSteps } from '../../web/tour/tour-steps.ts';
import { axeFindings, hasChromium, startBrowser } from '../support/browser.ts';
import { type PageServer, startPageServer } from '../support/page-server.ts';

/** Where screenshots go, for people to look at. */
const SCREENSHOTS = process.env.VIGIE_SCREENSHOTS;

describe.skipIf(!hasChromium)('the guided tour', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-tour-'));
  const story = storyOf({ seed: 1, days: 30, lines: 20_000, end: alignDown(systemClock.now(), MINUTE) });
  const steps = tourSteps(story);
  let server: PageServer;
  let browser: Browser;

  beforeAll(async () => {
    server = await startPageServer(folder, systemClock, { demo: story });
    browser = await startBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(path: string, width = 1280): Promise<Page> {
    const page = await browser.newPage({ viewport: { width, height: 800 } });
    await page.goto(server.url + path);
    return page;
  }

  test('turns its pages by keyboard, stops at both ends, closes and opens again, and the tab remembers', async () => {
    const page = await open('/');
    const tour = page.getByRole('complementary', { name: 'Guided tour' });
    const place = (step: number) => tour.getByText(`Guided tour, ${step} of ${steps.length}`).waitFor();
    await place(1);
    await tour.focus();
    for (const [key, step] of [
      ['ArrowLeft', 1],
      ['ArrowRight', 2],
      ['ArrowRight', 3],
      ['ArrowLeft', 2],
    ] as const) {
      await page.keyboard.press(key);
      await place(step);
    }
    for (let i = 0; i < steps.length; i++) await tour.getByRole('button', { name: 'Next' }).press('Enter');
    await place(steps.length);
    await page.reload();
    await place(steps.length);
    await tour.focus();
    await page.keyboard.press('Escape');
    await tour.getByRole('button', { name: 'Guided tour' }).waitFor();
    await expect.poll(() => tour.evaluate((element) => element.contains(document.activeElement))).toBe(true);
    await page.reload();
    await tour.getByRole('button', { name: 'Guided tour' }).press('Enter');
    await place(steps.length);
    const other = await open('/');
    await other.getByText(`Guided tour, 1 of ${steps.length}`).waitFor();
  });

  test('each step brings the page it speaks of, and the keyboard stays on the tour', async () => {
    const page = await open('/');
    const tour = page.getByRole('complementary', { name: 'Guided tour' });
    await tour.focus();
    for (const step of [1, 2, 3]) {
      await page.keyboard.press('ArrowRight');
      const want = new URL(steps[step]!.links[0]!.href, server.url);
      await page.waitForURL((url) => url.pathname === want.pathname);
      await page.locator('main').getByRole('heading').first().waitFor();
      await expect.poll(() => tour.evaluate((element) => element.contains(document.activeElement))).toBe(true);
    }
    await page.keyboard.press('ArrowLeft');
    await page.waitForURL((url) => url.pathname === new URL(steps[2]!.links[0]!.href, server.url).pathname);
  });

  test('the gap is on the day graph that its step links to', () => {
    const hrefs = steps.flatMap(({ links }) => links.map(({ href }) => href));
    const gap = hrefs.find((href) => href.startsWith('/traffic/')) ?? '';
    const end = Number(new URL(gap, server.url).searchParams.get('end')) * 1000;
    expect(end).toBeGreaterThan(story.silence.end);
    expect(end - DAY).toBeLessThan(story.silence.start);
  });

  test.each([
    [320, 568],
    [568, 320],
  ])('leaves more than half of a screen of %i x %i to the page, its words within reach', async (width, height) => {
    const page = await open('/', width);
    await page.setViewportSize({ width, height });
    const tour = page.getByRole('complementary', { name: 'Guided tour' });
    for (let i = 1; i < steps.length; i++) {
      const box = await tour.boundingBox();
      expect(box?.height, `step ${i}`).toBeLessThan(height * 0.4);
      await tour.getByRole('link').last().scrollIntoViewIfNeeded();
      await tour.getByRole('button', { name: 'Next' }).click();
      await tour.getByText(`Guided tour, ${i + 1} of`).waitFor();
      await expect.poll(() => tour.locator('.tour-step').evaluate((element) => element.scrollTop)).toBe(0);
      if (SCREENSHOTS !== undefined)
        await page.screenshot({ path: join(SCREENSHOTS, `tour-small-${i + 1}-${width}.png`) });
    }
  });

  test('every link leads to a page there is', async () => {
    const page = await open('/');
    for (const href of steps.flatMap(({ links }) => links.map((link) => link.href))) {
      await page.goto(server.url + href);
      await page.locator('main').getByRole('heading').first().waitFor();
      expect(await page.getByText('There is no such page').count(), href).toBe(0);
    }
  });

  test.each([
    [1280, 'light', 'en'],
    [768, 'dark', 'en'],
    [320, 'dark', 'fr'],
    [320, 'light', 'en'],
  ] as const)('is clean at %i px, %s, %s', async (width, theme, lang) => {
    const page = await open(`/?lang=${lang}`, width);
    await page.evaluate((choice) => {
      document.documentElement.dataset.theme = choice;
    }, theme);
    const name = lang === 'fr' ? 'Visite guidée' : 'Guided tour';
    const tour = page.getByRole('complementary', { name });
    for (let i = 0; i < steps.length; i++) {
      await tour.getByText(`${i + 1} ${lang === 'fr' ? 'sur' : 'of'} ${steps.length}`).waitFor();
      if (SCREENSHOTS !== undefined)
        await page.screenshot({ path: join(SCREENSHOTS, `tour-${i + 1}-${width}-${theme}-${lang}.png`) });
      if (i === 0 || i === 2) await expect.poll(() => axeFindings(page)).toEqual([]);
      if (i < steps.length - 1) await tour.getByRole('button').nth(2).click();
    }
    const isWide = await page.evaluate(
      () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
    );
    expect(isWide).toBe(false);
  });
});

describe.skipIf(!hasChromium)('another server', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-no-tour-'));

  test('shows no tour', async () => {
    const server = await startPageServer(folder, systemClock);
    const browser = await startBrowser();
    try {
      const page = await browser.newPage();
      const told = page.waitForResponse((response) => response.url().endsWith('/api/vigie/status'));
      await page.goto(server.url);
      await told;
      await page.getByRole('heading', { level: 1 }).waitFor();
      expect(await page.getByRole('complementary').count()).toBe(0);
    } finally {
      await browser.close();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
