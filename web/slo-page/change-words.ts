import type { PageWords } from '../words/page-words.ts';

const en = {
  title: 'Changes of the definition',
  note: 'All figures of the window are those of the present definition; alerts before a change were of the earlier one.',
  recomputed: 'Recomputed on {moment}:',
  not_set: 'not set',
  recomputed_note: 'Recomputed on {moment}, when the definition changed.',
  see: 'What changed',
  line: 'changed',
};

export type ChangeWord = keyof typeof en;

const fr: Readonly<Record<ChangeWord, string>> = {
  title: 'Modifications de la définition',
  note: 'Tous les chiffres de la période sont ceux de la définition actuelle\u202f; les alertes d’avant une modification étaient celles de la précédente.',
  recomputed: 'Recalculé le {moment}\u202f:',
  not_set: 'non défini',
  recomputed_note: 'Recalculé le {moment}, quand la définition a changé.',
  see: 'Ce qui a changé',
  line: 'modifié',
};

export const changeWords: PageWords<ChangeWord> = { en, fr };
