import type { Words } from './words.ts';

const DURATION = `{unit, select,
  day {{amount, plural, one {# jour} other {# jours}}}
  hour {{amount, plural, one {# heure} other {# heures}}}
  minute {{amount, plural, one {# minute} other {# minutes}}}
  other {{amount, plural, one {# seconde} other {# secondes}}}}`;

/** What Vigie says in French: the keys and arguments of `en.ts`, written anew. */
export const fr: Words = {
  state_exhausted: 'épuisé',
  state_burning: 'surconsommation',
  state_no_data: 'aucune donnée',
  state_no_traffic: 'aucun trafic',
  state_too_little_traffic: 'trop peu de trafic',
  state_too_new: 'trop récent',
  state_ok: 'tout va bien',

  reason_budget_spent: `{service} a épuisé son budget d’erreur : {bad, number, ::.##} {bad, plural, one {mauvaise requête} other {mauvaises requêtes}} pour {allowed, number, ::.##} {allowed, plural, one {tolérée} other {tolérées}} en ${DURATION}.`,
  reason_burning_fast: `{service} consomme son budget d’erreur {rate, number, ::.##} fois trop vite (mesuré sur ${DURATION}) ; à partir de {factor, number, ::.##} fois, il faut intervenir immédiatement.`,
  reason_burning_slow: `{service} consomme son budget d’erreur {rate, number, ::.##} fois trop vite (mesuré sur ${DURATION}) ; au-delà de {factor, number, ::.##} fois, il faut s’en occuper cette semaine.`,
  reason_watermark_stale: `Plus de nouvelles de {origin} depuis ${DURATION} : démarrez son collecteur ou cherchez ce qui le retient.`,
  reason_never_heard: 'Aucune source ne couvre encore {service} : indiquez où se trouve son journal.',
  reason_no_series:
    'Aucun compteur ne correspond encore à {selector} : attendez la première requête ou vérifiez les étiquettes.',
  reason_source_broken: `{origin} {state, select,
  missing {ne trouve pas son entrée}
  unreadable {ne peut pas lire son entrée}
  unparseable {ne comprend pas son entrée}
  other {ne fonctionne pas}}{note, select, none {.} other { : {note}}}`,
  reason_source_removed:
    'Plus de nouvelles de {service} : sa source a été retirée ({origin}). Indiquez où se trouve son journal, ou supprimez le SLO.',
  reason_no_traffic: `{service} n’a reçu aucune requête en ${DURATION} ; ses sources sont actives.`,
  reason_data_elsewhere:
    '{service} n’a reçu aucune requête sur cette période ; ses dernières données datent du {newest, date, long}.',
  reason_too_little_traffic: `{service} a reçu {total, number} {total, plural, one {requête} other {requêtes}} en ${DURATION} ; en dessous de {minimum, number}, un seul échec ferait basculer le résultat.`,
  reason_too_new: `{service} n’est mesuré que depuis ${DURATION} : la réponse sera prête au bout d’une heure.`,
  reason_not_measurable: `{cause, select,
  no_histogram {Aucune durée de {service} n’est comptée : ajoutez %D (Apache) ou $request_time (nginx) au format de son journal, et déclarez-en l’unité (clé duration, valeur us ou s) dans la transformation parse.}
  no_boundary {Le seuil {threshold} de {service} n’est pas une borne de l’histogramme ; choisissez parmi {choices} secondes.}
  other {{service} n’est pas mesurable.}}`,
  reason_budget_left: `Il reste {left_ratio, number, ::percent .#} du budget d’erreur de {service}{recent, select, yes { ; son taux de consommation est de {rate, number, ::.##}.} other { ; aucune requête depuis une heure.}}`,
  reason_no_slo: 'Il n’y a pas encore de SLO : écrivez-en un, ou gardez l’un de ceux qui sont proposés.',

  gate_question: 'Peut-on livrer ?',
  gate_go:
    '{services, plural, one {Oui — on peut livrer {subject}.} other {Oui — on peut livrer les # services.}} {reason}',
  gate_go_with_care:
    '{services, plural, one {Oui, avec prudence — on peut livrer {subject}.} other {Oui, avec prudence — on peut livrer les # services.}} {reason}',
  gate_no_go: 'Pas maintenant — {reason}',
  gate_unknown: 'Impossible de trancher. {reason}',

  define_sli:
    'Un SLI (indicateur de niveau de service) est la part des requêtes qui se sont bien passées : le nombre de bonnes requêtes divisé par le nombre total.',
  define_slo:
    'Un SLO (objectif de niveau de service) est la part de bonnes requêtes qu’une équipe vise sur une période, par exemple 99,9 % en 30 jours.',
  define_error_budget:
    'Le budget d’erreur est ce que l’objectif tolère : à 99,9 %, une requête sur mille peut échouer.',
  define_burn_rate:
    'Le taux de consommation dit à quelle vitesse le budget d’erreur s’épuise : à 1, il dure toute la période ; à 10, il est épuisé en un dixième de la période.',
};
