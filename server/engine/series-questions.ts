import type { Engine, Listing, Metric, SeriesQuery } from '../model/engine.ts';
import { seriesKey } from '../model/labels.ts';
import { compileMatcher } from '../promql/matcher.ts';
import type { StoreView } from '../store/store-view.ts';

/** What series, labels and values there are. */
export function seriesQuestions(
  view: StoreView,
): Pick<Engine, 'listSeries' | 'listMetrics' | 'listLabels' | 'listLabelValues'> {
  return {
    listSeries: async (query) => {
      const found = presentSeries(view, query).map((id) => {
        const { kind, name, labels } = view.series(id);
        return { key: seriesKey(name, labels), series: { kind, name, labels } };
      });
      found.sort((a, b) => (a.key < b.key ? -1 : 1));
      const { items, cut } = listing(found, query);
      return { items: items.map(({ series }) => series), cut };
    },
    listMetrics: async (query) => {
      const { start, end } = bordersOf(query);
      const metrics = isAboutAll(query) ? view.metrics(start, end) : metricsOf(view, presentSeries(view, query));
      return listing(metrics, query);
    },
    listLabels: async (query) => {
      const { start, end } = bordersOf(query);
      const names = isAboutAll(query) ? view.labelNames(start, end) : labelsOf(view, presentSeries(view, query));
      return listing(names, query);
    },
    listLabelValues: async (query, label) => {
      const { start, end } = bordersOf(query);
      const values = isAboutAll(query)
        ? view.allLabelValues(label, start, end)
        : view.labelValues(presentSeries(view, query), label);
      return listing(values, query);
    },
  };
}

function metricsOf(view: StoreView, ids: readonly number[]): readonly Metric[] {
  const metrics = new Map<string, Metric>();
  for (const id of ids) {
    const { name, labels } = view.series(id);
    const hasBoundaries = Object.hasOwn(labels, 'le') || metrics.get(name)?.hasBoundaries === true;
    metrics.set(name, { ...view.metricOf(id), hasBoundaries });
  }
  return [...metrics.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function labelsOf(view: StoreView, ids: readonly number[]): readonly string[] {
  const names = new Set<string>();
  for (const id of ids) {
    names.add('__name__');
    for (const name of Object.keys(view.series(id).labels)) names.add(name);
  }
  return [...names].sort();
}

function presentSeries(view: StoreView, query: SeriesQuery): readonly number[] {
  const { start, end } = bordersOf(query);
  const [first = [], ...others] = query.selectors.map((selector) => view.select(selector.map(compileMatcher)));
  const ids = isAboutAll(query) ? view.select([]) : others.length === 0 ? first : new Set([...first, ...others.flat()]);
  return [...ids].filter((id) => view.isPresent(id, start, end));
}

/** Questions about all series are answered from the index, which need not look at each of them. */
function isAboutAll({ selectors }: SeriesQuery): boolean {
  return selectors.length === 0;
}

function bordersOf({ start, end }: SeriesQuery): { readonly start: number; readonly end: number } {
  return { start: start ?? Number.NEGATIVE_INFINITY, end: end ?? Number.POSITIVE_INFINITY };
}

function listing<Item>(items: readonly Item[], { limit = items.length }: Pick<SeriesQuery, 'limit'>): Listing<Item> {
  return { items: items.slice(0, limit), cut: items.length > limit };
}
