import type { Words } from './words.ts';

const DURATION = `{unit, select,
  day {{amount, plural, one {# jour} other {# jours}}}
  hour {{amount, plural, one {# heure} other {# heures}}}
  minute {{amount, plural, one {# minute} other {# minutes}}}
  other {{amount, plural, one {# seconde} other {# secondes}}}}`;

const PERIOD = `{unit, select,
  calendar_day {{amount, plural, one {# jour civil} other {# jours civils}}}
  calendar_week {{amount, plural, one {# semaine civile} other {# semaines civiles}}}
  calendar_month {{amount, plural, one {# mois civil} other {# mois civils}}}
  calendar_quarter {{amount, plural, one {# trimestre civil} other {# trimestres civils}}}
  calendar_year {{amount, plural, one {# année civile} other {# années civiles}}}
  other {${DURATION}}}`;

const WINDOW = DURATION.replace('{unit,', '{window_unit,').replaceAll('{amount,', '{window_amount,');

const moment = (name: string): string => `{${name}, date, ::yMMMdHHmmz}`;

const NONE = '{what, select, events {aucun événement} slices {aucune tranche mesurée} other {aucune requête}}';
const FIRST =
  '{what, select, events {le premier événement} slices {la première tranche mesurée} other {la première requête}}';
const BAD_MANY = '{what, select, events {mauvais événements} slices {mauvaises tranches} other {mauvaises requêtes}}';
const TOLERATED = '{what, select, events {tolérés} other {tolérées}}';

const numbered = (name: string, one: readonly string[], other: readonly string[]): string => `{what, select,
  events {{${name}, plural, one {${one[0]}} other {${other[0]}}}}
  slices {{${name}, plural, one {${one[1]}} other {${other[1]}}}}
  other {{${name}, plural, one {${one[2]}} other {${other[2]}}}}}`;
const counted = (name: string): string =>
  numbered(name, ['événement', 'tranche', 'requête'], ['événements', 'tranches', 'requêtes']);
const bad = (name: string): string =>
  numbered(
    name,
    ['mauvais événement', 'mauvaise tranche', 'mauvaise requête'],
    ['mauvais événements', 'mauvaises tranches', 'mauvaises requêtes'],
  );
const good = (name: string): string =>
  numbered(
    name,
    ['bon événement', 'bonne tranche', 'bonne requête'],
    ['bons événements', 'bonnes tranches', 'bonnes requêtes'],
  );
const tolerated = (name: string): string =>
  numbered(name, ['toléré', 'tolérée', 'tolérée'], ['tolérés', 'tolérées', 'tolérées']);

/** What Vigie says in French: the keys and arguments of `en.ts`, written anew. `{de_service}` is "d’api" or "de shop" (`elision.ts`). */
export const fr: Words = {
  state_exhausted: 'épuisé',
  state_burning: 'surconsommation',
  state_no_data: 'aucune donnée',
  state_no_traffic: 'aucun trafic',
  state_too_little_traffic: 'trop peu de trafic',
  state_too_new: 'trop récent',
  state_ok: 'tout va bien',

  reason_budget_spent: `{service} a épuisé son budget d’erreur : {bad, number, ::.##} ${bad('bad')} pour {allowed, number, ::.##} ${tolerated('allowed')} en ${PERIOD}{lacking, plural, =0 {} other {, même avec {lacking, number} ${good('lacking')} de plus}}.`,
  reason_burning_fast: `{service} consomme son budget d’erreur à {rate, number, ::.######} fois le rythme permis (mesuré sur ${DURATION}) ; à partir de {factor, number, ::.######} fois, il faut intervenir immédiatement.`,
  reason_burning_slow: `{named, select, no {Il} other {{service}}} consomme son budget d’erreur à {rate, number, ::.######} fois le rythme permis (mesuré sur ${DURATION}) ; au-delà de {factor, number, ::.######} fois, il faut s’en occuper cette semaine.`,
  reason_watermark_stale: `Plus de nouvelles {de_origin} depuis ${DURATION} : démarrez son collecteur ou cherchez ce qui le retient.`,
  reason_never_heard: 'Aucune source ne couvre encore {service} : indiquez où se trouve son journal.',
  reason_no_series: `Aucun compteur ne correspond encore à {selector} : attendez ${FIRST} ou vérifiez les étiquettes.`,
  reason_no_request_yet:
    'Le journal {de_service} est trouvé, aucune requête pour l’instant : la première lancera le compte.',
  reason_source_broken: `{origin} {state, select,
  missing {ne trouve pas son entrée}
  unreadable {ne peut pas lire son entrée}
  unparseable {ne comprend pas son entrée}
  other {ne fonctionne pas}}{note, select, none {.} other { : {note}}}`,
  reason_source_removed:
    'Plus de nouvelles {de_service} : sa source a été retirée ({origin}). Indiquez où se trouve son journal, ou supprimez le SLO.',
  reason_no_traffic: `{service} n’a eu ${NONE} en ${PERIOD} ; ses sources sont actives.`,
  reason_data_elsewhere: `{service} n’a eu ${NONE} sur cette période ; ses dernières données datent du {newest, date, long}.`,
  reason_silence_passed_over: `{silence, select, no_traffic {La définition {de_service} considère l’absence de trafic comme bonne.} other {{policy, select, good {La définition {de_service} considère le silence comme du temps sans échec.} other {La définition {de_service} ignore le silence : les chiffres sont ceux des dernières nouvelles.}}}}`,
  reason_groups_left_out: `{left_out, plural, one {Un groupe {de_service} est laissé de côté : sa} other {{left_out, number} groupes {de_service} sont laissés de côté : leur}} définition en admet au plus {max_groups, number}, les premiers vus.`,
  reason_data_damaged:
    'Une partie de ce qui est enregistré de {service} est illisible\u202f: ses comptes sont peut-être trop bas\u202f; «\u00a0vigie doctor\u00a0» dit ce qui manque.',
  reason_part_not_counted: `{why, select, late_bad {{part} est en retard : le temps écoulé depuis ses dernières nouvelles compte comme mauvais.} late_good {{part} est en retard : le temps écoulé depuis ses dernières nouvelles compte comme bon.} late_ignored {{part} est en retard et ne compte pas pour l’instant ; les autres parties se partagent son poids.} too_new {{part} a moins d’une heure et ne compte pas encore ; les autres parties se partagent son poids.} too_few {{part} a moins de dix événements dans la période et ne compte pas ; les autres parties se partagent son poids.} no_series {{part} ne trouve aucune série et ne compte pas ; les autres parties se partagent son poids.} other {{part} n’a aucun trafic dans la période et ne compte pas ; les autres parties se partagent son poids.}}`,
  reason_all_excluded: `Les {excluded, number} {what, select, events {événements} slices {tranches} other {requêtes}} {de_service} en ${PERIOD} sont {what, select, events {tous exclus} other {toutes exclues}} : il ne reste rien à juger.`,
  reason_too_little_traffic: `{named, select, no {Il} other {{service}}} a eu {total, number} ${counted('total')} en ${PERIOD} ; {decides, select, no {sa définition en exige au moins {minimum, number}.} other {en dessous de {minimum, number}, un seul échec ferait basculer le résultat : à lui seul il pèse {alone, number, ::percent .##}, et {allowed_ratio, number, ::percent .####} d’échecs sont permis.}}`,
  reason_too_new: `{service} n’est mesuré que depuis ${DURATION} : la réponse sera prête au bout d’une heure.`,
  reason_not_measurable: `{cause, select,
  no_histogram {Aucune durée {de_service} n’est comptée : ajoutez %D (Apache) ou $request_time (nginx) au format de son journal, et déclarez-en l’unité (clé duration, valeur us ou s) dans la transformation parse.}
  no_boundary {Le seuil {threshold} {de_service} n’est pas une borne de l’histogramme ; choisissez parmi {choices} secondes.}
  query {La requête PromQL {de_service} n’a pas de réponse exploitable : {note}.}
  other {{service} n’est pas mesurable.}}`,
  reason_budget_left: `Il reste {left_ratio, number, ::percent .#} du budget d’erreur{named, select, no {} other { {de_service}}}{recent, select, yes { ; son taux de consommation est de {rate, number, ::.#}×.} other { ; ${NONE} depuis une heure.}}`,
  reason_no_slo: 'Il n’y a pas encore de SLO : écrivez-en un, ou gardez l’un de ceux qui sont proposés.',

  reason_budget_low: `{rest, select, over {Le budget d’erreur {de_service} est dépassé de {over_ratio, number, ::percent .#}} other {Il reste {left_ratio, number, ::percent .#} du budget d’erreur {de_service}}} ; sa politique en exige au moins {minimum, number, ::percent .#}.`,
  reason_burn_high: `{service} consomme son budget d’erreur à {rate, number, ::.######} fois le rythme permis (mesuré sur ${DURATION}) ; sa politique tolère {factor, number, ::.######} fois.`,
  reason_frozen: `Les livraisons {de_service} sont gelées jusqu’au ${moment('until')} : {reason}.`,
  reason_budget_policy: `{rest, select, over {Le budget d’erreur{named, select, no {} other { {de_service}}} est dépassé de {over_ratio, number, ::percent .#}} other {Il reste {left_ratio, number, ::percent .#} du budget d’erreur{named, select, no {} other { {de_service}}}}} ; à {from, number, ::percent .#}, sa politique prévoit : {action}{named_who, select, yes { ({who})} other {}}.`,
  reason_overridden: `{by} laisse passer {service} jusqu’au ${moment('until')} : {reason}.`,

  gate_question: 'Peut-on livrer ?',
  gate_go:
    '{services, plural, one {Oui — on peut livrer {subject}.} other {Oui — on peut livrer les # services.}} {reason}',
  gate_go_with_care:
    '{services, plural, one {Oui, avec prudence — on peut livrer {subject}.} other {Oui, avec prudence — on peut livrer les # services.}} {reason}',
  gate_no_go: 'Pas maintenant — {reason}',
  gate_unknown: 'Impossible de trancher. {reason}',
  gate_unanswered: 'Le serveur n’a pas répondu, ce pour quoi la politique dit {answer} : {cause}',
  gate_failed_open: 'Le serveur n’a pas répondu, et --fail-open en fait un feu vert : {cause}',
  gate_word_go: 'FEU VERT',
  gate_word_no_go: 'FEU ROUGE',
  gate_word_unknown: 'INCONNU',
  gate_head_decision: 'RÉPONSE',
  gate_head_slo: 'SLO',
  gate_head_state: 'ÉTAT',
  gate_head_reason: 'RAISON',

  alert_state_firing: 'en cours',
  alert_state_pending: 'à confirmer',
  alert_state_resolved: 'terminée',
  alert_tier_page: 'appel',
  alert_tier_ticket: 'ticket',
  alert_event_pending: 'soupçonnée sur d’anciens chiffres',
  alert_event_fired: 'déclenchée',
  alert_event_escalated: 'passée de ticket à appel',
  alert_event_eased: 'revenue d’appel à ticket',
  alert_event_no_data: 'plus aucune donnée',
  alert_event_data_back: 'données de retour',
  alert_event_silenced: 'mise en silence',
  alert_event_unsilenced: 'fin du silence',
  alert_event_resolved: 'terminée',
  alert_event_withdrawn: 'retirée : sa définition n’existe plus',

  alert_burning: `{service} consomme son budget d’erreur à {rate, number, ::.######} fois le rythme permis : {bad, number} ${bad('bad')} sur {total, number} en ${DURATION}. {tier, select, page {Au-delà de {factor, number, ::.######} fois, il faut intervenir immédiatement.} other {Au-delà de {factor, number, ::.######} fois, il faut s’en occuper cette semaine.}}`,
  alert_since: `Cela a commencé le ${moment('time')}.`,
  alert_spent: `{spent_ratio, number, ::percent .#} du budget d’erreur de ${WINDOW} sont partis en ${DURATION}.`,
  alert_left: `{over, plural, =0 {Il reste {left_ratio, number, ::percent .#} du budget d’erreur : encore {left, number, ::.##} ${BAD_MANY} sur les {allowed, number, ::.##} ${TOLERATED}.} other {Le budget d’erreur est dépassé de {over_ratio, number, ::percent .#} : {over, number, ::.##} ${BAD_MANY} de plus que les {allowed, number, ::.##} ${TOLERATED}.}}`,
  alert_exhaustion: `{kind, select,
  at {Au rythme de la dernière heure, il sera épuisé dans ${DURATION}, le ${moment('time')}.}
  gains {La dernière heure est restée dans les limites : le budget se reconstitue.}
  lasts {Au rythme de la dernière heure, il dure jusqu’à la fin de la période.}
  spent {Il ne reste rien à dépenser.}
  other {Impossible de dire combien de temps il durera : ${NONE} depuis une heure.}}`,
  alert_pending: `Ces chiffres datent du ${moment('time')} : trop anciens pour appeler quelqu’un. Les prochains trancheront.`,
  alert_no_data: `{silent, select,
  none {Aucune donnée {de_service} depuis le ${moment('time')} : on ne voit ni amélioration ni aggravation.}
  other {Plus de nouvelles {de_silent} depuis le ${moment('time')} : ni l’amélioration ni l’aggravation {de_service} ne se voient entièrement.}}`,
  alert_over: `{by, select,
  heard {Il y a de nouveau des données {de_service}. Elles sont restées incomplètes pendant ${DURATION}, depuis le ${moment('start')}.}
  withdrawn {L’alerte {de_service} a été retirée le ${moment('end')}, car sa définition n’existe plus. Elle a duré ${DURATION}, depuis le ${moment('start')}.}
  other {{service} est de nouveau dans les limites depuis le ${moment('end')}. L’alerte a duré ${DURATION}, depuis le ${moment('start')}.}}`,
  alert_eased:
    '{service} ne consomme plus assez vite pour qu’il faille intervenir immédiatement. Il faut encore s’en occuper cette semaine.',
  made_title:
    '{kind, select, latency {Les requêtes vers {service} prennent au plus {longest, number} ms} query {{service} reste dans ses limites} up {{service} est joignable} composite {Tout {service} fonctionne} other {Les requêtes vers {service} réussissent}}',
  made_title_of_group: '{title} : {group}',
  alert_subject_firing: `{tier, select, page {Appel} other {Ticket}} : {cause, select, no_data {aucune donnée {de_service}} other {{service} consomme son budget d’erreur à {rate, number, ::.#} fois le rythme permis}} – {title}`,
  alert_subject_resolved: `{reason, select,
  heard {Terminé : il y a de nouveau des données {de_service}}
  eased {Atténué : {service} ne demande plus d’intervention immédiate}
  withdrawn {Retirée : l’alerte {de_service}}
  other {Terminé : {service} est de nouveau dans les limites}} – {title}`,
  alert_rule_subject:
    '{kind, select, firing {{tier, select, page {Appel} other {Ticket}}\u202f: {rule}} other {Fin\u202f: {rule}}}',
  alert_rule_firing: `La condition {de_rule} est vraie depuis le ${moment('start')}\u202f; sa valeur est {value}.`,
  alert_rule_resolved: `La condition {de_rule} a été vraie à partir du ${moment('start')} et ne l’est plus depuis le ${moment('end')}.`,
  alert_rule_labels: 'Étiquettes\u202f: {labels}',
  alert_open: 'Ouvrir l’alerte',
  alert_open_slo: 'Ouvrir le SLO',
  alert_why: 'Vigie envoie ce message parce que le destinataire {receiver} de sa configuration vous désigne.',

  define_sli:
    'Un SLI (indicateur de niveau de service) est la part des requêtes qui se sont bien passées : le nombre de bonnes requêtes divisé par le nombre total.',
  define_slo:
    'Un SLO (objectif de niveau de service) est la part de bonnes requêtes qu’une équipe vise sur une période, par exemple 99,9 % en 30 jours.',
  define_error_budget:
    'Le budget d’erreur est ce que l’objectif tolère : à 99,9 %, une requête sur mille peut échouer.',
  define_burn_rate:
    'Le taux de consommation dit à quelle vitesse le budget d’erreur s’épuise : à 1, il dure toute la période ; à 10, il est épuisé en un dixième de la période.',
};
