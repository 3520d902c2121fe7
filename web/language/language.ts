import { LANGUAGES, type Language } from '../../server/model/words/words.ts';

/** What may name a language, strongest first: the address, an earlier choice, the browser's list. */
export interface LanguageHints {
  readonly query: string | null | undefined;
  readonly remembered: string | undefined;
  readonly preferred: readonly string[];
}

/** The first hint that names a language we speak, regions ignored (`fr-CA` is `fr`); English otherwise. */
export function chooseLanguage({ query, remembered, preferred }: LanguageHints): Language {
  for (const hint of [query, remembered, ...preferred]) {
    const tag = hint?.toLowerCase().split('-', 1)[0];
    const language = LANGUAGES.find((candidate) => candidate === tag);
    if (language !== undefined) return language;
  }
  return 'en';
}
