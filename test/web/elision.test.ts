import { describe, expect, test } from 'vitest';
import { withDe } from '../../server/model/words/elision.ts';
import { logWords } from '../../web/logs/words.ts';
import { FRENCH } from '../../web/words/french.ts';
import { pageSay } from '../../web/words/page-words.ts';
import { createSpeech } from '../../web/words/speech.ts';

describe('French elides before what somebody named', () => {
  const f = (name: string, want: string) => test(want, () => expect(withDe(name)).toBe(want));
  f('api', 'd’api');
  f('Étoile', 'd’Étoile');
  f('œuvre', 'd’œuvre');
  f('shop', 'de shop');
  f('http', 'de http');
  f('yahoo', 'de yahoo');
  f('7up', 'de 7up');
  f('', 'de ');
});

test('in the sentences shared with the server, and in those of the pages', () => {
  const french = createSpeech(FRENCH, 'UTC');
  const said = (service: string) =>
    french.reason({ code: 'budget_left', args: { service, left_ratio: 0.5, recent: 'yes', rate: 1 } });
  expect(said('api')).toContain('budget d’erreur d’api');
  expect(said('shop')).toContain('budget d’erreur de shop');
  expect(pageSay(logWords, 'fr')('slow_lines', { service: 'api' })).toBe('Requêtes lentes d’api');
});

test('only the preposition changes, not what a person wrote', () => {
  const french = createSpeech(FRENCH, 'UTC');
  const args = { service: 'shop', until: 0, reason: 'le sort de api' };
  expect(french.reason({ code: 'frozen', args })).toContain('le sort de api');
});
