import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { AlertsAnswer } from '../../server/model/alerts.ts';
import { systemClock } from '../../server/model/clock.ts';
import type { SloStatus } from '../../server/model/slo.ts';
import { numberFormats } from '../../server/model/words/number-formats.ts';
import { visibleText } from '../../web/logs/visible-text.ts';
import { faultsOf, hasChromium, LOOKS, startBrowser } from '../support/browser.ts';
import { HOSTILE_LINES } from '../support/hostile-lines.ts';
import { apacheTime } from '../support/log-maker.ts';
import { PATIENCE } from '../support/patience.ts';
import { freePort } from '../support/ports.ts';
import { runVigie, startVigie, type VigieProcess } from '../support/vigie-process.ts';

const READER = 'read-token-of-the-test';
const WRITER = 'write-token-of-the-test';
/** What strangers may write: nothing of it may do anything but be shown. */
const HOSTILE = `<img src=x onerror=alert(1)> ${HOSTILE_LINES.override} ${HOSTILE_LINES.ansi}`;
const SHOWN = visibleText(HOSTILE);

/** The page of alerts over the real program: one alert fires, one is over, and the receiver cannot be reached. */
describe.skipIf(!hasChromium)('alerts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-alerts-page-'));
  let vigie: VigieProcess;
  let browser: Browser;

  beforeAll(async () => {
    const now = systemClock.now();
    writeFileSync(join(folder, 'shop.log'), accessLog(now, 600, 5));
    writeFileSync(join(folder, 'blog.log'), accessLog(now, 600, 5));
    writeFileSync(join(folder, 'vigie.yaml'), config(folder, await freePort()));
    writeFileSync(join(folder, 'reader'), READER, { mode: 0o600 });
    writeFileSync(join(folder, 'tokens'), `read ${READER}\nwrite ${WRITER}\n`, { mode: 0o600 });
    mkdirSync(join(folder, 'slos'));
    writeFileSync(join(folder, 'slos', 'slos.yaml'), `slos:\n${sloOf('shop')}${sloOf('blog')}`);
    const listen = ['--listen', '127.0.0.1:0', '--token-file', join(folder, 'tokens')];
    vigie = await startVigie(['run', ...listen], folder);
    // One that is pending still would leave no history.
    await vi.waitFor(async () => expect(await firing()).toHaveLength(2), PATIENCE);
    appendFileSync(join(folder, 'blog.log'), accessLog(systemClock.now(), 20_000, 0));
    await vi.waitFor(async () => expect((await alerts()).history).toHaveLength(1), PATIENCE);
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

  const alerts = (): Promise<AlertsAnswer> => asked('/api/vigie/alerts');

  async function firing(): Promise<AlertsAnswer['current']> {
    return (await alerts()).current.filter(({ state }) => state === 'firing');
  }

  async function open(path: string, token = WRITER, options: Parameters<Browser['newPage']>[0] = {}): Promise<Page> {
    const view = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
    await view.context().addCookies([{ name: 'vigie_token', value: token, url: vigie.url }]);
    await view.goto(vigie.url + path);
    return view;
  }

  test('the overview says that an alert fires, and leads to it', async () => {
    const view = await open('/?lang=en');
    try {
      await view.getByRole('link', { name: `An alert fires: Requests to shop ${SHOWN}` }).click();
      await view.getByRole('heading', { name: 'Now' }).waitFor();
      await expect.poll(() => view.title()).toBe('Alerts – Vigie');
    } finally {
      await view.close();
    }
  });

  test('an alert shows its figures as the API has them, and the message that could not be delivered', async () => {
    const view = await open('/alerts?lang=en');
    try {
      const article = view.locator('article');
      await article.waitFor();
      const [alert] = (await alerts()).current;
      const text = (await article.textContent()) ?? '';
      expect(text).toContain(`Requests to shop ${SHOWN}`);
      expect(text).toContain(`${Number(alert!.figures.long.rate!.toFixed(1))}×`);
      expect(text).toContain('Not silenced.');
      expect(await view.locator('main img').count()).toBe(0);
      await article.getByText('Messages about it').click();
      await article.getByText(/ECONNREFUSED|refused/).waitFor();
      await view.getByRole('heading', { name: 'Who is told' }).waitFor();
      const receiver = view.getByRole('row').filter({ hasText: 'pager' }).last();
      expect(await receiver.textContent()).toContain('webhook');
    } finally {
      await view.close();
    }
  });

  test('an alert that goes on burning has the burn and the budget of its SLO: in the API, on the page, on the command line', async () => {
    appendFileSync(join(folder, 'shop.log'), accessLog(systemClock.now(), 400, 1));
    const moved = async (): Promise<AlertsAnswer['current'][number]> => {
      const [alert] = await firing();
      // All of them: the figures move no more while they are compared.
      expect(alert?.figures.budget.spent).toBe(600 / 5 + 400);
      return alert!;
    };
    const alert = await vi.waitFor(moved, PATIENCE);
    const { slos } = await asked<{ slos: readonly SloStatus[] }>('/api/vigie/slos');
    const slo = slos.find(({ id }) => id === alert.slo)!;
    const burn = slo.burns.find(({ window_secs }) => window_secs === alert.figures.pair.long_secs)!;
    expect(alert.figures).toMatchObject({ budget: slo.budget, long: burn });
    const list = await runVigie(
      ['alert', 'list', '--server', vigie.url, '--token-file', join(folder, 'reader')],
      folder,
    );
    expect(list.stdout).toContain(numberFormats('en').times(burn.rate!).replace('×', 'x'));
    const view = await open('/alerts?lang=en');
    try {
      const figures = view.locator('article dl');
      await figures.getByText(numberFormats('en').times(burn.rate!), { exact: true }).waitFor();
      const over = numberFormats('en').percent(-slo.budget.left_ratio!);
      await figures.getByText(`overspent by ${over}`, { exact: true }).waitFor();
    } finally {
      await view.close();
    }
  });

  test('history tells what is over, how long it lasted and how it ended; a row opens to all of it', async () => {
    const view = await open('/alerts?lang=en');
    try {
      const history = view.getByRole('region', { name: 'History' });
      const row = history.getByRole('row').last();
      await row.waitFor();
      const text = (await row.textContent()) ?? '';
      expect(text).toContain(`Requests to blog ${SHOWN}`);
      expect(text).toContain('recovered');
      expect(text).toContain('page');
      await row.getByRole('button', { name: /^What happened: Requests to blog/ }).click();
      await history.getByText(/^blog is within its allowance again since/).waitFor();
      await history.getByText('Burned', { exact: true }).waitFor();
      await history.getByText(/– fired$/).waitFor();
      await history.getByText('Messages about it').click();
      await history.getByText('pager').first().waitFor();
      await history.getByRole('button', { name: 'Ended' }).click();
      const ended = history.getByRole('columnheader', { name: 'Ended' });
      await expect.poll(() => ended.getAttribute('aria-sort')).toBe('ascending');
    } finally {
      await view.close();
    }
  });

  test('what messages link to is the page of the alert, also when it is over, and says when there is none', async () => {
    const { current, history } = await alerts();
    const view = await open(`/alerts/${history[0]!.id}?lang=en`);
    try {
      await view.getByRole('heading', { name: `Requests to blog ${SHOWN}` }).waitFor();
      await view.getByText(/^blog is within its allowance again since/).waitFor();
      await view.goto(`${vigie.url}/alerts/${current[0]!.id}?lang=en`);
      await view.getByText(/^shop burns its error budget at/).waitFor();
      await expect.poll(() => view.title()).toBe(`Requests to shop ${SHOWN} – Vigie`);
      await view.goto(`${vigie.url}/alerts/no-such-alert?lang=en`);
      await view.getByRole('heading', { name: 'There is no such alert' }).waitFor();
    } finally {
      await view.close();
    }
  });

  test('a token that may only read is told so, and nothing is silenced', async () => {
    const view = await open('/alerts?lang=en', READER);
    try {
      await silence(view);
      await view.getByText('Nothing was silenced: your token may read, but not silence.').waitFor();
      await view.getByText('Nothing is silenced.').waitFor();
    } finally {
      await view.close();
    }
  });

  test('a silence says what it matches before, who and until when after, and can be ended', async () => {
    const view = await open('/alerts?lang=en');
    try {
      await view.getByRole('button', { name: /^Silence: / }).click();
      await view.getByText('One alert of now is quiet with it. It matches the alerts of one SLO').waitFor();
      await view.getByLabel('Value').fill('no-such-slo');
      await view.getByText('It matches no SLO').waitFor();
      await view.getByRole('button', { name: 'Cancel' }).click();
      await silence(view);
      await view.getByText(/^Silenced until .* by Ada: deploying <b>/).waitFor();
      const row = view.getByRole('row').filter({ hasText: 'slo="shop-availability"' });
      await row.locator('.state', { hasText: /in force$/ }).waitFor();
      await row.getByRole('button').click();
      await view.getByText('Not silenced.').waitFor();
      await row.locator('.state', { hasText: /over$/ }).waitFor();
    } finally {
      await view.close();
    }
  });

  async function silence(view: Page): Promise<void> {
    await view.getByRole('button', { name: /^Silence: / }).click();
    await view.getByLabel('Your name').fill('Ada');
    await view.getByLabel('Why').fill('deploying <b>');
    await view.getByRole('button', { name: 'Silence', exact: true }).last().click();
  }

  test('a silence of hostile words shows them, every character, where it is', async () => {
    const { formula, rightToLeft, long: _, ...hostile } = HOSTILE_LINES;
    for (const comment of [...Object.values(hostile), formula, rightToLeft]) {
      const made = await fetch(`${vigie.url}/api/vigie/silences`, {
        method: 'POST',
        headers: { authorization: `Bearer ${WRITER}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          matchers: [{ name: 'slo', op: '=', value: `no-slo ${comment}` }],
          duration: '1h',
          author: comment,
          comment,
        }),
      });
      expect(made.status, await made.text()).toBe(200);
    }
    for (const path of ['/alerts?lang=en', '/?lang=en', '/slo/shop-availability?lang=en']) {
      const view = await open(path);
      try {
        await view.getByText('Requests to shop').first().waitFor();
        const text = (await view.locator('body').textContent()) + (await view.title());
        expect(text.match(UNSEEN), path).toBeNull();
        const labels = await view.locator('[aria-label]').evaluateAll((all) => all.map((one) => one.ariaLabel));
        expect(labels.join().match(UNSEEN), path).toBeNull();
        expect(await view.locator('main img').count()).toBe(0);
        if (!path.startsWith('/alerts')) continue;
        for (const comment of Object.values(hostile)) {
          expect(text).toContain(visibleText(comment).trim());
          const row = view.getByRole('row').filter({ hasText: visibleText(comment) });
          await row.getByRole('button', { name: /^End now: / }).waitFor();
        }
      } finally {
        await view.close();
      }
    }
  });

  test.each(LOOKS)('$theme, $lang: axe finds nothing, nothing scrolls sideways', async ({ theme, lang }) => {
    const view = await open(`/alerts?lang=${lang}`, WRITER, { colorScheme: theme });
    try {
      for (const width of [1280, 768, 320]) {
        await view.setViewportSize({ width, height: 900 });
        await view.goto(`${vigie.url}/alerts?lang=${lang}`);
        await view.locator('article').waitFor();
        await view
          .locator('article')
          .getByText(/Messages about it|Messages envoyés/)
          .click();
        await view.locator('article').getByText('pager').waitFor();
        await view
          .getByRole('button', { name: /^(What happened|Ce qui s’est passé)/ })
          .first()
          .click();
        await view
          .getByRole('button', { name: /^(End now|Terminer)/ })
          .first()
          .waitFor();
        await view.getByRole('button', { name: /^(New silence|Nouveau silence)$/ }).click();
        await view.locator('.silence-preview').getByText(/SLO/).waitFor();
        await expect.poll(() => faultsOf(view, `alerts-${theme}-${lang}-${width}`)).toEqual([]);
        if (width > 320) continue;
        await view.goto(`${vigie.url}/no-such-page?lang=${lang}`);
        await view.getByRole('heading', { name: /There is no such page|Cette page n’existe pas/ }).waitFor();
        await expect.poll(() => faultsOf(view, `not-found-${theme}-${lang}-${width}`)).toEqual([]);
        await view.goto(`${vigie.url}/alerts/${(await firing())[0]!.id}?lang=${lang}`);
        await view.getByRole('heading', { level: 2 }).waitFor();
        await expect.poll(() => faultsOf(view, `alert-${theme}-${lang}-${width}`)).toEqual([]);
      }
    } finally {
      await view.close();
    }
  });
});

const config = (folder: string, deafPort: number): string =>
  JSON.stringify({
    data_dir: 'data',
    discover: { access_logs: false, own_access_log: false },
    notify: { receivers: { pager: { type: 'webhook', url: `http://127.0.0.1:${deafPort}/hook` } } },
    sources: Object.fromEntries(
      ['shop', 'blog'].map((service) => [
        service,
        { type: 'file', include: [join(folder, `${service}.log`)], service },
      ]),
    ),
    transforms: {
      access: { type: 'parse', inputs: ['shop', 'blog'], format: 'access_log' },
      requests: { type: 'log_to_metric', inputs: ['access'] },
    },
    sinks: { vigie: { type: 'vigie', inputs: ['requests'] } },
  });

/** What a reader would not see, or would see elsewhere. */
const UNSEEN = /(?![\n\t])[\p{Cc}\p{Cf}]/u;

const sloOf = (service: string): string => `
  - id: ${service}-availability
    title: ${JSON.stringify(`Requests to ${service} ${HOSTILE}`)}
    service: ${service}
    owner: team-${service}
    objective: 99%
    window: 30d
    availability:
      total: http_requests_total{service="${service}"}
      bad: http_requests_total{service="${service}",status=~"5.."}
`;

/** Requests of the last minutes, ten a second; every `every`th failed, or none. */
function accessLog(now: number, requests: number, every: number): string {
  const lines = Array.from({ length: requests }, (_, i) => {
    const time = apacheTime(now - Math.min(240_000, (requests - i) * 100));
    return `192.0.2.1 - - [${time}] "GET /${i} HTTP/1.1" ${every > 0 && i % every === 0 ? 500 : 200} 512 "-" "-"`;
  });
  return `${lines.join('\n')}\n`;
}
