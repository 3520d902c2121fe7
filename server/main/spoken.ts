import { speakerIn } from '../evaluation/sentences.ts';
import { VigieError } from '../model/errors.ts';
import { LANGUAGES, type Language, type Say } from '../model/words/words.ts';

/** The language a person asked for, and its sentences for who prints them. */
export interface Spoken {
  readonly language: Language;
  readonly say: Say;
}

/** Throws VigieError `bad_request` for a language Vigie does not speak. */
export function spokenIn(written: string): Spoken {
  const language = LANGUAGES.find((known) => known === written);
  if (language !== undefined) return { language, say: speakerIn(language) };
  throw new VigieError('bad_request', `cannot speak ${JSON.stringify(written)}; want ${LANGUAGES.join(' or ')}`);
}
