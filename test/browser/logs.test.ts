import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../server/model/clock.ts';
import type { LogPage } from '../../server/model/logs.ts';
import { faultsOf, hasChromium, LOOKS, startBrowser } from '../support/browser.ts';
import { HOSTILE_LINES } from '../support/hostile-lines.ts';
import { apacheTime } from '../support/log-maker.ts';
import { PATIENCE } from '../support/patience.ts';
import { startVigie, type VigieProcess } from '../support/vigie-process.ts';

const REQUESTS = 600;
const FAILED = REQUESTS / 20;
const HOSTILE = Object.values(HOSTILE_LINES);

/** The page of log lines over the real program, which reads an access log and a program's log that strangers wrote into. */
describe.skipIf(!hasChromium)('log lines', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-logs-page-'));
  const appLog = join(folder, 'app.log');
  let vigie: VigieProcess;
  let browser: Browser;

  beforeAll(async () => {
    writeFileSync(join(folder, 'shop.log'), accessLog(systemClock.now()));
    writeFileSync(join(folder, 'past.log'), PAST_LINES.join(''));
    writeFileSync(appLog, `${HOSTILE.join('\n')}\n`);
    writeFileSync(join(folder, 'vigie.yaml'), config(folder));
    mkdirSync(join(folder, 'slos'));
    writeFileSync(join(folder, 'slos', 'shop.yaml'), SLOS);
    vigie = await startVigie(['run', '--listen', '127.0.0.1:0'], folder);
    await vi.waitFor(async () => expect(await stored()).toBe(REQUESTS + HOSTILE.length + PAST.length), PATIENCE);
    browser = await startBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await vigie?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function stored(): Promise<number> {
    const answer = await fetch(`${vigie.url}/api/vigie/status`);
    return ((await answer.json()) as { store: { logs?: { lines: number } } }).store.logs?.lines ?? 0;
  }

  async function open(path: string, width = 1280): Promise<Page> {
    const view = await browser.newPage({ viewport: { width, height: 900 } });
    await view.goto(vigie.url + path);
    return view;
  }

  const rows = (view: Page) => view.locator('.log-lines > .log-line');
  const found = (view: Page) => view.getByText(/newest first\. /);

  test('hostile lines are text, every character of it in its order', async () => {
    const view = await open('/logs?lang=en&label=service%3Dapp');
    try {
      await found(view).waitFor();
      expect(await rows(view).count()).toBe(HOSTILE.length);
      await expect.poll(() => view.title()).toBe('Logs – Vigie');
      expect(await view.locator('main img, main script').count()).toBe(0);
      const texts = await view.locator('.log-text').allTextContents();
      expect(texts).toContain(HOSTILE_LINES.markup);
      expect(texts).toContain(String.raw`login \x1b[2K\x1b[1;31mok\x1b[0m for root\x07`);
      expect(texts).toContain(String.raw`file \u202egnp.exe\u202c opened by \u2066admin\u2069`);
      expect(texts).toContain(String.raw`user\u200b\xad\u{e0041}name\ufeff`);
      const order = view.locator('.log-text', { hasText: 'שלום' });
      expect(await order.evaluate((element) => getComputedStyle(element).unicodeBidi)).toBe('bidi-override');
      for (const height of await rows(view).evaluateAll((all) => all.map((row) => row.clientHeight))) {
        expect(height).toBeLessThanOrEqual(30);
      }
    } finally {
      await view.close();
    }
  });

  test('a long line opens in place, whole, with its match marked in row and text, and with the lines around it', async () => {
    const view = await open('/logs?lang=en&text=NEEDLE-at');
    try {
      await found(view).waitFor();
      expect(await rows(view).count()).toBe(1);
      expect(await view.locator('summary mark').textContent()).toBe('needle-at');
      await view.locator('.log-line summary').focus();
      await view.keyboard.press('Enter');
      const whole = view.locator('.log-whole');
      await whole.waitFor();
      expect(await whole.textContent()).toBe(HOSTILE_LINES.long);
      expect(await whole.locator('mark').textContent()).toBe('needle-at');
      await view.getByRole('button', { name: 'Lines around it' }).click();
      await view.locator('.log-context [aria-current]').waitFor();
      expect(await view.locator('.log-context .log-line').count()).toBe(HOSTILE.length);
      await view.getByRole('button', { name: 'Only lines with service = app' }).click();
      await view.locator('.chip').waitFor();
      expect(new URL(view.url()).searchParams.get('label')).toBe('service=app');
    } finally {
      await view.close();
    }
  });

  test('conditions narrow the lines, live in the address, and a link shows the same', async () => {
    const view = await open('/logs?lang=en');
    try {
      await found(view).waitFor();
      await view.getByLabel('Level').selectOption('err');
      await view.getByLabel('Regular expression').fill('item/\\d+ HTTP');
      await view.getByRole('button', { name: 'Search', exact: true }).click();
      await view.locator('summary mark').first().waitFor();
      await view.getByText(`${FAILED} lines, newest first.`).waitFor();
      expect(await view.locator('summary mark').first().textContent()).toMatch(/^item\/\d+ HTTP$/);
      const copy = await open(new URL(view.url()).pathname + new URL(view.url()).search);
      await copy.getByText(`${FAILED} lines, newest first.`).waitFor();
      expect(await copy.getByLabel('Regular expression').inputValue()).toBe('item/\\d+ HTTP');
      await copy.close();
    } finally {
      await view.close();
    }
  });

  test('a pattern that is wrong is told at its field', async () => {
    const view = await open('/logs?lang=en&regex=%28open');
    try {
      const problem = view.locator('#regex-error');
      await problem.waitFor();
      expect(await problem.textContent()).toMatch(/\(open|missing|paren/);
      expect(await view.getByLabel('Regular expression').getAttribute('aria-invalid')).toBe('true');
    } finally {
      await view.close();
    }
  });

  test('the histogram chooses a time by keyboard and by drag, and Back undoes it', async () => {
    const view = await open('/logs?lang=en&label=service%3Dshop');
    try {
      await found(view).waitFor();
      const picker = view.getByRole('slider');
      await picker.focus();
      await view.keyboard.press('Home');
      await view.keyboard.press('Shift+End');
      await expect.poll(() => picker.getAttribute('aria-valuetext')).toMatch(/ to .*: 600 lines, 30 errors/);
      await view.keyboard.press('Enter');
      await expect.poll(() => new URL(view.url()).searchParams.has('start')).toBe(true);
      await view.getByRole('button', { name: 'Back' }).click();
      await expect.poll(() => new URL(view.url()).searchParams.get('since')).toBe('3600s');
      await view.getByText(/^100 lines and more/).waitFor();
      const box = (await picker.boundingBox())!;
      await view.mouse.move(box.x + box.width * 0.5, box.y + 20);
      await view.mouse.down();
      await view.mouse.move(box.x + box.width * 0.75, box.y + 30, { steps: 5 });
      await view.mouse.up();
      await expect.poll(() => new URL(view.url()).searchParams.has('start')).toBe(true);
      const { searchParams } = new URL(view.url());
      const length = Number(searchParams.get('end')) - Number(searchParams.get('start'));
      expect(length).toBeGreaterThan(600);
      expect(length).toBeLessThan(1200);
    } finally {
      await view.close();
    }
  });

  test('releases stand over the bars where they are asked for, and in full below them', async () => {
    const time = systemClock.now() - 1_800_000;
    const body = JSON.stringify({ service: 'shop', version: 'v2.1', by: '<b>ada</b>', time });
    const headers = { 'content-type': 'application/json' };
    await fetch(`${vigie.url}/api/vigie/releases`, { method: 'POST', headers, body });
    const view = await open('/logs?lang=en&label=service%3Dshop');
    try {
      await found(view).waitFor();
      expect(await view.locator('.release-line').count()).toBe(0);
      await view.getByLabel('Releases').check();
      const line = view.locator('.release-line');
      await line.waitFor();
      expect(await line.textContent()).toBe('v2.1');
      const [at, plot] = await Promise.all([line.boundingBox(), view.locator('.log-picker svg').boundingBox()]);
      expect(((at?.x ?? 0) - (plot?.x ?? 0)) / (plot?.width ?? 1)).toBeCloseTo(0.5, 1);
      expect(await view.locator('.release-marks tbody').textContent()).toContain('v2.1shop');
      expect(await view.locator('.release-marks b').count()).toBe(0);
      await view.getByLabel('Level').selectOption('err');
      await view.getByRole('button', { name: 'Search', exact: true }).click();
      await expect.poll(() => new URL(view.url()).searchParams.get('level')).toBe('err');
      expect(new URL(view.url()).searchParams.get('releases')).toBe('1');
      for (const width of [1280, 320]) {
        await view.setViewportSize({ width, height: 900 });
        await expect.poll(() => faultsOf(view, `logs-releases-${width}`)).toEqual([]);
      }
    } finally {
      await view.close();
    }
  });

  test('pages lead to the last line, and the export holds them all', async () => {
    const view = await open('/logs?lang=en&label=service%3Dshop');
    try {
      await found(view).waitFor();
      for (let page = 1; page < REQUESTS / 100; page++) {
        await view.getByRole('button', { name: 'Older lines' }).click();
        await expect.poll(() => rows(view).count()).toBe((page + 1) * 100);
      }
      await expect.poll(() => view.getByRole('button', { name: 'Older lines' }).count()).toBe(0);
      const href = await view.getByRole('link', { name: 'json' }).getAttribute('href');
      const lines = (await (await fetch(vigie.url + href)).json()) as LogPage['lines'];
      expect(lines).toHaveLength(REQUESTS);
    } finally {
      await view.close();
    }
  });

  test('new lines come by themselves, wait while paused, and none is missed', async () => {
    const view = await open('/logs?lang=en&follow=1&label=service%3Dapp');
    try {
      await view.getByText(`Following: ${HOSTILE.length} lines`).waitFor();
      appendFileSync(appLog, 'one more\n');
      await view.locator('.log-text', { hasText: 'one more' }).waitFor();
      await view.getByRole('button', { name: 'Pause' }).last().click();
      appendFileSync(appLog, 'while paused\n');
      await view.getByText('1 new line waits').waitFor();
      expect(await view.locator('.log-text', { hasText: 'while paused' }).count()).toBe(0);
      await view.getByRole('button', { name: 'Resume' }).last().click();
      await view.locator('.log-text', { hasText: 'while paused' }).waitFor();
      await expect.poll(() => rows(view).first().locator('.log-text').textContent()).toBe('while paused');
    } finally {
      await view.close();
    }
  });

  test('nothing found says which emptiness it is, and goes where the lines are', async () => {
    const view = await open('/logs?lang=en&text=there-is-no-such-line');
    try {
      await view.getByText('No line of this range matches.').waitFor();
      const past = Date.parse('2014-01-01T00:00:00Z') / 1000;
      await view.goto(`${vigie.url}/logs?lang=en&start=${past}&end=${past + 3600}`);
      await view.getByText('the oldest kept is from').waitFor();
      await view.getByRole('button', { name: 'Go there' }).click();
      await found(view).waitFor();
    } finally {
      await view.close();
    }
  });

  test('the SLO page shows the lines that went wrong, and links to all of them', async () => {
    const view = await open('/slo/shop-availability?lang=en');
    try {
      await view.getByRole('heading', { name: 'The newest error lines of shop' }).waitFor();
      await rows(view).first().waitFor();
      expect(await rows(view).count()).toBe(20);
      for (const text of await view.locator('.log-text').allTextContents()) expect(text).toContain(' 500 ');
      await view.getByRole('link', { name: 'All of them, in the logs' }).click();
      await view.getByText(`${FAILED} lines, newest first.`).waitFor();
    } finally {
      await view.close();
    }
  });

  test('an SLO whose data is of another time says so, and goes there; its lines are known to be stored', async () => {
    const view = await open('/slo/past-availability?lang=en');
    try {
      await view.getByText('No line of level err or worse is stored of past in this range.').waitFor();
      await view.getByRole('link', { name: 'Go there' }).click();
      await view.locator('.series-table').waitFor();
      expect(new URL(view.url()).searchParams.get('query')).toContain('service="past"');
    } finally {
      await view.close();
    }
  });

  const pages = [
    ['logs', '/logs?'],
    ['logs-hostile', '/logs?label=service%3Dapp&text=o'],
    ['logs-empty', '/logs?text=there-is-no-such-line'],
  ] as const;
  const cases = pages.flatMap(([name, path]) => LOOKS.map((look) => ({ ...look, name, path })));

  test.each(cases)(
    '$name, $theme, $lang: axe finds nothing, nothing scrolls sideways',
    async ({ theme, lang, name, path }) => {
      const view = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme: theme });
      try {
        for (const width of [1280, 768, 320]) {
          await view.setViewportSize({ width, height: 900 });
          await view.goto(`${vigie.url}${path}&lang=${lang}`);
          await view.locator('.log-histogram').waitFor();
          await view.locator('.log-lines').waitFor({ state: 'attached' });
          if (name === 'logs-hostile') {
            await view.locator('.log-line summary').nth(2).click();
            await view.getByRole('button', { name: /Lines around it|Lignes autour/ }).click();
            await view.locator('.log-context').waitFor();
          }
          await expect.poll(() => faultsOf(view, `${name}-${theme}-${lang}-${width}`, {})).toEqual([]);
        }
      } finally {
        await view.close();
      }
    },
  );
});

const config = (folder: string): string =>
  JSON.stringify({
    data_dir: 'data',
    discover: { access_logs: false, own_access_log: false },
    sources: {
      shop: { type: 'file', include: [join(folder, 'shop.log')], service: 'shop' },
      past: { type: 'file', include: [join(folder, 'past.log')], service: 'past' },
      app: { type: 'file', include: [join(folder, 'app.log')], service: 'app' },
    },
    transforms: {
      access: { type: 'parse', inputs: ['shop', 'past'], format: 'access_log' },
      requests: { type: 'log_to_metric', inputs: ['access'] },
    },
    sinks: { vigie: { type: 'vigie', inputs: ['requests', 'access', 'app'] } },
  });

const SLOS = `slos:
  - id: shop-availability
    title: Requests to shop succeed
    service: shop
    owner: team-shop
    objective: 99%
    window: 28d
    availability:
      total: http_requests_total{service="shop"}
      bad: http_requests_total{service="shop",status=~"5.."}
  - id: past-availability
    title: Requests of the past
    service: past
    owner: team-shop
    objective: 99%
    window: 28d
    availability:
      total: http_requests_total{service="past"}
      bad: http_requests_total{service="past",status=~"5.."}
`;

const PAST = ['09:00:00', '10:05:00'];
const PAST_LINES = PAST.map((at) => `192.0.2.1 - - [19/May/2015:${at} +0000] "GET / HTTP/1.1" 500 512 "-" "x"\n`);

/** The last 40 minutes, that they are of the last hour until all is looked at: every twentieth request failed, every tenth found nothing. */
function accessLog(now: number): string {
  const lines = Array.from({ length: REQUESTS }, (_, i) => {
    const status = i % 20 === 0 ? 500 : i % 10 === 5 ? 404 : 200;
    const time = apacheTime(now - (REQUESTS - i) * 4000);
    return `192.0.2.${i % 250} - - [${time}] "GET /item/${i} HTTP/1.1" ${status} 512 "-" "Mozilla/5.0"`;
  });
  return `${lines.join('\n')}\n`;
}
