import type { Language } from './words.ts';

/** What is counted, as a noun. */
const MANY_EN = '{what, select, events {events} slices {slices} other {requests}}';
const GOOD_FR = '{what, select, events {bons événements} slices {bonnes tranches} other {bonnes requêtes}}';
const MANY_FR = '{what, select, events {événements} slices {tranches} other {requêtes}}';

/** So many that are bad, for so many that are tolerated; `ones` and `some` are the numbers themselves. */
const BAD_FR = `{bad} {what, select,
  events {{ones, plural, one {mauvais événement} other {mauvais événements}}}
  slices {{ones, plural, one {mauvaise tranche} other {mauvaises tranches}}}
  other {{ones, plural, one {mauvaise requête} other {mauvaises requêtes}}}}`;
const TOLERATED_FR = `{allowed} {what, select,
  events {{some, plural, one {toléré} other {tolérés}}}
  other {{some, plural, one {tolérée} other {tolérées}}}}`;

/** The window of an SLO: a duration that is said already, or so many periods of the calendar of a zone. */
const WINDOW_EN = `{unit, select,
  day {{every, plural, one {a calendar day} other {# calendar days}} ({zone})}
  week {{every, plural, one {a calendar week} other {# calendar weeks}} ({zone})}
  month {{every, plural, one {a calendar month} other {# calendar months}} ({zone})}
  quarter {{every, plural, one {a calendar quarter} other {# calendar quarters}} ({zone})}
  year {{every, plural, one {a calendar year} other {# calendar years}} ({zone})}
  other {{span}}}`;
const WINDOW_FR = `{unit, select,
  day {{every, plural, one {un jour civil} other {# jours civils}} ({zone})}
  week {{every, plural, one {une semaine civile} other {# semaines civiles}} ({zone})}
  month {{every, plural, one {un mois civil} other {# mois civils}} ({zone})}
  quarter {{every, plural, one {un trimestre civil} other {# trimestres civils}} ({zone})}
  year {{every, plural, one {une année civile} other {# années civiles}} ({zone})}
  other {{span}}}`;

const en = {
  title:
    '{period, select, week {Service levels of a week} month {Service levels of a month} other {Service levels of a quarter}}',
  span: '{from} to {to} ({zone})',
  open: 'The period is not over: this was counted up to {time}.',
  none: 'There is no SLO.',
  summary: 'Summary',
  slo: 'SLO',
  owner: 'Owner',
  unowned: 'nobody',
  objective: 'Objective',
  attained: 'Attained',
  left: 'Left of this period’s own budget',
  bad: 'Bad',
  total: 'Counted (change)',
  alerts: 'Alerts',
  verdict: 'Result',
  met: 'met',
  missed: 'missed',
  no_traffic: 'no traffic',
  no_data: 'no data',
  left_over: 'overspent by {over}',
  attained_line: `{attained} of {total} ${MANY_EN} were good; {objective} was promised.`,
  traffic_line: `Traffic: {mean} ${MANY_EN} a day, {same, select, yes {as in the period before} other {{change} against the period before}}.`,
  total_change: '{total} ({change})',
  window: WINDOW_EN,
  silent_line: `No ${MANY_EN} in this period; the sources were alive.`,
  excluded_all: `All ${MANY_EN} of this period are excluded: nothing is left to judge.`,
  no_data_line: `Nothing is known of this period: {cause, select,
  never {no source has ever told of it.}
  later {what is counted begins on {from}{heard, select, none {} other {; its sources are heard since {heard}}}.}
  silent {the sources are silent since {to}.}
  sliced {slices of one length are not kept that long.}
  other {what is promised cannot be measured.}}`,
  counted_from:
    'Counted since {from}: nothing is known of the time before{heard, select, none {} other {, but that its sources are heard since {heard}}}.',
  slices_from: 'Counted since {from}: older slices of one length are not kept.',
  complete_to: 'The sources are silent since {to}: nothing is known of the time after it.',
  left_line:
    '{bad} {ones, plural, one {was} other {were}} bad of {allowed} allowed: {left} of the budget of this period is left.',
  over_line:
    '{bad} {ones, plural, one {was} other {were}} bad of {allowed} allowed: the budget of this period is overspent by {over}.',
  before_line: 'The period before: {attained} of {total}{late, select, yes {, counted since {from}} other {}}.',
  before_none: 'Nothing was counted in the period before.',
  before_unknown: 'Nothing is known of the period before.',
  now_line: `Its own window, ${WINDOW_EN}, now: {result, select, none {no ${MANY_EN}.} other {{attained} of {total} ${MANY_EN} good, {result, select, over {its budget is overspent by {left}.} other {{left} of its budget left.}}}}`,
  worst_line: 'Worst days: {days}.',
  worst_day: '{day} ({bad} bad, {share} of the budget)',
  alert_line:
    '{tier, select, page {Page} other {Ticket}}{cause, select, no_data { for want of data} other {}} from {fired} {over, select, yes {to {resolved}} other {on, still firing}}.',
  alerts_none: 'No alert fired.',
  releases_line: 'Releases: {releases}.',
  release: '{version} ({time})',
  excluded_line: `{total} ${MANY_EN} are excluded from all this.`,
  exclusion_line: 'Excluded {spans}: {reason} ({author}).',
  exclusion_span: '{from} to {to}',
  exclusion_more: '{more, plural, one {once more} other {# times more}}',
  runs_out: 'At the burn of the last {span} ({rate}) the budget of its own window runs out on {time}.',
  lasts: 'At the burn of the last {span} ({rate}) the budget of its own window lasts.',
  spent: 'The budget of its own window is spent.',
  unknown: 'How long the budget of its own window lasts is not known: there was no traffic lately.',
  chart:
    'Share of the budget of the period that each day spent; the line is an even pace, of dashed days nothing is known.',
  chart_day: '{day}: {share} ({bad} of {total} bad)',
  chart_unknown: '{day}: nothing is known',
  disks: 'Disks that fill up',
  disk_line:
    '{mountpoint} of {host} is full on {day} if it goes on as in this period: {used} used, {growth} of it more each day (a straight line through {values} values, R² {fit}).',
  disk_more: '{more, plural, one {Another file system fills} other {# more file systems fill}} up within a year.',
  disk_none:
    '{reported, plural, one {The file system that is reported does not fill} other {None of the # file systems that are reported fills}} up within a year along the line of this period.',
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
  unowned: 'personne',
  objective: 'Objectif',
  attained: 'Atteint',
  left: 'Restant du budget propre à la période',
  bad: 'Mauvaises',
  total: 'Comptées (évolution)',
  alerts: 'Alertes',
  verdict: 'Résultat',
  met: 'tenu',
  missed: 'manqué',
  no_traffic: 'aucun trafic',
  no_data: 'aucune donnée',
  left_over: 'dépassé de {over}',
  attained_line: `{attained} de ${GOOD_FR} sur {total}, pour {objective} promis.`,
  traffic_line: `Trafic : {mean} ${MANY_FR} par jour, {same, select, yes {comme sur la période précédente} other {{change} par rapport à la période précédente}}.`,
  total_change: '{total} ({change})',
  window: WINDOW_FR,
  silent_line: `{what, select, events {Aucun événement} slices {Aucune tranche} other {Aucune requête}} sur cette période ; les sources étaient actives.`,
  excluded_all: `{what, select, events {Tous les événements} slices {Toutes les tranches} other {Toutes les requêtes}} de cette période sont hors du compte : il ne reste rien à juger.`,
  no_data_line: `On ne sait rien de cette période : {cause, select,
  never {aucune source n’en a jamais parlé.}
  later {le compte commence le {from}{heard, select, none {} other { ; ses sources parlent depuis le {heard}}}.}
  silent {les sources se taisent depuis le {to}.}
  sliced {les tranches d’une même durée ne sont pas gardées si longtemps.}
  other {ce qui est promis ne peut pas être mesuré.}}`,
  counted_from:
    'Compté depuis le {from} : on ne sait rien d’avant{heard, select, none {} other {, sinon que ses sources parlent depuis le {heard}}}.',
  slices_from: 'Compté depuis le {from} : les tranches plus anciennes d’une même durée ne sont plus gardées.',
  complete_to: 'Les sources se taisent depuis le {to} : on ne sait rien d’après.',
  left_line: `${BAD_FR} pour ${TOLERATED_FR} : il reste {left} du budget de la période.`,
  over_line: `${BAD_FR} pour ${TOLERATED_FR} : le budget de la période est dépassé de {over}.`,
  before_line: 'Période précédente : {attained} sur {total}{late, select, yes {, compté depuis le {from}} other {}}.',
  before_none: 'Rien n’a été compté sur la période précédente.',
  before_unknown: 'On ne sait rien de la période précédente.',
  now_line: `Sur sa propre fenêtre, ${WINDOW_FR}, à cette heure : {result, select, none {{what, select, events {aucun événement} slices {aucune tranche} other {aucune requête}}.} other {{attained} de ${GOOD_FR} sur {total}, {result, select, over {budget dépassé de {left}.} other {il reste {left} de son budget.}}}}`,
  worst_line: 'Pires jours : {days}.',
  worst_day: `{day} (${BAD_FR}, {share} du budget)`,
  alert_line:
    '{tier, select, page {Appel} other {Ticket}}{cause, select, no_data { faute de données} other {}} du {fired}{over, select, yes { au {resolved}} other {, toujours en cours}}.',
  alerts_none: 'Aucune alerte ne s’est déclenchée.',
  releases_line: 'Versions livrées : {releases}.',
  release: '{version} ({time})',
  excluded_line: `{total} ${MANY_FR} hors de tout ce compte.`,
  exclusion_line: 'Hors du compte {spans} : {reason} ({author}).',
  exclusion_span: 'du {from} au {to}',
  exclusion_more: '{more, plural, one {# autre fois} other {# autres fois}}',
  runs_out: 'Au rythme observé sur {span} ({rate}), le budget de sa propre fenêtre sera épuisé le {time}.',
  lasts: 'Au rythme observé sur {span} ({rate}), le budget de sa propre fenêtre suffit.',
  spent: 'Le budget de sa propre fenêtre est épuisé.',
  unknown:
    'On ne sait pas combien de temps durera le budget de sa propre fenêtre : il n’y a pas eu de trafic ces derniers temps.',
  chart:
    'Part du budget de la période consommée chaque jour ; le trait est un rythme régulier, des jours en pointillés on ne sait rien.',
  chart_day: '{day} : {share} ({bad} sur {total})',
  chart_unknown: '{day} : on n’en sait rien',
  disks: 'Disques qui se remplissent',
  disk_line:
    '{mountpoint} sur {host} sera plein le {day} à ce rythme : {used} occupés, {growth} de plus par jour (une droite par {values} valeurs, R² {fit}).',
  disk_more:
    '{more, plural, one {# autre système de fichiers se remplit} other {# autres systèmes de fichiers se remplissent}} en moins d’un an.',
  disk_none:
    '{reported, plural, one {Le système de fichiers observé ne se remplit pas} other {Aucun des # systèmes de fichiers observés ne se remplit}} en moins d’un an sur la droite de cette période.',
  overrides: 'Passages forcés',
  override_line: '{by} a laissé passer {service} du {from} au {to} : {reason}',
  store_line: 'Le stockage occupe {bytes} des {most} qu’il ne dépasse jamais.',
  made: 'Établi par Vigie le {time}.',
};

/** The words of the report on service levels, ICU messages; apart, because no page needs them. */
export const sloReportWords: Readonly<Record<Language, Readonly<Record<SloReportWord, string>>>> = { en, fr };
