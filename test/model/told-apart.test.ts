import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { speakerIn } from '../../server/evaluation/sentences.ts';
import { toldApart } from '../../server/model/words/told-apart.ts';
import { reasonSentence } from '../../server/model/words/words.ts';

describe('a rate beside its factor', () => {
  const f = (rate: number, factor: number, want: readonly [number, number]) =>
    test(`${rate} and ${factor}`, () => expect(Object.values(toldApart(rate, factor))).toEqual(want));
  f(15.123, 14.4, [15.1, 14.4]);
  f(1.04, 1, [1.04, 1]);
  f(1.004, 1, [1.004, 1]);
  f(0.96, 1, [0.96, 1]);
  f(14.44, 14.4, [14.44, 14.4]);
  f(5.638, 5.633, [5.64, 5.63]);
  f(13.441, 13.44, [13.441, 13.44]);
  f(1, 1, [1, 1]);
  f(99.96, 14.4, [100, 14.4]);
  f(1000.4, 14.4, [1000, 14.4]);
  f(100.4, 100, [100.4, 100]);
  f(1.000_000_1, 1, [1, 1]);

  test('never reads as the other way round', () => {
    const any = fc.double({ min: 0, max: 2000, noNaN: true });
    const near = fc.tuple(any, fc.double({ min: -0.1, max: 0.1, noNaN: true }));
    fc.assert(
      fc.property(near, ([factor, off]) => {
        const rate = Math.max(0, factor + off);
        const told = toldApart(rate, factor);
        expect((told.rate - told.factor) * Math.sign(rate - factor)).toBeGreaterThanOrEqual(0);
        if (Math.abs(rate - factor) > 2e-6) expect(told.rate).not.toBe(told.factor);
      }),
      { seed: 5, numRuns: 1000 },
    );
  });
});

describe('a sentence', () => {
  const args = { service: 'shop', rate: 1.04, factor: 1, amount: 3, unit: 'day' } as const;
  const f = (language: 'en' | 'fr', want: readonly string[]) =>
    test(`tells both in ${language}`, () => {
      const said = reasonSentence({ code: 'burning_slow', args }, speakerIn(language));
      for (const part of want) expect(said).toContain(part);
    });
  f('en', ['at 1.04× its allowance', 'above 1× it needs']);
  f('fr', ['d’erreur à 1,04 fois', 'delà de 1 fois']);
});
