import type { PageWords } from '../words/page-words.ts';

const en = {
  title: 'Parts',
  note: 'This SLO is made of others. Over each window it is the weighted mean of what those that count attained; an event of a part weighs by that part’s weight and traffic, and none more than one.',
  head_part: 'Part',
  head_state: 'State',
  head_weight: 'Weight',
  head_attained: 'Attained',
  head_counts: 'Good of all',
  head_spent: 'Of the budget spent',
  weight: '{weight}, {share} of the figures',
  weight_none: '{weight}, not counted',
  counts: '{good} of {total}',
  state_counted: 'counts',
  state_late_bad: 'late: its silence counts as bad',
  state_late_good: 'late: its silence counts as good',
  state_late_ignored: 'late: not counted meanwhile',
  state_too_new: 'too new: not counted yet',
  state_no_traffic: 'no traffic: not counted',
  state_too_few: 'fewer than ten events: not counted',
};

export type PartWord = keyof typeof en;

const fr: Readonly<Record<PartWord, string>> = {
  title: 'Parties',
  note: 'Ce SLO est composé d’autres SLO. Sur chaque période, il est la moyenne pondérée de ce qu’ont atteint les parties qui comptent\u202f; un événement pèse selon le poids et le trafic de sa partie, et jamais plus qu’un.',
  head_part: 'Partie',
  head_state: 'État',
  head_weight: 'Poids',
  head_attained: 'Atteint',
  head_counts: 'Bons sur le total',
  head_spent: 'Part du budget consommée',
  weight: '{weight}, soit {share} des chiffres',
  weight_none: '{weight}, ne compte pas',
  counts: '{good} sur {total}',
  state_counted: 'compte',
  state_late_bad: 'en retard\u202f: son silence compte comme mauvais',
  state_late_good: 'en retard\u202f: son silence compte comme bon',
  state_late_ignored: 'en retard\u202f: ne compte pas pour l’instant',
  state_too_new: 'trop récente\u202f: ne compte pas encore',
  state_no_traffic: 'aucun trafic\u202f: ne compte pas',
  state_too_few: 'moins de dix événements\u202f: ne compte pas',
};

export const partWords: PageWords<PartWord> = { en, fr };
