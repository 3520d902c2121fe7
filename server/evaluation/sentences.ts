import { IntlMessageFormat } from 'intl-messageformat';
import { speaker } from '../model/words/speaker.ts';
import type { FormatMessage, Language, Say } from '../model/words/words.ts';

/** Messages are few and said often: each is read once. */
const formats = new Map<string, IntlMessageFormat>();

const format: FormatMessage = (message, language, args) => {
  const key = `${language} ${message}`;
  const found = formats.get(key) ?? new IntlMessageFormat(message, language);
  formats.set(key, found);
  return String(found.format(args));
};

/** What the API and the command line say. Pages say it themselves, in the language of the reader. */
export const english = speaker('en', format);

/** For those who are told rather than ask. */
export function speakerIn(language: Language): Say {
  return speaker(language, format);
}
