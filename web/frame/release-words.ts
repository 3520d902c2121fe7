import type { PageWords } from '../words/page-words.ts';

const en = {
  choice: 'Releases',
  caption: 'Releases in this range',
  none: 'No release was marked in this range. “vigie release mark” marks one.',
  version: 'Version',
  service: 'Service',
  when: 'When',
  who: 'Who',
  more: '{count, plural, one {One older one is not listed.} other {# older ones are not listed.}}',
  failed: 'Releases could not be read: {message}',
} as const;

export type ReleaseMarkWord = keyof typeof en;

const fr: Readonly<Record<ReleaseMarkWord, string>> = {
  choice: 'Mises en production',
  caption: 'Versions mises en production dans cet intervalle',
  none: 'Aucune version n’est marquée dans cet intervalle. «\u00a0vigie release mark\u00a0» en marque une.',
  version: 'Version',
  service: 'Service',
  when: 'Quand',
  who: 'Qui',
  more: '{count, plural, one {Une plus ancienne n’est pas listée.} other {# plus anciennes ne sont pas listées.}}',
  failed: 'Les versions n’ont pas pu être lues\u202f: {message}',
};

export const releaseMarkWords: PageWords<ReleaseMarkWord> = { en, fr };
