import { invariant } from '../../model/errors.ts';
import {
  type LabelMatcher,
  type Labels,
  SERIES_KINDS,
  type SeriesId,
  type SeriesKind,
  seriesKey,
} from '../../model/labels.ts';
import type { PendingSamples } from '../intake/sample-draft.ts';
import { defaultLayout, type Layout } from '../rings/layout.ts';
import { LabelValues } from './label-values.ts';
import { insertId, intersect, type Postings, unionOfDisjoint, without } from './postings.ts';

/** A series and what is known of all its data. `oldest` and `newest` are the ends of its slots (sums) or sample times, ms. */
export interface Series extends SeriesId {
  readonly id: number;
  readonly key: string;
  /** Those that ever wrote to it (`SeriesIndex.link`). Shared with other series of the same ones. */
  readonly origins: ReadonlySet<number>;
  readonly layout: Layout;
  /** The last commit before its rings were changed: no commit up to it is applied again. */
  readonly layoutLsn: number;
  oldest: number;
  newest: number;
  /** All that was ever accepted; sums only. */
  n: number;
  sum: number;
  /** The last commit in the figures above, and the last one in the file. */
  lsn: number;
  storedLsn: number;
  /** It is gone: its commit failed, or all its data is too old. */
  readonly removed: boolean;
  /** What a commit that is not on disk yet has decided about it (`sample-draft.ts`). */
  pending: PendingSamples | undefined;
}

type Entry = { -readonly [K in keyof Series]: Series[K] };

/** Ids fit 31 bits, as columns of commits hold them; after the last one the free ones below are given. */
const LAST_ID = 2 ** 30;

const NO_ORIGINS: ReadonlySet<number> = new Set();
const NO_VALUES: Pick<LabelValues, 'apart' | 'holders' | 'size' | 'tried' | 'values'> = new LabelValues();

/**
 * Every series in memory: by id, by key, and by label value.
 *
 *     label   value      ids of the series that have it, rising (`postings.ts`)
 *     path -> /cart   -> 3 7 8 21
 *             /search -> 4 9
 *     job  -> shop    -> 3 4 7 8 9 21
 *
 * - A selection works on these lists; it looks at single series only when they are fewer than the values to try.
 * - Words are kept once: the labels of a series hold the strings of the values' table.
 * - Ids rise, and one that is free is given again only after a billion others or a start, so that whoever kept one over a turn finds its
 *   series or none.
 *
 * Whoever meets the same series again and again (a sender of samples) need not make its key each time: keep the `Series` that `find` or
 * `add` gave under whatever bytes name it there, and look it up again only once it is `removed`.
 */
export class SeriesIndex {
  readonly #byId: (Entry | undefined)[] = [];
  readonly #byKey = new Map<string, Entry>();
  readonly #byLabel = new Map<string, LabelValues>();
  readonly #originSets = new Map<string, ReadonlySet<number>>();
  readonly #layoutOf: (identity: SeriesId) => Layout;
  #all: number[] = [];
  #nextId = 1;
  #generation = 0;

  /** @param layoutOf the rings of a series that is made. */
  constructor(layoutOf: (identity: SeriesId) => Layout = defaultLayout) {
    this.#layoutOf = layoutOf;
  }

  get size(): number {
    return this.#all.length;
  }

  /** Another one: series came or went. */
  get generation(): number {
    return this.#generation;
  }

  get(id: number): Series {
    const series = this.#byId[id];
    invariant(series !== undefined, `series ${id} is not in the index`);
    return series;
  }

  has(id: number): boolean {
    return this.#byId[id] !== undefined;
  }

  find(key: string): Series | undefined {
    return this.#byKey.get(key);
  }

  /** Makes a series; `labels` are sorted and checked. */
  add(kind: SeriesKind, name: string, labels: Labels, id = this.#freeId()): Series {
    const own: Record<string, string> = {};
    const known = this.#madeValues('__name__').add(name, id);
    for (const label of Object.keys(labels)) own[label] = this.#madeValues(label).add(labels[label] ?? '', id);
    const series: Entry = {
      id,
      key: seriesKey(name, labels),
      // The one text of the kind, not that of a row.
      kind: SERIES_KINDS.find((one) => one === kind) ?? kind,
      name: known,
      labels: own,
      origins: NO_ORIGINS,
      layout: this.#layoutOf({ kind, name, labels }),
      layoutLsn: 0,
      oldest: Number.POSITIVE_INFINITY,
      newest: Number.NEGATIVE_INFINITY,
      n: 0,
      sum: 0,
      lsn: 0,
      storedLsn: 0,
      removed: false,
      pending: undefined,
    };
    this.#byId[id] = series;
    this.#byKey.set(series.key, series);
    insertId(this.#all, id);
    this.#generation++;
    this.#nextId = Math.max(this.#nextId, id + 1);
    return series;
  }

  /** Notes that an origin wrote to a series. */
  link({ id, origins }: Series, origin: number): void {
    const entry = this.#byId[id];
    if (entry === undefined || origins.has(origin)) return;
    const ids = origins.size === 0 ? [origin] : [...origins, origin].sort((a, b) => a - b);
    const key = ids.join();
    const shared = this.#originSets.get(key) ?? new Set(ids);
    this.#originSets.set(key, shared);
    entry.origins = shared;
  }

  /** Notes that the data of a series lie otherwise. @param lsn the last commit that the new rings hold. */
  lay({ id }: Series, layout: Layout, lsn: number): void {
    const entry = this.#byId[id];
    if (entry === undefined) return;
    entry.layout = layout;
    entry.layoutLsn = lsn;
    entry.pending = undefined;
  }

  /** Takes series away: their commit failed, or all their data is gone. */
  remove(series: readonly Series[]): void {
    if (series.length === 0) return;
    this.#generation++;
    const gone = new Set(series.map(({ id }) => id));
    const values = new Map<string, Set<string>>();
    for (const { id, key, ...identity } of series) {
      const entry = this.#byId[id];
      if (entry !== undefined) entry.removed = true;
      this.#byKey.delete(key);
      this.#byId[id] = undefined;
      for (const [label, value] of pairs(identity)) values.set(label, (values.get(label) ?? new Set()).add(value));
    }
    for (const [label, of] of values) {
      const known = this.#madeValues(label);
      for (const value of of) known.remove(value, gone);
      if (known.size === 0) this.#byLabel.delete(label);
    }
    this.#all = this.#all.filter((id) => !gone.has(id));
  }

  /** The ids of the series that every matcher accepts, rising. */
  select(matchers: readonly LabelMatcher[]): readonly number[] {
    const inOrder = matchers
      .map((matcher) => ({ matcher, size: this.#sizeOf(matcher) }))
      .sort((a, b) => a.size - b.size);
    let found: Postings | undefined;
    for (const { matcher } of inOrder) {
      found = found === undefined ? this.#first(matcher) : this.#narrow(found, matcher);
      if (found.length === 0) return found;
    }
    return (found ?? this.#all).slice();
  }

  values(): Iterable<Series> {
    return this.#byKey.values();
  }

  /** Every origin that wrote to any series. */
  origins(): ReadonlySet<number> {
    const found = new Set<number>();
    for (const { origins } of this.values()) for (const origin of origins) found.add(origin);
    return found;
  }

  /** Names of labels, `__name__` among them; sorted. */
  labelNames(): readonly string[] {
    return [...this.#byLabel.keys()].sort();
  }

  /** The values of a label, sorted. */
  labelValues(label: string): readonly string[] {
    return this.#valuesOf(label).values();
  }

  /** The series that have this value of a label. */
  holders(label: string, value: string): Postings {
    return this.#valuesOf(label).holders(value);
  }

  /** How many series a matcher may leave, roughly: those that leave few are asked first. */
  #sizeOf(matcher: LabelMatcher): number {
    if (matcher.matches('')) return Number.POSITIVE_INFINITY;
    if (matcher.among === undefined) return this.size;
    return matcher.among.reduce((sum, value) => sum + this.holders(matcher.name, value).length, 0);
  }

  #first(matcher: LabelMatcher): Postings {
    const apart = unionOfDisjoint(
      this.#valuesOf(matcher.name)
        .apart(matcher)
        .map(({ ids }) => ids),
    );
    return matcher.matches('') ? without(this.#all, apart) : apart;
  }

  #narrow(found: Postings, matcher: LabelMatcher): Postings {
    const { name } = matcher;
    const values = this.#valuesOf(name);
    if (values.tried(matcher) > found.length) return found.filter((id) => matcher.matches(this.#valueOf(id, name)));
    const acceptsAbsent = matcher.matches('');
    const apart = values.apart(matcher);
    const length = apart.reduce((sum, { ids }) => sum + ids.length, 0);
    if (length <= found.length) {
      const ids = unionOfDisjoint(apart.map(({ ids }) => ids));
      return acceptsAbsent ? without(found, ids) : intersect(found, ids);
    }
    const accepted = new Set(apart.map(({ value }) => value));
    return found.filter((id) => accepted.has(this.#valueOf(id, name)) !== acceptsAbsent);
  }

  #freeId(): number {
    if (this.#nextId > LAST_ID) this.#nextId = 1;
    while (this.has(this.#nextId)) this.#nextId++;
    return this.#nextId;
  }

  #valueOf(id: number, label: string): string {
    const { name, labels } = this.get(id);
    return label === '__name__' ? name : labelOf(labels, label);
  }

  #valuesOf(label: string) {
    return this.#byLabel.get(label) ?? NO_VALUES;
  }

  #madeValues(label: string): LabelValues {
    const known = this.#byLabel.get(label);
    if (known !== undefined) return known;
    const values = new LabelValues();
    this.#byLabel.set(label, values);
    return values;
  }
}

export function labelOf(labels: Labels, name: string): string {
  return Object.hasOwn(labels, name) ? (labels[name] ?? '') : '';
}

function pairs({ name, labels }: Pick<SeriesId, 'name' | 'labels'>): [string, string][] {
  return [['__name__', name], ...Object.entries(labels)];
}
