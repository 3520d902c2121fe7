import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../server/model/clock.ts';
import type { ExclusionsAnswer } from '../../server/model/exclusions.ts';
import type { SloDetail } from '../../server/model/slo.ts';
import { numberFormats } from '../../server/model/words/number-formats.ts';
import { fieldText } from '../../web/frame/moment-field.tsx';
import { visibleText } from '../../web/logs/visible-text.ts';
import { faultsOf, hasChromium, LOOKS, startBrowser } from '../support/browser.ts';
import { HOSTILE_LINES } from '../support/hostile-lines.ts';
import { apacheTime } from '../support/log-maker.ts';
import { logPipeline } from '../support/log-pipeline.ts';
import { PATIENCE } from '../support/patience.ts';
import { shopAvailability } from '../support/shop-slos.ts';
import { startVigie, type VigieProcess } from '../support/vigie-process.ts';

const READER = 'read-token-of-the-test';
const WRITER = 'write-token-of-the-test';
const HOSTILE = `<img src=x onerror=alert(1)> ${HOSTILE_LINES.override}`;
const BAD = 60;
const MINUTE_MS = 60_000;
const numbers = numberFormats('en');

/** What a person leaves out on the page of an SLO, over the real program. */
describe.skipIf(!hasChromium)('exclusions on the page of an SLO', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-exclusions-page-'));
  const now = systemClock.now();
  let vigie: VigieProcess;
  let browser: Browser;

  beforeAll(async () => {
    // Good ones of the last minutes, and before them a quarter of an hour of nothing but failures.
    const lines = [...linesOf(now - 20 * MINUTE_MS, BAD, 500), ...linesOf(now - 3 * MINUTE_MS, 400, 200)];
    writeFileSync(join(folder, 'shop.log'), `${lines.join('\n')}\n`);
    writeFileSync(join(folder, 'vigie.yaml'), logPipeline({ shop: join(folder, 'shop.log') }));
    writeFileSync(join(folder, 'tokens'), `read ${READER}\nwrite ${WRITER}\n`, { mode: 0o600 });
    mkdirSync(join(folder, 'slos'));
    writeFileSync(join(folder, 'slos', 'shop.yaml'), shopAvailability('99%'));
    const listen = ['--listen', '127.0.0.1:0', '--token-file', join(folder, 'tokens')];
    vigie = await startVigie(['run', ...listen], folder);
    await vi.waitFor(async () => expect((await detail()).status?.counts.total).toBe(460), PATIENCE);
    browser = await startBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await vigie?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function asked<T>(path: string): Promise<T> {
    const answer = await fetch(vigie.url + path, { headers: { authorization: `Bearer ${READER}` } });
    return (await answer.json()) as T;
  }

  const detail = (): Promise<SloDetail> => asked('/api/vigie/slos/shop-availability');

  async function open(token: string, lang = 'en', options: Parameters<Browser['newPage']>[0] = {}): Promise<Page> {
    const view = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
    await view.context().addCookies([{ name: 'vigie_token', value: token, url: vigie.url }]);
    await view.goto(`${vigie.url}/slo/shop-availability?lang=${lang}`);
    await view.getByRole('button', { name: /^(Exclude a span|Exclure une plage)$/ }).press('Enter');
    await view.locator('form.decision-form').waitFor();
    return view;
  }

  /** The failures, by their two moments; the rest with the keyboard alone. */
  async function write(view: Page, reason: string): Promise<void> {
    await view.getByLabel(/^(From|Du)\b/).fill(fieldText(now - 30 * MINUTE_MS));
    await view.getByLabel(/^(To|Au)\b/).fill(fieldText(now - 10 * MINUTE_MS));
    await view.getByLabel(/^(Why|Pourquoi)\b/).focus();
    await view.keyboard.insertText(reason);
    await view.keyboard.press('Tab');
    await view.keyboard.insertText('ada');
  }

  const cells = (view: Page) => view.locator('.exclusion-preview tbody tr').nth(1).locator('td').allTextContents();

  test('the figures before and after are told before anything is saved, and a token that may only read is told so', async () => {
    const view = await open(READER);
    try {
      await write(view, 'a drill');
      await expect.poll(() => cells(view)).toEqual(['100%', '100%', '0 of 400']);
      expect((await detail()).status.counts.bad).toBe(BAD);
      await view.keyboard.press('Enter');
      await view.getByText('Nothing was excluded: your token may read, not exclude.').waitFor();
      expect((await asked<ExclusionsAnswer>('/api/vigie/exclusions')).exclusions).toEqual([]);
    } finally {
      await view.close();
    }
  });

  test('what is told comes true, hostile words are shown as they are, and the undo counts it again', async () => {
    const view = await open(WRITER);
    try {
      await write(view, HOSTILE);
      await expect.poll(() => cells(view)).toEqual(['100%', '100%', '0 of 400']);
      await view.keyboard.press('Enter');
      const row = view.getByRole('row').filter({ hasText: visibleText(HOSTILE) });
      await row.waitFor();
      expect(await view.locator('main img').count()).toBe(0);
      const { status } = await detail();
      expect(status.counts).toEqual({ total: 400, good: 400, bad: 0 });
      const figure = view.locator('dl.figures dd.figure').first();
      await expect.poll(() => figure.textContent()).toBe('100%');
      await row.getByRole('button', { name: /^Undo the exclusion of / }).click();
      await view.getByLabel('Your name').fill('bob');
      await view.getByRole('button', { name: 'Count its events again' }).click();
      await expect.poll(() => figure.textContent()).toBe(numbers.attained(400 / 460, 0.99));
      expect((await detail()).status.counts.bad).toBe(BAD);
    } finally {
      await view.close();
    }
  });

  test.each(LOOKS)(
    '$theme, $lang: axe finds nothing in the form, nothing scrolls sideways',
    async ({ theme, lang }) => {
      const view = await open(WRITER, lang, { colorScheme: theme });
      try {
        await write(view, 'a'.repeat(200));
        await view.getByLabel(/^(How often|Fréquence)/).selectOption('monthly');
        await view.getByText(/^FREQ=MONTHLY;BYMONTHDAY=\d+$/).waitFor();
        await view.locator('.exclusion-preview tbody tr').first().waitFor();
        for (const width of [1280, 320]) {
          await view.setViewportSize({ width, height: 900 });
          await expect.poll(() => faultsOf(view, `exclusion-${theme}-${lang}-${width}`)).toEqual([]);
        }
      } finally {
        await view.close();
      }
    },
  );
});

function linesOf(start: number, requests: number, status: number): string[] {
  return Array.from(
    { length: requests },
    (_, i) => `192.0.2.1 - - [${apacheTime(start + i * 100)}] "GET /${i} HTTP/1.1" ${status} 512 "-" "-"`,
  );
}
