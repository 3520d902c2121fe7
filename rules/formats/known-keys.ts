import { z } from 'zod';
import type { Path } from '../files/yaml-file.ts';

/** The keys of the map at a path of what a schema describes; none where it is no map of known keys. */
export function knownKeys(schema: z.ZodType, path: Path): readonly string[] {
  const at = path.reduce<unknown>(
    (inner, step) => (typeof step === 'number' ? elementOf(inner) : shapeOf(inner)?.[step]),
    schema,
  );
  return Object.keys(shapeOf(at) ?? {});
}

function shapeOf(schema: unknown): Readonly<Record<string, unknown>> | undefined {
  const inner = unwrapped(schema);
  return inner instanceof z.ZodObject ? inner.shape : undefined;
}

function elementOf(schema: unknown): unknown {
  const inner = unwrapped(schema);
  return inner instanceof z.ZodArray ? inner.element : undefined;
}

/** Without what says that it may be absent, or is changed before or after it is checked. */
function unwrapped(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional) return unwrapped(schema.unwrap());
  if (!(schema instanceof z.ZodPipe)) return schema;
  return unwrapped(schema.in instanceof z.ZodTransform ? schema.out : schema.in);
}
