import type { PageWords } from '../words/page-words.ts';

const en = {
  failed: 'The web log could not be read.',
  service: 'Service',
  service_all: 'all',
  vhost: 'Virtual host',
  vhost_all: 'all',
  vhost_none: 'without one',
  days: 'Days',
  days_last: '{days, plural, one {# day} other {# days}}',
  days_all: 'All',
  from: 'From',
  to: 'to',
  apply: 'Apply',
  none_counted:
    'No web log is counted yet. Add a transform of type web_log behind the one that parses your access log, and name it in the inputs of the sink vigie.',
  none_here: 'No request in these days. Counted are {from} to {to}.',
  none_go: 'Show all of them',
  report: 'The report as a file:',
  zone: 'Time zone: {zones}',
  chart_summary: '{count} requests, at most {most} ({name}).',
  data: 'As a table',
  search: 'Search',
  found: '{shown, number} of {count, number}',
  none_found: 'No name listed contains “{text}”.',
  sort_by: 'Sort by {column}',
  show_all: 'Show {count, number}',
  show_fewer: 'Show fewer',
  more_names: 'List more names',
};

export type WebLogPageWord = keyof typeof en;

const fr: Readonly<Record<WebLogPageWord, string>> = {
  failed: 'Le journal web n’a pas pu être lu.',
  service: 'Service',
  service_all: 'tous',
  vhost: 'Hôte virtuel',
  vhost_all: 'tous',
  vhost_none: 'sans hôte',
  days: 'Jours',
  days_last: '{days, plural, one {# jour} other {# jours}}',
  days_all: 'Tous',
  from: 'Du',
  to: 'au',
  apply: 'Appliquer',
  none_counted:
    'Aucun journal web n’est encore compté. Ajoutez une transformation de type web_log après celle qui lit votre journal d’accès, et citez-la dans les inputs du sink vigie.',
  none_here: 'Aucune requête ces jours-là. Les jours comptés vont du {from} au {to}.',
  none_go: 'Les montrer tous',
  report: 'Le rapport en fichier\u202f:',
  zone: 'Fuseau horaire\u202f: {zones}',
  chart_summary: '{count} requêtes, au plus {most} ({name}).',
  data: 'En tableau',
  search: 'Chercher',
  found: '{shown, number} sur {count, number}',
  none_found: 'Aucun nom de la liste ne contient «\u202f{text}\u202f».',
  sort_by: 'Trier par {column}',
  show_all: 'Montrer {count, number} lignes',
  show_fewer: 'En montrer moins',
  more_names: 'Lister plus de noms',
};

export const webLogPageWords: PageWords<WebLogPageWord> = { en, fr };
