import { z } from 'zod';
import { isLabelName, type Labels } from '../../server/model/labels.ts';
import { type Ms, ms, parseDuration } from '../../server/model/units.ts';
import { got, reading } from '../files/written-value.ts';

/** Fields of Prometheus' files. Every scalar comes as the text that was written, and null stands for an absent one. */

/** Absent and empty are one. */
export function optional<T extends z.ZodType>(schema: T) {
  return z.preprocess((input) => input ?? undefined, schema.optional());
}

export const text = (want: string) => z.string({ error: (issue) => got(issue.input, want) });

export const filledText = (want: string) => text(want).min(1, `got ""; want ${want}`);

export const duration = reading('a duration such as "5m"', parseDuration);

export const count = reading('a whole number from 0', (digits): number => {
  if (!/^\d{1,15}$/.test(digits)) throw new Error(`got ${JSON.stringify(digits)}; want a whole number from 0`);
  return Number(digits);
});

export const flag = reading('true or false', (word): boolean => {
  if (word !== 'true' && word !== 'false') throw new Error(`got ${JSON.stringify(word)}; want true or false`);
  return word === 'true';
});

/** YAML's spelling of numbers, infinity and NaN among them (https://yaml.org/spec/1.2.2/#10214-floating-point). */
export const number = reading('a number', (digits): number => {
  const [, sign, special] = /^([+-]?)\.(inf|nan)$/i.exec(digits) ?? [];
  if (special?.toLowerCase() === 'inf') return sign === '-' ? -Infinity : Infinity;
  if (special?.toLowerCase() === 'nan') return Number.NaN;
  const value = digits.trim() === '' ? Number.NaN : Number(digits.replaceAll('_', ''));
  if (Number.isFinite(value)) return value;
  throw new Error(`got ${JSON.stringify(digits)}; want a number, in YAML .inf and .nan too`);
});

/** A moment: seconds since the epoch, or RFC 3339. */
export const moment = reading('seconds since the epoch, or RFC 3339', (shown): Ms => {
  const isSeconds = /^\d+(?:\.\d+)?$/.test(shown);
  const time = isSeconds ? Math.round(Number(shown) * 1000) : /^\d{4}-\d\d-\d\dT/.test(shown) ? Date.parse(shown) : -1;
  if (!(time >= 0 && time <= 8.64e15)) {
    throw new Error(
      `got ${JSON.stringify(shown)}; want seconds since the epoch, or RFC 3339 such as 2026-01-31T08:00:00Z`,
    );
  }
  return ms(time);
});

const labelName = z
  .string()
  .refine(isLabelName, 'want a label name of letters, digits and _')
  .refine((name) => name !== '__name__', 'the label __name__ is the name of the series; want another one');

const pairs = (name: z.ZodType<string>) =>
  z
    .record(
      name,
      z.preprocess((value) => value ?? '', text('a text')),
      {
        error: (issue) => (issue.code === 'invalid_type' ? got(issue.input, 'a map such as {team: shop}') : undefined),
      },
    )
    .transform((map): Labels => map);

export const labels = pairs(labelName);

/** Names and texts that are no labels of a rule: annotations, and what a test expects. */
export const names = pairs(z.string());

export function list<T extends z.ZodType>(item: T, want: string) {
  const items = z.array(item, { error: (issue) => got(issue.input, want) });
  return z.preprocess((input) => input ?? [], items);
}

export function map<T extends z.ZodRawShape>(shape: T, want: string) {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'invalid_type' ? got(issue.input, want) : undefined),
  });
}
