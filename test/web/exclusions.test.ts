import { h } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { describe, expect, test } from 'vitest';
import type { ShownExclusion } from '../../server/model/exclusions.ts';
import type { SloDetail } from '../../server/model/slo.ts';
import { LANGUAGES } from '../../server/model/words/words.ts';
import { exclusionBoxes } from '../../web/charts/exclusion-boxes.ts';
import type { ChartTokens } from '../../web/charts/tokens.ts';
import { SloPage } from '../../web/slo-page/slo-page.tsx';
import { FRENCH } from '../../web/words/french.ts';
import { createSpeech, ENGLISH, SpeechContext } from '../../web/words/speech.ts';
import { NOW, sloDetail, sloStatus } from './statuses.ts';

const HOUR_MS = 3_600_000;
const HOSTILE = '<script>alert(1)</script>"\'&{x}\u202e\u0007';

const exclusion = (changes: Partial<ShownExclusion> = {}): ShownExclusion => ({
  id: 'x1',
  slos: ['shop-availability'],
  starts: NOW - 3 * HOUR_MS,
  ends: NOW - 2 * HOUR_MS,
  reason: 'the database moves',
  author: 'ada',
  created: NOW - HOUR_MS,
  state: 'past',
  applies_to: ['shop-availability'],
  spans: [{ start: NOW - 3 * HOUR_MS, end: NOW - 2 * HOUR_MS }],
  counts: { total: 1234, good: 1184, bad: 50 },
  ...changes,
});
const detail = (exclusions: readonly ShownExclusion[]): SloDetail => {
  const status = sloStatus();
  const otherwise = { counts: status.counts, attained: 0.9912, budget: { ...status.budget, left_ratio: -0.25 } };
  const excluded = { seconds: 3600, counts: { total: 1234, good: 1184, bad: 50 }, otherwise, exclusions: ['x1'] };
  return { ...sloDetail(status), status: { ...status, excluded }, exclusions };
};
const SPEECH = { en: createSpeech(ENGLISH, 'UTC'), fr: createSpeech(FRENCH, 'UTC') };
const page = (shown: SloDetail, language: 'en' | 'fr' = 'en', undo = true): string => {
  const keep = async () => ({ ok: true, data: { file: '' } }) as const;
  const props = { detail: shown, decision: 'go', now: NOW, keep, range: 'window', onRange: () => undefined } as const;
  const done = undo ? { undo: async () => ({ ok: true, data: null }) as const } : {};
  return renderToString(
    h(SpeechContext.Provider, { value: SPEECH[language], children: h(SloPage, { ...props, ...done }) }),
  );
};

describe('exclusions on the page of an SLO', () => {
  test.each(LANGUAGES)('figures with and without them, who and why: %s', (language) => {
    const html = page(detail([exclusion()]), language);
    for (const text of ['the database moves', 'ada', '1', '50']) expect(html).toContain(text);
    expect(html).toContain(language === 'en' ? '99.12%' : '99,12');
    expect(html).toMatch(language === 'en' ? /1 hour of the window/ : /Exclu[^<]*1.heure de la période/);
    expect(html).not.toMatch(/undefined|NaN|\{\w+\}/);
  });

  test('hostile reasons and names are text', () => {
    const undone = { exclusion: 'x1', author: HOSTILE, created: NOW };
    const hostile = exclusion({ reason: HOSTILE, author: HOSTILE, state: 'undone', undone });
    const again = exclusion({ id: 'x2', recurrence: { rule: HOSTILE, zone: HOSTILE } });
    const html = page(detail([hostile, again]));
    expect(html).not.toContain('<script>');
    expect(html).not.toContain('\u202e');
    expect(html).not.toContain('\u0007');
    expect(html.match(/&lt;script&gt;|&lt;script>/g)!.length).toBeGreaterThanOrEqual(5);
  });

  test('what is undone cannot be undone; where nobody can there is no button', () => {
    const undone = { exclusion: 'x1', author: 'bob', created: NOW };
    expect(page(detail([exclusion()]))).toContain('Undo the exclusion of');
    expect(page(detail([exclusion({ state: 'undone', undone })]))).not.toContain('Undo the exclusion of');
    expect(page(detail([exclusion()]), 'en', false)).not.toContain('Undo the exclusion of');
  });

  test('without exclusions there is nothing of them', () => {
    expect(page(sloDetail(sloStatus()))).not.toContain('Excluded spans');
  });
});

test('charts show the spans inside their range, cut at its borders, the newest of very many', () => {
  const tokens = { muted: '#57606a', faint: (color: string) => `${color}22` } as ChartTokens;
  const range = { start: NOW - 4 * HOUR_MS, end: NOW, step_secs: 60 };
  const spans = [
    { start: NOW - 9 * HOUR_MS, end: NOW - 4 * HOUR_MS },
    { start: NOW - 5 * HOUR_MS, end: NOW - 3 * HOUR_MS },
    { start: NOW - HOUR_MS, end: NOW },
  ];
  const boxes = Object.values(exclusionBoxes({ exclusions: [exclusion({ spans })], range }, tokens));
  expect(boxes.map((box) => [box.xMin, box.xMax])).toEqual([
    [NOW - HOUR_MS, NOW],
    [NOW - 4 * HOUR_MS, NOW - 3 * HOUR_MS],
  ]);
  const many = Array.from({ length: 500 }, (_, i) => ({ start: NOW - (i + 1) * 10_000, end: NOW - i * 10_000 - 5000 }));
  expect(Object.keys(exclusionBoxes({ exclusions: [exclusion({ spans: many })], range }, tokens))).toHaveLength(120);
  expect(exclusionBoxes({ range }, tokens)).toEqual({});
});
