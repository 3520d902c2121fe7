import { invariant } from '../model/errors.ts';
import { type LabelMatcher, type Labels, type SeriesId, type SeriesKind, seriesKey } from '../model/labels.ts';

/** A series and what is known of all its data. `oldest` and `newest` are the ends of its slots (sums) or sample times, ms. */
export interface Series extends SeriesId {
  readonly id: number;
  readonly key: string;
  /** Those that ever wrote to it. */
  readonly origins: Set<number>;
  oldest: number;
  newest: number;
  /** All that was ever accepted; sums only. */
  n: number;
  sum: number;
  /** The last commit in the figures above, and the last one in the file. */
  lsn: number;
  storedLsn: number;
}

/** Every series in memory: by key, and by label value. */
export class SeriesIndex {
  readonly #byId = new Map<number, Series>();
  readonly #byKey = new Map<string, Series>();
  readonly #byLabel = new Map<string, Map<string, Set<number>>>();
  #nextId = 1;

  get size(): number {
    return this.#byId.size;
  }

  get(id: number): Series {
    const series = this.#byId.get(id);
    invariant(series !== undefined, `series ${id} is not in the index`);
    return series;
  }

  has(id: number): boolean {
    return this.#byId.has(id);
  }

  find(key: string): Series | undefined {
    return this.#byKey.get(key);
  }

  /** Makes a series; `labels` are sorted and checked. */
  add(kind: SeriesKind, name: string, labels: Labels, id = this.#nextId): Series {
    const figures = {
      oldest: Number.POSITIVE_INFINITY,
      newest: Number.NEGATIVE_INFINITY,
      n: 0,
      sum: 0,
      lsn: 0,
      storedLsn: 0,
    };
    const key = seriesKey(name, labels);
    const series: Series = { kind, name, labels, id, key, origins: new Set(), ...figures };
    this.#byId.set(id, series);
    this.#byKey.set(key, series);
    for (const [label, value] of pairs(series)) this.#holders(label, value).add(id);
    this.#nextId = Math.max(this.#nextId, id + 1);
    return series;
  }

  /** Takes back a series whose commit failed. */
  remove(series: Series): void {
    this.#byId.delete(series.id);
    this.#byKey.delete(series.key);
    for (const [label, value] of pairs(series)) this.#holders(label, value).delete(series.id);
  }

  /** The ids of the series that every matcher accepts, rising. */
  select(matchers: readonly LabelMatcher[]): readonly number[] {
    let candidates: Iterable<number> = this.#byId.keys();
    let size = Number.POSITIVE_INFINITY;
    for (const { name, equals } of matchers) {
      if (equals === undefined || equals === '') continue;
      const holders = this.#byLabel.get(name)?.get(equals) ?? new Set<number>();
      if (holders.size < size) {
        candidates = holders;
        size = holders.size;
      }
    }
    const accepted = [...candidates].filter((id) => this.#accepts(id, matchers));
    return accepted.sort((a, b) => a - b);
  }

  values(): Iterable<Series> {
    return this.#byId.values();
  }

  #accepts(id: number, matchers: readonly LabelMatcher[]): boolean {
    const { name, labels } = this.get(id);
    return matchers.every((matcher) =>
      matcher.matches(matcher.name === '__name__' ? name : labelOf(labels, matcher.name)),
    );
  }

  #holders(label: string, value: string): Set<number> {
    const values = this.#byLabel.get(label) ?? new Map<string, Set<number>>();
    this.#byLabel.set(label, values);
    const holders = values.get(value) ?? new Set<number>();
    values.set(value, holders);
    return holders;
  }
}

export function labelOf(labels: Labels, name: string): string {
  return Object.hasOwn(labels, name) ? (labels[name] ?? '') : '';
}

function pairs({ name, labels }: SeriesId): [string, string][] {
  return [['__name__', name], ...Object.entries(labels)];
}
