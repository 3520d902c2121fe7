import type { DataSourceConfig, RowRequest, SeriesRows } from '../model/data-source.ts';
import type { Engine, Selector } from '../model/engine.ts';
import { VigieError } from '../model/errors.ts';
import { type SeriesId, type SeriesKind, seriesKey } from '../model/labels.ts';
import { compileMatcher } from '../promql/matcher.ts';
import type { DataSourceRule } from '../store/rrd/data-sources.ts';
import type { StoreView } from '../store/store-view.ts';

/** The bound of an answer: one series of 100,000 rows, or a thousand of a day of five minutes. */
const MOST_ROWS = 500_000;

/** Data sources as a configuration says them, for the store. Throws VigieError `bad_query` on a bad pattern. */
export function dataSourceRules(config: readonly DataSourceConfig[]): readonly DataSourceRule[] {
  return config.map(({ selector, source }) => ({ matchers: selector.map(compileMatcher), source }));
}

/** Series that an entry finds and that go on as what they were when they were made, an entry each: a series has one kind for ever. */
export function otherKinds(view: StoreView, config: readonly DataSourceConfig[]): readonly OtherKinds[] {
  const taken = new Set<number>();
  return config.flatMap(({ match, selector }) => {
    const ids = view.select(selector.map(compileMatcher)).filter((id) => !taken.has(id));
    for (const id of ids) taken.add(id);
    const [first, ...others] = ids.map((id) => view.series(id)).filter(({ kind }) => kind !== 'rrd');
    if (first === undefined) return [];
    return [{ match, series: 1 + others.length, first: seriesKey(first.name, first.labels), kind: first.kind }];
  });
}

interface OtherKinds {
  readonly match: string;
  readonly series: number;
  readonly first: string;
  readonly kind: SeriesKind;
}

/** What data sources there are, and their rows. */
export function dataSourceQuestions(view: StoreView): Pick<Engine, 'dataSources' | 'rows'> {
  const select = (selector: Selector): readonly number[] => view.select(selector.map(compileMatcher));
  return {
    dataSources: async (selector) =>
      select(selector)
        .flatMap((id) => view.dataSource(id) ?? [])
        .sort(byKey),
    rows: async (selector, request) => rowsOf(view, select(selector), request).sort(byKey),
  };
}

function rowsOf(view: StoreView, ids: readonly number[], request: RowRequest): SeriesRows[] {
  const found: SeriesRows[] = [];
  let count = 0;
  for (const id of ids) {
    const rows = view.rows(id, request);
    if (rows === undefined) continue;
    found.push(rows);
    count += rows.values.length;
    if (count <= MOST_ROWS) continue;
    throw new VigieError('bad_request', `cannot fetch so many rows of so many series; want at most ${MOST_ROWS}`);
  }
  return found;
}

function byKey(a: Pick<SeriesId, 'name' | 'labels'>, b: Pick<SeriesId, 'name' | 'labels'>): number {
  return seriesKey(a.name, a.labels) < seriesKey(b.name, b.labels) ? -1 : 1;
}
