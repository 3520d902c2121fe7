import { describe, expect, test } from 'vitest';
import {
  expireSilence,
  makeSilence,
  readSilenceRequest,
  silencedBy,
  silenceState,
} from '../../rules/alerts/silence.ts';
import type { Silence } from '../../server/model/alerts.ts';
import { DAY, HOUR, type Ms, ms } from '../../server/model/units.ts';
import { compileMatcher } from '../../server/promql/matcher.ts';
import { firingAlert } from '../support/alerts.ts';
import { NOW } from './observation.ts';

const written = (changes: object = {}) => ({
  matchers: [{ name: 'slo', op: '=', value: 'shop-availability' }],
  duration: '2h',
  author: 'ada',
  comment: 'the database moves',
  ...changes,
});
const make = (changes: object = {}, now: Ms = NOW, previous?: Silence) =>
  makeSilence(readSilenceRequest(written(changes)), { id: 's', now, previous }, compileMatcher);

describe('what a silence keeps quiet', () => {
  const alert = firingAlert({ labels: { team: 'web', slo: 'not mine' } });
  const quiet = (name: string, matchers: [string, string, string][], want: boolean) =>
    test(name, () => {
      const silence = make({ matchers: matchers.map(([label, op, value]) => ({ name: label, op, value })) });
      expect(silencedBy(alert, [silence], NOW, compileMatcher)).toEqual(want ? ['s'] : []);
    });
  quiet('its SLO', [['slo', '=', 'shop-availability']], true);
  quiet('another SLO', [['slo', '=', 'shop']], false);
  quiet('a label of the SLO cannot hide its id', [['slo', '=', 'not mine']], false);
  quiet('a label', [['team', '=', 'web']], true);
  quiet(
    'all must match',
    [
      ['team', '=', 'web'],
      ['service', '=', 'other'],
    ],
    false,
  );
  quiet('a pattern, anchored', [['service', '=~', 'sh.*']], true);
  quiet('a pattern that matches a part only', [['service', '=~', 'sh']], false);
  quiet('one tier', [['tier', '=', 'page']], true);
  quiet('the other tier', [['tier', '=', 'ticket']], false);
  quiet(
    'an absent label is empty',
    [
      ['service', '=', 'shop'],
      ['nowhere', '=', ''],
    ],
    true,
  );
  quiet(
    'a name of every object is no label',
    [
      ['service', '=', 'shop'],
      ['constructor', '!=', ''],
    ],
    false,
  );
});

describe('its edges', () => {
  const silence = make({ starts: NOW + HOUR });
  const at = (name: string, time: number, want: string) =>
    test(name, () => expect(silenceState(silence, ms(time))).toBe(want));
  at('just before it begins', NOW + HOUR - 1, 'pending');
  at('when it begins', NOW + HOUR, 'active');
  at('just before it ends', NOW + 3 * HOUR - 1, 'active');
  at('when it ends', NOW + 3 * HOUR, 'expired');
});

describe('a request that is refused', () => {
  const refused = (name: string, changes: object, want: RegExp) =>
    test(name, () => expect(() => make(changes)).toThrow(want));
  refused('without matcher', { matchers: [] }, /at least one matcher/);
  refused('that matches everything', { matchers: [{ name: 'slo', op: '=~', value: '.*' }] }, /silence everything/);
  refused('that only forbids', { matchers: [{ name: 'slo', op: '!=', value: 'a' }] }, /silence everything/);
  refused('with a broken pattern', { matchers: [{ name: 'slo', op: '=~', value: '(' }] }, /cannot make silence/);
  refused('with a bad label name', { matchers: [{ name: 'a b', op: '=', value: 'x' }] }, /label name/);
  refused('with a bad operator', { matchers: [{ name: 'slo', op: '==', value: 'x' }] }, /want =/);
  refused('without author', { author: ' ' }, /author: got " "; want who/);
  refused('without comment', { comment: '' }, /comment: got ""; want why/);
  refused('with neither end nor duration', { duration: undefined }, /either ends or duration/);
  refused('with both', { ends: NOW + HOUR }, /either ends or duration/);
  refused('of no length', { duration: '0' }, /end before it begins/);
  refused('with a bare number as duration', { duration: '60' }, /write a unit/);
  refused('that is over already', { duration: undefined, ends: NOW - 1 }, /end before it begins/);
  refused('of more than 90 days', { duration: '91d' }, /want at most 90d/);
  refused('with a key nobody knows', { forever: true }, /forever/);
  test('one of exactly 90 days is none', () => expect(make({ duration: '90d' }).ends).toBe(NOW + 90 * DAY));
  test('anything that is no request', () => {
    for (const body of [undefined, null, 7, [], 'x'])
      expect(() => readSilenceRequest(body)).toThrow(/cannot make silence/);
  });
});

describe('an edit', () => {
  const silence = make();
  const later = ms(NOW + HOUR);
  test('keeps id, beginning and birth', () => {
    const edited = make({ comment: 'still moving', duration: '5h' }, later, silence);
    expect(edited).toMatchObject({ id: 's', starts: NOW, ends: NOW + 5 * HOUR, created: NOW, updated: later });
  });
  test('cannot move a beginning into the past', () =>
    expect(make({ starts: NOW - DAY }, later, silence).starts).toBe(NOW));
  test('keeps the beginning of one that is to come', () => {
    const coming = make({ starts: NOW + 5 * HOUR });
    expect(make({ duration: '1h' }, later, coming)).toMatchObject({ starts: NOW + 5 * HOUR, ends: NOW + 6 * HOUR });
  });
});

test('ended by hand it is over at once; one that had not begun leaves no negative span', () => {
  expect(expireSilence(make(), ms(NOW + HOUR))).toMatchObject({ starts: NOW, ends: NOW + HOUR });
  expect(expireSilence(make({ starts: NOW + DAY }), ms(NOW + HOUR))).toMatchObject({
    starts: NOW + HOUR,
    ends: NOW + HOUR,
  });
  const over = make();
  expect(expireSilence(over, ms(NOW + DAY))).toBe(over);
});
