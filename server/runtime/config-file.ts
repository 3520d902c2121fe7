import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parse,
  parseDocument,
  type Scalar,
  visit,
} from 'yaml';
import type { z } from 'zod';
import { messageOf, VigieError } from '../model/errors.ts';
import { schemaProblems } from './schema-problem.ts';

/** One thing wrong in a file, where it stands (both from 1), and what would be right. */
export interface ConfigProblem {
  readonly file: string;
  readonly line: number;
  readonly col: number;
  readonly message: string;
}

/** A problem found by a check that knows the value but not the text. */
export interface PathProblem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Every problem of a file at once; the message is one `file:line:col: what` per line. */
export class ConfigError extends VigieError {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super('bad_config', problems.map(problemText).join('\n'));
    this.problems = problems;
  }
}

export function problemText({ file, line, col, message }: ConfigProblem): string {
  return `${file}:${line}:${col}: ${message}`;
}

export interface ConfigText<T> {
  readonly text: string;
  /** The name shown in problems. */
  readonly file: string;
  readonly schema: z.ZodType<T>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What `env` does not have stays as it is written. */
  readonly isLoose?: boolean;
  /** Checks across values, run when the schema accepts. */
  readonly check?: (value: T) => readonly PathProblem[];
  /** What can be told of them when it does not: of the value as it was read. */
  readonly looseCheck?: (value: unknown) => readonly PathProblem[];
}

/**
 * Reads YAML 1.2 into a checked value. `${NAME}`, `${NAME:-default}` and `${NAME:?message}` in scalars are taken from `env`,
 * `$$` is a dollar. Throws a ConfigError with every problem.
 */
export function parseConfig<T>({ text, file, schema, env, isLoose, check, looseCheck }: ConfigText<T>): T {
  const { document, at, locate } = openText(file, text);
  const refuse = (problems: readonly ConfigProblem[]): void => {
    if (problems.length > 0) throw new ConfigError(problems.toSorted((a, b) => a.line - b.line || a.col - b.col));
  };
  refuse(document.errors.map((error) => at(error.pos[0], firstLine(error.message))));
  const unset = substitute(document, env).map((problem) => at(problem.offset, problem.message));
  const value: unknown = document.toJS() ?? {};
  const result = schema.safeParse(value);
  if (!result.success) {
    const problems = schemaProblems(schema, value, result.error.issues);
    const wiring = looseCheck?.(value) ?? [];
    const wrong = [
      ...problems.map((problem) => locate(problem, problem.of)),
      ...wiring.map((problem) => locate(problem)),
    ];
    // What could not be filled in is no mistake of another kind.
    const isUnset = ({ line, col }: ConfigProblem): boolean =>
      unset.some((other) => other.line === line && other.col === col);
    refuse([...unset, ...wrong.filter((problem) => !isUnset(problem))]);
    throw new VigieError('bad_config', `cannot read ${file}: ${messageOf(result.error)}`);
  }
  if (isLoose !== true) refuse(unset);
  refuse((check?.(result.data) ?? []).map((problem) => locate(problem)));
  return result.data;
}

/** Where things stand in a file that was read before: for what is found later, and for what is no mistake. */
export function locatorOf(file: string, text: string): (problem: PathProblem) => ConfigProblem {
  const { locate } = openText(file, text);
  return (problem) => locate(problem);
}

function openText(file: string, text: string) {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number, message: string): ConfigProblem => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), col: Math.max(col, 1), message };
  };
  const locate = ({ path, message }: PathProblem, what: 'key' | 'value' = 'value'): ConfigProblem =>
    at(offsetOf(document, path, what), message);
  return { document, at, locate };
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}

/** Where a path stands: its value, or its key when asked for; for what is missing, the nearest parent that is there. */
function offsetOf(document: Document, path: readonly PropertyKey[], at: 'key' | 'value'): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const step of path) {
    const found = childOf(node, step);
    if (found === undefined) break;
    node = found.value;
    offset = (at === 'key' ? found.key : undefined) ?? startOf(node) ?? found.key ?? offset;
  }
  return offset;
}

function childOf(node: unknown, step: PropertyKey): { key?: number | undefined; value: unknown } | undefined {
  if (isMap(node)) {
    const pair = node.items.find((item) => isScalar(item.key) && item.key.value === step);
    return pair === undefined ? undefined : { key: startOf(pair.key), value: pair.value };
  }
  return isSeq(node) && node.items[Number(step)] !== undefined ? { value: node.items[Number(step)] } : undefined;
}

function startOf(node: unknown): number | undefined {
  return typeof node === 'object' && node !== null && 'range' in node ? (node as Node).range?.[0] : undefined;
}

const REFERENCE = /\$\$|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::([-?])([^}]*))?\}/g;

function substitute(document: Document, env: ConfigText<unknown>['env']): { offset: number; message: string }[] {
  const problems: { offset: number; message: string }[] = [];
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value !== 'string' || !node.value.includes('$')) return;
      try {
        node.value = retype(node, expand(node.value, env));
      } catch (error) {
        problems.push({ offset: node.range?.[0] ?? 0, message: messageOf(error) });
      }
    },
  });
  return problems;
}

function expand(text: string, env: ConfigText<unknown>['env']): string {
  return text.replace(REFERENCE, (match, name?: string, op?: string, rest?: string) => {
    if (name === undefined) return '$';
    const value = env[name];
    if (value !== undefined && value !== '') {
      if (value.includes('\n')) throw new VigieError('bad_config', `cannot use ${match}: its value has several lines`);
      return value;
    }
    if (op === '-') return rest ?? '';
    throw new VigieError(
      'bad_config',
      op === '?' ? `${name}: ${rest}` : `${name} is not set; set it, or write \${${name}:-default}`,
    );
  });
}

/** An unquoted `${PORT}` may stand for a number, as the value itself could have. */
function retype(node: Scalar, text: string): unknown {
  if (node.type !== 'PLAIN') return text;
  const value: unknown = parse(text);
  return typeof value === 'number' || typeof value === 'boolean' ? value : text;
}
