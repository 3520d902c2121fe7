import type { PageWords } from '../words/page-words.ts';

const en = {
  title: 'Excluded spans',
  about:
    'Maintenance, a drill, a fault that was somebody else’s: a span can be left out of the figures. Nothing is deleted, and it can be undone.',
  make: 'Exclude a span',
  note: 'Their {what, select, events {events} slices {slices} other {requests}} are stored, and count neither for nor against this SLO.',
  in_force:
    'Left out: {secs_text} of the window, {bad} bad of {total} {what, select, events {events} slices {slices} other {requests}}. Attained: {attained}; budget left: {left}. If they counted: {otherwise}; budget left: {otherwise_left}.',
  none_in_force: 'None is in force: all figures are of the whole window.',
  head_when: 'When',
  head_state: 'State',
  head_counts: 'Leaves out',
  head_reason: 'Why',
  head_author: 'Who',
  state_now: 'now',
  state_ahead: 'recurs',
  state_past: 'past',
  state_undone: 'undone',
  once: '{start} to {end}',
  again: '{start} to {end}, then by the rule {rule} ({zone})',
  counts: '{bad} bad of {total} {what, select, events {events} slices {slices} other {requests}}',
  undone_by: 'by {author}, {moment}',
  undo: 'Undo',
  undo_of: 'Undo the exclusion of {moment}',
  undo_name: 'Your name',
  undo_confirm: 'Count its events again',
  undo_cancel: 'Keep it',
  undo_failed: 'It was not undone: {message}',
  forbidden: 'a token that may write is needed',
} as const;

export type ExclusionWord = keyof typeof en;

const fr: Readonly<Record<ExclusionWord, string>> = {
  title: 'Plages exclues',
  about:
    'Maintenance, exercice, panne venue d’ailleurs\u202f: une plage peut être exclue des chiffres. Rien n’est supprimé, et cela s’annule.',
  make: 'Exclure une plage',
  note: 'Leurs {what, select, events {événements} slices {tranches} other {requêtes}} restent enregistrées et ne comptent ni pour ni contre ce SLO.',
  in_force:
    'Exclu\u202f: {secs_text} de la période, {what, select, events {mauvais} other {mauvaises}}\u202f: {bad} sur {total}. Résultat\u202f: {attained}\u202f; budget restant\u202f: {left}. Si on les comptait\u202f: {otherwise}\u202f; budget restant\u202f: {otherwise_left}.',
  none_in_force: 'Aucune n’est en vigueur\u202f: tous les chiffres portent sur la période entière.',
  head_when: 'Quand',
  head_state: 'État',
  head_counts: 'Exclut',
  head_reason: 'Pourquoi',
  head_author: 'Qui',
  state_now: 'en cours',
  state_ahead: 'se répète',
  state_past: 'passée',
  state_undone: 'annulée',
  once: 'du {start} au {end}',
  again: 'du {start} au {end}, puis selon la règle {rule} ({zone})',
  counts: '{what, select, events {mauvais} other {mauvaises}}\u202f: {bad} sur {total}',
  undone_by: 'par {author}, le {moment}',
  undo: 'Annuler',
  undo_of: 'Annuler l’exclusion du {moment}',
  undo_name: 'Votre nom',
  undo_confirm: 'Compter de nouveau ses événements',
  undo_cancel: 'La garder',
  undo_failed: 'Elle n’a pas été annulée\u202f: {message}',
  forbidden: 'il faut un jeton qui autorise l’écriture',
};

export const exclusionWords: PageWords<ExclusionWord> = { en, fr };
