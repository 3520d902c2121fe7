import { describe, expect, test } from 'vitest';
import { attainedText } from '../../server/cli/terminal.ts';

describe('the command line rounds what was attained as the pages do: down', () => {
  const f = (ratio: number | undefined, objective: number, want: string) =>
    test(`${ratio} for ${objective}: ${want}`, () => expect(attainedText(ratio, objective)).toBe(want));
  f(0.9999996, 0.999, '99.99 %');
  f(0.9989999, 0.999, '99.89 %');
  f(0.999, 0.999, '99.9 %');
  f(1, 0.999, '100 %');
  f(0.99925, 0.9995, '99.925 %');
  f(undefined, 0.999, '-');
});
