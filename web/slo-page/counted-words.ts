import type { SloUnit } from '../../server/model/slo.ts';
import type { Language } from '../../server/model/words/words.ts';
import { type PageSay, pageSay } from '../words/page-words.ts';
import { type SloWord, sloWords } from './words.ts';

/** The words of the page around figures, which know what is counted: requests, events or slices. */
export function countedWords({ unit }: { readonly unit: SloUnit }, language: Language): PageSay<SloWord> {
  const w = pageSay(sloWords, language);
  return (key, args) => w(key, { what: unit, ...args });
}
