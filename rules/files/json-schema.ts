import { z } from 'zod';
import { writtenPolicySchema } from '../gate/gate-schema.ts';
import { INDICATORS, SLICED } from './indicator-schema.ts';
import { MAX_OBJECTIVES, OWN_KEYS } from './objectives.ts';
import { sloEntrySchema } from './slo-schema.ts';
import { alsoWritten } from './written-value.ts';

/** What editors read: JSON Schema, draft 7 (https://json-schema.org/draft-07/json-schema-release-notes). */
export type JsonSchema = z.core.JSONSchema.BaseSchema;

/**
 * SLO files as editors check them, made of what reads them. Editors see shapes, words and keys; what takes reading (selectors, bounds of
 * windows, alerts that could never fire) is told by `vigie check` alone.
 */
export function sloFileJsonSchema(): JsonSchema {
  // The text of a selector is not part of the schema.
  const entry = sloEntrySchema(() => []);
  const file = z.strictObject({
    slos: z.array(entry).meta({ description: 'one definition per objective' }).optional(),
    policies: z.array(writtenPolicySchema).meta({ description: 'what services may be released under' }).optional(),
  });
  return z.toJSONSchema(file, {
    io: 'input',
    unrepresentable: 'any',
    target: 'draft-7',
    override: ({ zodSchema, jsonSchema, path }) => {
      const also = alsoWritten.get(zodSchema);
      if (also !== undefined) offerWords(jsonSchema, also.words);
      const rules = RULES[path.join('.')];
      if (rules !== undefined) Object.assign(jsonSchema, rules);
      if (path.join('.') === ENTRY) offerObjectives(jsonSchema);
    },
  });
}

/** The same as the text of a file. */
export function sloSchemaText(): string {
  return `${JSON.stringify(sloFileJsonSchema(), null, 2)}\n`;
}

function exactlyOne(keys: readonly string[]): JsonSchema {
  return { oneOf: keys.map((key) => ({ required: [key] })) };
}

/** None of the keys. */
function without(...keys: readonly string[]): JsonSchema {
  return { not: { anyOf: keys.map((key) => ({ required: [key] })) } };
}

const ENTRY = 'properties.slos.items';

/** Which keys exclude or need each other, which the reader checks beside the shape: by place in the schema. */
const RULES: Readonly<Record<string, JsonSchema>> = {
  '': {
    // Policies may stand alone, when there are some.
    anyOf: [{ required: ['slos'] }, { required: ['policies'], properties: { policies: { minItems: 1 } } }],
  },
  [ENTRY]: {
    allOf: [exactlyOne(INDICATORS)],
    dependencies: {
      slices: without(...SLICED, 'composite'),
      max_groups: ['group_by'],
      group_by: without('query', 'composite'),
      objectives: without('objective', 'window'),
    },
  },
  [`${ENTRY}.properties.availability`]: exactlyOne(['good', 'bad']),
  [`${ENTRY}.properties.slices`]: exactlyOne(['good_at', 'mean']),
  [`${ENTRY}.properties.query`]: {
    oneOf: [
      { required: ['expr', 'good'], ...without('error_ratio', 'good_at') },
      { required: ['error_ratio'], ...without('expr', 'good') },
    ],
  },
  'properties.policies.items.properties.freeze.items': exactlyOne(['to', 'duration']),
};

/** One objective, or a list of them. */
function offerObjectives(schema: JsonSchema): void {
  const { properties = {}, required = [], allOf = [] } = schema;
  const own = OWN_KEYS.flatMap((key) => (properties[key] === undefined ? [] : [[key, properties[key]] as const]));
  const one = ['objective', 'window'];
  const objectives: JsonSchema = {
    type: 'array',
    minItems: 1,
    maxItems: MAX_OBJECTIVES,
    description: 'several objectives of the definition, each an SLO of its own',
    items: { type: 'object', required: one, additionalProperties: false, properties: Object.fromEntries(own) },
  };
  Object.assign(schema, {
    properties: { ...properties, objectives },
    required: required.filter((key) => !one.includes(key)),
    allOf: [...allOf, { oneOf: [{ required: one }, { required: ['objectives'] }] }],
  });
}

function offerWords(schema: JsonSchema, words: readonly string[]): void {
  const { description, ...body } = schema;
  for (const key of Object.keys(schema)) delete schema[key];
  Object.assign(schema, { ...(description !== undefined && { description }), anyOf: [{ enum: [...words] }, body] });
}
