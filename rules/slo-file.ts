import { type Document, isMap, isNode, isPair, isScalar, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { invariant, messageOf } from '../server/model/errors.ts';
import { nearestWord } from '../server/model/nearest-word.ts';
import { formatDuration } from '../server/model/units.ts';
import { alertPairsOf, alertProblems, leftOutNotes } from './alert-file.ts';
import {
  defaultMinimumEvents,
  defaultTitle,
  type Indicator,
  type ParseSelector,
  type SloDefinition,
} from './slo-definition.ts';
import { ENTRY_KEYS, type SloEntry, sloEntrySchema } from './slo-schema.ts';

export interface SloFile {
  readonly path: string;
  readonly text: string;
}

/** Something to tell about a file; lines and columns count from 1. */
export interface SloRemark {
  readonly file: string;
  readonly line: number;
  readonly col: number;
  readonly message: string;
}

export interface SloFiles {
  /** The definitions without a problem, in the order of the files. */
  readonly slos: readonly SloDefinition[];
  /** What is wrong and what would be right: all of it at once. */
  readonly problems: readonly SloRemark[];
  /** What is right but worth knowing: alerts left out because they could never fire. */
  readonly notes: readonly SloRemark[];
}

type Path = readonly (string | number)[];
type Place = (path: Path, message: string) => SloRemark;

interface ReadEntry {
  readonly slo?: SloDefinition;
  readonly problems: readonly SloRemark[];
  readonly idAt?: SloRemark;
  readonly notes: readonly SloRemark[];
}

/** Reads definition files. Ids are unique across all of them; the first holder keeps a disputed id. */
export function readSloFiles(files: readonly SloFile[], parseSelector: ParseSelector): SloFiles {
  const entries = files.flatMap((file) => readFile(file, parseSelector));
  const holders = new Map<string, SloRemark>();
  const slos: SloDefinition[] = [];
  const problems = entries.flatMap((entry) => entry.problems);
  for (const { slo, idAt } of entries) {
    if (slo === undefined || idAt === undefined) continue;
    const holder = holders.get(slo.id);
    if (holder === undefined) {
      holders.set(slo.id, idAt);
      slos.push(slo);
    } else {
      const message = `id "${slo.id}" is already taken in ${holder.file}:${holder.line}; want another one`;
      problems.push({ ...idAt, message });
    }
  }
  return { slos, problems, notes: entries.flatMap((entry) => entry.notes) };
}

function readFile({ path, text }: SloFile, parseSelector: ParseSelector): readonly ReadEntry[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const place = placer(document, lines, path);
  if (document.errors.length > 0) {
    const problems = document.errors.map(({ pos, message }) => {
      const { line, col } = lines.linePos(pos[0]);
      return { file: path, line, col, message: `cannot read YAML: ${message}` };
    });
    return [{ problems, notes: [] }];
  }
  const content = plainContent(document);
  if ('message' in content) return [{ problems: [place([], content.message)], notes: [] }];
  return readContent(content.value, place, parseSelector);
}

/** Aliases that multiply without bound are refused by the reader of YAML. */
function plainContent(document: Document): { readonly value: unknown } | { readonly message: string } {
  try {
    return { value: document.toJS() as unknown };
  } catch (error) {
    return { message: `cannot read YAML: ${messageOf(error)}` };
  }
}

function readContent(content: unknown, place: Place, parseSelector: ParseSelector): readonly ReadEntry[] {
  const want = 'want "slos:" with a list of definitions';
  if (!isRecord(content)) return [{ problems: [place([], want)], notes: [] }];
  const problems = Object.keys(content)
    .filter((key) => key !== 'slos')
    .map((key) => place([key], unknownKey(key, ['slos'])));
  const { slos } = content;
  if (!Array.isArray(slos)) return [{ problems: [...problems, place(['slos'], want)], notes: [] }];
  const schema = sloEntrySchema(parseSelector);
  return [{ problems, notes: [] }, ...slos.map((entry, i) => readEntry(entry, ['slos', i], place, schema))];
}

function readEntry(raw: unknown, at: Path, place: Place, schema: ReturnType<typeof sloEntrySchema>): ReadEntry {
  if (!isRecord(raw)) return { problems: [place(at, 'want a definition with id, service, objective ...')], notes: [] };
  const parsed = schema.safeParse(raw);
  const issues = parsed.success ? [] : parsed.error.issues.flatMap((issue) => remarksOf(issue, at, place));
  const problems = [...issues, ...choiceProblems(raw, at, place)];
  if (!parsed.success || problems.length > 0) return { problems, notes: [] };
  const slo = definitionOf(parsed.data);
  const wrong = alertProblems(parsed.data.alerts, slo).map(({ path, message }) => place([...at, ...path], message));
  if (wrong.length > 0) return { problems: wrong, notes: [] };
  const notes = leftOutNotes(slo).map((message) => place([...at, 'objective'], message));
  return { slo, problems, idAt: place([...at, 'id'], ''), notes };
}

function remarksOf(issue: z.core.$ZodIssue, at: Path, place: Place): readonly SloRemark[] {
  const path = [...at, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))];
  if (issue.code === 'unrecognized_keys') {
    const known = ENTRY_KEYS[issue.path.filter((part) => typeof part === 'string').join('.')] ?? [];
    return issue.keys.map((key) => place([...path, key], unknownKey(key, known)));
  }
  const told = issue.message.startsWith(`cannot read ${String(issue.path.at(-1))}`);
  return [place(path, told ? issue.message : `${issue.path.join('.')}: ${issue.message}`)];
}

function unknownKey(key: string, known: readonly string[]): string {
  const near = nearestWord(key, known);
  return `unknown key "${key}"; ${near === undefined ? `want one of ${known.join(', ')}` : `did you mean "${near}"?`}`;
}

function choiceProblems(raw: Readonly<Record<string, unknown>>, at: Path, place: Place): readonly SloRemark[] {
  const problems: SloRemark[] = [];
  if ('availability' in raw === 'latency' in raw) {
    const got = 'latency' in raw ? 'both' : 'neither';
    problems.push(place(at, `got ${got} of availability and latency; want exactly one`));
  }
  const { availability } = raw;
  if (isRecord(availability) && 'good' in availability === 'bad' in availability) {
    const got = 'good' in availability ? 'both' : 'neither';
    problems.push(place([...at, 'availability'], `got ${got} of good and bad; want exactly one`));
  }
  return problems;
}

function definitionOf(entry: SloEntry): SloDefinition {
  const indicator = indicatorOf(entry);
  const threshold = indicator.kind === 'latency' ? formatDuration(indicator.threshold) : '';
  const alerts = alertPairsOf(entry.alerts);
  return {
    id: entry.id,
    title: entry.title ?? defaultTitle(indicator, entry.service, threshold),
    service: entry.service,
    owner: entry.owner ?? 'unowned',
    labels: entry.labels ?? {},
    objective: entry.objective,
    window: entry.window,
    minimum_events: entry.minimum_events ?? defaultMinimumEvents(entry.objective),
    indicator,
    ...(alerts !== undefined && { alerts }),
    proposed: false,
  };
}

function indicatorOf({ availability, latency }: SloEntry): Indicator {
  if (latency !== undefined) return { kind: 'latency', ...latency };
  const part = availability?.good ?? availability?.bad;
  invariant(availability !== undefined && part !== undefined, 'an indicator that passed its checks lacks a side');
  return { kind: 'availability', total: availability.total, counts: availability.good ? 'good' : 'bad', part };
}

/** Finds the line of a path: of its key where it has one, otherwise of the nearest thing around it. */
function placer(document: Document, lines: LineCounter, file: string): Place {
  return (path, message) => {
    const offset = offsetOf(document, path);
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), col: Math.max(1, col), message };
  };
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
  return 0;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
