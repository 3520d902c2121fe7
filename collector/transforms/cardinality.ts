import { type Labels, seriesKey } from '../../server/model/labels.ts';
import type { TransformMemory } from '../component.ts';

const OTHER = '(other)';

/**
 * The tag sets admitted so far, for ever: metrics with the same tags share a group. The set only grows, so a series that was
 * once counted keeps being counted under its own name.
 */
export class Cardinality implements TransformMemory {
  readonly #limit: number;
  readonly #admitted: Set<string>;
  readonly #sizes = new Map<string, number>();
  #fresh: string[] = [];

  constructor(limit: number, remembered: readonly string[]) {
    this.#limit = limit;
    this.#admitted = new Set(remembered);
    for (const item of remembered) this.#count(groupOf(item), 1);
  }

  /**
   * `labels`, or what stands for them when their group is full: the labels in `open` become "(other)"; should those not fit
   * either, the labels in `variable` do. So a group never has more than twice its limit and one.
   */
  admit(group: string, labels: Labels, open: readonly string[], variable: readonly string[]): Labels {
    if (this.#take(group, labels, this.#limit)) return labels;
    const folded = fold(labels, open);
    if (open.length > 0 && this.#take(group, folded, this.#limit * 2)) return folded;
    return fold(labels, variable);
  }

  learned(): readonly string[] {
    return this.#fresh;
  }

  settle(committed: boolean): void {
    if (!committed) {
      for (const item of this.#fresh) {
        this.#admitted.delete(item);
        this.#count(groupOf(item), -1);
      }
    }
    this.#fresh = [];
  }

  #take(group: string, labels: Labels, limit: number): boolean {
    const item = `${group}|${seriesKey('', labels)}`;
    if (this.#admitted.has(item)) return true;
    if ((this.#sizes.get(group) ?? 0) >= limit) return false;
    this.#admitted.add(item);
    this.#fresh.push(item);
    this.#count(group, 1);
    return true;
  }

  #count(group: string, by: number): void {
    this.#sizes.set(group, (this.#sizes.get(group) ?? 0) + by);
  }
}

function groupOf(item: string): string {
  return item.slice(0, item.indexOf('|'));
}

function fold(labels: Labels, names: readonly string[]): Labels {
  const folded = Object.entries(labels).map(([name, value]) => [name, names.includes(name) ? OTHER : value]);
  return Object.fromEntries(folded);
}
