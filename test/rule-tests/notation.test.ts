import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseSequence } from '../../rules/prometheus/series-notation.ts';
import { fixed, scientific, significant } from '../../rules/prometheus/template/number-text.ts';
import { goNumber } from '../../server/model/go-number.ts';
import { parseMetric } from '../../server/promql/parse.ts';

const _ = undefined;

describe('the values of a series', () => {
  test.each([
    ['', []],
    ['1', [1]],
    ['1 2  3\n4', [1, 2, 3, 4]],
    ['_', [_]],
    ['_x0', []],
    ['_x3 1', [_, _, _, 1]],
    ['1x0', [1]],
    ['1x2', [1, 1, 1]],
    ['1+2x0', [1]],
    ['1+2x3', [1, 3, 5, 7]],
    ['1-2x3', [1, -1, -3, -5]],
    ['-1-1x1', [-1, -2]],
    ['+5', [5]],
    ['1e3 .5 5. 1E-2', [1000, 0.5, 5, 0.01]],
    ['0x2', [0, 0, 0]],
    ['Inf +Inf -Inf NaN inf', [Infinity, Infinity, -Infinity, Number.NaN, Infinity]],
    ['stale', ['stale']],
    ['stalex1', ['stale', 'stale']],
    ['0.1+0.1x3', [0.1, 0.1 + 0.1, 0.1 + 0.1 + 0.1, 0.1 + 0.1 + 0.1 + 0.1]],
  ])('%j', (text, want) => expect(parseSequence(text)).toEqual(want));

  test.each([
    ['two', 'got "two"'],
    ['1+2', 'got "1+2"'],
    ['1x', 'got "1x"'],
    ['1x-1', 'got "1x-1"'],
    ['1 + 2x3', 'got "+"'],
    ['_x', 'got "_x"'],
    ['x3', 'got "x3"'],
    ['1x1000000000', 'want at most 1000000'],
    ['1x1000000 1', 'got more than 1000000 values'],
    ['{{schema:1 sum:2}}', 'native histograms are not stored'],
  ])('%j is refused: %s', (text, cause) => expect(() => parseSequence(text)).toThrow(cause));
});

describe('one series', () => {
  test.each([
    ['up', { __name__: 'up' }],
    ['', {}],
    [' { } ', {}],
    ['{a="1"}', { a: '1' }],
    ['up{b="2", a="x\\"y"}', { __name__: 'up', a: 'x"y', b: '2' }],
    ['{__name__="up"}', { __name__: 'up' }],
    ['up{a=""}', { __name__: 'up' }],
  ])('%j', (text, want) => expect(parseMetric(text)).toEqual(want));

  test.each(['up{a=~"x"}', 'up{a!="x"}', 'up[5m]', 'sum(up)', 'up offset 5m', '5', '{'])('%j is none', (text) =>
    expect(() => parseMetric(text)).toThrow(/cannot (?:read|parse)/),
  );
});

describe('numbers as Go writes them', () => {
  test.each([
    [goNumber(0), '0'],
    [goNumber(-0), '-0'],
    [goNumber(100_000), '100000'],
    [goNumber(999_999.5), '999999.5'],
    [goNumber(1e6), '1e+06'],
    [goNumber(0.0001), '0.0001'],
    [goNumber(0.00001), '1e-05'],
    [goNumber(1.5e-300), '1.5e-300'],
    [goNumber(-Infinity), '-Inf'],
    [fixed(2.5, 0), '2'],
    [fixed(3.5, 0), '4'],
    [fixed(0.125, 2), '0.12'],
    [fixed(0.375, 2), '0.38'],
    [fixed(9.999, 2), '10.00'],
    [fixed(0.001, 2), '0.00'],
    [fixed(0.006, 2), '0.01'],
    [fixed(-1.005, 2), '-1.00'],
    [fixed(1e21, 1), '1000000000000000000000.0'],
    [significant(1234.5, 4), '1234'],
    [significant(1235.5, 4), '1236'],
    [significant(12345, 4), '1.234e+04'],
    [significant(99_999, 4), '1e+05'],
    [significant(0.00012345, 4), '0.0001234'],
    [significant(0.000012345, 4), '1.234e-05'],
    [significant(100, 4), '100'],
    [scientific(1234567.891, 6), '1.234568e+06'],
    [scientific(0, 2), '0.00e+00'],
  ])('%s', (got, want) => expect(got).toBe(want));

  test('rounding differs from JavaScript in halves only', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e15, max: 1e15, noNaN: true }),
        fc.integer({ min: 0, max: 8 }),
        (value, precision) => {
          const [ours, theirs] = [Number(fixed(value, precision)), Number(value.toFixed(precision))];
          expect(Math.abs(ours - theirs)).toBeLessThanOrEqual(1.000001 * 10 ** -precision);
          expect(Math.abs(ours - value)).toBeLessThanOrEqual(0.5 * 10 ** -precision + Math.abs(value) * 1e-15);
        },
      ),
    );
  });
});
