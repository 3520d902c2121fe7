import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openYaml } from '../../rules/files/yaml-file.ts';

/** What stands at the place in the file where a remark about the value at an offset is told. */
function shown(text: string, offset: number): string {
  const { place } = openYaml('a.yaml', text);
  const { line, col } = place(['expr'], '', offset);
  return text.split('\n')[line - 1]!.slice(col - 1, col + 3);
}

describe('a place in a value is told in the file', () => {
  const f = (what: string, written: string, sought: string, want = sought) =>
    test(what, () => {
      const text = `a: 1\nexpr: ${written}\nb: 2\n`;
      const value = (openYaml('a.yaml', text).content as { expr: string }).expr;
      expect(shown(text, value.indexOf(sought))).toBe(want);
    });
  f('plain', 'sum(rate(x))', 'rate');
  f('plain over lines', 'sum(\n  rate(\n\n    abcd))', 'abcd');
  f('single quotes', "'x{a=''b''} + abcd'", 'abcd');
  f('a quote in single quotes', "'x{a=''b''} + abcd'", "'b'}", "''b'");
  f('double quotes', String.raw`"x{a=\"b\\\"c\"} + abcd"`, 'abcd');
  f('escapes for blanks', String.raw`"x +\n\t\x20 abcd"`, 'abcd');
  f('an escape of two units', String.raw`"\U0001F600 + \u00e9 abcd"`, 'abcd');
  f('a line that goes on', '"sum by (job) \\\n    (abcd)"', 'abcd');
  f('a literal block', '|\n  sum(\n    rate(abcd)\n  )', 'abcd');
  f('a block with a header', '|2- # why\n  sum(\n    rate(abcd)\n  )', 'abcd');
  f('a folded block', '>-\n  sum(\n    rate(\n\n  abcd))', 'abcd');
  test('at its end is behind the last sign', () => {
    const text = 'expr: |\n  sum(a\n\n\nb: 1\n';
    expect(openYaml('a', text).place(['expr'], '', 6)).toMatchObject({ line: 2, col: 8 });
    expect(openYaml('a', 'expr: "sum(a"').place(['expr'], '', 5)).toMatchObject({ line: 1, col: 13 });
  });
});

test('of each sign of a text that stands in any scalar', () => {
  const word = fc.string({ unit: fc.constantFrom(...'ab{}(),:+"\'\\é'), minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 8 }), (words) => {
      const value = words.join(' ');
      const texts = [
        `expr: ${JSON.stringify(value)}\n`,
        `expr: '${value.replaceAll("'", "''")}'\n`,
        `expr: |\n  ${value}\n`,
        `expr: >-\n  ${words.join('\n  ')}\n`,
      ];
      for (const text of texts) {
        const { content, place } = openYaml('a', text);
        expect((content as { expr: string }).expr.trimEnd()).toBe(value);
        for (const [i, sign] of [...value].entries()) {
          if (sign === ' ') continue;
          const { line, col } = place(['expr'], '', i);
          const at = text.split('\n')[line - 1]!.slice(col - 1);
          expect([at.slice(0, 1), at.slice(1, 2)]).toContain(sign);
          if (!at.startsWith('\\')) expect(at.slice(0, 1)).toBe(sign);
        }
      }
    }),
    { seed: 24 },
  );
});
