import { describe, expect, test } from 'vitest';
import { readSloFiles } from '../../rules/files/slo-file.ts';
import { groupSlo } from '../../rules/grouping.ts';
import { madeTitle } from '../../rules/made-title.ts';
import { parseSelector } from '../../server/promql/parse.ts';
import { spokenSlo } from '../../web/frame/spoken-slo.ts';
import { FRENCH } from '../../web/words/french.ts';
import { createSpeech, ENGLISH } from '../../web/words/speech.ts';
import { sloStatus } from './statuses.ts';

const SPEECH = { en: createSpeech(ENGLISH, 'UTC'), fr: createSpeech(FRENCH, 'UTC') };

/** The status of a definition that says no owner, in words. */
function spoken(indicator: string) {
  const head = 'id: a, service: shop, objective: 99%, window: 7d';
  const { slos, problems } = readSloFiles([{ path: 'a', text: `slos: [{${head}, ${indicator}}]` }], parseSelector);
  expect(problems).toEqual([]);
  const [definition] = slos;
  const made_title = madeTitle(definition!);
  const status = sloStatus({
    title: definition!.title,
    owner: definition!.owner,
    ...(made_title && { made_title }),
  });
  return { written: definition!.title, en: spokenSlo(status, SPEECH.en), fr: spokenSlo(status, SPEECH.fr) };
}

describe('a title nobody wrote is said in both languages, in English as it stands in files and in the API', () => {
  const f = (indicator: string, french: string) =>
    test(french, () => {
      const { written, en, fr } = spoken(indicator);
      expect(en.title.replaceAll('\u00a0', ' ')).toBe(written);
      expect(fr.title.replaceAll(/[\u00a0\u202f]/g, ' ')).toBe(french);
    });
  f('availability: {total: t, bad: b}', 'Les requêtes vers shop réussissent');
  f('latency: {histogram: d, threshold: 250ms}', 'Les requêtes vers shop prennent au plus 250 ms');
  f('query: {expr: x, good: "< 1", every: 1m}', 'shop reste dans ses limites');
  f('up: {metric: p, every: 1m}', 'shop est joignable');
});

test('one of several says its group too', () => {
  const text =
    'slos: [{id: a, service: shop, objective: 99%, window: 7d, group_by: [vhost], availability: {total: t, bad: b}}]';
  const [web] = readSloFiles([{ path: 'a', text }], parseSelector).slos;
  const { title } = groupSlo(web!, { vhost: 'x.example' });
  const made_title = madeTitle(groupSlo(web!, { vhost: 'x.example' }));
  const say = (language: 'en' | 'fr') =>
    spokenSlo(sloStatus({ title, made_title: made_title! }), SPEECH[language]).title;
  expect([title, say('en')]).toEqual(Array(2).fill('Requests to shop succeed: x.example'));
  expect(say('fr')).toBe('Les requêtes vers shop réussissent\u202f: x.example');
});

test('a title somebody wrote is left alone, and so is that of a percentile', () => {
  expect(spoken('title: Mine, availability: {total: t, bad: b}').fr.title).toBe('Mine');
  const { written, fr } = spoken('percentile: {histogram: d, quantile: 95%, threshold: 1m30s, every: 5m}');
  expect([written, fr.title]).toEqual(Array(2).fill('95% of requests to shop take at most 1 m 30 s'));
});

test('an owner nobody named is nobody', () => {
  const { en, fr } = spoken('availability: {total: t, bad: b}');
  expect([en.owner, fr.owner]).toEqual(['nobody', 'personne']);
  expect(spoken('owner: me, availability: {total: t, bad: b}').fr.owner).toBe('me');
});
