import type { LabelMatcher } from '../../model/labels.ts';
import { insertId, type Postings } from './postings.ts';

/** A value of a label, and the series that have it. */
interface Holders {
  readonly value: string;
  readonly ids: number[];
}

/** The values of one label. A value is kept once, whatever number of series has it. */
export class LabelValues {
  readonly #byValue = new Map<string, Holders>();
  #sorted: readonly string[] | undefined;

  get size(): number {
    return this.#byValue.size;
  }

  /** Notes that a series has a value; returns the one copy of it. */
  add(value: string, id: number): string {
    const known = this.#byValue.get(value);
    if (known !== undefined) {
      insertId(known.ids, id);
      return known.value;
    }
    this.#byValue.set(value, { value, ids: [id] });
    this.#sorted = undefined;
    return value;
  }

  /** Takes series away from a value; one that nobody has any more is gone. */
  remove(value: string, gone: ReadonlySet<number>): void {
    const left = this.holders(value).filter((id) => !gone.has(id));
    if (left.length > 0) this.#byValue.set(value, { value, ids: left });
    else if (this.#byValue.delete(value)) this.#sorted = undefined;
  }

  holders(value: string): Postings {
    return this.#byValue.get(value)?.ids ?? [];
  }

  /** Sorted by code units; kept until a value comes or goes. */
  values(): readonly string[] {
    this.#sorted ??= [...this.#byValue.keys()].sort();
    return this.#sorted;
  }

  /** How many values `apart` has to try. */
  tried({ among }: LabelMatcher): number {
    return among?.length ?? this.#byValue.size;
  }

  /** The values that the matcher treats otherwise than the empty one, and who has them. */
  apart(matcher: LabelMatcher): readonly Holders[] {
    const ofAbsent = matcher.matches('');
    const tried = matcher.among?.flatMap((value) => this.#byValue.get(value) ?? []) ?? this.#byValue.values();
    return [...tried].filter(({ value }) => matcher.matches(value) !== ofAbsent);
  }
}
