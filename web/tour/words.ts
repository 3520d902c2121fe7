import type { PageWords } from '../words/page-words.ts';

const en = {
  tour: 'Guided tour',
  open: 'Guided tour',
  close: 'Close',
  previous: 'Previous',
  next: 'Next',
  place: 'Guided tour, {step} of {steps}',
  overview_title: 'May we ship?',
  overview:
    'This is a small shop with thirty days behind it. The first sentence answers for all its objectives; the table below it is the reason, worst first. Every state there is stands in it: which would you look at first?',
  see_overview: 'The overview',
  leak_title: 'A slow leak',
  leak: 'Version 5.2.0 of api keeps every answer in memory. For four days each one comes a little later, and the budget melts without any outage. Look how the line leaves the ideal one, and when the ticket became a page.',
  see_slo: 'Its SLO page',
  see_heap: 'What api said of its memory',
  deploy_title: 'A bad deploy on a day of sale',
  deploy:
    'Twenty minutes with one request of twelve failing, at twelve times the usual traffic: the budget of thirty days is gone. Twenty minutes at night would have cost next to nothing. That is why Vigie counts requests and not minutes.',
  see_deploy: 'The lines of that hour',
  alert_title: 'One alert, not twenty',
  alert:
    'On-call was paged once, minutes after the deploy, and the alert ended when the errors did. Its history tells what burned, since when, and what was left. In a demo nobody is told.',
  see_alerts: 'The alerts and their history',
  quiet_title: 'No traffic',
  quiet:
    'The line to the internet was down for a night, so nobody could ask. The collectors were well and said so: zero requests is something known, costs no budget, and is drawn at zero.',
  see_rate: 'Requests a second, that night',
  see_uplink: 'What the router said',
  silence_title: 'No data',
  silence:
    'Here the collector of web-2 was killed, in the middle of an outage. Nothing was known for three hours: the graph has a gap and not a zero, and the alert says "no data" instead of "over". The log lines were counted when it came back, each once.',
  see_gap: 'The gap in the traffic of web-2',
  see_kill: 'The kill, and the return',
  web_log_title: 'Who came, and what they wanted',
  web_log:
    'The same lines make the report of visitors: pages, referrers, robots. Somebody links to a sale that is gone: find the page that does, among the requests not found.',
  see_web_log: 'The web-log report of shop',
  now_title: 'What burns now',
  now: 'Since a few hours shop answers slowly; the alert fires. The figures on this page move: when will the budget be gone? The log says why it is slow.',
  see_slow: 'What the database said',
} as const;

export type TourWord = keyof typeof en;

const fr: Readonly<Record<TourWord, string>> = {
  tour: 'Visite guidée',
  open: 'Visite guidée',
  close: 'Fermer',
  previous: 'Précédent',
  next: 'Suivant',
  place: 'Visite guidée, {step} sur {steps}',
  overview_title: 'Peut-on livrer\u202f?',
  overview:
    'Voici une petite boutique et ses trente derniers jours. La première phrase répond pour tous ses objectifs\u202f; le tableau donne la raison, le pire d’abord. Tous les états possibles y figurent\u202f: lequel regarderiez-vous en premier\u202f?',
  see_overview: 'La vue d’ensemble',
  leak_title: 'Une fuite lente',
  leak: 'La version 5.2.0 de api garde chaque réponse en mémoire. Pendant quatre jours, chacune arrive un peu plus tard, et le budget fond sans aucune panne. Voyez où la courbe quitte la droite idéale, et quand le ticket est devenu un appel.',
  see_slo: 'La page de son SLO',
  see_heap: 'Ce que api disait de sa mémoire',
  deploy_title: 'Une mauvaise livraison un jour de soldes',
  deploy:
    'Vingt minutes avec une requête sur douze en échec, à douze fois le trafic habituel\u202f: le budget de trente jours est épuisé. La nuit, ces vingt minutes n’auraient presque rien coûté. Voilà pourquoi Vigie compte des requêtes et non des minutes.',
  see_deploy: 'Les lignes de cette heure-là',
  alert_title: 'Une alerte, pas vingt',
  alert:
    'L’astreinte a été appelée une fois, quelques minutes après la livraison, et l’alerte a pris fin avec les erreurs. L’historique dit ce qui brûlait, depuis quand, et ce qui restait. Dans la démonstration, personne n’est prévenu.',
  see_alerts: 'Les alertes et leur historique',
  quiet_title: 'Aucun trafic',
  quiet:
    'La ligne vers l’internet a été coupée toute une nuit\u202f: personne ne pouvait rien demander. Les collecteurs allaient bien et le disaient\u202f: zéro requête est un fait connu, ne coûte aucun budget et se trace à zéro.',
  see_rate: 'Les requêtes par seconde, cette nuit-là',
  see_uplink: 'Ce que disait le routeur',
  silence_title: 'Aucune donnée',
  silence:
    'Ici, le collecteur de web-2 a été tué en pleine panne. Pendant trois heures, on ne sait rien\u202f: le graphique a un trou et non un zéro, et l’alerte dit «\u202faucune donnée\u202f» au lieu de «\u202fterminée\u202f». Les lignes ont été comptées à son retour, chacune une fois.',
  see_gap: 'Le trou dans le trafic de web-2',
  see_kill: 'La mort du collecteur et son retour',
  web_log_title: 'Qui est venu, et pour quoi',
  web_log:
    'Les mêmes lignes font le rapport des visites\u202f: pages, référents, robots. Quelqu’un renvoie vers des soldes disparus\u202f: trouvez quelle page, parmi les requêtes introuvables.',
  see_web_log: 'Le rapport des visites de shop',
  now_title: 'Ce qui brûle maintenant',
  now: 'Depuis quelques heures, shop répond lentement\u202f; l’alerte est active. Les chiffres de cette page bougent\u202f: quand le budget sera-t-il épuisé\u202f? Le journal dit pourquoi c’est lent.',
  see_slow: 'Ce que disait la base de données',
};

export const tourWords: PageWords<TourWord> = { en, fr };
