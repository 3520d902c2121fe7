import { describe, expect, test } from 'vitest';
import { makeExclusion } from '../../rules/exclusions/exclusion-request.ts';
import { ms } from '../../server/model/units.ts';
import { compileMatcher } from '../../server/promql/matcher.ts';
import { fieldText, fieldTime } from '../../web/frame/moment-field.tsx';
import { type ExclusionDraft, exclusionRequest, recurrenceOf } from '../../web/slo-page/exclusion-draft.ts';
import { NOW } from './statuses.ts';

const DRAFT: ExclusionDraft = {
  slo: 'shop',
  from: '2026-11-21T02:00',
  to: '2026-11-21T04:30',
  zone: 'Europe/Paris',
  again: 'once',
  reason: 'the database moves',
  author: 'ada',
};

describe('a moment as a field writes it', () => {
  const f = (time: string, zone: string, want: string) =>
    test(`${time} in ${zone} is ${want}`, () => {
      expect(fieldText(Date.parse(time), zone)).toBe(want);
      expect(fieldTime(want, zone)).toBe(Date.parse(time));
    });
  f('2026-11-21T12:05:00Z', 'UTC', '2026-11-21T12:05');
  f('2026-11-21T12:05:00Z', 'Europe/Paris', '2026-11-21T13:05');
  f('2026-11-21T12:05:00Z', 'Asia/Kolkata', '2026-11-21T17:35');
  f('2026-11-21T23:05:00Z', 'Pacific/Auckland', '2026-11-22T12:05');
  test('an empty field is no moment', () => expect(fieldTime('')).toBeUndefined());
});

describe('the rule names the day of the start by the clocks of the zone', () => {
  const at = Date.parse('2026-11-20T23:30:00Z');
  const f = (again: ExclusionDraft['again'], zone: string, want: string | undefined) =>
    test(`${again}, ${zone}: ${want}`, () => expect(recurrenceOf(again, at, zone)?.rule).toBe(want));
  f('once', 'UTC', undefined);
  f('weekly', 'UTC', 'FREQ=WEEKLY;BYDAY=FR');
  f('weekly', 'Europe/Paris', 'FREQ=WEEKLY;BYDAY=SA');
  f('monthly', 'UTC', 'FREQ=MONTHLY;BYMONTHDAY=20');
  f('monthly', 'Europe/Paris', 'FREQ=MONTHLY;BYMONTHDAY=21');
});

describe('what is asked of the server', () => {
  test.each(['once', 'weekly', 'monthly'] as const)('%s is what the rules take', (again) => {
    const request = exclusionRequest({ ...DRAFT, again });
    const made = makeExclusion(request, { id: 'x', now: ms(NOW) }, compileMatcher);
    expect(made).toMatchObject({ slos: ['shop'], reason: 'the database moves', author: 'ada' });
    expect(new Date(made.starts).toISOString()).toBe('2026-11-21T01:00:00.000Z');
    expect(made.ends - made.starts).toBe(2.5 * 3_600_000);
  });

  const f = (changes: Partial<ExclusionDraft>) =>
    test(JSON.stringify(changes), () => expect(exclusionRequest({ ...DRAFT, ...changes })).toBeUndefined());
  f({ from: '' });
  f({ to: '' });
  f({ to: DRAFT.from });
  f({ from: DRAFT.to, to: DRAFT.from });
});
