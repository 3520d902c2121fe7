import { describe, expect, test } from 'vitest';
import type { SloStatus } from '../../server/model/slo.ts';
import { sloNames } from '../../web/overview/slo-names.ts';
import { FRENCH } from '../../web/words/french.ts';
import { createSpeech, ENGLISH } from '../../web/words/speech.ts';
import { NOW, sloStatus } from './statuses.ts';

const SPEECH = { en: createSpeech(ENGLISH, 'UTC'), fr: createSpeech(FRENCH, 'UTC') };
const WEEK = { duration_secs: 604_800, start: NOW - 7 * 86_400_000, end: NOW };
const MONTH = { ...WEEK, calendar: { every: 1, unit: 'month', zone: 'Europe/Paris', end: NOW } } as const;

describe('SLOs of one title are told apart by what differs', () => {
  const f = (
    others: readonly Parameters<typeof sloStatus>[0][],
    want: readonly string[],
    language: 'en' | 'fr' = 'en',
  ) =>
    test(want.join(' / '), () => {
      const slos: SloStatus[] = others.map((changes, i) => sloStatus({ id: `slo-${i}`, title: 'Fine', ...changes }));
      const name = sloNames(slos, SPEECH[language]);
      expect(slos.map(name).map((text) => text.replaceAll(/\s/g, ' '))).toEqual(want);
    });
  f([{}], ['Fine']);
  f([{}, { title: 'Quick' }], ['Fine', 'Quick']);
  f([{}, { window: WEEK }], ['Fine (30 days)', 'Fine (7 days)']);
  f([{}, { window: WEEK }], ['Fine (30 jours)', 'Fine (7 jours)'], 'fr');
  f([{ window: WEEK }, { window: MONTH }], ['Fine (7 days)', 'Fine (a calendar month (Europe/Paris))']);
  f([{}, { objective: 0.99 }], ['Fine (99.9%)', 'Fine (99%)']);
  f([{ threshold_secs: 0.25 }, { threshold_secs: 1 }], ['Fine (250 ms)', 'Fine (1,000 ms)']);
  f([{}, { service: 'api' }], ['Fine (shop)', 'Fine (api)']);
  f([{ window: WEEK }, {}, {}], ['Fine (7 days)', 'Fine (30 days, slo-1)', 'Fine (30 days, slo-2)']);
  f([{}, {}, { title: 'Quick' }], ['Fine (slo-0)', 'Fine (slo-1)', 'Quick']);
});
