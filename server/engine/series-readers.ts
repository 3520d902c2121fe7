import { seriesKey } from '../model/labels.ts';
import type { Queryable, QuerySeries } from '../promql/queryable.ts';
import type { SeriesIndex } from '../store/series/series-index.ts';
import type { StoreView } from '../store/store-view.ts';

/** What queries need of a store. */
interface ReadStore {
  readonly view: Pick<StoreView, 'select' | 'reader'>;
  readonly index: Pick<SeriesIndex, 'find'>;
}

/**
 * The store as the query engine sees it. A query is answered in slices, and a reader is good until the next commit only: after one
 * it is made again, and a series that is gone has nothing to say.
 *
 * @param generation changes with every change of the store.
 */
export function queryableOf(store: ReadStore, generation: () => number): Queryable {
  return { select: (matchers) => store.view.select(matchers).map((id) => seriesOf(store, id, generation)) };
}

function seriesOf(store: ReadStore, id: number, generation: () => number): QuerySeries {
  let reader: QuerySeries | undefined = store.view.reader(id);
  let made = generation();
  const { kind, name, labels } = reader;
  const current = (): QuerySeries | undefined => {
    if (made === generation()) return reader;
    const series = store.index.find(seriesKey(name, labels));
    reader = series && store.view.reader(series.id);
    made = generation();
    return reader;
  };
  return {
    kind,
    name,
    labels,
    at: (time, lookback) => current()?.at(time, lookback),
    sampledAt: (time, lookback) => current()?.sampledAt(time, lookback),
    isMoved: (time, lookback) => current()?.isMoved?.(time, lookback) === true,
    window: (start, end) => current()?.window(start, end),
    samples: (start, end) => current()?.samples?.(start, end),
    slots: (start, end, grid) => current()?.slots?.(start, end, grid),
  };
}
