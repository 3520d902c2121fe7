import { withElisions } from '../../server/model/words/elision.ts';
import type { Language } from '../../server/model/words/words.ts';
import { type MessageArgs, messageFormatter } from './messages.ts';
import { useSpeech } from './speech.ts';

/** The words of one page, ICU messages, which travel with its code rather than with the first view. */
export type PageWords<K extends string> = Readonly<Record<Language, Readonly<Record<K, string>>>>;

/** Says a message of a page in the reader's language. */
export type PageSay<K extends string> = (key: K, args?: MessageArgs) => string;

const FORMATS = { en: messageFormatter('en'), fr: messageFormatter('fr') };

export function pageSay<K extends string>(words: PageWords<K>, language: Language): PageSay<K> {
  return (key, args) => FORMATS[language](words[language][key], language === 'fr' ? args && withElisions(args) : args);
}

export function usePageWords<K extends string>(words: PageWords<K>): PageSay<K> {
  return pageSay(words, useSpeech().language);
}
