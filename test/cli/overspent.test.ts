import { describe, expect, test } from 'vitest';
import { alertSentences } from '../../rules/alerts/alert-sentences.ts';
import { budgetLeft } from '../../server/cli/terminal.ts';
import { speakerIn } from '../../server/evaluation/sentences.ts';
import { sloReportWords } from '../../server/model/words/slo-report.ts';
import { alertSentence, LANGUAGES, reasonSentence } from '../../server/model/words/words.ts';
import { budgetLeftText } from '../../web/format/budget-left.ts';
import { FRENCH } from '../../web/words/french.ts';
import { createSpeech, ENGLISH } from '../../web/words/speech.ts';
import { firingAlert } from '../support/alerts.ts';

const RATIO = -0.7333;
const SAID = { en: 'overspent by 73.3%', fr: 'dépassé de 73,3\u202f%' } as const;
const SPEECH = { en: createSpeech(ENGLISH, 'UTC'), fr: createSpeech(FRENCH, 'UTC') };

describe.each(LANGUAGES)('an overspent budget is said in one way: %s', (language) => {
  const say = speakerIn(language);
  test('pages', () => expect(budgetLeftText(RATIO, SPEECH[language])).toBe(SAID[language]));
  test.each(['budget_low', 'budget_policy'] as const)('gate: %s', (code) => {
    const rest = { left_ratio: RATIO, rest: 'over', over_ratio: -RATIO };
    const args = { service: 'shop', ...rest, minimum: 0.1, from: 0, action: 'only fixes', who: '', named_who: 'no' };
    expect(reasonSentence({ code, args }, say)).toContain(SAID[language]);
  });
  test('mails', () => {
    const alert = firingAlert();
    const figures = { ...alert.figures, budget: { allowed: 300, spent: 520, left: -220, left_ratio: RATIO } };
    const left = alertSentences({ ...alert, figures }).find(({ code }) => code === 'left');
    expect(alertSentence(left!, say)).toContain(SAID[language]);
  });
  test('reports', () => {
    const over = SPEECH[language].numbers.percent(-RATIO);
    expect(sloReportWords[language].left_over.replace('{over}', over)).toBe(SAID[language]);
    for (const word of ['over_line', 'now_line'] as const)
      expect(sloReportWords[language][word]).toMatch(language === 'en' ? /overspent by \{/ : /dépassé de \{/);
  });
});

describe('on the command line', () => {
  const f = (ratio: number | undefined, want: string) =>
    test(want, () => expect(budgetLeft(ratio, ' left')).toBe(want));
  f(RATIO, 'overspent by 73.3 %');
  f(-1e-6, 'overspent by <0.1 %');
  f(0, '0 % left');
  f(0.94124, '94.1 % left');
  f(undefined, '- left');
});
