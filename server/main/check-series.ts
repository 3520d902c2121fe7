import { selectorText } from '../../rules/files/selector-text.ts';
import { readSloFolder, remarkText } from '../evaluation/slo-book.ts';
import { askedInParts } from '../evaluation/unmatched-selectors.ts';
import type { SelectorFacts } from '../model/engine.ts';
import { shownPath } from './check.ts';
import { loadConfig } from './config.ts';

/** What a server knows of selectors, in their order. */
export type AskFacts = (selectors: readonly string[]) => Promise<readonly Pick<SelectorFacts, 'series' | 'newest'>[]>;

/**
 * A warning for each selector of the SLO files that finds no series on a server: nothing counts there, and where nothing is bad all is
 * good. It may still be right, of a service without an error so far.
 */
export async function seriesWarnings(file: string, env: NodeJS.ProcessEnv, ask: AskFacts): Promise<readonly string[]> {
  const { slos, store } = loadConfig(file, env);
  const { selectors } = readSloFolder(slos, store.rings, shownPath(file, slos));
  const texts = [...new Set(selectors.map(({ selector }) => selectorText(selector)))];
  const facts = await askedInParts(texts, ask);
  const missing = new Set(texts.filter((_, i) => facts[i]?.series === 0));
  return selectors
    .map(({ selector, at }) => ({ at, text: selectorText(selector) }))
    .filter(({ text }) => missing.has(text))
    .map(({ at, text }) => {
      const message = `warning: no series matches ${text}: nothing of the kind has happened so far, or a label is misspelt`;
      return remarkText({ ...at, message });
    });
}
