import { IntlMessageFormat } from 'intl-messageformat';
import { speakerIn } from '../evaluation/sentences.ts';
import { type NumberFormats, numberFormats } from '../model/words/number-formats.ts';
import { type SloReportWord, sloReportWords } from '../model/words/slo-report.ts';
import { type TimeFormats, timeFormats } from '../model/words/time-formats.ts';
import type { Language, Say } from '../model/words/words.ts';

/** Words, numbers and times of one language and zone, in the formats of the pages. */
export interface ReportSpeech {
  readonly language: Language;
  readonly numbers: NumberFormats;
  readonly times: TimeFormats;
  say(word: SloReportWord, args?: Readonly<Record<string, string | number>>): string;
  /** The sentences of the pages. */
  readonly sentence: Say;
  /** A date with its weekday. */
  day(time: number): string;
}

export function reportSpeech(language: Language, timeZone: string): ReportSpeech {
  const date = { year: 'numeric', month: 'short', day: 'numeric' } as const;
  const day = new Intl.DateTimeFormat(language, { timeZone, weekday: 'short', ...date });
  const parsed = new Map<SloReportWord, IntlMessageFormat>();
  return {
    language,
    numbers: numberFormats(language),
    times: timeFormats(language, timeZone),
    say: (word, args = {}) => {
      const message = parsed.get(word) ?? new IntlMessageFormat(sloReportWords[language][word], language);
      parsed.set(word, message);
      return String(message.format(args));
    },
    sentence: speakerIn(language),
    day: (time) => day.format(time),
  };
}
