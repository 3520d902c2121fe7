import { h } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { describe, expect, test } from 'vitest';
import { SloPage } from '../../web/slo-page/slo-page.tsx';
import { FRENCH } from '../../web/words/french.ts';
import { createSpeech, ENGLISH, SpeechContext } from '../../web/words/speech.ts';
import { gateAnswer, NOW, sloDetail, sloStatus } from './statuses.ts';

const SPEECH = { en: createSpeech(ENGLISH, 'UTC'), fr: createSpeech(FRENCH, 'UTC') };
const BURNS = [{ window_secs: 3600, total: 0, bad: 0 }];
const REASON = { code: 'not_measurable', args: { service: 'shop', cause: 'no_histogram' } } as const;
const CASES = {
  idle: { state: 'no_traffic' },
  silent: { state: 'no_data' },
  unmeasurable: { state: 'no_data', reasons: [REASON] },
} as const;

describe('a figure that is missing says why', () => {
  const f = (name: keyof typeof CASES, language: 'en' | 'fr', want: string, never: readonly string[]) =>
    test(`${name}, ${language}: ${want}`, () => {
      const status = sloStatus({ ...CASES[name], total: 0, bad: 0, burns: BURNS, exhaustion: { kind: 'unknown' } });
      const empty = { time: [], total: [], bad: [], sli: [], budget_left: [], budget_ideal: [] };
      const span = { total: 0, bad: 0 };
      const release = { id: 'r', service: 'shop', version: '1.2', time: NOW, by: 'ada' };
      const compared = { span_secs: 3600, before: span, after: span };
      const detail = { ...sloDetail(status), ...empty, releases: [{ ...release, compared }] };
      const page = h(SloPage, {
        detail,
        decision: gateAnswer().decision,
        now: NOW,
        keep: async () => ({ ok: true, data: { file: '' } }) as const,
        range: 'window',
        onRange: () => undefined,
      });
      const html = renderToString(h(SpeechContext.Provider, { value: SPEECH[language], children: page }));
      const figures = [...html.matchAll(/<dd class="figure[^"]*">([^<]*)/g)].map(([, text]) => text);
      expect(figures.slice(0, 3)).toEqual([want, want, want]);
      for (const word of never) expect(html).not.toContain(word);
    });
  f('idle', 'en', 'no traffic', ['not measurable', 'no data']);
  f('idle', 'fr', 'aucun trafic', ['non mesurable', 'aucune donnée']);
  f('silent', 'en', 'no data', ['not measurable']);
  f('silent', 'fr', 'aucune donnée', ['non mesurable']);
  f('unmeasurable', 'en', 'not measurable', ['no traffic', 'without traffic', 'No request', 'no request']);
  f('unmeasurable', 'fr', 'non mesurable', ['aucun trafic', 'sans trafic', 'ucune requête']);
});
