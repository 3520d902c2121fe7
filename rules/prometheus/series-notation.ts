import { VigieError } from '../../server/model/errors.ts';

/** A sample, the mark that a series ended, or nothing at that step. */
export type SequenceValue = number | 'stale' | undefined;

/** Values one sequence may have: what a test of a week at a sample per second takes, and some more. */
const MAX_VALUES = 1_000_000;

const NUMBER = String.raw`(?:\d+(?:\.\d*)?(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?|inf|nan)`;
const GAP = /^_(?:x(\d+))?$/;
const VALUE = new RegExp(`^(stale|[+-]?${NUMBER})(?:([+-]${NUMBER})?x(\\d+))?$`, 'i');

/**
 * Reads the values of an input series, one per step (https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/#series):
 *
 *     1 2.5 stale     three steps                  1x3      1 1 1 1: the value and its repetitions
 *     _  _x3          one gap, three gaps          1+2x3    1 3 5 7
 *     Inf NaN         as they are                  1-2x3    1 -1 -3 -5
 *
 * Throws VigieError `bad_config`.
 */
export function parseSequence(text: string): readonly SequenceValue[] {
  const values: SequenceValue[] = [];
  for (const item of text.split(/[ \t\n]+/).filter((part) => part !== '')) {
    for (const value of itemValues(item, text)) values.push(value);
    if (values.length > MAX_VALUES) throw refuse(text, `got more than ${MAX_VALUES} values`);
  }
  return values;
}

function itemValues(item: string, text: string): readonly SequenceValue[] {
  const gap = GAP.exec(item);
  if (gap !== null) return new Array<SequenceValue>(countOf(gap[1] ?? '1', text)).fill(undefined);
  const [, first = '', step, times] = VALUE.exec(item) ?? [];
  if (item.includes('{{'))
    throw refuse(text, 'native histograms are not stored; want a series per bucket, with label le');
  if (first === '') throw refuse(text, `got ${JSON.stringify(item)}; want a value, _, stale, 1x3, 1+2x3 or 1-2x3`);
  if (first.toLowerCase() === 'stale') return new Array<SequenceValue>(countOf(times ?? '0', text) + 1).fill('stale');
  return progression(numberOf(first), numberOf(step ?? '0'), countOf(times ?? '0', text));
}

/** Adds up step by step, as Prometheus does: the rounding is part of the values. */
function progression(first: number, step: number, times: number): readonly number[] {
  const values = [first];
  for (let i = 1, value = first + step; i <= times; i++, value += step) values.push(value);
  return values;
}

function countOf(digits: string, text: string): number {
  const count = Number(digits);
  if (count > MAX_VALUES) throw refuse(text, `got ${digits} repetitions; want at most ${MAX_VALUES}`);
  return count;
}

function numberOf(text: string): number {
  const [, sign = '', size = ''] = /^([+-]?)(.*)$/.exec(text.toLowerCase()) ?? [];
  const value = size === 'inf' ? Infinity : size === 'nan' ? Number.NaN : Number(size);
  return sign === '-' ? -value : value;
}

function refuse(text: string, cause: string): VigieError {
  const shown = text.length > 60 ? `${text.slice(0, 60)} ...` : text;
  return new VigieError('bad_config', `cannot read values ${JSON.stringify(shown)}: ${cause}`);
}
