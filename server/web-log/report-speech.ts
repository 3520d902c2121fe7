import { IntlMessageFormat } from 'intl-messageformat';
import type { VisitorEstimate } from '../model/web-log.ts';
import { type WebLogWord, webLogWords } from '../model/words/web-log.ts';
import type { Language } from '../model/words/words.ts';

export type Say = (word: WebLogWord, args?: Readonly<Record<string, string | number>>) => string;

/** Words and numbers of one language. */
export class Speech {
  readonly say: Say;
  readonly #count: Intl.NumberFormat;
  readonly #percent: Intl.NumberFormat;
  readonly #bytes: Intl.NumberFormat;
  readonly #weekday: Intl.DateTimeFormat;
  readonly #units: readonly string[];

  constructor(language: Language) {
    const words = webLogWords[language];
    this.say = (word, args = {}) => String(new IntlMessageFormat(words[word], language).format(args));
    this.#count = new Intl.NumberFormat(language);
    this.#percent = new Intl.NumberFormat(language, {
      style: 'percent',
      minimumFractionDigits: 1,
      maximumFractionDigits: 1,
    });
    this.#bytes = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
    this.#weekday = new Intl.DateTimeFormat(language, { weekday: 'long', timeZone: 'UTC' });
    this.#units = language === 'fr' ? ['o', 'ko', 'Mo', 'Go', 'To', 'Po'] : ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  }

  count(value: number): string {
    return this.#count.format(value);
  }

  /** '' where there is nothing to be a part of. */
  percent(part: number, whole: number): string {
    // French typography has a narrow space before the sign.
    return whole === 0 ? '' : this.#percent.format(part / whole).replace('\u00a0%', '\u202f%');
  }

  bytes(value: number): string {
    const step = Math.min(value < 1000 ? 0 : Math.floor(Math.log10(value) / 3), this.#units.length - 1);
    return `${this.#bytes.format(value / 1000 ** step)}\u00a0${this.#units[step] ?? ''}`;
  }

  visitors({ estimate, standard_error }: VisitorEstimate): string {
    return `${standard_error > 0 ? '≈\u00a0' : ''}${this.count(estimate)}`;
  }

  /** @param weekday 1 is Monday; so was 1 January 2024. */
  weekday(weekday: number): string {
    return this.#weekday.format(Date.UTC(2024, 0, weekday));
  }
}
