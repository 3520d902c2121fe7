import type { z } from 'zod';
import { isRecord, type Path } from '../files/yaml-file.ts';

/** By key: what stands in for a value that is missing or cannot be read. `n` is another one each time, for names. */
export type StandIns = Readonly<Record<string, (n: number) => unknown>>;

/** Each leaves at least one mistake fewer. */
const MOST_ROUNDS = 100;

/**
 * What can be judged of a document that its schema refuses, so that one mistake hides no other: what cannot be read is left out, or its
 * nearest surroundings that have a stand-in, with which nothing is wrong, are replaced by it. Undefined when no such thing can be made. It is
 * only judged, and never in force.
 * @param written texts, lists and maps: YAML without its types
 */
export function mendedDocument<T>(schema: z.ZodType<T>, written: object, standIns: StandIns): T | undefined {
  const content: unknown = JSON.parse(JSON.stringify(written));
  for (let round = 1; round <= MOST_ROUNDS; round++) {
    const { data, error } = schema.safeParse(content);
    if (error === undefined) return data;
    for (const [i, issue] of error.issues.entries()) {
      const place = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
      const isMended =
        issue.code === 'unrecognized_keys'
          ? issue.keys.every((key) => leftOut(content, [...place, key]))
          : stoodIn(content, place, standIns, round * 1000 + i) || leftOut(content, place);
      if (!isMended) return undefined;
    }
  }
  return undefined;
}

/** Puts the stand-in of the nearest key, from the end of the path on, in its place. */
function stoodIn(content: unknown, path: Path, standIns: StandIns, n: number): boolean {
  for (let length = path.length; length > 0; length--) {
    const key = path[length - 1];
    const around = valueAt(content, path.slice(0, length - 1));
    if (typeof key !== 'string' || !Object.hasOwn(standIns, key) || !isRecord(around)) continue;
    Object.assign(around, { [key]: standIns[key]?.(n) });
    return true;
  }
  return false;
}

/** Not out of lists: all that comes after it would stand elsewhere. */
function leftOut(content: unknown, path: Path): boolean {
  const around = valueAt(content, path.slice(0, -1));
  const key = String(path.at(-1));
  return isRecord(around) && Object.hasOwn(around, key) && Reflect.deleteProperty(around, key);
}

function valueAt(content: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => {
    if (Array.isArray(value)) return value[Number(key)];
    return isRecord(value) ? value[key] : undefined;
  }, content);
}
