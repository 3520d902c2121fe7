import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../server/model/clock.ts';
import { alignDown } from '../../server/model/rings.ts';
import { DAY } from '../../server/model/units.ts';
import type { WebLogReport } from '../../server/model/web-log.ts';
import { faultsOf, hasChromium, LOOKS, startBrowser } from '../support/browser.ts';
import { apacheTime } from '../support/log-maker.ts';
import { PATIENCE } from '../support/patience.ts';
import { startVigie, type VigieProcess } from '../support/vigie-process.ts';

const REQUESTS = 6000;
const DAYS = 10;
const PATHS = 250;
const MARKUP = '/<img/src=x/onerror=alert(1)>';
const LONG = `/long/${'x'.repeat(1500)}`;
const FORMULA = '=HYPERLINK("http://example.org")';

/** The page of the web log over the real program, which counts a log that strangers wrote into. */
describe.skipIf(!hasChromium)('web log', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-web-log-page-'));
  let vigie: VigieProcess;
  let browser: Browser;

  beforeAll(async () => {
    writeFileSync(join(folder, 'site.log'), accessLog(alignDown(systemClock.now(), DAY)));
    writeFileSync(join(folder, 'vigie.yaml'), config(folder));
    vigie = await startVigie(['run', '--listen', '127.0.0.1:0'], folder);
    await vi.waitFor(async () => expect((await report()).total.requests).toBe(REQUESTS), PATIENCE);
    browser = await startBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await vigie?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function report(limit = 100): Promise<WebLogReport> {
    return (await (await fetch(`${vigie.url}/api/vigie/web-log?limit=${limit}`)).json()) as WebLogReport;
  }

  async function open(path: string, options: Parameters<Browser['newPage']>[0] = {}): Promise<Page> {
    const view = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
    await view.goto(vigie.url + path);
    await view.locator('.hit-facts').waitFor();
    return view;
  }

  const table = (view: Page, name: string) => view.getByRole('region', { name, exact: true });

  test('the sums are those of the API, and visitors say how they were counted', async () => {
    const view = await open('/web-log?lang=en&days=all');
    try {
      const { total, failed, redirected, visitors } = await report();
      const figures = await view.locator('.hit-facts .figure').allTextContents();
      const count = new Intl.NumberFormat('en');
      expect(figures[0]).toBe(count.format(total.requests));
      expect(figures[1]).toBe(count.format(total.pages));
      expect(figures[3]).toContain(count.format(visitors.estimate));
      expect(figures.slice(4)).toEqual([count.format(failed), count.format(redirected)]);
      const said = (await view.locator('.hit-facts').textContent()) ?? '';
      expect(said).toContain(visitors.standard_error > 0 ? 'estimated' : 'distinct pairs of address');
    } finally {
      await view.close();
    }
  });

  test('every table adds up to its sum, with the rows that are not listed', async () => {
    const view = await open('/web-log?lang=en&days=all');
    try {
      const paths = table(view, 'Pages and files');
      await paths.getByRole('button', { name: /Show 100/ }).click();
      await expect.poll(() => paths.locator('tbody tr').count()).toBe(101);
      const cells = await paths.locator('tbody tr td:nth-child(2)').allTextContents();
      const sum = cells.reduce((all, cell) => all + Number(cell.replaceAll(',', '')), 0);
      expect(sum).toBe(REQUESTS);
      await paths.getByRole('button', { name: /List more names/ }).click();
      const { rows, other } = (await report(1000)).tables.path;
      expect(other.rows).toBe(0);
      await expect.poll(() => paths.locator('tbody tr').count()).toBe(rows.length);
    } finally {
      await view.close();
    }
  });

  test('hostile names are text, in searches and in files too', async () => {
    const view = await open('/web-log?lang=en&days=all');
    try {
      const paths = table(view, 'Pages and files');
      await paths.getByRole('searchbox').fill('onerror');
      const row = paths.locator('tbody tr');
      await expect.poll(() => row.count()).toBe(1);
      expect(await row.locator('th').textContent()).toBe(MARKUP);
      expect(await view.locator('main img').count()).toBe(0);
      const agents = table(view, 'User agents');
      const order = agents.locator('th', { hasText: '202e' });
      expect(await order.textContent()).toBe(String.raw`evil\u202egnp.exe`);
      const saved = view.waitForEvent('download');
      await agents.getByRole('button', { name: /^CSV of the table/ }).click();
      const csv = readFileSync(await (await saved).path(), 'utf8');
      expect(csv.split('\r\n')[0]).toBe('Name,Requests,Successful,Pages,Data sent');
      expect(csv).toContain(`"'${FORMULA.replaceAll('"', '""')}"`);
    } finally {
      await view.close();
    }
  });

  test('what was not found names who pointed at it', async () => {
    const view = await open('/web-log?lang=en&days=all');
    try {
      const row = table(view, 'Not found (404)').getByRole('row').filter({ hasText: '/gone' });
      expect(await row.textContent()).toContain('https://friend.example/links.html');
    } finally {
      await view.close();
    }
  });

  test('days and sort are chosen, and the address remembers the days', async () => {
    const view = await open('/web-log?lang=en');
    try {
      await view.getByRole('button', { name: '1 day' }).click();
      await expect.poll(() => view.locator('.hit-facts .figure').first().textContent()).not.toBe('6,000');
      await expect.poll(() => new URL(view.url()).searchParams.get('days')).toBe('1');
      const status = table(view, 'Status codes');
      await status.getByRole('button', { name: 'Name' }).click();
      await expect.poll(() => status.locator('tbody th').allTextContents()).toEqual(['200', '301', '404', '500']);
      const copy = await open(`/web-log${new URL(view.url()).search}`);
      expect(await copy.getByRole('button', { name: '1 day' }).getAttribute('aria-pressed')).toBe('true');
      await copy.close();
    } finally {
      await view.close();
    }
  });

  test('releases stand over their days where they are asked for, and in full below them', async () => {
    const { days } = await report();
    const day = days[3]?.day ?? '';
    const body = JSON.stringify({ service: 'site', version: 'v7', by: 'ada', time: Date.parse(`${day}T12:00:00Z`) });
    const headers = { 'content-type': 'application/json' };
    await fetch(`${vigie.url}/api/vigie/releases`, { method: 'POST', headers, body });
    const view = await open('/web-log?lang=en&days=all&releases=1');
    try {
      const line = view.locator('.release-line');
      await line.waitFor();
      expect(await line.textContent()).toBe('v7');
      const [at, bar] = await Promise.all([
        line.boundingBox(),
        view.locator('.hit-bars').first().locator('rect').nth(3).boundingBox(),
      ]);
      expect((at?.x ?? 0) - (bar?.x ?? 0)).toBeCloseTo((bar?.width ?? 0) / 2, -1);
      expect(await view.locator('.release-marks tbody').textContent()).toContain('v7site');
      await view.getByRole('button', { name: '28 days' }).click();
      await expect.poll(() => new URL(view.url()).searchParams.get('days')).toBe('28');
      expect(new URL(view.url()).searchParams.get('releases')).toBe('1');
      for (const width of [1280, 320]) {
        await view.setViewportSize({ width, height: 900 });
        await expect.poll(() => faultsOf(view, `web-log-releases-${width}`)).toEqual([]);
      }
      await view.getByLabel('Releases').uncheck();
      await expect.poll(() => line.count()).toBe(0);
      expect(new URL(view.url()).searchParams.has('releases')).toBe(false);
    } finally {
      await view.close();
    }
  });

  test('days without requests say where some are', async () => {
    const view = await browser.newPage();
    try {
      await view.goto(`${vigie.url}/web-log?lang=en&from=2001-01-01&to=2001-01-02`);
      await view.getByText('No request in these days.').waitFor();
      await view.getByRole('button', { name: 'Show all of them' }).click();
      await view.locator('.hit-facts').waitFor();
    } finally {
      await view.close();
    }
  });

  test('the report is there as a file of each kind', async () => {
    const view = await open('/web-log?lang=en&days=all');
    try {
      for (const format of ['html', 'csv', 'json', 'txt']) {
        const href = await view.getByRole('link', { name: format, exact: true }).getAttribute('href');
        const answer = await fetch(vigie.url + href);
        expect([answer.status, (await answer.text()).length > 1000]).toEqual([200, true]);
      }
    } finally {
      await view.close();
    }
  });

  test.each(LOOKS)('$theme, $lang: axe finds nothing, nothing scrolls sideways', async ({ theme, lang }) => {
    const view = await open(`/web-log?lang=${lang}`, { colorScheme: theme });
    try {
      for (const width of [1280, 768, 320]) {
        await view.setViewportSize({ width, height: 900 });
        await view.goto(`${vigie.url}/web-log?lang=${lang}&days=all`);
        await view.locator('.hit-facts').waitFor();
        await view.locator('.hit-chart details summary').first().click();
        await expect.poll(() => faultsOf(view, `web-log-${theme}-${lang}-${width}`)).toEqual([]);
      }
    } finally {
      await view.close();
    }
  });
});

const config = (folder: string): string =>
  JSON.stringify({
    data_dir: 'data',
    discover: { access_logs: false, own_access_log: false },
    sources: { site: { type: 'file', include: [join(folder, 'site.log')], service: 'site' } },
    transforms: {
      access: { type: 'parse', inputs: ['site'], format: 'access_log' },
      requests: { type: 'log_to_metric', inputs: ['access'] },
      web_log: { type: 'web_log', inputs: ['access'], timezone: 'UTC' },
    },
    sinks: { vigie: { type: 'vigie', inputs: ['requests', 'web_log'] } },
  });

const STATUSES = [200, 200, 200, 200, 200, 200, 301, 404, 200, 500] as const;
const AGENTS = ['Mozilla/5.0 (X11; Linux x86_64)', 'curl/8.5', 'evil\u202egnp.exe', FORMULA.replaceAll('"', '\\"')];

/** The days before midnight, evenly, so that the last one is whole at every time of the day; a few paths are a stranger's. */
function accessLog(midnight: number): string {
  const lines = Array.from({ length: REQUESTS }, (_, i) => {
    const status = STATUSES[i % STATUSES.length] ?? 200;
    const path = i % 500 === 3 ? MARKUP : i % 500 === 4 ? LONG : status === 404 ? '/gone' : `/page/${i % PATHS}.html`;
    const referrer = status === 404 ? 'https://friend.example/links.html' : '-';
    const time = apacheTime(midnight - ((REQUESTS - i) / REQUESTS) * DAYS * DAY);
    const client = `192.0.2.${i % 200}`;
    return `${client} - - [${time}] "GET ${path} HTTP/1.1" ${status} ${i % 5000} "${referrer}" "${AGENTS[i % AGENTS.length]}"`;
  });
  return `${lines.join('\n')}\n`;
}
