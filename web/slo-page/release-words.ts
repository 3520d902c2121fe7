import type { PageWords } from '../words/page-words.ts';

const en = {
  title: 'Releases',
  note: 'As long after each as before it: a day at most, and no further than the next.',
  head_version: 'Version',
  head_when: 'When',
  head_span: 'Each span',
  head_before: 'Before',
  head_after: 'After',
  head_who: 'Who',
  head_note: 'Note',
  figures: '{attained}, {bad} bad of {total} {what, select, events {events} slices {slices} other {requests}}',
  no_traffic: 'no traffic',
  not_measurable: 'not measurable',
  too_new: 'too new',
};

export type ReleaseWord = keyof typeof en;

const fr: Readonly<Record<ReleaseWord, string>> = {
  title: 'Versions mises en production',
  note: 'Autant de temps après chacune qu’avant\u202f: un jour au plus, et pas au-delà de la suivante.',
  head_version: 'Version',
  head_when: 'Quand',
  head_span: 'Durée comparée',
  head_before: 'Avant',
  head_after: 'Après',
  head_who: 'Qui',
  head_note: 'Remarque',
  figures: '{attained}, {what, select, events {mauvais} other {mauvaises}}\u202f: {bad} sur {total}',
  no_traffic: 'aucun trafic',
  not_measurable: 'non mesurable',
  too_new: 'trop récente',
};

export const releaseWords: PageWords<ReleaseWord> = { en, fr };
