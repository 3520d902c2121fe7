import { IntlMessageFormat } from 'intl-messageformat';
import { type SloReportWord, sloReportWords } from '../model/words/slo-report.ts';
import type { Language } from '../model/words/words.ts';

const BYTE_UNITS: Readonly<Record<Language, readonly string[]>> = {
  en: ['B', 'kB', 'MB', 'GB', 'TB'],
  fr: ['o', 'ko', 'Mo', 'Go', 'To'],
};

/** Words, numbers and times of one language and zone. */
export class ReportSpeech {
  readonly language: Language;
  readonly #day: Intl.DateTimeFormat;
  readonly #moment: Intl.DateTimeFormat;
  readonly #numbers: Intl.NumberFormat;

  constructor(language: Language, timeZone: string) {
    this.language = language;
    this.#day = new Intl.DateTimeFormat(language, {
      timeZone,
      weekday: 'short',
      day: 'numeric',
      month: 'short',
      year: 'numeric',
    });
    this.#moment = new Intl.DateTimeFormat(language, { timeZone, dateStyle: 'medium', timeStyle: 'short' });
    this.#numbers = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  }

  say(word: SloReportWord, args: Readonly<Record<string, string | number>> = {}): string {
    return String(new IntlMessageFormat(sloReportWords[this.language][word], this.language).format(args));
  }

  day(time: number): string {
    return this.#day.format(time);
  }

  moment(time: number): string {
    return this.#moment.format(time);
  }

  number(value: number): string {
    return this.#numbers.format(value);
  }

  /** French typography has a narrow space before the sign. Rounded down: 99.9996 % is not 100 %. */
  percent(ratio: number, digits: number): string {
    return this.#percent(ratio, digits, 'floor');
  }

  /** Rounded up: what was spent is never told as less. */
  spent(ratio: number): string {
    return this.#percent(ratio, 1, 'ceil');
  }

  #percent(ratio: number, digits: number, roundingMode: 'floor' | 'ceil'): string {
    const format = new Intl.NumberFormat(this.language, {
      style: 'percent',
      maximumFractionDigits: digits,
      roundingMode,
    });
    return format.format(Number(ratio.toFixed(12))).replace('\u00a0%', '\u202f%');
  }

  bytes(value: number): string {
    const units = BYTE_UNITS[this.language];
    const step = Math.min(value < 1000 ? 0 : Math.floor(Math.log10(value) / 3), units.length - 1);
    return `${this.number(value / 1000 ** step)}\u00a0${units[step] ?? ''}`;
  }
}
