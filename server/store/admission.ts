import { type SeriesId, seriesKey } from '../model/labels.ts';
import type { DropReason } from './payload.ts';
import type { Series, SeriesIndex } from './series-index.ts';

/** A series of the wire that the index does not hold yet. */
interface Newcomer {
  readonly identity: SeriesId;
  readonly key: string;
}

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
  const found = wire.map((identity) => (identity === undefined ? 'bad_series' : findSeries(identity, index)));
  const newcomers = found.filter((entry) => isNewcomer(entry));
  const admit = admission(newcomers, index, maxSeries, added);
  return found.map((entry) => (isNewcomer(entry) ? admit(entry) : entry));
}

function findSeries(identity: SeriesId, index: SeriesIndex): Series | DropReason | Newcomer {
  const key = seriesKey(identity.name, identity.labels);
  const known = index.find(key);
  if (known === undefined) return { identity, key };
  return known.kind === identity.kind ? known : 'kind_conflict';
}

function isNewcomer(entry: Series | DropReason | Newcomer): entry is Newcomer {
  return typeof entry === 'object' && 'identity' in entry;
}

/** Makes series group by group, or refuses a group that does not fit whole. */
function admission(
  newcomers: readonly Newcomer[],
  index: SeriesIndex,
  maxSeries: number,
  added: (series: Series) => void,
): (newcomer: Newcomer) => Series | DropReason {
  const groupSizes = sizesOf(newcomers);
  const refused = new Set<string>();
  const opened = new Set<string>();
  return ({ identity, key }) => {
    const twin = index.find(key);
    if (twin !== undefined) return twin.kind === identity.kind ? twin : 'kind_conflict';
    const group = groupKey(identity, key);
    if (!opened.has(group) && index.size + (groupSizes.get(group)?.size ?? 0) > maxSeries) refused.add(group);
    if (refused.has(group)) return 'series_limit';
    opened.add(group);
    const series = index.add(identity.kind, identity.name, identity.labels);
    added(series);
    return series;
  };
}

function sizesOf(newcomers: readonly Newcomer[]): ReadonlyMap<string, ReadonlySet<string>> {
  const groups = new Map<string, Set<string>>();
  for (const { identity, key } of newcomers) {
    const group = groupKey(identity, key);
    groups.set(group, (groups.get(group) ?? new Set()).add(key));
  }
  return groups;
}

/** One key for all parts of a histogram; the series itself for anything else. */
function groupKey({ kind, name, labels }: SeriesId, key: string): string {
  const part = /^(.+)_(?:bucket|sum|count)$/.exec(name);
  if (kind !== 'sum' || part === null) return key;
  const { le: _boundary, ...rest } = labels;
  return `histogram ${seriesKey(part[1] ?? name, rest)}`;
}
