/** A query of the page; a hidden one keeps its place and its letter. */
export interface PageQuery {
  readonly text: string;
  readonly hidden: boolean;
}

/** What the answers are shown as: lines over a range, or the values at its end. */
export const GRAPH_VIEWS = ['graph', 'table'] as const;
export type GraphView = (typeof GRAPH_VIEWS)[number];

/** More than these on one picture tell nobody anything. */
export const MAX_QUERIES = 8;

/** A, B, ...: what a query is called on the page. */
export function letterOf(position: number): string {
  return String.fromCharCode(65 + position);
}

/** From an address: `query` once per query, `hidden=BC` those not shown. There is always one, be it empty. */
export function readQueries(search: string): readonly PageQuery[] {
  const params = new URLSearchParams(search);
  const hidden = params.get('hidden') ?? '';
  const queries = params
    .getAll('query')
    .slice(0, MAX_QUERIES)
    .map((text, i) => ({ text, hidden: hidden.includes(letterOf(i)) }));
  return queries.length === 0 ? [{ text: '', hidden: false }] : queries;
}

/** The parameters of an address that `readQueries` reads back; nothing when no query is written yet. */
export function writeQueries(queries: readonly PageQuery[]): [string, string][] {
  if (queries.every(({ text }) => text === '')) return [];
  const hidden = queries.map((query, i) => (query.hidden ? letterOf(i) : '')).join('');
  return [
    ...queries.map(({ text }): [string, string] => ['query', text]),
    ...(hidden === '' ? [] : [['hidden', hidden] satisfies [string, string]]),
  ];
}

/** What is asked, with its letter: neither the hidden nor the empty. */
export function askedQueries(
  queries: readonly PageQuery[],
): readonly { readonly letter: string; readonly text: string }[] {
  return queries.flatMap(({ text, hidden }, i) => (hidden || text === '' ? [] : [{ letter: letterOf(i), text }]));
}

export function readView(search: string): GraphView {
  return new URLSearchParams(search).get('view') === 'table' ? 'table' : 'graph';
}
