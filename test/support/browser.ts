import { existsSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { vi } from 'vitest';
import { isLong } from './long.ts';
import { PATIENCE } from './patience.ts';

const CHROMIUM = '/usr/bin/chromium';

export const hasChromium = existsSync(CHROMIUM);

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

/** What axe finds on the page, one sentence each. `target-size` is off by default there and on here. */
export async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const results = await page.evaluate(async () => {
    const { axe: runner } = globalThis as unknown as { axe: typeof import('axe-core') };
    return runner.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      rules: { 'target-size': { enabled: true } },
    });
  });
  return results.violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}: ${node.target.join(' ')}`),
  );
}

/** How a page is looked at: between them both themes and both languages; a long run takes every pair. */
export const LOOKS = (['light', 'dark'] as const)
  .flatMap((theme) => (['en', 'fr'] as const).map((lang) => ({ theme, lang })))
  .filter(({ theme, lang }) => isLong || (theme === 'light') === (lang === 'en'));

/** Where screenshots go, for people to look at. */
const SCREENSHOTS = process.env.VIGIE_SCREENSHOTS;

/** Until every chart is drawn, which its own chunk of code does, and nothing fades in any more. */
function settled(page: Page): Promise<boolean> {
  const isSettled = (): boolean =>
    [...document.querySelectorAll('canvas')].every((canvas) => canvas.hasAttribute('width')) &&
    document.getAnimations().every(({ playState }) => playState === 'finished');
  return vi.waitUntil(() => page.evaluate(isSettled), PATIENCE);
}

/**
 * What is wrong with the page once it has settled: what axe finds, and what scrolls sideways. Takes a screenshot of that name for
 * people, when they want one.
 */
export async function faultsOf(page: Page, name: string, shot: { readonly fullPage?: boolean } = { fullPage: true }) {
  await settled(page);
  if (SCREENSHOTS !== undefined) await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), ...shot });
  const width = page.viewportSize()?.width ?? 0;
  const needed = await page.evaluate(() => document.documentElement.scrollWidth);
  return [...(needed > width ? [`needs ${needed} px of ${width}`] : []), ...(await axeFindings(page))];
}
