import type { PageWords } from '../words/page-words.ts';

const en = {
  query: 'Query (PromQL)',
  draw: 'Draw',
  none: 'Nothing matches in this range.',
  examples: 'Write a query, or begin with one of these:',
  series: 'Series',
  min: 'Min',
  mean: 'Average',
  max: 'Max',
  last: 'Last',
  left_out:
    '{count, plural, one {# more series is} other {# more series are}} not drawn: those with the highest average are.',
  and_more: 'and {count, number} more',
  summary: '{count, plural, one {One series} other {# series}} from {start} to {end}, between {low} and {high}.',
} as const;

/** Keys of the words of the graph page. */
export type GraphWord = keyof typeof en;

const fr: Readonly<Record<GraphWord, string>> = {
  query: 'Requête (PromQL)',
  draw: 'Tracer',
  none: 'Rien ne correspond sur cette période.',
  examples: 'Écrivez une requête, ou commencez par l’une de celles-ci\u202f:',
  series: 'Séries',
  min: 'Min',
  mean: 'Moyenne',
  max: 'Max',
  last: 'Dernière',
  left_out:
    '{count, plural, one {# autre série n’est pas tracée} other {# autres séries ne sont pas tracées}}\u202f: seules le sont celles dont la moyenne est la plus haute.',
  and_more: 'et {count, number} {count, plural, one {autre} other {autres}}',
  summary: '{count, plural, one {Une série} other {# séries}} du {start} au {end}, entre {low} et {high}.',
};

export const graphPageWords: PageWords<GraphWord> = { en, fr };
