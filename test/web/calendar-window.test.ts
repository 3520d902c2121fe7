import { h } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { describe, expect, test } from 'vitest';
import type { SloStatus, StatusWindow } from '../../server/model/slo.ts';
import { SloPage } from '../../web/slo-page/slo-page.tsx';
import { FRENCH } from '../../web/words/french.ts';
import { createSpeech, ENGLISH, SpeechContext } from '../../web/words/speech.ts';
import { sloDetail, sloStatus } from './statuses.ts';

const NOVEMBER = Date.parse('2026-10-31T23:00:00Z');
const AS_OF = Date.parse('2026-11-11T00:00:00Z');
const DECEMBER = Date.parse('2026-11-30T23:00:00Z');
const calendar = { every: 1, unit: 'month', zone: 'Europe/Paris', end: DECEMBER } as const;
const month = { duration_secs: 2_592_000, start: NOVEMBER, end: AS_OF, calendar };

const SPEECH = { en: createSpeech(ENGLISH, 'Europe/Paris'), fr: createSpeech(FRENCH, 'Europe/Paris') };
const page = (language: 'en' | 'fr', window: StatusWindow, exhaustion: SloStatus['exhaustion']): string => {
  const usual = sloStatus();
  const detail = sloDetail({ ...usual, window, exhaustion, budget: { ...usual.budget, events: 3_000_000 } });
  const keep = async () => ({ ok: true, data: { file: '' } }) as const;
  const props = { detail, decision: 'go', now: AS_OF, keep, range: 'window', onRange: () => undefined } as const;
  const text = renderToString(h(SpeechContext.Provider, { value: SPEECH[language], children: h(SloPage, props) }));
  expect(text).not.toMatch(/undefined|NaN|\{\w+\}/);
  return text.replaceAll(/[\u00a0\u202f]/g, ' ');
};

describe('the page of an SLO of a calendar month', () => {
  const says = (language: 'en' | 'fr', exhaustion: SloStatus['exhaustion'], want: readonly string[]) =>
    test(`${exhaustion.kind}, ${language}`, () => {
      const text = page(language, month, exhaustion);
      for (const words of want) expect(text).toContain(words);
    });
  says('en', { kind: 'lasts' }, [
    'over a calendar month (Europe/Paris)',
    'the period’s end',
    'the budget starts anew on Dec 1, 2026',
    'All requests of one whole period’s length',
    '3,000,000',
  ]);
  says('fr', { kind: 'lasts' }, [
    'sur un mois civil (Europe/Paris)',
    'fin de la période',
    'le budget repart à neuf le 1 déc. 2026',
    'Toutes les requêtes sur la durée d’une période entière',
  ]);
  says('en', { kind: 'spent' }, ['the budget starts anew on Dec 1, 2026']);
  says('en', { kind: 'at', time: AS_OF }, ['Nov 11, 2026']);
  test('several units', () => {
    const sprint = { ...month, calendar: { ...calendar, every: 2, unit: 'week' } } as const;
    expect(page('en', sprint, { kind: 'lasts' })).toContain('over 2 calendar weeks (Europe/Paris)');
    expect(page('fr', sprint, { kind: 'lasts' })).toContain('sur 2 semaines civiles (Europe/Paris)');
  });
});
