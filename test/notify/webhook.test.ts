import { describe, expect, test } from 'vitest';
import type { Ms } from '../../server/model/units.ts';
import { webhookReceiver } from '../../server/notify/webhook.ts';
import { LONG_TIMEOUT, receiverConformance } from '../conformance/receiver.ts';
import { NOW } from '../rules/observation.ts';
import { firingAlert, outgoing, voice } from '../support/alerts.ts';
import { startWebhook } from '../support/webhook-server.ts';

const TOKEN = 'bearer-token-nobody-may-see';

async function open(timeout: Ms = LONG_TIMEOUT) {
  const server = await startWebhook();
  const receiver = webhookReceiver({
    name: 'oncall',
    tiers: ['page', 'ticket'],
    url: server.url,
    token: TOKEN,
    timeout,
    voice: voice(),
  });
  const deliver = (message = outgoing()) => receiver.deliver(message, new AbortController().signal);
  return { server, receiver, deliver };
}

receiverConformance('webhook', 's3cret', async (timeout) => {
  const { server, receiver } = await open(timeout);
  return {
    receiver,
    received: () => server.requests.map(({ body, headers }) => `${headers['idempotency-key']} ${body}`),
    behave: (how) =>
      server.answer(how === 'accept' ? 200 : how === 'busy' ? 503 : how === 'refuse' ? 404 : () => undefined),
    close: server.close,
  };
});

describe('what a status means', () => {
  const means = (status: number, want: string) =>
    test(`${status}: ${want}`, async () => {
      const { server, deliver } = await open();
      server.answer(status);
      expect((await deliver()).result).toBe(want);
      server.close();
    });
  means(200, 'delivered');
  means(204, 'delivered');
  means(299, 'delivered');
  means(301, 'failed');
  means(307, 'failed');
  means(400, 'failed');
  means(404, 'failed');
  means(408, 'retry');
  means(410, 'failed');
  means(429, 'retry');
  means(499, 'failed');
  means(500, 'retry');
  means(599, 'retry');
});

test('a redirect is not followed: no request goes where the configuration does not say', async () => {
  const elsewhere = await startWebhook();
  const { server, deliver } = await open();
  server.answer((response) => response.writeHead(302, { location: elsewhere.url.href }).end());
  expect(await deliver()).toMatchObject({ result: 'failed', error: expect.stringContaining('302') });
  expect(elsewhere.requests).toEqual([]);
  server.close();
  elsewhere.close();
});

test('an answer without end does not hold the attempt', async () => {
  const { server, deliver } = await open();
  server.answer((response) => {
    response.writeHead(200);
    const more = setInterval(() => response.write('x'.repeat(65_536)), 1);
    response.on('close', () => clearInterval(more));
  });
  expect(await deliver()).toEqual({ result: 'delivered' });
  server.close();
});

describe("Alertmanager's webhook message, version 4", () => {
  const sent = async (message = outgoing()) => {
    const { server, deliver } = await open();
    await deliver(message);
    server.close();
    const [request] = server.requests;
    return { headers: request!.headers, body: JSON.parse(request!.body) };
  };

  test('has its keys, and the token in its header', async () => {
    const { headers, body } = await sent();
    expect(headers).toMatchObject({ authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' });
    expect(Object.keys(body).sort()).toEqual([
      'alerts',
      'commonAnnotations',
      'commonLabels',
      'externalURL',
      'groupKey',
      'groupLabels',
      'receiver',
      'status',
      'truncatedAlerts',
      'version',
    ]);
    expect(body).toMatchObject({
      version: '4',
      status: 'firing',
      receiver: 'oncall',
      groupLabels: { slo: 'shop-availability' },
      externalURL: 'https://vigie.example.org',
      truncatedAlerts: 0,
    });
    expect(Object.keys(body.alerts[0]).sort()).toEqual([
      'annotations',
      'endsAt',
      'fingerprint',
      'generatorURL',
      'labels',
      'startsAt',
      'status',
    ]);
    expect(body.alerts[0]).toMatchObject({
      labels: { alertname: 'ErrorBudgetBurn', service: 'shop', severity: 'page' },
      startsAt: new Date(NOW).toISOString(),
      endsAt: '0001-01-01T00:00:00Z',
      fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
  });

  test('what pairs firing and resolved stays the same, whatever tier it ends at', async () => {
    const alert = firingAlert({ labels: { team: 'web', region: 'eu' } });
    const resolved = { ...alert, state: 'resolved', tier: 'ticket', resolved: NOW + 600_000 } as const;
    const { body: first } = await sent(outgoing({}, alert));
    const { body: last } = await sent(outgoing({ kind: 'resolved' }, resolved));
    expect(last.groupKey).toBe(first.groupKey);
    expect(last.alerts[0].fingerprint).toBe(first.alerts[0].fingerprint);
    expect(last.alerts[0].labels).toEqual(first.alerts[0].labels);
    expect(last).toMatchObject({ status: 'resolved' });
    expect(last.alerts[0]).toMatchObject({
      status: 'resolved',
      startsAt: first.alerts[0].startsAt,
      endsAt: new Date(NOW + 600_000).toISOString(),
    });
  });
});
