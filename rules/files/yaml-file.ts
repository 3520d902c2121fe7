import { type Document, isMap, isNode, isPair, isScalar, LineCounter, parseAllDocuments, visit } from 'yaml';
import type { z } from 'zod';
import { messageOf } from '../../server/model/errors.ts';
import { nearestWord } from '../../server/model/nearest-word.ts';
import { offsetInScalar } from './scalar-offset.ts';

/** Something to tell about a file; lines and columns count from 1. */
export interface FileRemark {
  readonly file: string;
  readonly line: number;
  readonly col: number;
  readonly message: string;
}

export type Path = readonly (string | number)[];

/**
 * A remark at a path: at its key where it has one, otherwise at the nearest thing around it. With an offset it is at that character of the
 * scalar there.
 */
export type Place = (path: Path, message: string, offset?: number) => FileRemark;

export interface OpenedYaml {
  /** Absent when the text is no YAML; `problems` then say why. */
  readonly content?: unknown;
  readonly problems: readonly FileRemark[];
  readonly place: Place;
  /** Documents after the first one, which nobody reads. */
  readonly ignored: number;
}

/**
 * Reads the first document of a file. With `texts` every scalar is the text that was written (`5` is "5") and only what stands for
 * nothing is null, so that who reads it decides what it means.
 */
export function openYaml(file: string, text: string, scalars: 'typed' | 'texts' = 'typed'): OpenedYaml {
  const documents = openYamlDocuments(file, text, scalars);
  const [first] = documents;
  if (first !== undefined) return { ...first, ignored: documents.length - 1 };
  return { content: null, problems: [], ignored: 0, place: (_, message) => ({ file, line: 1, col: 1, message }) };
}

/** Reads all documents of a file; none of an empty one. */
export function openYamlDocuments(
  file: string,
  text: string,
  scalars: 'typed' | 'texts' = 'typed',
): readonly Omit<OpenedYaml, 'ignored'>[] {
  const lines = new LineCounter();
  const schema = scalars === 'texts' ? ({ schema: 'failsafe', merge: true } as const) : {};
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, ...schema });
  const at = (offset: number, message: string): FileRemark => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), col: Math.max(1, col), message };
  };
  return 'empty' in documents ? [] : documents.map((document) => openDocument(document, text, at, scalars));
}

function openDocument(
  document: Document.Parsed,
  text: string,
  at: (offset: number, message: string) => FileRemark,
  scalars: 'typed' | 'texts',
): Omit<OpenedYaml, 'ignored'> {
  const place: Place = (path, message, offset) => {
    const node = offset === undefined ? undefined : document.getIn(path, true);
    if (offset === undefined || !isScalar(node)) return at(offsetOf(document, path), message);
    return at(offsetInScalar(text, node, offset), message);
  };
  const wrong = (message: string): string => `cannot read YAML: ${message}`;
  if (document.errors.length > 0) {
    return { place, problems: document.errors.map(({ pos, message }) => at(pos[0], wrong(message))) };
  }
  if (scalars === 'texts') nullNothing(document);
  try {
    // Aliases that multiply without bound are refused by the reader of YAML.
    return { place, content: document.toJS() as unknown, problems: [] };
  } catch (error) {
    return { place, problems: [place([], wrong(messageOf(error)))] };
  }
}

function nullNothing(document: Document): void {
  visit(document, {
    Scalar(key, node) {
      if (key !== 'key' && node.type === 'PLAIN' && /^(?:~|null|Null|NULL|)$/.test(String(node.value)))
        node.value = null;
    },
  });
}

function offsetOf(document: Document, path: Path): number {
  for (let depth = path.length; depth > 0; depth--) {
    const parent = document.getIn(path.slice(0, depth - 1), true);
    const last = path[depth - 1];
    const pair = isMap(parent) ? parent.items.find(({ key }) => isScalar(key) && key.value === last) : undefined;
    if (isPair(pair) && isScalar(pair.key)) return pair.key.range?.[0] ?? 0;
    const node = document.getIn(path.slice(0, depth), true);
    if (isNode(node)) return node.range?.[0] ?? 0;
  }
  return document.contents?.range?.[0] ?? 0;
}

/** What a schema refused, one remark per key. `keysOf` tells the known keys of the map at a path below `at`. */
export function issueRemarks(
  issue: z.core.$ZodIssue,
  at: Path,
  place: Place,
  keysOf: (path: Path) => readonly string[],
): readonly FileRemark[] {
  const below = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  const path = [...at, ...below];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => place([...path, key], unknownKey(key, keysOf(below))));
  }
  const message = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
  const told = message.startsWith(`cannot read ${String(below.at(-1))}`);
  const offset: unknown = issue.code === 'custom' ? issue.params?.offset : undefined;
  const text = told || below.length === 0 ? message : `${below.join('.')}: ${message}`;
  return [place(path, text, typeof offset === 'number' ? offset : undefined)];
}

export function unknownKey(key: string, known: readonly string[]): string {
  const near = nearestWord(key, known);
  return `unknown key "${key}"; ${near === undefined ? `want one of ${known.join(', ')}` : `did you mean "${near}"?`}`;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
