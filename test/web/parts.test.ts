import { h } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { expect, test } from 'vitest';
import { partsWorstFirst } from '../../server/model/slo-order.ts';
import type { PartState, SloPart } from '../../server/model/slo-part.ts';
import { LANGUAGES } from '../../server/model/words/words.ts';
import { Parts } from '../../web/slo-page/parts.tsx';
import { FRENCH } from '../../web/words/french.ts';
import { createSpeech, ENGLISH, SpeechContext } from '../../web/words/speech.ts';
import { sloStatus } from './statuses.ts';

const SPEECH = { en: createSpeech(ENGLISH, 'UTC'), fr: createSpeech(FRENCH, 'UTC') };
const HOSTILE = '<script>alert(1)</script>\u202e';

const part = (slo: string, changes: Partial<SloPart> = {}): SloPart => ({
  slo,
  title: slo,
  weight: 1,
  late: 'wait',
  state: 'counted',
  share: 0.5,
  counts: { total: 100, good: 99, bad: 1 },
  attained: 0.99,
  spent_ratio: 0.1,
  ...changes,
});
const shown = (parts: readonly SloPart[], language: 'en' | 'fr' = 'en') =>
  renderToString(
    h(SpeechContext.Provider, { value: SPEECH[language], children: h(Parts, { slo: sloStatus({ parts }) }) }),
  );

test('no composite: nothing', () => expect(shown([])).toBe(''));

test('what spent most comes first, what does not count last', () => {
  const parts = [part('a'), part('idle', { share: 0, spent_ratio: 0 }), part('b', { spent_ratio: 3 })];
  expect(partsWorstFirst(parts).map(({ slo }) => slo)).toEqual(['b', 'a', 'idle']);
});

const STATES: readonly PartState[] = [
  'counted',
  'late_bad',
  'late_good',
  'late_ignored',
  'too_new',
  'no_traffic',
  'too_few',
];
test.each(LANGUAGES)('every state has words of its own: %s', (language) => {
  const pages = STATES.map((state) => shown([part('a', { state, share: state === 'counted' ? 0.5 : 0 })], language));
  expect(new Set(pages).size).toBe(STATES.length);
  for (const html of pages) expect(html).not.toMatch(/undefined|NaN|\{\w+\}/);
});

test('one with groups leads to no page, hostile titles are text', () => {
  expect(shown([part('web', { grouped: true })])).not.toContain('<a ');
  expect(shown([part('web')])).toContain('href="/slo/web"');
  const html = shown([part('web', { title: HOSTILE })]);
  expect(html).not.toMatch(/<script>|\u202e/);
});
