import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../server/model/clock.ts';
import type { SloStatus } from '../../server/model/slo.ts';
import type { SystemStatus } from '../../server/model/status.ts';
import { numberFormats } from '../../server/model/words/number-formats.ts';
import { hasChromium, startBrowser } from '../support/browser.ts';
import { apacheTime } from '../support/log-maker.ts';
import { logPipeline } from '../support/log-pipeline.ts';
import { PATIENCE } from '../support/patience.ts';
import { startVigie, type VigieProcess } from '../support/vigie-process.ts';

const numbers = numberFormats('en');

/** What moves on a page, and the same from the API. */
interface Tab {
  readonly path: string;
  readonly shown: (page: Page) => Promise<string | null>;
  readonly wanted: (vigie: VigieProcess) => Promise<string>;
}

const TABS: readonly Tab[] = [
  {
    path: '/',
    shown: (page) => page.getByRole('row').last().locator('.budget-number').textContent(),
    wanted: async (vigie) => numbers.percent((await availability(vigie)).budget.left_ratio ?? Number.NaN),
  },
  {
    path: '/slo/shop-availability',
    shown: (page) => pair(page, 'All requests'),
    wanted: async (vigie) => numbers.count((await availability(vigie)).counts.total),
  },
  {
    path: '/status',
    shown: (page) => pair(page, 'Increments'),
    wanted: async (vigie) => {
      const { store } = await get<SystemStatus>(vigie, '/api/vigie/status');
      return numbers.count(store.appliedIncrements);
    },
  },
];

/** An HTTP/1.1 browser opens six connections to a server: tabs that each hold one would soon leave none for anything else. */
describe.skipIf(!hasChromium)('the event stream of several tabs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-stream-'));
  const log = join(folder, 'shop.log');
  let vigie: VigieProcess;
  let browser: Browser;

  beforeAll(async () => {
    mkdirSync(join(folder, 'slos'));
    writeFileSync(join(folder, 'vigie.yaml'), logPipeline({ shop: log }));
    writeFileSync(join(folder, 'slos', 'shop.yaml'), SLO);
    writeFileSync(log, '');
    vigie = await startVigie(['run', '--listen', '127.0.0.1:0'], folder);
    browser = await startBrowser();
    append(1000, 200);
    await vi.waitUntil(async () => (await availability(vigie)).counts.total === 1000, PATIENCE);
  });

  afterAll(async () => {
    await browser?.close();
    await vigie?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** New requests reach every tab: what each shows becomes what the API says, and something else than before. */
  const followRequests = async (pages: readonly (readonly [Tab, Page])[]): Promise<void> => {
    const before = await Promise.all(pages.map(([tab, page]) => tab.shown(page)));
    append(17, 500);
    const follow = async ([tab, page]: readonly [Tab, Page], i: number): Promise<void> => {
      await expect.poll(() => tab.shown(page), { message: tab.path }).not.toBe(before[i]);
      await expect.poll(async () => (await tab.shown(page)) === (await tab.wanted(vigie))).toBe(true);
    };
    await Promise.all(pages.map(follow));
  };

  const openTabs = async (context: BrowserContext): Promise<Map<Tab, Page>> => {
    const pages = new Map<Tab, Page>();
    for (const tab of TABS) {
      const page = await context.newPage();
      await page.goto(`${vigie.url}${tab.path}?lang=en`);
      await expect.poll(() => tab.shown(page)).toMatch(/\d/);
      pages.set(tab, page);
    }
    return pages;
  };

  const closeFirst = async (pages: Map<Tab, Page>): Promise<void> => {
    const [[tab, page] = []] = pages;
    if (tab !== undefined) pages.delete(tab);
    await page?.close();
  };

  // Both browsers at once: an evaluation, for which each step waits, is one for both.
  test('one for all, whichever tab goes; one for each where there is no SharedWorker, as in Chrome on Android', async () => {
    const [sharing, alone] = [await browser.newContext(), await browser.newContext()];
    await alone.addInitScript(() => Reflect.deleteProperty(globalThis, 'SharedWorker'));
    const shared = await openTabs(sharing);
    await expect.poll(() => streams(vigie)).toBe(1);
    const single = await openTabs(alone);
    await expect.poll(() => streams(vigie)).toBe(1 + 3);
    await followRequests([...shared, ...single]);
    await closeFirst(shared);
    await closeFirst(single);
    await expect.poll(() => streams(vigie)).toBe(1 + 2);
    await followRequests([...shared, ...single]);
    expect(await streams(vigie)).toBe(1 + 2);
    await alone.close();
    await expect.poll(() => streams(vigie)).toBe(1);
    for (const page of shared.values()) await page.close();
    await expect.poll(() => streams(vigie)).toBe(0);
    await sharing.close();
  });

  function append(lines: number, status: number): void {
    const time = apacheTime(systemClock.now());
    appendFileSync(log, `192.0.2.1 - - [${time}] "GET / HTTP/1.1" ${status} 9 "-" "-"\n`.repeat(lines));
  }
});

/** The value beside a name in a list of pairs. */
function pair(page: Page, name: string): Promise<string | null> {
  const names = page.locator('dl.pairs > div').filter({ has: page.locator('dt', { hasText: name }) });
  return names.first().locator('dd').textContent();
}

async function streams(vigie: VigieProcess): Promise<number> {
  const metrics = await (await fetch(`${vigie.url}/metrics`)).text();
  return Number(/^vigie_event_streams (\d+)$/m.exec(metrics)?.[1]);
}

async function get<T>(vigie: VigieProcess, path: string): Promise<T> {
  return (await (await fetch(vigie.url + path)).json()) as T;
}

async function availability(vigie: VigieProcess): Promise<SloStatus> {
  const { slos } = await get<{ slos: SloStatus[] }>(vigie, '/api/vigie/slos');
  const slo = slos.find(({ id }) => id === 'shop-availability');
  if (slo === undefined) throw new Error('the SLO is not there');
  return slo;
}

const SLO = `
slos:
  - id: shop-availability
    service: shop
    objective: 90%
    window: 30d
    availability:
      total: http_requests_total{service="shop"}
      bad: http_requests_total{service="shop",status=~"5.."}
`;
