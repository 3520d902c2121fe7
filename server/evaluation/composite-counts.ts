import { mergedFacts, type PartFacts } from '../../rules/composite/composite-standing.ts';
import { factsSelector } from '../../rules/figures/requirements.ts';
import type { SloDefinition } from '../../rules/slo-definition.ts';
import type { Buckets, Engine, SelectorFacts, WindowSum } from '../model/engine.ts';
import type { AskedSteps, AskedWindows, Countable, SloCounting } from './slo-counts.ts';

/**
 * Counts composites by their parts: their columns are those of each part, two by two. Whatever else is asked for is asked of whom it
 * counts with.
 */
export class CompositeCounts implements SloCounting {
  readonly #counts: SloCounting;
  #retained: readonly SloDefinition[] | undefined;
  /** The same array for the same SLOs. */
  #counted: readonly SloDefinition[] = [];

  constructor(counts: SloCounting) {
    this.#counts = counts;
  }

  retain(definitions: readonly SloDefinition[]): void {
    if (definitions !== this.#retained) this.#counted = definitions.flatMap(countedDefinitions);
    this.#retained = definitions;
    this.#counts.retain(this.#counted);
  }

  /** Of all that is counted for the SLOs (`countedDefinitions`). */
  known(slos: readonly SloDefinition[]): Promise<readonly PartFacts[]> {
    return this.#counts.known(slos === this.#retained ? this.#counted : slos.flatMap(countedDefinitions));
  }

  unanswered(id: string): string | undefined {
    return this.#counts.unanswered(id);
  }

  count(asked: readonly AskedWindows[]): Promise<readonly (readonly (readonly WindowSum[])[])[]> {
    return byParts(asked, (parts) => this.#counts.count(parts), emptyCounts);
  }

  buckets(asked: readonly AskedSteps[]): Promise<readonly (readonly Buckets[])[]> {
    return byParts(asked, (parts) => this.#counts.buckets(parts), emptySteps);
  }
}

/** What is counted for an SLO: itself, or its parts. */
export function countedDefinitions(slo: SloDefinition): readonly SloDefinition[] {
  return slo.indicator.kind === 'composite' ? slo.indicator.parts.map(({ definition }) => definition) : [slo];
}

/** The facts of each SLO, by the first selector of what is counted for it. */
export async function countedFacts(
  engine: Pick<Engine, 'facts'>,
  slos: readonly SloDefinition[],
): Promise<readonly SelectorFacts[]> {
  const counted = slos.map(countedDefinitions);
  const facts = await engine.facts(counted.flat().map(factsSelector));
  let next = 0;
  return counted.map(({ length }) => {
    next += length;
    return mergedFacts(facts.slice(next - length, next));
  });
}

/** One question for all parts of all composites, whose answers are put together again. */
async function byParts<A extends Countable, C>(
  asked: readonly A[],
  ask: (parts: readonly A[]) => Promise<readonly (readonly C[])[]>,
  empty: (like: C) => C,
): Promise<readonly (readonly C[])[]> {
  const parts = asked.map(partsOf);
  const answers = await ask(parts.flat());
  let next = 0;
  return parts.map((own) => {
    next += own.length;
    const columns = answers.slice(next - own.length, next);
    return own.length === 1 ? (columns[0] ?? []) : inPairs(columns, empty);
  });
}

function partsOf<A extends Countable>(one: A): readonly A[] {
  const { definition, parts = [] } = one;
  if (definition.indicator.kind !== 'composite') return [one];
  return definition.indicator.parts.map((part, i) => ({
    ...one,
    definition: part.definition,
    boundary: parts[i]?.boundary,
    // It is without what is left out of it as an SLO, and of its composite.
    excludedAs: [definition, { ...part.definition, id: part.slo }],
  }));
}

/** A part of which nothing can be counted has no events; where there is no other nothing is counted. */
function inPairs<C>(answers: readonly (readonly C[])[], empty: (like: C) => C): readonly C[] {
  const like = answers.find(([first]) => first !== undefined)?.[0];
  if (like === undefined) return [];
  return answers.flatMap(([total = empty(like), part = empty(like)]) => [total, part]);
}

function emptyCounts(like: readonly WindowSum[]): readonly WindowSum[] {
  return like.map(({ window }) => ({ window, sum: 0 }));
}

function emptySteps({ sums, ...like }: Buckets): Buckets {
  return { ...like, sums: sums.map(() => 0) };
}
