import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { h } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { fileAlerts, fileGroups } from '../../server/api/rule-file-groups.ts';
import { openEngine } from '../../server/engine/engine.ts';
import { createRuleService, type RunningRuleService } from '../../server/evaluation/create-rule-service.ts';
import { RuleAlertBook } from '../../server/evaluation/rule-alert-book.ts';
import { SilenceBook } from '../../server/evaluation/silence-book.ts';
import { UnsavedChanges } from '../../server/evaluation/unsaved-changes.ts';
import type { Engine, QueryData } from '../../server/model/engine.ts';
import { HOUR, MINUTE, type Ms, ms } from '../../server/model/units.ts';
import { mailText } from '../../server/notify/email-message.ts';
import { openOutbox, type RunningOutbox } from '../../server/notify/outbox.ts';
import type { AlertMessage, Receiver } from '../../server/notify/receiver.ts';
import { webhookMessage } from '../../server/notify/webhook-message.ts';
import { ruleFileOf } from '../../server/rule-tests/rule-files.ts';
import { createLog } from '../../server/runtime/log.ts';
import { RuleAlerts } from '../../web/alerts/rule-alerts.tsx';
import { voice } from '../support/alerts.ts';
import { PATIENCE } from '../support/patience.ts';

const root = mkdtempSync(join(tmpdir(), 'vigie-rule-service-'));
const START = ms(Date.UTC(2026, 0, 31, 12));
const log = createLog('test', { write: () => {} });
const stops: (() => Promise<void>)[] = [];
let folders = 0;

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});
afterAll(() => rmSync(root, { recursive: true }));

interface House {
  readonly engine: Engine;
  readonly service: RunningRuleService;
  readonly silences: SilenceBook;
  readonly messages: readonly AlertMessage[];
  /** Sets a gauge at every following minute. */
  set(name: string, value: number | 'stale', labels?: Readonly<Record<string, string>>): void;
  /** Lets minutes pass, evaluating as the clock goes; what is to be told then has been told. */
  pass(minutes: number): Promise<void>;
  /** Time in which nothing runs. */
  sleep(time: Ms): void;
  write(rules: string): void;
  states(): readonly string[];
  ask(expr: string): Promise<QueryData>;
  restart(): Promise<House>;
}

async function openHouse(rules: string, from: { folder: string; now: Ms } | undefined = undefined): Promise<House> {
  const folder = from?.folder ?? join(root, String(++folders));
  let now = from?.now ?? START;
  let text = rules;
  const clock = { now: () => now };
  const engine = openEngine({ dataDir: folder, clock, log });
  const changes = new UnsavedChanges(engine, log);
  let ids = 0;
  const silences = await SilenceBook.open(engine, () => `silence-${++ids}`);
  const messages: AlertMessage[] = [];
  const receiver: Receiver = {
    name: 'oncall',
    integration: 'webhook',
    tiers: ['page', 'ticket'],
    deliver: async (message) => {
      if (message.kind !== 'report') messages.push(message);
      return { result: 'delivered' };
    },
  };
  const outbox: RunningOutbox = await openOutbox({
    receivers: [receiver],
    engine,
    changes,
    clock,
    log,
    random: () => 0.5,
  });
  outbox.start();
  const service = await createRuleService({
    engine,
    read: () => ruleFileOf('rules.yaml', text),
    interval: MINUTE,
    alerts: await RuleAlertBook.open({ engine, changes, silences, outbox }),
    externalUrl: 'https://vigie.example.org',
    clock,
    log,
  });
  const values = new Map<string, { readonly labels: Record<string, string>; readonly value: number | 'stale' }>();
  const close = async (): Promise<void> => {
    await service.stop();
    await outbox.stop();
    await engine.close();
  };
  stops.push(close);
  return {
    engine,
    service,
    silences,
    messages,
    set: (name, value, labels = {}) => {
      values.set(name + JSON.stringify(labels), { labels: { __name__: name, ...labels }, value });
    },
    pass: async (minutes) => {
      for (let i = 0; i < minutes; i++) {
        now = ms(now + MINUTE / 2);
        await engine.record({ source: 'data', time: now, values: [...values.values()] }, now);
        now = ms(now + MINUTE / 2);
        await service.tick();
      }
      await vi.waitUntil(() => outbox.status().every(({ waiting }) => waiting === 0), PATIENCE);
    },
    sleep: (time) => {
      now = ms(now + time);
    },
    write: (next) => {
      text = next;
    },
    states: () => service.alerts().map(({ rule, state, labels }) => `${rule} ${labels.host ?? ''} ${state}`),
    ask: async (expr) => (await engine.queryInstant(expr, now)).data,
    restart: async () => {
      stops.splice(stops.indexOf(close), 1);
      await close();
      return openHouse(text, { folder, now });
    },
  };
}

const group = (rules: string, more = ''): string => `groups: [{name: g, ${more} rules: [${rules}]}]`;
const HOT = (more = '') =>
  `{alert: Hot, expr: 'temp > 80', for: 2m, labels: {severity: page}, annotations: {summary: '{{ $labels.host }} has {{ $value }}'}${more}}`;

describe('an alerting rule', () => {
  test('waits for its time, fires, is told, and is over', async () => {
    const house = await openHouse(group(HOT()));
    house.set('temp', 90, { host: 'a' });
    house.set('temp', 20, { host: 'b' });
    await house.pass(1);
    expect(house.states()).toEqual(['Hot a pending']);
    await house.pass(1);
    expect(house.states()).toEqual(['Hot a pending']);
    expect(house.messages).toEqual([]);
    await house.pass(1);
    expect(house.states()).toEqual(['Hot a firing']);
    house.set('temp', 20, { host: 'a' });
    await house.pass(1);
    expect(house.states()).toEqual(['Hot a resolved']);
    expect(
      house.messages.map(({ kind, tier, content }) => [kind, tier, 'rule' in content && content.annotations]),
    ).toEqual([
      ['firing', 'page', { summary: 'a has 90' }],
      ['resolved', 'page', { summary: 'a has 90' }],
    ]);
  });
  test('writes ALERTS and ALERTS_FOR_STATE, and ends them', async () => {
    const house = await openHouse(group(HOT()));
    house.set('temp', 90, { host: 'a' });
    await house.pass(3);
    const [{ since = 0 } = {}] = house.service.alerts();
    expect(await house.ask('ALERTS')).toMatchObject({
      result: [
        {
          metric: { alertname: 'Hot', alertstate: 'firing', host: 'a', severity: 'page' },
          value: [0, '1'].with(0, expect.anything()),
        },
      ],
    });
    expect(await house.ask('ALERTS_FOR_STATE')).toMatchObject({
      result: [{ value: [expect.anything(), String(since / 1000)] }],
    });
    house.set('temp', 20, { host: 'a' });
    await house.pass(1);
    expect(await house.ask('{__name__=~"ALERTS.*"}')).toMatchObject({ result: [] });
  });
  test('whose query fails keeps its alerts and says why', async () => {
    const house = await openHouse(group(`{alert: Two, expr: 'a * on() b > 0'}`));
    house.set('a', 1);
    house.set('b', 1);
    await house.pass(1);
    expect(house.states()).toEqual(['Two  firing']);
    house.set('b', 2, { host: 'x' });
    await house.pass(1);
    expect(house.states()).toEqual(['Two  firing']);
    const [run] = house.service.groups();
    expect(run?.rules[0]).toMatchObject({ health: 'err', lastError: expect.stringContaining('several series') });
    expect(run?.counts).toEqual({ evaluations: 2, missed: 0, failures: 1 });
  });
  test('above its limit has none, and whoever was told is told that it is over', async () => {
    const house = await openHouse(group(`{alert: Hot, expr: 'temp > 80'}`, 'limit: 1,'));
    house.set('temp', 90, { host: 'a' });
    await house.pass(1);
    house.set('temp', 90, { host: 'b' });
    await house.pass(1);
    expect(house.states()).toEqual([]);
    expect(house.messages.map(({ kind }) => kind)).toEqual(['firing', 'resolved']);
    expect(house.service.groups()[0]?.rules[0]?.lastError).toBe('exceeded limit of 1 with 2 alerts');
  });
  test('is told when its silence ends', async () => {
    const house = await openHouse(group(HOT()));
    house.set('temp', 90, { host: 'a' });
    await house.pass(1);
    const matchers = [{ name: 'host', op: '=', value: 'a' }];
    await house.silences.put({ matchers, duration: '5m', author: 'ada', comment: 'known' }, START);
    await house.pass(2);
    expect(house.service.alerts()).toMatchObject([{ state: 'firing', silenced_by: ['silence-1'] }]);
    expect(house.messages).toEqual([]);
    await house.pass(3);
    expect(house.messages).toHaveLength(1);
  });
  test('asks in its templates, also for what an answer names', async () => {
    const template = `{{ range query "owner" }}{{ .Labels.name }} {{ with query (printf "phone{name='%s'}" .Labels.name) }}{{ . | first | value }}{{ end }}{{ end }}`;
    const house = await openHouse(
      group(`{alert: Hot, expr: 'temp > 80', annotations: {who: ${JSON.stringify(template)}}}`),
    );
    house.set('temp', 90);
    house.set('owner', 1, { name: 'ada' });
    house.set('phone', 17, { name: 'ada' });
    await house.pass(1);
    expect(house.service.alerts()).toMatchObject([{ annotations: { who: 'ada 17' } }]);
  });
});

describe('a group', () => {
  test('evaluates its rules in order, each seeing what those before it wrote', async () => {
    const rules = `{record: 'a:twice', expr: 'a * 2', labels: {by: rule}}, {record: 'a:four', expr: 'a:twice * 2'}`;
    const house = await openHouse(group(rules));
    house.set('a', 3, { host: 'x' });
    await house.pass(1);
    expect(await house.ask('a:four')).toMatchObject({
      result: [{ metric: { by: 'rule', host: 'x' }, value: [expect.anything(), '12'] }],
    });
    house.set('a', 'stale', { host: 'x' });
    await house.pass(1);
    expect(await house.ask('{__name__=~"a:.*"}')).toMatchObject({ result: [] });
  });
  test('looks back by its query_offset', async () => {
    const house = await openHouse(group(`{record: 'past', expr: 'a'}`, 'query_offset: 1m,'));
    house.set('a', 1);
    await house.pass(1);
    house.set('a', 2);
    await house.pass(1);
    expect(await house.ask('past')).toMatchObject({ result: [{ value: [expect.anything(), '1'] }] });
  });
  test('leaves out what came too late, and counts it', async () => {
    const house = await openHouse(group(`{record: 'b', expr: 'a'}`));
    house.set('a', 1);
    await house.pass(1);
    house.sleep(ms(3 * MINUTE));
    await house.pass(1);
    expect(house.service.groups()[0]?.counts).toMatchObject({ evaluations: 2, missed: 3 });
  });
  test('tells of what the store refused', async () => {
    const labels = Array.from({ length: 33 }, (_, i) => `l${i}: x`).join();
    const house = await openHouse(group(`{record: 'b', expr: 'a', labels: {${labels}}}`));
    house.set('a', 1);
    await house.pass(1);
    const [run] = house.service.groups()[0]?.rules ?? [];
    expect(run).toMatchObject({ health: 'err', lastError: expect.stringMatching(/^cannot write 1 of 1 samples/) });
  });
});

describe('after a restart', () => {
  const SLOW = group(HOT().replace('for: 2m', 'for: 30m'));
  const firesAfter = async (sleep: Ms): Promise<number> => {
    const house = await openHouse(SLOW);
    house.set('temp', 90, { host: 'a' });
    await house.pass(16);
    house.sleep(sleep);
    const next = await house.restart();
    next.set('temp', 90, { host: 'a' });
    for (let minutes = 1; minutes < 40; minutes++) {
      await next.pass(1);
      if (next.states()[0] === 'Hot a firing') return minutes;
    }
    return Number.NaN;
  };
  test('what was pending is pending on', async () => expect(await firesAfter(ms(0))).toBe(16));
  test('the outage does not count', async () => expect(await firesAfter(ms(20 * MINUTE))).toBe(16));
  test('after a long one it begins anew', async () => expect(await firesAfter(ms(HOUR + MINUTE))).toBe(31));
  test('what fired is not told again, and is told to be over', async () => {
    const house = await openHouse(group(HOT()));
    house.set('temp', 90, { host: 'a' });
    await house.pass(4);
    const next = await house.restart();
    next.set('temp', 90, { host: 'a' });
    await next.pass(1);
    expect(next.states()).toEqual(['Hot a firing']);
    expect(next.messages).toEqual([]);
    next.set('temp', 20, { host: 'a' });
    await next.pass(1);
    expect(next.messages.map(({ kind }) => kind)).toEqual(['resolved']);
  });
  test('without its rule it is over', async () => {
    const house = await openHouse(group(HOT()));
    house.set('temp', 90, { host: 'a' });
    await house.pass(4);
    house.write('groups: []');
    const next = await house.restart();
    await next.pass(1);
    expect(next.states()).toEqual([]);
    expect(next.messages.map(({ kind }) => kind)).toEqual(['resolved']);
  });
});

describe('a reload', () => {
  test('keeps the state of what did not change, and of rules whose threshold did', async () => {
    const house = await openHouse(group(HOT()));
    house.set('temp', 90, { host: 'a' });
    await house.pass(3);
    expect(await house.service.reload()).toBe(1);
    house.write(group(HOT().replace('80', '85')));
    await house.service.reload();
    await house.pass(1);
    expect(house.states()).toEqual(['Hot a firing']);
    expect(house.messages.map(({ kind }) => kind)).toEqual(['firing']);
  });
  test('ends the alerts and the series of rules that are gone', async () => {
    const house = await openHouse(group(`${HOT()}, {record: 'b', expr: 'temp'}`));
    house.set('temp', 90, { host: 'a' });
    await house.pass(3);
    house.write('groups: []');
    await house.service.reload();
    await house.pass(1);
    expect(house.states()).toEqual([]);
    expect(house.messages.map(({ kind }) => kind)).toEqual(['firing', 'resolved']);
    expect(await house.ask('{__name__=~"ALERTS|b"}')).toMatchObject({ result: [] });
    expect((await house.engine.origins()).map(({ origin }) => origin)).toEqual(['rules/data']);
  });
  test('of broken files changes nothing', async () => {
    const house = await openHouse(group(HOT()));
    house.set('temp', 90, { host: 'a' });
    await house.pass(3);
    house.write(`groups: [{name: g, rules: [{alert: A, expr: 'x ='}, {record: '{', expr: x}]}]`);
    await expect(house.service.reload()).rejects.toThrow(/rules\.yaml:1:\d+: .*\nrules\.yaml:1:\d+: /);
    expect(house.service.refusedFiles()?.problems).toHaveLength(2);
    expect(house.states()).toEqual(['Hot a firing']);
  });
});

describe('what fires', () => {
  test('is told as Prometheus tells it', async () => {
    const house = await openHouse(group(`${HOT(', keep_firing_for: 5m')}, {record: 'b', expr: 'temp'}`));
    house.set('temp', 90, { host: 'a' });
    await house.pass(3);
    const labels = { alertname: 'Hot', host: 'a', severity: 'page' };
    const alert = { labels, annotations: { summary: 'a has 90' }, state: 'firing', value: '9e+01' };
    expect(fileAlerts(house.service.groups())).toMatchObject([alert]);
    expect(fileGroups(house.service.groups())).toMatchObject([
      {
        ...{ name: 'g', file: 'rules.yaml', interval: 60, limit: 0 },
        rules: [
          {
            ...{ type: 'alerting', name: 'Hot', query: 'temp > 80', duration: 120, keepFiringFor: 300, health: 'ok' },
            ...{ labels: { severity: 'page' }, state: 'firing', alerts: [alert] },
          },
          { type: 'recording', name: 'b', query: 'temp', labels: {}, health: 'ok' },
        ],
      },
    ]);
  });
  test('is a webhook with the labels of the rule, and a mail with its words', async () => {
    const house = await openHouse(group(HOT()));
    house.set('temp', 90, { host: '<b>\n\u202ea' });
    await house.pass(3);
    house.set('temp', 'stale', { host: '<b>\n\u202ea' });
    await house.pass(1);
    const [firing, resolved] = house.messages.map((message) => webhookMessage(message, voice('en')));
    const labels = { alertname: 'Hot', host: '<b> \ufffda', severity: 'page' };
    const annotations = { summary: '<b> \ufffda has 90' };
    expect(firing).toMatchObject({ version: '4', status: 'firing', groupLabels: labels });
    expect(firing?.alerts).toMatchObject([{ labels, annotations, endsAt: '0001-01-01T00:00:00Z' }]);
    expect(resolved).toMatchObject({ status: 'resolved', groupKey: firing?.groupKey });
    expect(resolved?.alerts[0]?.fingerprint).toBe(firing?.alerts[0]?.fingerprint);
    const mail = mailText(house.messages[0]!, voice('fr'), 'example.org');
    expect(mail.subject).toBe('Appel\u202f: Hot – <b> \ufffda has 90');
    expect(mail.html).toContain('&lt;b&gt;');
    expect(mail.html).not.toContain('<b>');
  });
  test('is on the page of alerts, its text as text', async () => {
    const house = await openHouse(group(HOT()));
    house.set('temp', 90, { host: '<script>' });
    await house.pass(3);
    const page = renderToString(h(RuleAlerts, { rules: house.service.alerts(), silences: [], onSilence: () => {} }));
    expect(page).toContain('&lt;script> has 90');
    expect(page).not.toContain('<script>');
    expect(renderToString(h(RuleAlerts, { rules: undefined, silences: [], onSilence: () => {} }))).toBe('');
  });
});
