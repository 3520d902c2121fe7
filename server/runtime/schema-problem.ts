import { z } from 'zod';
import { nearestWord } from '../model/nearest-word.ts';

/** What a schema refused, in the words of the person who wrote the value. */
export interface SchemaProblem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** Whether the key is wrong, or what stands behind it. */
  readonly of: 'key' | 'value';
}

/** A schema of draft 7, as far as it is read here. */
interface JsonSchema {
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly oneOf?: readonly JsonSchema[];
}

/** Every problem as "got A; want B", with the nearest word there is where a word was meant. */
export function schemaProblems(
  schema: z.ZodType,
  value: unknown,
  issues: readonly z.core.$ZodIssue[],
): SchemaProblem[] {
  const known = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', target: 'draft-7' }) as JsonSchema;
  return issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => unknownKey([...issue.path, key], keysAt(known, value, issue.path)))
      : [
          {
            path: issue.path,
            message: `${nameOf(issue.path)}${complaint(issue, valueAt(value, issue.path))}`,
            of: 'value',
          },
        ],
  );
}

function unknownKey(path: readonly PropertyKey[], keys: readonly string[]): SchemaProblem {
  const key = String(path.at(-1));
  return { path, message: `unknown key ${JSON.stringify(key)}${hint(key, keys)}`, of: 'key' };
}

function hint(word: string, known: readonly string[]): string {
  const near = nearestWord(word, known);
  if (near !== undefined) return `; did you mean ${JSON.stringify(near)}?`;
  return known.length === 0 ? '' : `; want one of ${known.join(', ')}`;
}

function nameOf(path: readonly PropertyKey[]): string {
  return path.length === 0 ? '' : `${path.map(String).join('.')}: `;
}

function complaint(issue: z.core.$ZodIssue, value: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.message.startsWith('Invalid input') ? gotAndWant(value, noun(issue.expected)) : told(issue, value);
    case 'invalid_value':
      return gotWord(value, issue.values.map(String));
    case 'invalid_union':
      return gotWord(value, 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : []);
    case 'too_small':
      return bounded(issue, value, `at least ${issue.minimum}`, issue.origin);
    case 'too_big':
      return bounded(issue, value, `at most ${issue.maximum}`, issue.origin);
    default:
      return told(issue, value);
  }
}

/** A schema's own message says what it wants better than any made here. */
function told({ message }: z.core.$ZodIssue, value: unknown): string {
  return message.startsWith('want ') ? gotAndWant(value, message.slice('want '.length)) : message;
}

function gotAndWant(value: unknown, want: string): string {
  return value === undefined ? `is missing; want ${want}` : `got ${shown(value)}; want ${want}`;
}

function gotWord(value: unknown, words: readonly string[]): string {
  const want = words.length === 0 ? 'another kind of value' : `one of ${words.join(', ')}`;
  const near = typeof value === 'string' ? nearestWord(value, words) : undefined;
  return `${gotAndWant(value, want)}${near === undefined ? '' : `; did you mean ${JSON.stringify(near)}?`}`;
}

function bounded(issue: z.core.$ZodIssue, value: unknown, bound: string, origin: string): string {
  if (!/^Too (small|big)/.test(issue.message)) return told(issue, value);
  const unit = { string: ' characters', array: ' items', set: ' items' }[origin] ?? '';
  return gotAndWant(value, bound + unit);
}

const NOUNS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys and values',
  record: 'a map of names and values',
};

function noun(expected: string): string {
  return NOUNS[expected] ?? expected;
}

function shown(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a map';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)} ...` : text;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce(stepInto, value);
}

function stepInto(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<PropertyKey, unknown>>)[key]
    : undefined;
}

/** The keys a map may have at a path; of several kinds of component, those of the kind its `type` names. */
function keysAt(schema: JsonSchema, value: unknown, path: readonly PropertyKey[]): readonly string[] {
  let at: JsonSchema | undefined = choose(schema, value);
  let there = value;
  for (const step of path) {
    there = stepInto(there, step);
    const below = at?.properties?.[String(step)] ?? at?.items ?? at?.additionalProperties;
    at = typeof below === 'object' ? choose(below, there) : undefined;
  }
  return Object.keys(at?.properties ?? {});
}

function choose(schema: JsonSchema, value: unknown): JsonSchema | undefined {
  if (schema.oneOf === undefined) return schema;
  return schema.oneOf.find(({ properties }) => properties?.type?.const === stepInto(value, 'type'));
}
