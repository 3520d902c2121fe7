import { h } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { expect, test } from 'vitest';
import type { UnmatchedSelector } from '../../server/model/slo.ts';
import { LANGUAGES } from '../../server/model/words/words.ts';
import { UnmatchedNote } from '../../web/slo-page/unmatched-note.tsx';
import { FRENCH } from '../../web/words/french.ts';
import { createSpeech, ENGLISH, SpeechContext } from '../../web/words/speech.ts';
import { NOW, sloDetail, sloStatus } from './statuses.ts';

const SPEECH = { en: createSpeech(ENGLISH, 'UTC'), fr: createSpeech(FRENCH, 'UTC') };

function rendered(unmatched: readonly UnmatchedSelector[], language: 'en' | 'fr' = 'en'): string {
  const children = h(UnmatchedNote, { detail: { ...sloDetail(sloStatus()), unmatched } });
  return renderToString(h(SpeechContext.Provider, { value: SPEECH[language], children }));
}

test.each(LANGUAGES)('a selector that finds no series is named, as text: %s', (language) => {
  const html = rendered([{ slo: 'a', selector: 'bad{x="<script>"}', since: NOW }], language);
  expect(html).not.toContain('<script>');
  const text = html.replace(/<[^>]*>/g, '');
  expect(text).toMatch(language === 'en' ? /^No series matches bad\{/ : /^Aucune série ne correspond à bad\{/);
  expect(text).toMatch(
    language === 'en' ? /since .*2026.*, when the rest began/ : /depuis le .*2026.*, début du reste/,
  );
});

test('where nothing is counted at all the state says so', () => {
  expect(rendered([{ slo: 'a', selector: 'bad' }])).toBe('');
  expect(rendered([])).toBe('');
});
