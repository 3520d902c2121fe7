import type { Language } from './words.ts';

/** What is counted, as a noun. */
const MANY_EN = '{what, select, events {events} slices {slices} other {requests}}';
const MANY_FR = '{what, select, events {événements} slices {tranches} other {requêtes}}';

const en = {
  title:
    '{period, select, week {Service levels of a week} month {Service levels of a month} other {Service levels of a quarter}}',
  span: '{from} to {to} ({zone})',
  open: 'The period is not over: this was counted up to {time}.',
  none: 'There is no SLO.',
  summary: 'Summary',
  slo: 'SLO',
  owner: 'Owner',
  objective: 'Objective',
  attained: 'Attained',
  left: 'Left of this period’s own budget',
  bad: 'Bad',
  total: 'Counted',
  alerts: 'Alerts',
  verdict: 'Result',
  met: 'met',
  missed: 'missed',
  no_traffic: 'no traffic',
  attained_line: `{attained} of {total} ${MANY_EN} were good; {objective} was promised.`,
  silent_line: `No ${MANY_EN} in this period.`,
  left_line: '{bad} were bad of {allowed} allowed: {left} of the budget of this period is left.',
  over_line: '{bad} were bad of {allowed} allowed: the budget of this period is overspent by {over}.',
  before_line: 'The period before: {attained} of {total}.',
  before_none: 'Nothing was counted in the period before.',
  worst_line: 'Worst days: {days}.',
  worst_day: '{day} ({bad} bad, {share} of the budget)',
  alert_line:
    '{tier, select, page {Page} other {Ticket}} from {fired} {over, select, yes {to {resolved}} other {on, still firing}}.',
  alerts_none: 'No alert fired.',
  releases_line: 'Releases: {releases}.',
  release: '{version} ({time})',
  excluded_line: `{total} ${MANY_EN} are excluded ({exclusions}).`,
  runs_out: 'At the burn of the last three days ({rate}×) the budget of its own window runs out on {time}.',
  lasts: 'At the burn of the last three days ({rate}×) the budget of its own window lasts.',
  spent: 'The budget of its own window is spent.',
  unknown: 'How long the budget of its own window lasts is not known: the last three days say nothing.',
  chart: 'Share of the budget of the period that each day spent; the line is an even pace.',
  chart_day: '{day}: {share} ({bad} of {total} bad)',
  overrides: 'Let through the gate',
  override_line: '{by} let {service} through from {from} to {to}: {reason}',
  store_line: 'The store takes {bytes} of the {most} that it never passes.',
  made: 'Made by Vigie on {time}.',
};

export type SloReportWord = keyof typeof en;

const fr: Readonly<Record<SloReportWord, string>> = {
  title:
    '{period, select, week {Niveaux de service de la semaine} month {Niveaux de service du mois} other {Niveaux de service du trimestre}}',
  span: 'du {from} au {to} ({zone})',
  open: 'La période n’est pas terminée : compté jusqu’au {time}.',
  none: 'Il n’y a aucun SLO.',
  summary: 'Résumé',
  slo: 'SLO',
  owner: 'Responsable',
  objective: 'Objectif',
  attained: 'Atteint',
  left: 'Restant du budget propre à la période',
  bad: 'Mauvaises',
  total: 'Comptées',
  alerts: 'Alertes',
  verdict: 'Résultat',
  met: 'tenu',
  missed: 'manqué',
  no_traffic: 'aucun trafic',
  attained_line: `{attained} de {total} ${MANY_FR} sans erreur, pour {objective} promis.`,
  silent_line: `Pas de ${MANY_FR} sur cette période.`,
  left_line: '{bad} en erreur pour {allowed} tolérées : il reste {left} du budget de la période.',
  over_line: '{bad} en erreur pour {allowed} tolérées : le budget de la période est dépassé de {over}.',
  before_line: 'Période précédente : {attained} de {total}.',
  before_none: 'Rien n’a été compté sur la période précédente.',
  worst_line: 'Pires jours : {days}.',
  worst_day: '{day} ({bad} en erreur, {share} du budget)',
  alert_line:
    '{tier, select, page {Appel} other {Ticket}} du {fired}{over, select, yes { au {resolved}} other {, toujours en cours}}.',
  alerts_none: 'Aucune alerte ne s’est déclenchée.',
  releases_line: 'Versions livrées : {releases}.',
  release: '{version} ({time})',
  excluded_line: `{total} ${MANY_FR} hors du compte ({exclusions}).`,
  runs_out: 'Au rythme des trois derniers jours ({rate}×), le budget de sa propre période sera épuisé le {time}.',
  lasts: 'Au rythme des trois derniers jours ({rate}×), le budget de sa propre période suffit.',
  spent: 'Le budget de sa propre période est épuisé.',
  unknown:
    'On ne sait pas combien de temps durera le budget de sa propre période : les trois derniers jours ne disent rien.',
  chart: 'Part du budget de la période consommée chaque jour ; le trait est un rythme régulier.',
  chart_day: '{day} : {share} ({bad} en erreur sur {total})',
  overrides: 'Passages forcés',
  override_line: '{by} a laissé passer {service} du {from} au {to} : {reason}',
  store_line: 'Le stockage occupe {bytes} des {most} qu’il ne dépasse jamais.',
  made: 'Établi par Vigie le {time}.',
};

/** The words of the report on service levels, ICU messages; apart, because no page needs them. */
export const sloReportWords: Readonly<Record<Language, Readonly<Record<SloReportWord, string>>>> = { en, fr };
