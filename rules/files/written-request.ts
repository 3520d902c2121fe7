import type { z } from 'zod';
import { VigieError } from '../../server/model/errors.ts';
import { knownKeys } from '../formats/known-keys.ts';
import { got } from './written-value.ts';
import { isRecord, unknownKey } from './yaml-file.ts';

/**
 * The body of a request in its shape. Throws VigieError `bad_request` with all that is wrong, each as `key: got A; want B`.
 * @param task what cannot be done then, such as "make exclusion"
 */
export function readRequest<T>(schema: z.ZodType<T>, body: unknown, task: string): T {
  const read = schema.safeParse(body, { error: shapeText });
  if (read.success) return read.data;
  const refuse = (cause: string): VigieError => new VigieError('bad_request', `cannot ${task}: ${cause}`);
  if (body === undefined) throw refuse('got no JSON; want an object, with content-type: application/json');
  throw refuse(read.error.issues.flatMap((issue) => problemsOf(issue, schema, body)).join('; '));
}

/** What the schema says in no words of its own. */
const shapeText: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return got(issue.input, NOUNS[issue.expected] ?? issue.expected);
    case 'invalid_value':
      return got(issue.input, `one of ${issue.values.join(', ')}`);
    case 'too_small':
      return got(issue.input, `at least ${issue.minimum}${UNITS[issue.origin] ?? ''}`);
    case 'too_big':
      return got(issue.input, `at most ${issue.maximum}${UNITS[issue.origin] ?? ''}`);
    default:
      return got(issue.input, 'another value');
  }
};

const NOUNS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};

const UNITS: Readonly<Record<string, string>> = { string: ' characters', array: ' entries' };

function problemsOf(issue: z.core.$ZodIssue, schema: z.ZodType, body: unknown): readonly string[] {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  const at = (cause: string): string => [...path.map(String), cause].join(': ');
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => at(unknownKey(key, knownKeys(schema, path))));
  // What is wrong between keys says so itself.
  const isOfKey = path.length > 0 && issue.message.startsWith('want ');
  return [at(isOfKey ? got(valueAt(body, path), issue.message.slice('want '.length)) : issue.message)];
}

function valueAt(body: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((value, key) => {
    if (Array.isArray(value)) return value[Number(key)];
    return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }, body);
}
