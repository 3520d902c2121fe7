import { z } from 'zod';
import { writtenPolicySchema } from './gate-schema.ts';
import { INDICATORS } from './indicator-schema.ts';
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
      const place = path.join('.');
      if (place === '') jsonSchema.anyOf = FILE_KEYS.map((key) => ({ required: [key] }));
      if (place === 'properties.slos.items') jsonSchema.allOf = [exactlyOne(INDICATORS)];
      if (place === 'properties.slos.items.properties.availability')
        Object.assign(jsonSchema, exactlyOne(['good', 'bad']));
    },
  });
}

const FILE_KEYS = ['slos', 'policies'];

function exactlyOne(keys: readonly string[]): JsonSchema {
  return { oneOf: keys.map((key) => ({ required: [key] })) };
}

function offerWords(schema: JsonSchema, words: readonly string[]): void {
  const { description, ...body } = schema;
  for (const key of Object.keys(schema)) delete schema[key];
  Object.assign(schema, { ...(description !== undefined && { description }), anyOf: [{ enum: [...words] }, body] });
}
