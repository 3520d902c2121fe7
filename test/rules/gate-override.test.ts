import { describe, expect, test } from 'vitest';
import { gate } from '../../rules/gate/gate.ts';
import { endOverride, makeOverride, overrideState } from '../../rules/gate/gate-override.ts';
import { OverrideBook } from '../../server/evaluation/override-book.ts';
import { createOverrideService } from '../../server/evaluation/override-service.ts';
import { english } from '../../server/evaluation/sentences.ts';
import type { GateDecision } from '../../server/model/slo.ts';
import { DAY, HOUR, ms } from '../../server/model/units.ts';
import { createLog } from '../../server/runtime/log.ts';
import { memoryDocuments } from '../support/memory-documents.ts';
import { events, NOW, slo, statusOf } from './observation.ts';

const REQUEST = { service: 'shop', reason: 'fixes the outage', by: 'alice', duration: '2h' };
const made = (changes: Partial<typeof REQUEST> = {}, now = NOW) =>
  makeOverride({ ...REQUEST, ...changes }, { id: 'a', now });

describe('a request', () => {
  test('makes an override from now on', () =>
    expect(made()).toEqual({
      ...{ id: 'a', service: 'shop', reason: 'fixes the outage', by: 'alice' },
      ...{ created: NOW, ends: NOW + 2 * HOUR },
    }));
  const lasts = (duration: string, want: number) =>
    test(`${duration} is taken`, () => expect(made({ duration }).ends - NOW).toBe(want));
  lasts('1m', 60_000);
  lasts('7d', 7 * DAY);
  const refused = (what: string, body: unknown, want: string) =>
    test(`${what} is refused`, () =>
      expect(() => makeOverride(body, { id: 'a', now: NOW })).toThrow(`cannot override the gate: ${want}`));
  refused('less than a minute', { ...REQUEST, duration: '59s' }, 'duration: got 59s; want 1m to 7d');
  refused('more than a week', { ...REQUEST, duration: '7d1s' }, 'duration: got 7d1s; want 1m to 7d');
  refused('a bare number', { ...REQUEST, duration: '120' }, 'duration: cannot read duration "120"');
  refused('no reason', { ...REQUEST, reason: ' ' }, 'reason: got " "; want why');
  refused('nobody', { ...REQUEST, by: undefined }, 'by: missing; want who overrides');
  refused('a long reason', { ...REQUEST, reason: 'x'.repeat(301) }, 'reason: got "xxx');
  refused('more than was asked', { ...REQUEST, until: 1 }, 'unknown key "until"; want one of service');
  refused('no object', null, '');
});

describe('its life', () => {
  const state = (age: number, want: string, override = made()) =>
    test(`is ${want} after ${age} ms`, () => expect(overrideState(override, ms(NOW + age))).toBe(want));
  state(0, 'active');
  state(2 * HOUR - 1, 'active');
  state(2 * HOUR, 'expired');
  state(1, 'ended', endOverride(made(), 'bob', ms(NOW + 1)));
  state(2 * HOUR, 'ended', endOverride(made(), 'bob', ms(NOW + 1)));
  test('ends once, by somebody', () => {
    expect(() => endOverride(made(), '', NOW)).toThrow('by: got ""; want who ends it');
    expect(() => endOverride(made(), 'bob', ms(NOW + 2 * HOUR))).toThrow('it is expired already');
    const ended = endOverride(made(), 'bob', ms(NOW + 1));
    expect(ended).toEqual({ ...made(), ended: { time: NOW + 1, by: 'bob' } });
    expect(() => endOverride(ended, 'bob', ms(NOW + 2))).toThrow('it is ended already');
  });
});

describe('the gate with an override', () => {
  const spent = () => statusOf(slo({ objective: 0.99 }), events(9800, 200, 3 * DAY));
  const healthy = () => statusOf(slo({ objective: 0.99 }), events(9963, 37));
  const other = () => ({ ...spent(), id: 'api-availability', service: 'api' });
  const says = (
    what: string,
    [statuses, overrides]: readonly [ReturnType<typeof spent>[], ReturnType<typeof made>[]],
    want: GateDecision,
    reasons: readonly (readonly [string, GateDecision])[],
    shown = overrides.length,
  ) =>
    test(what, () => {
      const answer = gate(statuses, { now: NOW, policies: [], overrides }, english);
      expect(answer.decision).toBe(want);
      expect(answer.reasons.map(({ code, decision }) => [code, decision])).toEqual(reasons);
      expect(answer.overrides?.length ?? 0).toBe(shown);
    });
  says('a no is a go, what is against it stays', [[spent()], [made()]], 'go', [
    ['overridden', 'go'],
    ['budget_spent', 'no_go'],
  ]);
  says('a go needs none, and shows it', [[healthy()], [made()]], 'go', [['budget_left', 'go']]);
  says('another service stays where it is', [[spent(), other()], [made()]], 'no_go', [
    ['budget_spent', 'no_go'],
    ['overridden', 'go'],
    ['budget_spent', 'no_go'],
  ]);
  says('of a service nobody asked about', [[other()], [made()]], 'no_go', [['budget_spent', 'no_go']], 0);
  says('over', [[spent()], [endOverride(made(), 'bob', NOW)]], 'no_go', [['budget_spent', 'no_go']]);
  test('says who, until when and why: the one that ends last', () => {
    const overrides = [made({ by: 'bob', duration: '1h' }), made()];
    const { sentence } = gate([spent()], { now: NOW, policies: [], overrides }, english);
    expect(sentence).toMatch(
      /^Yes, with care — shop may be released\. alice lets shop through until Nov 15, 2023.*: fixes the outage\.$/,
    );
  });
});

describe('the audit', () => {
  async function openAudit() {
    const engine = memoryDocuments();
    let ids = 0;
    let now = NOW;
    const book = await OverrideBook.open(engine, () => `o-${++ids}`);
    const log: string[] = [];
    const service = createOverrideService({
      book,
      slos: {
        current: async () => ({
          time: NOW,
          slos: [statusOf(slo(), [])],
          alerts: [],
          gate: gate([], { now, policies: [] }, english),
        }),
        refresh: async () => {},
      },
      clock: { now: () => now },
      log: createLog('test', { write: (line: string) => log.push(line) }),
    });
    return { engine, service, log, move: (by: number) => (now = ms(now + by)) };
  }
  test('has every override, newest first, also those that are over, and after a restart', async () => {
    const { engine, service, log, move } = await openAudit();
    await service.add(REQUEST);
    move(3 * HOUR);
    await service.add({ ...REQUEST, by: 'carol' });
    await service.end('o-2', 'dave');
    await service.add({ ...REQUEST, by: 'erin' });
    const states = service.list().overrides.map(({ id, state, by, ended }) => [id, state, by, ended?.by]);
    expect(states).toEqual([
      ['o-3', 'active', 'erin', undefined],
      ['o-2', 'ended', 'carol', 'dave'],
      ['o-1', 'expired', 'alice', undefined],
    ]);
    const again = await OverrideBook.open(engine, () => 'x');
    expect(again.all).toEqual(service.list().overrides.map(({ state: _, ...kept }) => kept));
    expect(log.join('')).toMatch(/overridden.*alice.*ended.*dave/s);
  });
  test('nothing counts that is not on disk', async () => {
    const { engine, service } = await openAudit();
    engine.full(true);
    await expect(service.add(REQUEST)).rejects.toMatchObject({ code: 'disk_full' });
    expect(service.list().overrides).toEqual([]);
    engine.full(false);
    await service.add(REQUEST);
    engine.full(true);
    await expect(service.end('o-2', 'bob')).rejects.toMatchObject({ code: 'disk_full' });
    expect(service.list().overrides).toMatchObject([{ state: 'active' }]);
  });
  test('a service without an SLO is a mistake, told with those there are', async () => {
    const { service } = await openAudit();
    await expect(service.add({ ...REQUEST, service: 'shpo' })).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('there is shop'),
    });
    await expect(service.end('x', 'bob')).rejects.toMatchObject({ code: 'not_found' });
  });
});
