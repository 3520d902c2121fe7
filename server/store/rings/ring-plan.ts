import type Database from 'better-sqlite3';
import type { LabelMatcher, SeriesId, SeriesKind } from '../../model/labels.ts';
import { DEFAULT_RINGS, type RingProfile } from '../../model/rings.ts';
import type { Ms } from '../../model/units.ts';
import { isSelected } from '../series/selected.ts';
import { widestSlot } from './cover.ts';
import type { Layout } from './layout.ts';
import { checkRings, ringsOfKind } from './ring.ts';
import { ringsOfText, ringsText } from './ring-text.ts';

/** Rings for the series that all matchers accept. */
export interface RingRule {
  /** As it was written, for people. */
  readonly match: string;
  readonly matchers: readonly LabelMatcher[];
  readonly rings: readonly RingProfile[];
}

/** Which rings a store shall have: the first rule that accepts a series, else the others. */
export interface RingChoice {
  readonly rings: readonly RingProfile[];
  readonly rules: readonly RingRule[];
}

/** Rings that some series have, or shall have. */
export interface Profile {
  readonly id: number;
  readonly rings: readonly RingProfile[];
  /** What was written for it; empty: the default, or chosen no more. */
  readonly matches: readonly string[];
  readonly isChosen: boolean;
}

/**
 * The profiles of rings. The file numbers them and says of each series which it has (`series.profile`); the configuration says
 * which it shall have. Where the two differ `conversion.ts` changes the pages.
 *
 *     configuration   default: A   foo: B                      default: C   foo: B
 *     ring_profile    1 A   2 B                                1 A   2 B   3 C        1 leaves when no series has it any more
 */
export class RingPlan {
  readonly #db: Database.Database;
  readonly #rings = new Map<number, readonly RingProfile[]>();
  readonly #layouts = new Map<string, Layout>();
  #rules: readonly { readonly id: number; readonly rule: RingRule }[] = [];
  #usual = 0;

  constructor(db: Database.Database) {
    this.#db = db;
    const rows = db.prepare<[], { id: number; rings: string }>('SELECT id, rings FROM ring_profile');
    for (const { id, rings } of rows.all()) this.#rings.set(id, ringsOfText(rings) ?? DEFAULT_RINGS);
  }

  /** Throws VigieError `bad_config` when no store can have such rings; then nothing has changed. */
  choose({ rings, rules }: RingChoice): void {
    for (const some of [rings, ...rules.map((rule) => rule.rings)]) checkRings(some);
    const add = this.#db.prepare<[number, string]>('INSERT INTO ring_profile (id, rings) VALUES (?, ?)');
    const numbered = this.#db.transaction((all: readonly (readonly RingProfile[])[]) => {
      const known = new Map([...this.#rings].map(([id, some]) => [ringsText(some), id]));
      return all.map((some) => {
        const text = ringsText(some);
        const id = known.get(text) ?? Math.max(0, ...known.values()) + 1;
        if (!known.has(text)) add.run(id, text);
        known.set(text, id);
        return id;
      });
    })([rings, ...rules.map((rule) => rule.rings)]);
    const [usual = 0, ...ids] = numbered;
    this.#usual = usual;
    this.#rings.set(usual, rings);
    this.#rules = rules.map((rule, i) => ({ rule, id: ids[i] ?? usual }));
    for (const { id, rule } of this.#rules) this.#rings.set(id, rule.rings);
    this.forgetUnused();
  }

  /** Forgets what no series has and none shall have. */
  forgetUnused(): void {
    const used = new Set(this.#db.prepare<[], number>('SELECT DISTINCT profile FROM series').pluck().all());
    const remove = this.#db.prepare<[number]>('DELETE FROM ring_profile WHERE id = ?');
    const unused = [...this.#rings.keys()].filter((id) => !used.has(id) && !this.#isChosen(id));
    this.#db.transaction(() => {
      for (const id of unused) remove.run(id);
    })();
    for (const id of unused) this.#rings.delete(id);
  }

  /** What a series shall have. */
  layoutOf(identity: SeriesId): Layout {
    return this.layout(this.#profileOf(identity), identity.kind);
  }

  /** Whether a series has the rings that it shall have. */
  fits({ layout, ...identity }: SeriesId & { readonly layout: Layout }): boolean {
    return layout.profile === this.#profileOf(identity);
  }

  /** One object for all that is the same. A profile that is not there any more (its row was damaged) is the usual one. */
  layout(profile: number, kind: SeriesKind, since?: readonly number[]): Layout {
    const key = `${profile} ${kind} ${since?.join() ?? ''}`;
    const known = this.#layouts.get(key);
    if (known !== undefined) return known;
    const rings = this.#rings.get(profile) ?? this.#rings.get(this.#usual) ?? DEFAULT_RINGS;
    const made = { profile, rings: ringsOfKind(rings, kind), ...(since !== undefined && { since }) };
    this.#layouts.set(key, made);
    return made;
  }

  /** The default first. */
  profiles(): readonly Profile[] {
    const all = [...this.#rings].map(([id, rings]) => {
      const matches = this.#rules.filter((rule) => rule.id === id).map(({ rule }) => rule.match);
      return { id, rings, matches, isChosen: this.#isChosen(id) };
    });
    return all.toSorted((a, b) => Number(b.id === this.#usual) - Number(a.id === this.#usual) || a.id - b.id);
  }

  /** At its multiples slots of every ring end. */
  widestSlot(): Ms {
    return widestSlot([...this.#rings.values()]);
  }

  #profileOf(identity: SeriesId): number {
    return this.#rules.find(({ rule }) => isSelected(identity, rule.matchers))?.id ?? this.#usual;
  }

  #isChosen(id: number): boolean {
    return id === this.#usual || this.#rules.some((rule) => rule.id === id);
  }
}
