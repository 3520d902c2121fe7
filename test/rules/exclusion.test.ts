import { describe, expect, test } from 'vitest';
import { appliesTo, currentSpan, exclusionState, spansWithin } from '../../rules/exclusions/exclusion.ts';
import { makeExclusion, makeUndo } from '../../rules/exclusions/exclusion-request.ts';
import { exclusionsInForce } from '../../rules/exclusions/exclusions-in-force.ts';
import type { Exclusion } from '../../server/model/exclusions.ts';
import { DAY, HOUR, MINUTE, ms } from '../../server/model/units.ts';
import { compileMatcher } from '../../server/promql/matcher.ts';

/** 2026-03-10 is a Tuesday. */
const NOW = ms(Date.parse('2026-03-10T10:00:30Z'));
const MINUTE_NOW = ms(NOW - 30_000);

const written = (changes: object = {}) => ({
  slos: ['shop'],
  duration: '2h',
  reason: 'the database moves',
  author: 'ada',
  ...changes,
});
const make = (changes: object = {}): Exclusion =>
  makeExclusion(written(changes), { id: 'x', now: NOW }, compileMatcher);
const nightly = { rule: 'FREQ=DAILY', zone: 'Europe/Paris' };

describe('the borders of an exclusion', () => {
  const f = (name: string, changes: object, want: readonly [number, number] | string) =>
    test(name, () => {
      if (typeof want === 'string') {
        expect(() => make(changes)).toThrow(`cannot make exclusion: ${want}`);
        return;
      }
      const { starts, ends } = make(changes);
      expect([starts, ends]).toEqual(want);
    });
  f('from the minute that runs', {}, [MINUTE_NOW, MINUTE_NOW + 2 * HOUR]);
  f('in the past', { starts: MINUTE_NOW - DAY }, [MINUTE_NOW - DAY, MINUTE_NOW - DAY + 2 * HOUR]);
  f('with an end', { duration: undefined, ends: MINUTE_NOW + MINUTE }, [MINUTE_NOW, MINUTE_NOW + MINUTE]);
  f('both', { ends: MINUTE_NOW + MINUTE }, 'want either ends or duration');
  f('neither', { duration: undefined }, 'want either ends or duration');
  f('no length', { duration: undefined, ends: MINUTE_NOW }, 'it would end before it begins');
  f('a length of nothing', { duration: '0' }, 'it would end before it begins');
  f('half a minute', { starts: NOW }, 'got seconds; want whole minutes');
  f('an end in seconds', { duration: '90s' }, 'got seconds; want whole minutes');
  f('no duration', { duration: 'long' }, 'duration: cannot read duration "long"');
  f('the longest', { duration: '90d' }, [MINUTE_NOW, MINUTE_NOW + 90 * DAY]);
  f('longer', { duration: '90d1m' }, 'got 90d1m; want at most 90d');
  f('again and again for a month', { duration: '31d1m', recurrence: nightly }, 'got 31d1m; want at most 31d');
  f('older than every ring', { starts: MINUTE_NOW - 730 * DAY - MINUTE }, 'it would begin more than 730d ago');
  f('beyond a year', { starts: MINUTE_NOW + 367 * DAY }, 'it would begin in more than 366d');
});

describe('what is refused', () => {
  const f = (name: string, changes: object, want: string) =>
    test(name, () => {
      expect(() => make(changes)).toThrow(want);
    });
  f('no SLO', { slos: [] }, 'slos: got []; want at least one SLO');
  f('nothing chosen', { slos: undefined }, 'want either slos or matchers');
  f('both chosen', { matchers: [{ name: 'slo', op: '=', value: 'shop' }] }, 'want either slos or matchers');
  f('no reason', { reason: '  ' }, 'reason: got "  "; want why');
  f('nobody', { author: undefined }, 'author: missing; want who excludes');
  f('an unknown key', { until: 3 }, 'until');
  f('not a zone', { recurrence: { rule: 'FREQ=DAILY', zone: 'Paris' } }, 'want an IANA name');
  f('not a rule', { recurrence: { rule: 'every day', zone: 'UTC' } }, 'rule: got "every day"');
  f(
    'a rule of other days',
    { recurrence: { rule: 'FREQ=WEEKLY;BYDAY=MO', zone: 'UTC' } },
    'the rule does not name the day it begins on',
  );
  const broad = { slos: undefined, matchers: [{ name: 'service', op: '!=', value: 'x' }] };
  f('matchers that accept everything', broad, 'it would exclude everything');
  const torn = { slos: undefined, matchers: [{ name: 'service', op: '=~', value: '(' }] };
  f('a torn pattern', torn, 'matchers: ');
  f('no object', { slos: 3 }, 'slos');
  test('an undo by nobody', () => {
    expect(() => makeUndo('x', {}, NOW)).toThrow('cannot undo exclusion: author: missing; want who undoes');
  });
});

describe('which SLOs it is about', () => {
  const slo = { id: 'shop', service: 'front', owner: 'web', labels: { tier: 'gold', service: 'hidden' } };
  const f = (name: string, changes: object, want: boolean) =>
    test(name, () => {
      expect(appliesTo(make(changes), slo, compileMatcher)).toBe(want);
    });
  const by = (name: string, op: string, value: string) => ({ slos: undefined, matchers: [{ name, op, value }] });
  f('its id', {}, true);
  f('another id', { slos: ['shop-2'] }, false);
  f('one of several', { slos: ['a', 'shop'] }, true);
  f('its id by a matcher', by('slo', '=~', 'sh.*'), true);
  f('a label', by('tier', '=', 'gold'), true);
  f('a label cannot hide the service', by('service', '=', 'hidden'), false);
  f('its service', by('service', '=', 'front'), true);
  f('its owner', by('owner', '=', 'nobody'), false);
});

describe('its spans within a window', () => {
  const minute = (time: number) => (time - MINUTE_NOW) / MINUTE;
  const f = (name: string, changes: object, [start, end]: readonly [number, number], want: number[][]) =>
    test(name, () => {
      const window = { start: ms(MINUTE_NOW + start * MINUTE), end: ms(MINUTE_NOW + end * MINUTE) };
      const spans = spansWithin(make(changes), window);
      expect(spans.map((span) => [minute(span.start), minute(span.end)])).toEqual(want);
    });
  f('inside', {}, [-60, 300], [[0, 120]]);
  f('cut on the left', {}, [60, 300], [[60, 120]]);
  f('cut on the right', {}, [-60, 60], [[0, 60]]);
  f('around it', {}, [30, 60], [[30, 60]]);
  f('it begins where the window ends', {}, [-60, 0], []);
  f('it ends where the window begins', {}, [120, 180], []);
  f(
    'every night',
    { recurrence: nightly },
    [60, 1500],
    [
      [60, 120],
      [1440, 1500],
    ],
  );
  f('days that touch are one', { duration: '1d', recurrence: nightly }, [60, 4000], [[60, 4000]]);
  f('days that overlap are one', { duration: '2d', recurrence: nightly }, [60, 4000], [[60, 4000]]);
});

describe('how it stands', () => {
  const f = (name: string, changes: object, age: number, want: readonly [string, number?]) =>
    test(name, () => {
      const exclusion = make(changes);
      const now = ms(MINUTE_NOW + age);
      expect([exclusionState(exclusion, undefined, now), currentSpan(exclusion, now)?.start]).toEqual([
        want[0],
        want[1] === undefined ? undefined : MINUTE_NOW + want[1],
      ]);
    });
  f('before it', {}, -1, ['ahead', 0]);
  f('at its start', {}, 0, ['now', 0]);
  f('at its last moment', {}, 2 * HOUR - 1, ['now', 0]);
  f('at its end', {}, 2 * HOUR, ['past']);
  f('between two nights', { recurrence: nightly }, 3 * HOUR, ['ahead', DAY]);
  f('after the last night', { recurrence: { ...nightly, rule: 'FREQ=DAILY;COUNT=2' } }, DAY + 2 * HOUR, ['past']);
  test('undone', () => {
    const undo = makeUndo('x', { author: 'bob' }, NOW);
    expect(exclusionState(make(), undo, NOW)).toBe('undone');
    expect(undo).toEqual({ exclusion: 'x', author: 'bob', created: NOW });
  });
});

test('what is remembered of a rule is what it says of every window, however windows follow each other', () => {
  const exclusion = make({ starts: MINUTE_NOW - 300 * DAY, recurrence: { ...nightly, rule: 'FREQ=DAILY;INTERVAL=3' } });
  const slo = { id: 'shop', service: 'front', owner: 'web', labels: {} };
  const force = exclusionsInForce([exclusion], compileMatcher);
  for (const [back, length] of [
    [0, 30],
    [0, 0.1],
    [400, 1],
    [1, 720],
    [-200, 10],
    [0, 30],
  ] as const) {
    const window = { start: ms(NOW - (back + length) * DAY), end: ms(NOW - back * DAY) };
    expect(force.spans(slo, window)).toEqual(spansWithin(exclusion, window));
    expect(force.idsWithin(slo, window)).toEqual(spansWithin(exclusion, window).length > 0 ? ['x'] : []);
  }
  expect(force.spans({ ...slo, id: 'other' }, { start: ms(NOW - 30 * DAY), end: NOW })).toEqual([]);
});
