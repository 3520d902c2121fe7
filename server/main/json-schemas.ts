import { z } from 'zod';
import { type JsonSchema, sloSchemaText } from '../../rules/files/json-schema.ts';
import { configSchema } from './config.ts';

/** The files that have a schema. */
export type SchemaName = 'slo' | 'config';

/** What editors check a file against, as text: JSON Schema, draft 7. */
export function jsonSchemaText(name: SchemaName): string {
  return name === 'slo' ? sloSchemaText() : `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
}

/** A part of any scalar may come from the environment, whatever it will be then. */
const FROM_ENVIRONMENT = { type: 'string', pattern: String.raw`\$\{\w` };

function configJsonSchema(): JsonSchema {
  return z.toJSONSchema(configSchema, {
    io: 'input',
    unrepresentable: 'any',
    target: 'draft-7',
    override: ({ jsonSchema, path }) => {
      // The zone of the machine that writes the schema is nobody else's.
      if (path.at(-1) === 'timezone') delete jsonSchema.default;
      if (takesEnvironment(jsonSchema)) offerEnvironment(jsonSchema);
    },
  });
}

function takesEnvironment({ type, enum: words, pattern }: JsonSchema): boolean {
  return type === 'number' || type === 'integer' || type === 'boolean' || words !== undefined || pattern !== undefined;
}

function offerEnvironment(schema: JsonSchema): void {
  const { default: usual, ...body } = schema;
  for (const key of Object.keys(schema)) delete schema[key];
  Object.assign(schema, { ...(usual !== undefined && { default: usual }), anyOf: [body, FROM_ENVIRONMENT] });
}
