import { UNOWNED } from '../../server/model/slo.ts';
import { formatDuration } from '../../server/model/units.ts';
import {
  type KnownSlos,
  linkedComposite,
  type UnlinkedComposite,
  unlinkedComposite,
} from '../composite/composite-schema.ts';
import { type HeldProblem, heldByDefault } from '../figures/held-window.ts';
import { isForeign, readForeignFiles } from '../formats/foreign-file.ts';
import type { WrittenPolicy } from '../gate/gate-policy.ts';
import { type ReadPolicy, readPolicies } from '../gate/gate-schema.ts';
import { heldTwice, type PolicedService } from '../gate/gate-services.ts';
import { defaultTitle, type ParseSelector } from '../indicator.ts';
import { defaultMinimumEvents, type SloDefinition } from '../slo-definition.ts';
import { alertPairsOf, alertProblems, leftOutNotes } from './alert-file.ts';
import { groupingOf, groupingProblems } from './grouping-schema.ts';
import { INDICATORS, indicatorOf, indicatorProblems } from './indicator-schema.ts';
import { splitObjectives, type WrittenSlo } from './objectives.ts';
import { ENTRY_KEYS, type SloEntry, sloEntrySchema } from './slo-schema.ts';
import { type WrittenSelector, writtenSelectors } from './written-selectors.ts';
import { type WrittenThreshold, writtenThreshold } from './written-threshold.ts';
import {
  type FileRemark,
  isRecord,
  issueRemarks,
  openYaml,
  openYamlDocuments,
  type Path,
  type Place,
  unknownKey,
} from './yaml-file.ts';

export interface SloFile {
  readonly path: string;
  readonly text: string;
}

export type SloRemark = FileRemark;

export interface SloFiles {
  /** The definitions without a problem, in the order of the files. */
  readonly slos: readonly SloDefinition[];
  /** What services may be released under, those without a problem. */
  readonly policies: readonly WrittenPolicy[];
  /** Every service that a policy names. */
  readonly policed: readonly PolicedService[];
  /** What is wrong and what would be right: all of it at once. */
  readonly problems: readonly SloRemark[];
  /** What the definitions of `slos` count by. */
  readonly selectors: readonly WrittenSelector[];
  /** Of those that count below a bucket of a histogram. */
  readonly thresholds: readonly WrittenThreshold[];
  /** What is right but worth knowing: alerts left out because they could never fire. */
  readonly notes: readonly SloRemark[];
}

interface ReadEntry {
  readonly id?: string;
  /** As far as it can be judged; with mistakes it has stand-ins for what is missing. */
  readonly slo?: SloDefinition;
  readonly isRight: boolean;
  readonly problems: readonly SloRemark[];
  readonly idAt?: SloRemark;
  readonly windowAt?: SloRemark;
  readonly notes: readonly SloRemark[];
  readonly policies?: readonly ReadPolicy[];
  readonly selectors?: readonly WrittenSelector[];
  readonly threshold?: WrittenThreshold | undefined;
  /** It is one, and its parts are to be found. */
  readonly composite?: UnlinkedComposite;
}

/**
 * Reads definition files. Ids are unique across all of them; the first holder keeps a disputed id. `heldProblem` tells why a store
 * does not hold a window; parts of composites may also be of `known`.
 */
export function readSloFiles(
  files: readonly SloFile[],
  parseSelector: ParseSelector,
  heldProblem: HeldProblem = heldByDefault,
  known: readonly SloDefinition[] = [],
): SloFiles {
  const foreign = files.filter(isForeignFile);
  const own = files.filter((file) => !foreign.includes(file));
  const read = [...own.flatMap((file) => readFile(file, parseSelector)), ...readForeign(foreign, parseSelector)];
  const entries = linkedEntries(read, known).map((entry) => heldEntry(entry, heldProblem));
  const { slos, taken } = byFirstHolder(entries);
  const written = entries.flatMap((entry) => entry.policies ?? []);
  const policed = written.flatMap(({ services }) => services);
  const problems = [
    ...entries.flatMap((entry) => entry.problems),
    ...taken,
    ...written.flatMap((policy) => policy.problems),
    ...heldTwice(policed),
  ];
  const policies = written.flatMap(({ policy }) => policy ?? []);
  const notes = entries.flatMap((entry) => entry.notes);
  const right = entries.filter(({ isRight }) => isRight);
  const selectors = right.flatMap((entry) => entry.selectors ?? []);
  const thresholds = right.flatMap(({ threshold }) => threshold ?? []);
  return { slos, policies, policed, selectors, thresholds, problems: inOrder(problems, files), notes };
}

/** The definitions in force. An id is held by whoever wrote it first, with mistakes or without. */
function byFirstHolder(entries: readonly ReadEntry[]) {
  const holders = new Map<string, SloRemark>();
  const slos: SloDefinition[] = [];
  const taken: SloRemark[] = [];
  for (const { id, idAt, slo, isRight } of entries) {
    if (id === undefined || idAt === undefined) continue;
    const holder = holders.get(id);
    if (holder === undefined) {
      holders.set(id, idAt);
      if (slo !== undefined && isRight) slos.push(slo);
    } else {
      const message = `id "${id}" is already taken in ${holder.file}:${holder.line}; want another one`;
      taken.push({ ...idAt, message });
    }
  }
  return { slos, taken };
}

/** Each once, as a reader meets them. */
function inOrder(problems: readonly SloRemark[], files: readonly SloFile[]): readonly SloRemark[] {
  const ranks = new Map(files.map(({ path }, i) => [path, i]));
  const rank = ({ file }: SloRemark): number => ranks.get(file) ?? 0;
  const once = new Map(problems.map((problem) => [JSON.stringify(problem), problem]));
  return [...once.values()].sort((a, b) => rank(a) - rank(b) || a.line - b.line || a.col - b.col);
}

/** Composites with their parts, which may stand in any file. */
function linkedEntries(entries: readonly ReadEntry[], known: readonly SloDefinition[]): readonly ReadEntry[] {
  const { slos: read } = byFirstHolder(entries);
  const composites = [
    ...known.flatMap(({ id, indicator }) => (indicator.kind === 'composite' ? [{ id, written: indicator }] : [])),
    ...entries.flatMap(({ composite }) => composite ?? []),
  ];
  const slos: KnownSlos = {
    definitions: new Map([...known, ...read].map((slo) => [slo.id, slo])),
    composites: new Map(composites.map(({ id, written }) => [id, written.parts.map(({ slo }) => slo)])),
    broken: new Set(entries.flatMap(({ id, isRight }) => (isRight ? [] : (id ?? [])))),
  };
  return entries.map((entry) => linkedEntry(entry, slos));
}

function linkedEntry(entry: ReadEntry, known: KnownSlos): ReadEntry {
  const { slo, composite, ...rest } = entry;
  if (composite === undefined) return entry;
  const { indicator, problems } = linkedComposite(composite, slo, known);
  if (slo !== undefined && indicator !== undefined) return { ...entry, slo: { ...slo, indicator } };
  return { ...rest, isRight: false, problems: [...entry.problems, ...problems], notes: [] };
}

/** The entry, or why no store holds its window. */
function heldEntry(entry: ReadEntry, heldProblem: HeldProblem): ReadEntry {
  const cause = entry.slo === undefined ? undefined : heldProblem(entry.slo);
  if (cause === undefined || entry.windowAt === undefined) return entry;
  return {
    ...entry,
    isRight: false,
    problems: [...entry.problems, { ...entry.windowAt, message: `window: ${cause}` }],
  };
}

/** A file that is no YAML is told by the reader of ours. */
function isForeignFile({ path, text }: SloFile): boolean {
  const documents = openYamlDocuments(path, text);
  return (
    documents.every(({ problems }) => problems.length === 0) && documents.some(({ content }) => isForeign(content))
  );
}

/** Objectives of other tools, said in the words of ours and then read as ours are. */
function readForeign(files: readonly SloFile[], parseSelector: ParseSelector): readonly ReadEntry[] {
  const { slos, problems, losses } = readForeignFiles(files, parseSelector);
  const schema = sloEntrySchema(parseSelector);
  const read = slos.map((slo): ReadEntry => {
    const isRefused = slo.refused === true || slo.problems.length > 0;
    // What could not be said in our words is told already.
    const untold = isRefused ? Object.keys(schema.shape).filter((key) => slo.entry[key] === undefined) : [];
    const entry = readEntry({ raw: slo.entry, place: slo.place, untold }, [], schema);
    return {
      ...entry,
      isRight: entry.isRight && !isRefused,
      problems: [...slo.problems, ...entry.problems],
      notes: [...slo.losses, ...entry.notes],
    };
  });
  return [remarksOnly(problems, losses), ...read];
}

function remarksOnly(problems: readonly SloRemark[], notes: readonly SloRemark[] = []): ReadEntry {
  return { problems, notes, isRight: false };
}

function readFile({ path, text }: SloFile, parseSelector: ParseSelector): readonly ReadEntry[] {
  const { content, problems, place, ignored } = openYaml(path, text);
  if (problems.length > 0) return [remarksOnly(problems)];
  const several = ignored > 0 ? [place([], 'got several YAML documents; want one')] : [];
  return [remarksOnly(several), ...readContent(content, place, parseSelector)];
}

const FILE_KEYS: readonly string[] = ['slos', 'policies'];

function readContent(content: unknown, place: Place, parseSelector: ParseSelector): readonly ReadEntry[] {
  const want = 'want "slos:" with a list of definitions, "policies:" with a list of policies, or both';
  if (!isRecord(content)) return [remarksOnly([place([], want)])];
  const problems = Object.keys(content)
    .filter((key) => !FILE_KEYS.includes(key))
    .map((key) => place([key], unknownKey(key, FILE_KEYS)));
  const policies = content.policies === undefined ? [] : readPolicies(content.policies, place);
  const { slos = policies.length > 0 ? [] : undefined } = content;
  if (!Array.isArray(slos)) return [{ ...remarksOnly([...problems, place(['slos'], want)]), policies }];
  const schema = sloEntrySchema(parseSelector);
  return [
    { ...remarksOnly(problems), policies },
    ...slos.flatMap((entry, i) => readEntries(entry, ['slos', i], place, schema)),
  ];
}

type EntrySchema = ReturnType<typeof sloEntrySchema>;

/** A definition by its objectives; what is wrong with what they share is told once. */
function readEntries(raw: unknown, at: Path, place: Place, schema: EntrySchema): readonly ReadEntry[] {
  const { slos, problems } = splitObjectives(raw, at, place);
  const read = slos.map((slo) => readEntry(slo, at, schema));
  const wrong = problems.length > 0 ? { isRight: false } : {};
  return [remarksOnly(problems), ...read.map((entry) => ({ ...entry, ...wrong }))];
}

/** All that is wrong with it: a mistake in one key hides none of another, nor of what they say together. */
function readEntry({ raw, place, untold = [] }: WrittenSlo, at: Path, schema: EntrySchema): ReadEntry {
  if (!isRecord(raw)) return remarksOnly([place(at, 'want a definition with id, service, objective ...')]);
  const parsed = schema.safeParse(raw);
  const issues = parsed.error?.issues.filter(({ path }) => !untold.includes(String(path[0]))) ?? [];
  const entry = parsed.data ?? partsOf(schema, raw);
  const between = INDICATORS.every((kind) => untold.includes(kind)) ? [] : indicatorProblems(raw, at, place);
  const problems = [
    ...issues.flatMap((issue) => issueRemarks(issue, at, place, keysAt)),
    ...between,
    ...groupingProblems(raw, at, place),
    ...alertProblems(raw.alerts, entry).map(({ path, message }) => place([...at, ...path], message)),
  ];
  const isRight = parsed.success && problems.length === 0;
  const slo = between.length === 0 ? judgedDefinition(entry) : undefined;
  const notes = isRight && slo ? leftOutNotes(slo).map((message) => place([...at, 'objective'], message)) : [];
  const windowAt = place([...at, 'window'], '');
  const composite = unlinkedComposite(raw, entry.id ?? '', at, place);
  return {
    isRight,
    problems,
    notes,
    windowAt,
    ...(slo && { slo }),
    ...(slo && isRight && { selectors: writtenSelectors(slo, at, place), threshold: writtenThreshold(slo, at, place) }),
    ...(entry.id !== undefined && { id: entry.id, idAt: place([...at, 'id'], '') }),
    ...(composite && { composite }),
  };
}

/** The keys that can be read, each by itself. */
function partsOf(schema: EntrySchema, raw: Readonly<Record<string, unknown>>): Partial<SloEntry> {
  const read = Object.entries(schema.shape).flatMap(([key, part]) => {
    const { data } = part.safeParse(raw[key]);
    return data === undefined ? [] : [[key, data] as const];
  });
  return Object.fromEntries(read);
}

/** Of an entry that says what is measured, and over which window; what else is missing has a stand-in. */
function judgedDefinition({ id = '', service = '', objective = 0.99, window, ...rest }: Partial<SloEntry>) {
  if (window === undefined || !INDICATORS.some((kind) => rest[kind] !== undefined)) return undefined;
  return definitionOf({ id, service, objective, window, ...rest });
}

function keysAt(path: Path): readonly string[] {
  return ENTRY_KEYS[path.filter((part) => typeof part === 'string').join('.')] ?? [];
}

function definitionOf(entry: SloEntry): SloDefinition {
  const indicator = indicatorOf(entry);
  const threshold = indicator.kind === 'latency' ? formatDuration(indicator.threshold) : '';
  const alerts = alertPairsOf(entry.alerts);
  return {
    id: entry.id,
    title: entry.title ?? defaultTitle(indicator, entry.service, threshold),
    service: entry.service,
    owner: entry.owner ?? UNOWNED,
    labels: entry.labels ?? {},
    objective: entry.objective,
    window: entry.window,
    minimum_events: entry.minimum_events ?? defaultMinimumEvents(entry.objective),
    indicator,
    ...(alerts !== undefined && { alerts }),
    ...(entry.alerts?.no_data !== undefined && { no_data: entry.alerts.no_data }),
    ...(entry.missing !== undefined && { missing: entry.missing }),
    ...groupingOf(entry),
    proposed: false,
  };
}
