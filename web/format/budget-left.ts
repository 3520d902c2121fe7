import type { Speech } from '../words/speech.ts';

/** What is left of a budget, `94%`, or `overspent by 20.4%`: nobody has a rest of less than nothing. Said so everywhere. */
export function budgetLeftText(ratio: number, { t, numbers }: Speech): string {
  return ratio < 0 ? t('budget_over_text', { over: numbers.percent(-ratio) }) : numbers.percent(ratio);
}
