import { type SeriesId, seriesKey } from '../model/labels.ts';
import type { DropReason } from './payload.ts';
import type { Series, SeriesIndex } from './series-index.ts';

/**
 * Finds or makes the series a payload names. A histogram's parts (one stem, the same labels but `le`) are admitted together or
 * not at all: half a histogram would count wrongly for ever.
 * @returns per wire series the series, or why its rows are dropped.
 */
export function admitSeries(
  wire: readonly (SeriesId | undefined)[],
  index: SeriesIndex,
  maxSeries: number,
  added: (series: Series) => void,
): readonly (Series | DropReason)[] {
  const groupSizes = newPerGroup(wire, index);
  const refused = new Set<string>();
  const opened = new Set<string>();
  return wire.map((identity) => {
    if (identity === undefined) return 'bad_series';
    const known = index.find(seriesKey(identity.name, identity.labels));
    if (known !== undefined) return known.kind === identity.kind ? known : 'kind_conflict';
    const group = groupKey(identity);
    if (!opened.has(group) && index.size + (groupSizes.get(group)?.size ?? 0) > maxSeries) refused.add(group);
    if (refused.has(group)) return 'series_limit';
    opened.add(group);
    const series = index.add(identity.kind, identity.name, identity.labels);
    added(series);
    return series;
  });
}

function newPerGroup(wire: readonly (SeriesId | undefined)[], index: SeriesIndex): Map<string, Set<string>> {
  const groups = new Map<string, Set<string>>();
  for (const identity of wire) {
    if (identity === undefined) continue;
    const key = seriesKey(identity.name, identity.labels);
    if (index.find(key) !== undefined) continue;
    const group = groups.get(groupKey(identity)) ?? new Set<string>();
    groups.set(groupKey(identity), group.add(key));
  }
  return groups;
}

/** One key for all parts of a histogram; the series itself for anything else. */
function groupKey({ kind, name, labels }: SeriesId): string {
  const part = /^(.+)_(?:bucket|sum|count)$/.exec(name);
  if (kind !== 'sum' || part === null) return seriesKey(name, labels);
  const { le: _boundary, ...rest } = labels;
  return `histogram ${seriesKey(part[1] ?? name, rest)}`;
}
