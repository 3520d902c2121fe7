import { toldApart, WHOLE_RATE } from './told-apart.ts';
import type { Language } from './words.ts';

/** What French puts between a number and its sign: it does not break, whatever the browser's tables say. */
const NARROW_SPACE = '\u202f';

/** Numbers for people. Formatters are made once per language: making one costs more than using it a thousand times. */
export interface NumberFormats {
  /** Whole events: `1,203,882`. */
  count(value: number): string;
  /** Budgets are fractions of events: two decimals below ten, none above. */
  amount(value: number): string;
  /** A ratio as percent, with at most `digits` decimals, default 1, as the shared words round it; what is not nothing is no 0 %. */
  percent(ratio: number, digits?: number): string;
  /** How much more or less, with its sign: `+12%`, `−3.5%`; one decimal below ten percent, none above. */
  change(ratio: number): string;
  /** What was attained, rounded down: 99.9996% must not read as 100%, nor a miss as a hit. */
  attained(ratio: number, objective: number): string;
  /** An objective, with the digits it was written with: `99.95%`. */
  objective(ratio: number): string;
  /** A burn rate, as the shared words round it: `15.1×`, `2×`. */
  times(rate: number): string;
  /** A burn rate and the factor it is held against, with the digits that tell which is greater: `1.04×`, `1×`. */
  timesApart(rate: number, factor: number): { readonly rate: string; readonly factor: string };
  /** `1.2 MB`, powers of 1000. */
  bytes(value: number): string;
  /** `9.6 Mbit/s` or `1.2 MB/s`, of bytes per second. */
  rate(bytesPerSecond: number, unit: RateUnit): string;
  /** Any number in three digits, with an SI prefix from a thousand on: `1.25 M`, `0.004`. */
  scaled(value: number): string;
}

/** What a rate is told in. */
export const RATE_UNITS = ['bits', 'bytes'] as const;
export type RateUnit = (typeof RATE_UNITS)[number];

const MAX_DIGITS = 6;
const DIGITS = [0, 1, 2, 3, 4, 5, MAX_DIGITS];

const BYTE_SYMBOLS: Readonly<Record<Language, readonly string[]>> = {
  en: ['B', 'kB', 'MB', 'GB', 'TB'],
  fr: ['o', 'ko', 'Mo', 'Go', 'To'],
};

const PREFIXES = ['', 'k', 'M', 'G', 'T', 'P', 'E'];

export function numberFormats(language: Language): NumberFormats {
  const count = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
  const tenth = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const hundredth = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
  const exact = new Intl.NumberFormat(language, { maximumFractionDigits: MAX_DIGITS });
  const below = (text: string): string => `<${language === 'fr' ? NARROW_SPACE : ''}${text}`;
  const three = new Intl.NumberFormat(language, { maximumSignificantDigits: 3 });
  const percents = DIGITS.map((digits) => percentFormat(language, digits, 'halfExpand'));
  const floored = DIGITS.map((digits) => percentFormat(language, digits, 'floor'));
  const sign = { style: 'percent', signDisplay: 'exceptZero' } as const;
  const changes = {
    fine: new Intl.NumberFormat(language, { ...sign, maximumFractionDigits: 1 }),
    coarse: new Intl.NumberFormat(language, { ...sign, maximumFractionDigits: 0 }),
  };
  const objective = percentFormat(language, MAX_DIGITS, 'halfExpand');
  return {
    count: (value) => count.format(value),
    amount: (value) => signed((Math.abs(value) < 10 ? hundredth : count).format(value)),
    percent: (ratio, digits = 1) => {
      const least = 10 ** -(digits + 2);
      const format = percents[digits] ?? objective;
      return ratio > 0 && ratio < least / 2 ? below(spaced(format, least)) : spaced(format, ratio);
    },
    change: (ratio) => spaced(Math.abs(ratio) < 0.0995 ? changes.fine : changes.coarse, ratio),
    attained: (ratio, aim) => spaced(floored[attainedDigits(aim)] ?? objective, ratio),
    objective: (ratio) => spaced(objective, ratio),
    times: (rate) => `${(rate < WHOLE_RATE ? tenth : count).format(rate)}×`,
    timesApart: (rate, factor) => {
      const told = toldApart(rate, factor);
      return { rate: `${exact.format(told.rate)}×`, factor: `${exact.format(told.factor)}×` };
    },
    bytes: (value) => formatBytes(language, value),
    rate: (value, unit) =>
      unit === 'bytes' ? `${formatBytes(language, value)}/s` : formatScaled(three, value * 8, 'bit/s'),
    scaled: (value) => formatScaled(three, value, '').trimEnd(),
  };
}

/** Decimals that tell an attained ratio from its objective: one more than the objective was written with. */
function attainedDigits(objective: number): number {
  const written = String(Number((objective * 100).toPrecision(12))).split('.')[1] ?? '';
  return Math.min(written.length + 1, MAX_DIGITS);
}

function percentFormat(language: Language, digits: number, roundingMode: 'floor' | 'halfExpand'): Intl.NumberFormat {
  return new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: digits, roundingMode });
}

function spaced(format: Intl.NumberFormat, ratio: number): string {
  return signed(format.format(ratio)).replace(/\s%/, `${NARROW_SPACE}%`);
}

/** The minus sign is as wide as a digit; the hyphen that English formats write is not. */
function signed(text: string): string {
  return text.replace('-', '−');
}

function formatScaled(format: Intl.NumberFormat, value: number, unit: string): string {
  const size = Math.abs(value);
  const step = size < 1000 ? 0 : Math.min(Math.floor(Math.log10(size) / 3), PREFIXES.length - 1);
  return `${signed(format.format(value / 1000 ** step))}\u00a0${PREFIXES[step] ?? ''}${unit}`;
}

function formatBytes(language: Language, value: number): string {
  const symbols = BYTE_SYMBOLS[language];
  const step = Math.min(value < 1000 ? 0 : Math.floor(Math.log10(value) / 3), symbols.length - 1);
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: step === 0 ? 0 : 1 });
  return `${number.format(value / 1000 ** step)}\u00a0${symbols[step] ?? ''}`;
}
