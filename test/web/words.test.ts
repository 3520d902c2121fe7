import { IntlMessageFormat } from 'intl-messageformat';
import { describe, expect, test } from 'vitest';
import type { Reason, SloUnit } from '../../server/model/slo.ts';
import { fr as sharedFr } from '../../server/model/words/fr.ts';
import { countedWords } from '../../web/slo-page/counted-words.ts';
import { en } from '../../web/words/en.ts';
import { fr } from '../../web/words/fr.ts';
import { FRENCH } from '../../web/words/french.ts';
import { createSpeech, ENGLISH } from '../../web/words/speech.ts';
import { sloStatus } from './statuses.ts';

type Element = ReturnType<IntlMessageFormat['getAst']>[number];

/** In ICU messages text and the `#` of a plural are the only parts without an argument. */
function argumentsOf(message: string): string[] {
  const names = new Set<string>();
  const visit = (element: Element): void => {
    if ('value' in element && element.type !== LITERAL) names.add(String(element.value));
    if ('options' in element) for (const option of Object.values(element.options)) option.value.forEach(visit);
  };
  elementsOf(message).forEach(visit);
  // French says some of them with their preposition: `de_service` is the service.
  return [...new Set([...names].map((name) => name.replace(/^de_/, '')))].sort();
}

function elementsOf(message: string): Element[] {
  return new IntlMessageFormat(message, 'en', undefined, { ignoreTag: true }).getAst();
}

const LITERAL = elementsOf('text')[0]!.type;

describe('catalogues', () => {
  test('French has exactly the keys of English, in their order', () => {
    expect(Object.keys(fr)).toEqual(Object.keys(en));
  });

  test.each(Object.keys(en) as (keyof typeof en)[])('%s takes the same arguments in both', (key) => {
    expect(argumentsOf(fr[key])).toEqual(argumentsOf(en[key]));
  });

  test.each(Object.entries({ ...fr, ...sharedFr }))('%s has a narrow space before each double sign', (_key, text) => {
    expect(text.match(/[^\u202f][%:;!?](?=[\s{}]|$)/g) ?? []).toEqual([]);
    expect(text).not.toMatch(/« | »/);
  });
});

describe('the shared sentences in French', () => {
  const french = createSpeech(FRENCH, 'UTC');
  const f = (reason: Reason, want: string) => test(want, () => expect(french.reason(reason)).toBe(want));
  const month = { service: 'shop', unit: 'day', amount: 30 };
  f(
    { code: 'budget_left', args: { service: 'shop', left_ratio: 0.6345, recent: 'yes', rate: 0.4 } },
    'Il reste 63,5\u202f% du budget d’erreur de shop\u202f; son taux de consommation est de 0,4×.',
  );
  f(
    { code: 'budget_spent', args: { ...month, bad: 1204, allowed: 1000 } },
    'shop a épuisé son budget d’erreur\u202f: 1\u202f204 mauvaises requêtes pour 1\u202f000 tolérées en 30 jours.',
  );
  f(
    { code: 'source_broken', args: { origin: 'web-1/access', state: 'missing', note: '/var/log/x' } },
    'web-1/access ne trouve pas son entrée\u202f: /var/log/x',
  );
});

describe('what is counted is said', () => {
  const speeches = { en: createSpeech(ENGLISH, 'UTC'), fr: createSpeech(FRENCH, 'UTC') };
  const f = (what: SloUnit, en: string, fr: string) =>
    test(`${what}: ${en}`, () => {
      const spent = {
        code: 'budget_spent',
        args: { service: 'shop', what, bad: 2, allowed: 1, unit: 'day', amount: 30 },
      };
      expect(speeches.en.reason(spent as Reason)).toContain(en);
      expect(speeches.fr.reason(spent as Reason)).toContain(fr);
      const status = sloStatus({ unit: what, total: 4, bad: 1 });
      expect(countedWords(status, 'fr')('counts_bad')).toBe(what === 'events' ? 'Mauvais' : 'Mauvaises');
      expect(countedWords(status, 'en')('counts_bad')).toBe(`Bad ${what}`);
      const text = countedWords(status, 'fr')('figure_attained_base', { good: '3', total: '4' });
      expect(text).toBe(
        { requests: '3 bonnes requêtes sur 4', events: '3 bons événements sur 4', slices: '3 bonnes tranches sur 4' }[
          what
        ],
      );
    });
  f('requests', '2 bad requests of 1', '2 mauvaises requêtes pour 1 tolérée en');
  f('events', '2 bad events of 1', '2 mauvais événements pour 1 toléré en');
  f('slices', '2 bad slices of 1', '2 mauvaises tranches pour 1 tolérée en');
});

describe('what a spent budget says of its events', () => {
  const english = createSpeech(ENGLISH, 'UTC');
  const f = (bad: number, allowed: number, want: string) =>
    test(want, () => {
      const args = { service: 'shop', unit: 'day', amount: 30, bad, allowed };
      expect(english.reason({ code: 'budget_spent', args })).toContain(want);
    });
  f(1508, 491.22, '1,508 bad requests of 491 allowed');
  f(19, 18.01, '19 bad requests of 18 allowed');
  f(11, 10, '11 bad requests of 10 allowed');
  f(10, 9.99, '10 bad requests of 9.99 allowed');
  f(1, 0.75, '1 bad request of 0.75 allowed');
  const lacks = (language: 'en' | 'fr', lacking: number, want: string) =>
    test(want, () => {
      const args = { service: 'shop', unit: 'day', amount: 30, bad: 2, allowed: 1, lacking };
      const speech = createSpeech(language === 'en' ? ENGLISH : FRENCH, 'UTC');
      expect(speech.reason({ code: 'budget_spent', args })).toMatch(new RegExp(`${want}$`));
    });
  lacks('en', 0, '2 bad requests of 1 allowed in 30 days\\.');
  lacks('en', 4495, '2 bad requests of 1 allowed in 30 days, even with 4,495 good requests more\\.');
  lacks('en', 1, 'even with 1 good request more\\.');
  lacks('fr', 4495, 'en 30 jours, même avec 4\u202f495 bonnes requêtes de plus\\.');
});

test('an SLO without durations says both things to do', () => {
  const reason: Reason = { code: 'not_measurable', args: { service: 'shop', cause: 'no_histogram' } };
  for (const catalogue of [ENGLISH, FRENCH]) {
    const sentence = createSpeech(catalogue, 'UTC').reason(reason);
    for (const part of ['shop', '%D', '$request_time', 'duration', 'us', 'parse']) expect(sentence).toContain(part);
  }
});

test('a slow request is bad, not failed, in French too', () => {
  for (const [key, text] of Object.entries(fr)) expect(text, key).not.toMatch(/en échec/);
});
