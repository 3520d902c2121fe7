import { z } from 'zod';
import { factsSelectors } from '../../rules/figures/requirements.ts';
import { selectorText } from '../../rules/files/selector-text.ts';
import { readRequest } from '../../rules/files/written-request.ts';
import type { SloDefinition } from '../../rules/slo-definition.ts';
import type { Engine, SelectorFacts } from '../model/engine.ts';
import type { UnmatchedSelector } from '../model/slo.ts';
import { parseSelector } from '../promql/parse.ts';

/** Asked about at once. */
const MOST_SELECTORS = 1000;

const requestSchema = z.strictObject({
  selectors: z
    .array(z.string())
    .min(1, 'want at least one selector')
    .max(MOST_SELECTORS, `want at most ${MOST_SELECTORS} selectors`),
});

/** What there is of each selector of a request. Rejects with `bad_request`, and `bad_query` for what is no selector. */
export async function selectorFacts(
  engine: Pick<Engine, 'facts'>,
  body: unknown,
): Promise<{ readonly facts: readonly Pick<SelectorFacts, 'series' | 'oldest' | 'newest'>[] }> {
  const { selectors } = readRequest(requestSchema, body, 'look for series');
  const found = await engine.facts(selectors.map(parseSelector));
  return { facts: found.map(({ origins: _, ...facts }) => facts) };
}

/** Asks about any number of selectors, some at a time, so that others have their turns between them. */
export async function askedInParts<Asked, Facts>(
  all: readonly Asked[],
  ask: (some: readonly Asked[]) => Promise<readonly Facts[]>,
): Promise<readonly Facts[]> {
  const found: Facts[] = [];
  for (let first = 0; first < all.length; first += MOST_SELECTORS)
    found.push(...(await ask(all.slice(first, first + MOST_SELECTORS))));
  return found;
}

/**
 * Selectors of definitions that find no series: where nothing can count as bad everything is good. Parts of composites are SLOs of their
 * own, and what a proposal asks for is there with the first request.
 */
export async function unmatchedSelectors(
  engine: Pick<Engine, 'facts'>,
  slos: readonly SloDefinition[],
): Promise<readonly UnmatchedSelector[]> {
  const asked = slos.filter(({ indicator, proposed }) => indicator.kind !== 'composite' && !proposed);
  const selectors = asked.map(factsSelectors);
  const facts = await askedInParts(selectors.flat(), (some) => engine.facts(some));
  let next = 0;
  return asked.flatMap(({ id }, i) => {
    const own = selectors[i] ?? [];
    const found = facts.slice(next, next + own.length);
    next += own.length;
    const begun = found.flatMap(({ oldest }) => oldest ?? []);
    const since = begun.length === 0 ? {} : { since: Math.min(...begun) };
    const missing = own.filter((_, j) => found[j]?.series === 0);
    return [...new Set(missing.map(selectorText))].map((selector) => ({ slo: id, selector, ...since }));
  });
}
