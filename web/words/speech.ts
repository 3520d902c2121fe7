import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Reason, SloState } from '../../server/model/slo.ts';
import { en as sharedEn } from '../../server/model/words/en.ts';
import { type NumberFormats, numberFormats } from '../../server/model/words/number-formats.ts';
import { type TimeFormats, timeFormats } from '../../server/model/words/time-formats.ts';
import {
  type Language,
  reasonSentence,
  type Say,
  type Words as SharedWords,
  speakerOf,
} from '../../server/model/words/words.ts';
import { en, type WordKey, type Words } from './en.ts';
import { type MessageArgs, messageFormatter } from './messages.ts';

/** Everything a page needs to speak one language. */
export interface Speech {
  readonly language: Language;
  /** The pages' own words. */
  t(key: WordKey, args?: MessageArgs): string;
  /** The words shared with the server and the command line. */
  readonly say: Say;
  reason(reason: Reason): string;
  state(state: SloState): string;
  readonly numbers: NumberFormats;
  readonly times: TimeFormats;
  /** IANA name of the zone of `times`; undefined is the browser's own. */
  readonly zone: string | undefined;
}

/** All that is said in one language: the pages' own words, and those shared with the server and the command line. */
export interface Catalogue {
  readonly language: Language;
  readonly words: Words;
  readonly shared: SharedWords;
}

export const ENGLISH: Catalogue = { language: 'en', words: en, shared: sharedEn };

/** `timeZone` is an IANA name, the browser's own when left out. */
export function createSpeech({ language, words, shared }: Catalogue, timeZone?: string): Speech {
  const format = messageFormatter(language);
  const say = speakerOf(shared, language, (message, _language, args) => format(message, args));
  return {
    language,
    t: (key, args) => format(words[key], args),
    say,
    reason: (reason) => reasonSentence(reason, say),
    state: (state) => say(`state_${state}`),
    numbers: numberFormats(language),
    times: timeFormats(language, timeZone),
    zone: timeZone,
  };
}

export const SpeechContext = createContext<Speech>(createSpeech(ENGLISH));

export function useSpeech(): Speech {
  return useContext(SpeechContext);
}
