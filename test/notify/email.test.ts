import { afterEach, describe, expect, test } from 'vitest';
import { type EmailOptions, emailReceiver } from '../../server/notify/email.ts';
import { LONG_TIMEOUT, receiverConformance, SHORT_TIMEOUT } from '../conformance/receiver.ts';
import { NOW } from '../rules/observation.ts';
import { firingAlert, HOSTILE_TITLE, outgoing, voice } from '../support/alerts.ts';
import { type MailServer, readMail, reply, selfSigned, startMail } from '../support/mail-server.ts';

const PASSWORD = 'password nobody may see';
const CERTIFICATE = selfSigned();
const TLS = { ...CERTIFICATE, disabledCommands: [] };

const servers: MailServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function open(options: Parameters<typeof startMail>[0] = {}, changes: Partial<EmailOptions> = {}) {
  const server = await startMail(options);
  servers.push(server);
  const receiver = emailReceiver({
    name: 'team',
    tiers: ['page', 'ticket'],
    smtp: new URL(`smtp://127.0.0.1:${server.port}`),
    starttls: 'if_offered',
    from: 'vigie@example.org',
    to: ['sre@example.org'],
    timeout: LONG_TIMEOUT,
    voice: voice(),
    ...changes,
  });
  const deliver = (message = outgoing()) => receiver.deliver(message, new AbortController().signal);
  return { server, receiver, deliver };
}

receiverConformance('email', PASSWORD, async (timeout) => {
  let how: 'accept' | 'busy' | 'refuse' | 'hang' = 'accept';
  const onMailFrom: NonNullable<Parameters<typeof startMail>[0]>['onMailFrom'] = (_address, _session, done) => {
    if (how === 'accept') done();
    if (how === 'busy') done(reply(451, 'greylisted, come again'));
    if (how === 'refuse') done(reply(554, 'no'));
  };
  const { server, receiver } = await open({ onMailFrom }, { timeout });
  return {
    receiver,
    received: () =>
      server.mails.map(({ raw }) => {
        const { headers, text, html } = readMail(raw);
        return [headers.get('message-id'), headers.get('subject'), text, html].join('\n');
      }),
    behave: (next) => {
      how = next;
    },
    close: server.close,
  };
});

describe('a mail', () => {
  test('says in its subject and its text what burns, since when, spent, left, how long it lasts, and where to look', async () => {
    const { server, deliver } = await open();
    await deliver();
    const { headers, text, html } = readMail(server.mails[0]!.raw);
    expect(headers.get('subject')).toBe('Page: shop burns its error budget at 100× – Requests to shop succeed');
    expect(headers.get('auto-submitted')).toBe('auto-generated');
    expect(headers.get('date')).toBe(new Date(NOW).toUTCString().replace('GMT', '+0000'));
    for (const part of [text, html]) {
      expect(part).toContain('shop burns its error budget at 100× its allowance: 100 bad of 1,000 requests in 1 hour.');
      expect(part).toContain('Above 14.4× it calls for a person now.');
      expect(part).toMatch(/It began on Nov 14, 2023, 22:13/);
      expect(part).toContain('13.9% of the error budget of 30 days went within 1 hour.');
      expect(part).toContain('The error budget is overspent');
      expect(part).toContain('There is nothing left to spend.');
      expect(part).toContain('https://vigie.example.org/alerts/shop-availability-20231114T221320Z');
    }
    expect(html).not.toMatch(/<img|<script|<link|url\(/);
  });
  test('is French for a French receiver', async () => {
    const { server, deliver } = await open({}, { voice: voice('fr') });
    await deliver();
    const { headers, text, html } = readMail(server.mails[0]!.raw);
    expect(headers.get('subject')).toBe(
      'Appel\u202f: shop consomme son budget d’erreur à 100 fois le rythme permis – Les requêtes vers shop réussissent',
    );
    expect(text).toContain('shop consomme son budget d’erreur à 100 fois le rythme permis');
    expect(html).toContain('<html lang="fr">');
  });
  test('without a public address it has no link', async () => {
    const { server, deliver } = await open({}, { voice: { ...voice(), publicUrl: undefined } });
    await deliver();
    expect(readMail(server.mails[0]!.raw).html).not.toContain('href=');
  });
  test('firing and over belong together, and are two mails', async () => {
    const { server, deliver } = await open();
    await deliver();
    const over = { ...firingAlert(), state: 'resolved', resolved: NOW, resolved_by: 'recovered' } as const;
    await deliver(outgoing({ id: 'another', kind: 'resolved' }, over));
    const [first, last] = server.mails.map(({ raw }) => readMail(raw).headers);
    expect(last?.get('references')).toBe(first?.get('references'));
    expect(last?.get('message-id')).not.toBe(first?.get('message-id'));
    expect(last?.get('subject')).toBe('Over: shop is within its allowance again – Requests to shop succeed');
  });
  test('no title makes a header, a recipient or markup of its own', async () => {
    const { server, deliver } = await open();
    await deliver(outgoing({}, firingAlert({ title: HOSTILE_TITLE, service: HOSTILE_TITLE })));
    const [mail] = server.mails;
    expect(mail?.to).toEqual(['sre@example.org']);
    const { headers, html } = readMail(mail!.raw);
    expect(headers.has('bcc')).toBe(false);
    expect(headers.get('subject')).toContain('<img src=x onerror=alert(1)> Bcc: everybody@example.org');
    expect(html).not.toContain('<img');
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(html).toContain('&quot;&#39;&amp;');
  });
});

describe('several recipients', () => {
  const to = ['a@example.org', 'b@example.org', 'c@example.org'];
  test('one that is greylisted is tried again alone', async () => {
    let greylisted = true;
    const { server, receiver } = await open(
      {
        onRcptTo: ({ address }, _session, done) =>
          done(greylisted && address.startsWith('b') ? reply(451, '4.7.1 come again') : undefined),
      },
      { to },
    );
    const { signal } = new AbortController();
    const outcome = await receiver.deliver(outgoing(), signal);
    expect(outcome).toMatchObject({
      result: 'retry',
      remaining: ['b@example.org'],
      error: expect.stringContaining('451'),
    });
    greylisted = false;
    expect(await receiver.deliver(outgoing({ remaining: ['b@example.org'] }), signal)).toEqual({ result: 'delivered' });
    expect(server.mails.map((mail) => mail.to)).toEqual([['a@example.org'], ['c@example.org'], ['b@example.org']]);
  });
  test('one that does not exist is told, and does not keep the others from theirs', async () => {
    const { server, deliver } = await open(
      {
        onRcptTo: ({ address }, _session, done) =>
          done(address.startsWith('b') ? reply(550, 'no such user') : undefined),
      },
      { to },
    );
    expect(await deliver()).toMatchObject({ result: 'delivered', note: expect.stringContaining('550') });
    expect(server.mails).toHaveLength(2);
  });
  test('when all are refused it failed', async () => {
    const { deliver } = await open(
      { onRcptTo: (_address, _session, done) => done(reply(550, 'no such user')) },
      { to },
    );
    expect(await deliver()).toMatchObject({ result: 'failed' });
  });
});

describe('TLS and passwords', () => {
  const ca = CERTIFICATE.cert;
  const auth = { user: 'vigie', pass: PASSWORD };
  const onAuth: NonNullable<Parameters<typeof startMail>[0]>['onAuth'] = ({ username, password }, _session, done) => {
    const right = username === auth.user && password === PASSWORD;
    done(right ? null : reply(535, `wrong password ${password}`), right ? { user: username } : undefined);
  };

  test('STARTTLS is used when it is offered', async () => {
    const { server, deliver } = await open(TLS, { ca });
    expect(await deliver()).toEqual({ result: 'delivered' });
    expect(server.mails[0]?.secure).toBe(true);
  });
  test('a certificate nobody vouches for is not trusted', async () => {
    const { server, deliver } = await open(TLS);
    expect(await deliver()).toMatchObject({ result: 'retry', error: expect.stringContaining('self-signed') });
    expect(server.mails).toEqual([]);
  });
  test('TLS from the first byte', async () => {
    const { server, receiver } = await open({ ...TLS, secure: true }, { ca, timeout: SHORT_TIMEOUT });
    expect(await receiver.deliver(outgoing(), new AbortController().signal)).toMatchObject({ result: 'retry' });
    const smtp = new URL(`smtps://127.0.0.1:${server.port}`);
    const secure = emailReceiver({
      ...{ name: 'team', tiers: ['page'], starttls: 'if_offered', from: 'v@example.org', to: ['s@example.org'] },
      ...{ smtp, ca, timeout: LONG_TIMEOUT, voice: voice() },
    });
    expect(await secure.deliver(outgoing(), new AbortController().signal)).toEqual({ result: 'delivered' });
  });
  test('where TLS is required and not offered, no mail and no password leaves', async () => {
    let tried = 0;
    const count: typeof onAuth = (login, session, done) => {
      tried++;
      onAuth(login, session, done);
    };
    const { server, deliver } = await open({ onAuth: count, allowInsecureAuth: true }, { starttls: 'required', auth });
    expect(await deliver()).toMatchObject({ result: 'retry' });
    expect([tried, server.mails.length]).toEqual([0, 0]);
  });
  test('logs in', async () => {
    const { server, deliver } = await open({ ...TLS, onAuth, authOptional: false }, { ca, auth });
    expect(await deliver()).toEqual({ result: 'delivered' });
    expect(server.mails[0]?.user).toBe('vigie');
  });
  test('a wrong password is tried again, for somebody will mend it, and is not shown', async () => {
    const wrong = { user: 'vigie', pass: 'a wrong secret' };
    const { deliver } = await open(
      { ...TLS, onAuth: (_l, _s, done) => done(reply(535, 'no')), authOptional: false },
      { ca, auth: wrong },
    );
    const outcome = await deliver();
    expect(outcome).toMatchObject({ result: 'retry', error: expect.stringContaining('535') });
    expect(JSON.stringify(outcome)).not.toContain(wrong.pass);
  });
});
