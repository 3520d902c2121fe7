import type { Language } from '../../server/model/words/words.ts';

/** What French puts between a number and its sign: it does not break, whatever the browser's tables say. */
const NARROW_SPACE = '\u202f';

/** Numbers for people. Formatters are made once per language: making one costs more than using it a thousand times. */
export interface NumberFormats {
  /** Whole events: `1,203,882`. */
  count(value: number): string;
  /** Budgets are fractions of events: one decimal below ten, none above. */
  amount(value: number): string;
  /** A ratio as percent, rounded down so that 99.9996% never reads as 100%. `digits` decimals at most, default 1. */
  percent(ratio: number, digits?: number): string;
  /** An objective, with the digits it was written with: `99.95%`. */
  objective(ratio: number): string;
  /** A burn rate: `15.1×`. */
  times(rate: number): string;
  /** `1.2 MB`, powers of 1000. */
  bytes(value: number): string;
}

const BYTE_STEPS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

export function numberFormats(language: Language): NumberFormats {
  const count = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
  const tenth = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const fixedTenth = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const percents = [0, 1, 2, 3, 4, 5, 6].map((digits) => percentFormat(language, digits, 'floor'));
  const objective = percentFormat(language, 6, 'halfExpand');
  const percent = (ratio: number, digits = 1): string => spaced(percents[Math.min(digits, 6)] ?? objective, ratio);
  return {
    count: (value) => count.format(value),
    amount: (value) => (Math.abs(value) < 10 ? tenth : count).format(value),
    percent,
    objective: (ratio) => spaced(objective, ratio),
    times: (rate) => `${(rate < 100 ? fixedTenth : count).format(rate)}×`,
    bytes: (value) => formatBytes(language, value),
  };
}

/** Decimals that tell an attained ratio from its objective: one more than the objective was written with, at most 6. */
export function attainedDigits(objective: number): number {
  const written = String(Number((objective * 100).toPrecision(12))).split('.')[1] ?? '';
  return Math.min(written.length + 1, 6);
}

function percentFormat(language: Language, digits: number, roundingMode: 'floor' | 'halfExpand'): Intl.NumberFormat {
  return new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: digits, roundingMode });
}

function spaced(format: Intl.NumberFormat, ratio: number): string {
  return format.format(ratio).replace(/\s%/, `${NARROW_SPACE}%`);
}

function formatBytes(language: Language, value: number): string {
  const step = Math.min(value < 1000 ? 0 : Math.floor(Math.log10(value) / 3), BYTE_STEPS.length - 1);
  const options = {
    style: 'unit',
    unit: BYTE_STEPS[step] ?? 'byte',
    maximumFractionDigits: step === 0 ? 0 : 1,
  } as const;
  return new Intl.NumberFormat(language, options).format(value / 1000 ** step);
}
