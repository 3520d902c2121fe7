import type { z } from 'zod';
import { type FileRemark, isRecord, issueRemarks, type Path } from '../files/yaml-file.ts';
import type { ForeignDocument } from './foreign-slo.ts';
import { knownKeys } from './known-keys.ts';

/** By key: what stands in for a value that is missing or cannot be read; to be its name, `own` is another one each time. */
export type StandIns = Readonly<Record<string, (own: string) => unknown>>;

/** What can be judged of a document, and what its schema refuses: with problems it is never in force. */
export interface JudgedDocument<T> {
  /** Absent when too little can be read. */
  readonly data: T | undefined;
  readonly problems: readonly FileRemark[];
}

/** Each leaves at least one mistake fewer. */
const MOST_ROUNDS = 100;

/**
 * Reads a document so that one mistake hides no other: what cannot be read is left out, or its nearest surroundings that have a stand-in,
 * with which nothing is wrong, are replaced by it.
 */
export function judgedDocument<T>(
  schema: z.ZodType<T>,
  { content, place }: ForeignDocument,
  standIns: StandIns,
): JudgedDocument<T> {
  const { data, error } = schema.safeParse(content);
  if (error === undefined) return { data, problems: [] };
  const keys = (path: Path): readonly string[] => knownKeys(schema, path);
  const problems = error.issues.flatMap((issue) => issueRemarks(issue, [], place, keys));
  return { data: mended(schema, content, standIns, `unread-${place([], '').line}`), problems };
}

/** @param written texts, lists and maps: YAML without its types */
function mended<T>(schema: z.ZodType<T>, written: object, standIns: StandIns, own: string): T | undefined {
  const content: unknown = JSON.parse(JSON.stringify(written));
  for (let round = 1; round <= MOST_ROUNDS; round++) {
    const { data, error } = schema.safeParse(content);
    if (error === undefined) return data;
    for (const [i, issue] of error.issues.entries()) {
      const place = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
      const isMended =
        issue.code === 'unrecognized_keys'
          ? issue.keys.every((key) => leftOut(content, [...place, key]))
          : stoodIn(content, place, standIns, `${own}-${round}-${i}`) || leftOut(content, place);
      if (!isMended) return undefined;
    }
  }
  return undefined;
}

/** Puts the stand-in of the nearest key, from the end of the path on, in its place. */
function stoodIn(content: unknown, path: Path, standIns: StandIns, own: string): boolean {
  for (let length = path.length; length > 0; length--) {
    const key = path[length - 1];
    const around = valueAt(content, path.slice(0, length - 1));
    if (typeof key !== 'string' || !Object.hasOwn(standIns, key) || !isRecord(around)) continue;
    Object.assign(around, { [key]: standIns[key]?.(own) });
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
