import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import type { Alert, AlertDetail, AlertsAnswer, Silence } from '../server/model/alerts.ts';
import { systemClock } from '../server/model/clock.ts';
import { HOSTILE_TITLE } from './support/alerts.ts';
import { apacheTime } from './support/log-maker.ts';
import { logPipeline } from './support/log-pipeline.ts';
import { readMail, reply, startMail } from './support/mail-server.ts';
import { PATIENCE } from './support/patience.ts';
import { freePort } from './support/ports.ts';
import { runVigie, startVigie, type VigieProcess } from './support/vigie-process.ts';
import { startWebhook } from './support/webhook-server.ts';

/** From a log line to on-call's message, by the real program, which is killed on the way. */
const folder = mkdtempSync(join(tmpdir(), 'vigie-alerts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TOKEN = 'a-webhook-token-nobody-may-see';

/** A request a second in ten minutes that ended a minute ago, so that each is behind the first watermark; every fifth failed. */
function burningLog(): string {
  const end = systemClock.now() - 60_000;
  const line = (i: number): string =>
    `192.0.2.1 - - [${apacheTime(end - (600 - i) * 1000)}] "GET /${i} HTTP/1.1" ${i % 5 === 0 ? 500 : 200} 9 "-" "-"\n`;
  return Array.from({ length: 600 }, (_, i) => line(i)).join('');
}

function slos(alerts: string): string {
  const total = 'http_requests_total{service="shop"}';
  return `slos:
  - id: shop-availability
    title: ${JSON.stringify(HOSTILE_TITLE)}
    service: shop
    objective: 99.9%
    window: 30d
    alerts: ${alerts}
    availability: {total: '${total}', bad: '${total.replace('}', ',status=~"5.."}')}'}
`;
}

describe('an outage', () => {
  test('is told to both receivers once, whatever dies or refuses on the way, and told to be over', async () => {
    const webhook = await startWebhook();
    let greylisted = 2;
    const mail = await startMail({
      onRcptTo: (_address, _session, done) => done(greylisted-- > 0 ? reply(451, 'come again') : undefined),
    });
    const port = await freePort();
    const notify = {
      public_url: 'https://vigie.example.org/',
      receivers: {
        pager: { type: 'webhook', url: webhook.url.href, token_file: 'token', timeout: '30s', tiers: ['page'] },
        team: {
          ...{
            type: 'email',
            smtp: `smtp://127.0.0.1:${mail.port}`,
            from: 'vigie@example.org',
            to: ['sre@example.org'],
          },
          language: 'fr',
        },
      },
    };
    mkdirSync(join(folder, 'slos'));
    writeFileSync(join(folder, 'token'), `${TOKEN}\n`);
    writeFileSync(join(folder, 'shop.log'), burningLog());
    writeFileSync(join(folder, 'slos', 'shop.yaml'), slos('{ticket: none}'));
    const more = { listen: `127.0.0.1:${port}`, notify };
    writeFileSync(
      join(folder, 'vigie.yaml'),
      logPipeline({ shop: join(folder, 'shop.log') }, { tags: ['service', 'status'], more }),
    );
    expect((await runVigie(['check'], folder)).code).toBe(0);
    const server = ['--server', `http://127.0.0.1:${port}`];
    const json = async <T>(...args: string[]): Promise<T> =>
      JSON.parse((await runVigie([...args, ...server, '--json'], folder)).stdout) as T;
    const processes: VigieProcess[] = [];
    const start = async () => {
      const vigie = await startVigie(['run'], folder);
      processes.push(vigie);
      return vigie;
    };

    // The webhook takes the message and says nothing: killed there, nobody knows whether it arrived.
    webhook.answer(() => undefined);
    const first = await start();
    await vi.waitFor(() => expect(webhook.requests).toHaveLength(1), PATIENCE);
    await first.kill();

    webhook.answer(200);
    const second = await start();
    await vi.waitFor(() => expect(webhook.requests.length).toBeGreaterThan(1), PATIENCE);
    await vi.waitFor(() => expect(mail.mails.length).toBeGreaterThan(0), PATIENCE);
    const [alert] = await json<Alert[]>('alert', 'list');
    expect(alert).toMatchObject({ slo: 'shop-availability', state: 'firing', tier: 'page', silenced_by: [] });
    const shown = await runVigie(['alert', 'show', alert!.id, ...server], folder);
    expect(shown.stdout).toContain('shop burns its error budget at 200× its allowance');
    expect(shown.stdout).not.toMatch(/[\p{Cf}\r]|(?!\n)\p{Cc}/u);
    const { notifications } = await json<AlertDetail>('alert', 'show', alert!.id);
    await vi.waitFor(async () => {
      const detail = await json<AlertDetail>('alert', 'show', alert!.id);
      expect(detail.notifications.map(({ state }) => state)).toEqual(['delivered', 'delivered']);
    }, PATIENCE);
    expect(notifications.map(({ receiver }) => receiver).sort()).toEqual(['pager', 'team']);

    const preview = await runVigie(
      ['silence', 'add', 'service=~sh.p', '--for', '1h', '--comment', 'known', '--author', 'ada', '--json', ...server],
      folder,
    );
    expect(preview.stderr).toContain('matches 1 alerts now, and these SLOs: shop-availability');
    const silence = JSON.parse(preview.stdout) as Silence;
    expect(await json<Alert[]>('alert', 'list')).toMatchObject([{ silenced_by: [silence.id] }]);
    expect(await json<Silence[]>('silence', 'list')).toMatchObject([
      { id: silence.id, state: 'active', author: 'ada' },
    ]);
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect(metrics).toContain('vigie_alert_state{slo="shop-availability",service="shop",state="firing"} 1');
    expect(metrics).toContain('vigie_notifications_total{integration="webhook",receiver_name="pager"} 1');
    expect(metrics).toContain('vigie_silences{state="active"} 1');
    expect((await runVigie(['silence', 'expire', silence.id, ...server], folder)).stdout).toContain(silence.id);
    expect(await json<Alert[]>('alert', 'list')).toMatchObject([{ silenced_by: [] }]);
    await second.stop();

    // Its alerts are taken out of the definition: what was told as firing is told as over.
    writeFileSync(join(folder, 'slos', 'shop.yaml'), slos('none'));
    const third = await start();
    await vi.waitFor(() => expect(webhook.requests.at(-1)?.body).toContain('"status":"resolved"'), PATIENCE);
    await vi.waitFor(() => expect(mail.mails).toHaveLength(2), PATIENCE);
    const { history } = await (async () => {
      const response = await fetch(`http://127.0.0.1:${port}/api/vigie/alerts`);
      return (await response.json()) as AlertsAnswer;
    })();
    expect(history).toMatchObject([{ id: alert!.id, state: 'resolved', resolved_by: 'withdrawn' }]);
    await third.stop();

    const bodies = webhook.requests.map(({ body }) => JSON.parse(body));
    expect(bodies.map(({ status }) => status)).toEqual(['firing', 'firing', 'resolved']);
    expect(new Set(bodies.map(({ alerts }) => alerts[0].fingerprint)).size).toBe(1);
    const keys = webhook.requests.map(({ headers }) => headers['idempotency-key']);
    expect(keys[0]).toBe(keys[1]);
    expect(webhook.requests[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
    const subjects = mail.mails.map(({ raw }) => readMail(raw).headers.get('subject'));
    expect(subjects).toEqual([
      expect.stringMatching(/^Appel\s: shop/),
      expect.stringMatching(/^Retirée\s: l’alerte de shop/),
    ]);
    for (const vigie of processes) {
      expect(vigie.output()).not.toContain(TOKEN);
      expect(vigie.output()).not.toContain('s3cret');
    }
    webhook.close();
    await mail.close();
  });
});
