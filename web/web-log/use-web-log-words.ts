import { type WebLogWord, webLogWords } from '../../server/model/words/web-log.ts';
import { type PageSay, usePageWords } from '../words/page-words.ts';

/** The words of the report, the same as in its files. */
export function useWebLogWords(): PageSay<WebLogWord> {
  return usePageWords(webLogWords);
}
