import { h } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { describe, expect, test } from 'vitest';
import type { SloDetail } from '../../server/model/slo.ts';
import type { ChangedKey, SloChange } from '../../server/model/slo-changes.ts';
import { LANGUAGES } from '../../server/model/words/words.ts';
import { momentLines } from '../../web/charts/moment-lines.ts';
import type { ChartTokens } from '../../web/charts/tokens.ts';
import { RecomputedNote, SloChanges } from '../../web/slo-page/slo-changes.tsx';
import { FRENCH } from '../../web/words/french.ts';
import { createSpeech, ENGLISH, SpeechContext } from '../../web/words/speech.ts';
import { NOW, sloDetail, sloStatus } from './statuses.ts';

const DAY_MS = 86_400_000;
const HOSTILE = '<script>alert(1)</script>"\'&{x}\u202e\u0007';
const SPEECH = { en: createSpeech(ENGLISH, 'UTC'), fr: createSpeech(FRENCH, 'UTC') };
const OBJECTIVE: ChangedKey = { key: 'objective', from: '99.9%', to: '99.5%' };

const change = (daysAgo: number, ...what: readonly ChangedKey[]): SloChange => ({
  slo: 'shop-availability',
  time: NOW - daysAgo * DAY_MS,
  what: what.length === 0 ? [OBJECTIVE] : what,
});
const withChanges = (changes: readonly SloChange[]): SloDetail => ({ ...sloDetail(sloStatus()), changes });

function rendered(shown: typeof SloChanges, changes: readonly SloChange[], language: 'en' | 'fr' = 'en'): string {
  const children = h(shown, { detail: withChanges(changes) });
  return renderToString(h(SpeechContext.Provider, { value: SPEECH[language], children }));
}
const textOf = (html: string) => html.replace(/<[^>]*>/g, '');

describe('changes on the page of an SLO', () => {
  test('say what was, what is and since when', () => {
    const text = textOf(rendered(SloChanges, [change(2, OBJECTIVE, { key: 'window', from: '30d', to: '28d' })]));
    expect(text).toMatch(
      /Recomputed on Nov(ember)? 19, 2026[^:]* 12:00[^:]*: objective 99\.9% → 99\.5%, window 30d → 28d\./,
    );
    expect(text).toContain('All figures of the window are those of the present definition');
  });
  test.each(LANGUAGES)('in the language of the reader: %s', (language) => {
    const text = textOf(rendered(SloChanges, [change(2)], language));
    expect(text).toContain(language === 'en' ? 'Recomputed on' : 'Recalculé le');
    expect(text).toContain('objective 99.9% → 99.5%.');
    expect(text).not.toMatch(/undefined|NaN|\{\w+\}/);
  });
  test('a key that was left out', () => {
    const text = textOf(rendered(SloChanges, [change(2, { key: 'minimum_events', to: '7' })], 'fr'));
    expect(text).toContain('minimum_events non défini → 7.');
  });
  test('each of two on its own', () =>
    expect(rendered(SloChanges, [change(1), change(2)]).match(/<li/g)).toHaveLength(2));
  test('none: nothing', () => expect(rendered(SloChanges, [])).toBe(''));
  test.each(LANGUAGES)('hostile words are text: %s', (language) => {
    const html = rendered(SloChanges, [change(1, { key: HOSTILE, from: HOSTILE, to: HOSTILE })], language);
    expect(html).not.toContain('<script>');
    expect(html).not.toContain('\u202e');
    expect(html.match(/&lt;script/g)).toHaveLength(3);
  });
});

describe('below the figures', () => {
  const f = (what: string, daysAgo: readonly number[], want: string) =>
    test(what, () => {
      const text = textOf(
        rendered(
          RecomputedNote,
          daysAgo.map((days) => change(days)),
        ),
      );
      expect(text.startsWith(want)).toBe(true);
      expect(text === '').toBe(want === '');
    });
  f('no change', [], '');
  f('one within the window', [29.9, 40], 'Recomputed on');
  f('one at its beginning: all of it was counted by the present definition', [30], '');
  f('one before it', [31], '');
});

describe('changes on a chart', () => {
  const tokens = { muted: 'grey', text: 'black', background: 'white', font: 'x', wide: true } as ChartTokens;
  const range = { start: NOW - 10 * DAY_MS, end: NOW, step_secs: 60 };
  const release = { id: 'r', service: 'shop', version: 'v2', time: NOW - 5 * DAY_MS, by: 'ada' };
  const lines = (daysAgo: readonly number[]) =>
    momentLines({ range, releases: [release], changes: daysAgo.map((days) => change(days)) }, 'modifié', tokens);
  const named = (daysAgo: readonly number[]) =>
    Object.values(lines(daysAgo)).flatMap((line) => ('label' in line && line.label ? [line.label.content] : []));

  test('a line each, inside the range alone', () =>
    expect(Object.keys(lines([0, 2, 10]))).toEqual([`change ${NOW - 2 * DAY_MS}`, 'release r']));
  test('told apart from a release by its dashes', () => {
    const dashes = Object.values(lines([2])).map((line) => 'borderDash' in line && line.borderDash);
    expect(dashes).toEqual([[2, 3], false]);
  });
  test('share the room for names with releases, the newest first', () => {
    expect(named([2, 9])).toEqual(['modifié', 'v2', 'modifié']);
    expect(named([4.5])).toEqual(['modifié']);
    expect(named([5.5])).toEqual(['v2']);
  });
});
