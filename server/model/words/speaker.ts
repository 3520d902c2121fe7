import { en } from './en.ts';
import { fr } from './fr.ts';
import { type FormatMessage, type Language, type Say, speakerOf, type Words } from './words.ts';

const WORDS: Readonly<Record<Language, Words>> = { en, fr };

/** Speaks any language: apart from `speakerOf`, so that a page need not carry them all. */
export function speaker(language: Language, format: FormatMessage): Say {
  return speakerOf(WORDS[language], language, format);
}
