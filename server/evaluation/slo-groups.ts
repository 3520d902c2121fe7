import { factsSelector } from '../../rules/figures/requirements.ts';
import { groupedSelectors, groupKey, groupSlo, groupSlos, groupsAmong } from '../../rules/grouping.ts';
import type { SloDefinition } from '../../rules/slo-definition.ts';
import type { Engine } from '../model/engine.ts';
import type { Labels } from '../model/labels.ts';
import type { SloGroups } from '../model/slo.ts';

/** What is known of the groups of some definitions. */
export interface FoundGroups {
  /** By the id of the definition: its groups that are SLOs, the first seen first. */
  readonly chosen: ReadonlyMap<string, readonly Labels[]>;
  readonly summaries: readonly SloGroups[];
}

export const NO_GROUPS: FoundGroups = { chosen: new Map(), summaries: [] };

/**
 * Finds the groups of definitions among the series of the store. A group that was chosen stays chosen for as long as it has series: what
 * comes later takes the place of none. Of a crowd the first is that with the oldest data, so that a restart chooses alike.
 */
export class GroupFinder {
  readonly #engine: Pick<Engine, 'listSeries' | 'facts'>;
  #chosen: ReadonlyMap<string, readonly Labels[]> = NO_GROUPS.chosen;

  constructor(engine: Pick<Engine, 'listSeries' | 'facts'>) {
    this.#engine = engine;
  }

  async find(definitions: readonly SloDefinition[]): Promise<FoundGroups> {
    const found = await Promise.all(definitions.map((slo) => this.#groupsOf(slo)));
    const chosen = new Map(found.flatMap((one) => (one === undefined ? [] : [[one.summary.slo, one.chosen] as const])));
    this.#chosen = chosen;
    return { chosen, summaries: found.flatMap((one) => one?.summary ?? []) };
  }

  async #groupsOf(slo: SloDefinition): Promise<{ chosen: readonly Labels[]; summary: SloGroups } | undefined> {
    const { id, service, group_by } = slo;
    if (group_by === undefined) return undefined;
    const { items } = await this.#engine.listSeries({ selectors: groupedSelectors(slo) });
    const groups = groupsAmong(
      group_by,
      items.map(({ labels }) => labels),
    );
    const chosen = await this.#choose(slo, groups, group_by.max_groups);
    const left_out = groups.length - chosen.length;
    const { labels, max_groups } = group_by;
    return { chosen, summary: { slo: id, service, group_by: labels, groups: chosen.length, max_groups, left_out } };
  }

  async #choose(slo: SloDefinition, groups: readonly Labels[], most: number): Promise<readonly Labels[]> {
    const there = new Set(groups.map(groupKey));
    const held = (this.#chosen.get(slo.id) ?? []).filter((group) => there.has(groupKey(group))).slice(0, most);
    const isHeld = new Set(held.map(groupKey));
    const fresh = groups.filter((group) => !isHeld.has(groupKey(group)));
    const free = most - held.length;
    if (free === 0 || fresh.length === 0) return held;
    return [...held, ...(fresh.length <= free ? fresh : (await this.#oldestFirst(slo, fresh)).slice(0, free))];
  }

  async #oldestFirst(slo: SloDefinition, groups: readonly Labels[]): Promise<readonly Labels[]> {
    const facts = await this.#engine.facts(groups.map((labels) => factsSelector(groupSlo(slo, labels))));
    const since = (i: number): number => facts[i]?.oldest ?? Number.POSITIVE_INFINITY;
    return groups
      .map((labels, i) => ({ labels, oldest: since(i) }))
      .sort((a, b) => (a.oldest === b.oldest ? 0 : a.oldest - b.oldest))
      .map(({ labels }) => labels);
  }
}

/** Each definition as its groups; one without any, also one that is not to have some, is itself. Ids of definitions come first. */
export function withGroups(
  definitions: readonly SloDefinition[],
  { chosen }: Pick<FoundGroups, 'chosen'>,
): readonly SloDefinition[] {
  const taken = new Set(definitions.map(({ id }) => id));
  return definitions.flatMap((slo) => {
    const groups = (chosen.get(slo.id) ?? []).filter((labels) => isGroupOf(slo, labels));
    if (groups.length === 0) return [slo];
    const slos = groupSlos(slo, groups, taken);
    for (const { id } of slos) taken.add(id);
    return slos;
  });
}

/** They may have been found for the definition as it was before its file was read anew. */
function isGroupOf({ group_by }: SloDefinition, labels: Labels): boolean {
  return group_by !== undefined && Object.keys(labels).join() === group_by.labels.join();
}
