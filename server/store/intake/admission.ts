import { type SeriesId, seriesKey } from '../../model/labels.ts';
import type { Series, SeriesIndex } from '../series/series-index.ts';
import type { DropReason } from './payload.ts';

/** How many series there may be, in all and of one metric name. */
export interface SeriesLimits {
  readonly total: number;
  readonly perMetric: number;
}

/** A series of the wire that the index does not hold yet. */
interface Newcomer {
  readonly identity: SeriesId;
  readonly key: string;
}

interface Newcomers {
  /** The identity under which one is kept, of the kind that is declared for it. */
  readonly stored: (identity: SeriesId) => SeriesId;
  readonly added: (series: Series) => void;
}

/** The newcomers that are let in together, by key. */
type Group = Map<string, Newcomer>;

/**
 * Finds or makes the series a payload names. A histogram's parts (one stem, the same labels but `le`) are admitted together or
 * not at all: half a histogram would count wrongly for ever.
 * @returns per wire series the series, or why its rows are dropped.
 */
export function admitSeries(
  wire: readonly (SeriesId | undefined)[],
  index: SeriesIndex,
  limits: SeriesLimits,
  { stored, added }: Newcomers,
): readonly (Series | DropReason)[] {
  const found = wire.map((identity) => (identity === undefined ? 'bad_series' : findSeries(identity, index)));
  const newcomers = found.filter((entry) => isNewcomer(entry));
  const refusals = refusedGroups(groupsOf(newcomers), index, limits);
  const admit = ({ identity, key }: Newcomer): Series | DropReason => {
    const twin = index.find(key);
    if (twin !== undefined) return takes(twin, identity) ? twin : 'kind_conflict';
    const refusal = refusals.get(groupKey(identity, key));
    if (refusal !== undefined) return refusal;
    // Who is refused comes again and again, and is looked at by no rule.
    const { kind, name, labels } = stored(identity);
    const series = index.add(kind, name, labels);
    added(series);
    return series;
  };
  return found.map((entry) => (isNewcomer(entry) ? admit(entry) : entry));
}

function findSeries(identity: SeriesId, index: SeriesIndex): Series | DropReason | Newcomer {
  const key = seriesKey(identity.name, identity.labels);
  const known = index.find(key);
  if (known === undefined) return { identity, key };
  return takes(known, identity) ? known : 'kind_conflict';
}

/** Of a data source a sender knows only that it has samples. */
function takes({ kind }: Series, sent: SeriesId): boolean {
  return kind === sent.kind || (kind === 'rrd' && sent.kind !== 'sum');
}

function isNewcomer(entry: Series | DropReason | Newcomer): entry is Newcomer {
  return typeof entry === 'object' && 'identity' in entry;
}

function groupsOf(newcomers: readonly Newcomer[]): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>();
  for (const newcomer of newcomers) {
    const name = groupKey(newcomer.identity, newcomer.key);
    const group = groups.get(name) ?? new Map();
    groups.set(name, group);
    if (!group.has(newcomer.key)) group.set(newcomer.key, newcomer);
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

/** The groups that do not fit beside those before them, and why. */
function refusedGroups(groups: ReadonlyMap<string, Group>, index: SeriesIndex, limits: SeriesLimits) {
  const refused = new Map<string, DropReason>();
  const ofMetric = new Map<string, number>();
  let total = index.size;
  for (const [name, group] of groups) {
    const metrics = new Map<string, number>();
    for (const { identity } of group.values()) metrics.set(identity.name, (metrics.get(identity.name) ?? 0) + 1);
    const planned = (metric: string): number => ofMetric.get(metric) ?? index.holders('__name__', metric).length;
    if (total + group.size > limits.total) refused.set(name, 'series_limit');
    else if ([...metrics].some(([metric, more]) => planned(metric) + more > limits.perMetric)) {
      refused.set(name, 'metric_series_limit');
    } else {
      total += group.size;
      for (const [metric, more] of metrics) ofMetric.set(metric, planned(metric) + more);
    }
  }
  return refused;
}
