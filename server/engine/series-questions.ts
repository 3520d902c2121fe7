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
    listMetrics: async (query) => listing(metricsOf(view, presentSeries(view, query)), query),
    listLabels: async (query) => {
      const names = new Set<string>();
      for (const id of presentSeries(view, query)) {
        names.add('__name__');
        for (const name of Object.keys(view.series(id).labels)) names.add(name);
      }
      return listing([...names].sort(), query);
    },
    listLabelValues: async (query, label) => listing(view.labelValues(presentSeries(view, query), label), query),
  };
}

function metricsOf(view: StoreView, ids: readonly number[]): readonly Metric[] {
  const metrics = new Map<string, Metric>();
  for (const id of ids) {
    const { kind, name, labels } = view.series(id);
    const hasBoundaries = Object.hasOwn(labels, 'le') || metrics.get(name)?.hasBoundaries === true;
    metrics.set(name, { name, kind, hasBoundaries });
  }
  return [...metrics.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function presentSeries(view: StoreView, { selectors, start, end }: SeriesQuery): readonly number[] {
  const asked = selectors.length === 0 ? [[]] : selectors;
  const ids = new Set(asked.flatMap((selector) => view.select(selector.map(compileMatcher))));
  const [first, last] = [start ?? Number.NEGATIVE_INFINITY, end ?? Number.POSITIVE_INFINITY];
  return [...ids].filter((id) => view.isPresent(id, first, last));
}

function listing<Item>(items: readonly Item[], { limit = items.length }: Pick<SeriesQuery, 'limit'>): Listing<Item> {
  return { items: items.slice(0, limit), cut: items.length > limit };
}
