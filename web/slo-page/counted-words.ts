import { whyMissing } from '../../server/model/missing-figure.ts';
import type { SloStatus } from '../../server/model/slo.ts';
import type { Language } from '../../server/model/words/words.ts';
import { type PageSay, pageSay } from '../words/page-words.ts';
import { type SloWord, sloWords } from './words.ts';

/** The words of the page around figures, which know what is counted (requests, events or slices) and why there is no figure. */
export function countedWords(slo: SloStatus, language: Language): PageSay<SloWord> {
  const w = pageSay(sloWords, language);
  const known = { what: slo.unit, why: whyMissing(slo) };
  return (key, args) => w(key, { ...known, ...args });
}
