import { formatDuration } from '../../server/model/units.ts';
import { type KnownSlos, linkedComposite, type UnlinkedComposite } from '../composite/composite-schema.ts';
import { type HeldProblem, heldByDefault } from '../figures/held-window.ts';
import { isForeign, readForeignFiles } from '../formats/foreign-file.ts';
import type { WrittenPolicy } from '../gate/gate-policy.ts';
import { type ReadPolicy, readPolicies } from '../gate/gate-schema.ts';
import { heldTwice, type PolicedService } from '../gate/gate-services.ts';
import { defaultTitle, type ParseSelector } from '../indicator.ts';
import { defaultMinimumEvents, type SloDefinition } from '../slo-definition.ts';
import { alertPairsOf, alertProblems, leftOutNotes } from './alert-file.ts';
import { groupingOf, groupingProblems } from './grouping-schema.ts';
import { indicatorOf, indicatorProblems } from './indicator-schema.ts';
import { splitObjectives } from './objectives.ts';
import { ENTRY_KEYS, type SloEntry, sloEntrySchema } from './slo-schema.ts';
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
  /** What is right but worth knowing: alerts left out because they could never fire. */
  readonly notes: readonly SloRemark[];
}

interface ReadEntry {
  readonly slo?: SloDefinition;
  readonly problems: readonly SloRemark[];
  readonly idAt?: SloRemark;
  readonly windowAt?: SloRemark;
  readonly notes: readonly SloRemark[];
  readonly policies?: readonly ReadPolicy[];
  /** It is one, and its parts are to be found. */
  readonly composite?: UnlinkedComposite;
  /** Of a definition with mistakes. */
  readonly brokenId?: unknown;
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
  const written = entries.flatMap((entry) => entry.policies ?? []);
  const policed = written.flatMap(({ services }) => services);
  problems.push(...written.flatMap((policy) => policy.problems), ...heldTwice(policed));
  const policies = written.flatMap(({ policy }) => policy ?? []);
  return { slos, policies, policed, problems, notes: entries.flatMap((entry) => entry.notes) };
}

/** Composites with their parts, which may stand in any file. */
function linkedEntries(entries: readonly ReadEntry[], known: readonly SloDefinition[]): readonly ReadEntry[] {
  const read = entries.flatMap(({ slo }) => slo ?? []);
  const composites = [
    ...known.flatMap(({ id, indicator }) => (indicator.kind === 'composite' ? [{ id, written: indicator }] : [])),
    ...entries.flatMap(({ composite }) => composite ?? []),
  ];
  const slos: KnownSlos = {
    // The first holder of an id keeps it.
    definitions: new Map([...known, ...read.toReversed()].map((slo) => [slo.id, slo])),
    composites: new Map(composites.map(({ id, written }) => [id, written.parts.map(({ slo }) => slo)])),
    broken: new Set(entries.flatMap(({ brokenId }) => (typeof brokenId === 'string' ? [brokenId] : []))),
  };
  return entries.map((entry) => linkedEntry(entry, slos));
}

function linkedEntry(entry: ReadEntry, known: KnownSlos): ReadEntry {
  const { slo, composite } = entry;
  if (slo === undefined || composite === undefined) return entry;
  const { indicator, problems } = linkedComposite(composite, slo, known);
  if (indicator !== undefined) return { ...entry, slo: { ...slo, indicator } };
  return { problems: [...entry.problems, ...problems], notes: [] };
}

/** The entry, or why no store holds its window. */
function heldEntry(entry: ReadEntry, heldProblem: HeldProblem): ReadEntry {
  const cause = entry.slo === undefined ? undefined : heldProblem(entry.slo);
  if (cause === undefined || entry.windowAt === undefined) return entry;
  return { problems: [...entry.problems, { ...entry.windowAt, message: `window: ${cause}` }], notes: entry.notes };
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
    if (slo.refused === true || slo.problems.length > 0) return { problems: slo.problems, notes: slo.losses };
    const entry = readEntry(slo.entry, [], slo.place, schema);
    return { ...entry, notes: [...slo.losses, ...entry.notes] };
  });
  return [{ problems, notes: losses }, ...read];
}

function readFile({ path, text }: SloFile, parseSelector: ParseSelector): readonly ReadEntry[] {
  const { content, problems, place, ignored } = openYaml(path, text);
  if (problems.length > 0) return [{ problems, notes: [] }];
  if (ignored > 0) return [{ problems: [place([], 'got several YAML documents; want one')], notes: [] }];
  return readContent(content, place, parseSelector);
}

const FILE_KEYS: readonly string[] = ['slos', 'policies'];

function readContent(content: unknown, place: Place, parseSelector: ParseSelector): readonly ReadEntry[] {
  const want = 'want "slos:" with a list of definitions, "policies:" with a list of policies, or both';
  if (!isRecord(content)) return [{ problems: [place([], want)], notes: [] }];
  const problems = Object.keys(content)
    .filter((key) => !FILE_KEYS.includes(key))
    .map((key) => place([key], unknownKey(key, FILE_KEYS)));
  const policies = content.policies === undefined ? [] : readPolicies(content.policies, place);
  const { slos = policies.length > 0 ? [] : undefined } = content;
  if (!Array.isArray(slos)) return [{ problems: [...problems, place(['slos'], want)], notes: [], policies }];
  const schema = sloEntrySchema(parseSelector);
  return [
    { problems, notes: [], policies },
    ...slos.flatMap((entry, i) => readEntries(entry, ['slos', i], place, schema)),
  ];
}

type EntrySchema = ReturnType<typeof sloEntrySchema>;

/** A definition by its objectives; what is wrong with what they share is told once. */
function readEntries(raw: unknown, at: Path, place: Place, schema: EntrySchema): readonly ReadEntry[] {
  const { slos, problems } = splitObjectives(raw, at, place);
  const read = slos.map((slo) => readEntry(slo.raw, at, slo.place, schema));
  const told = new Map(read.flatMap((entry) => entry.problems).map((problem) => [JSON.stringify(problem), problem]));
  return [
    { problems: [...problems, ...told.values()], notes: [] },
    ...read.map((entry) => ({ ...entry, problems: [] })),
  ];
}

function readEntry(raw: unknown, at: Path, place: Place, schema: EntrySchema): ReadEntry {
  if (!isRecord(raw)) return { problems: [place(at, 'want a definition with id, service, objective ...')], notes: [] };
  const parsed = schema.safeParse(raw);
  const issues = parsed.success ? [] : parsed.error.issues.flatMap((issue) => issueRemarks(issue, at, place, keysAt));
  const problems = [...issues, ...indicatorProblems(raw, at, place), ...groupingProblems(raw, at, place)];
  if (!parsed.success || problems.length > 0) return { problems, notes: [], brokenId: raw.id };
  const slo = definitionOf(parsed.data);
  const wrong = alertProblems(parsed.data.alerts, slo).map(({ path, message }) => place([...at, ...path], message));
  if (wrong.length > 0) return { problems: wrong, notes: [], brokenId: slo.id };
  const notes = leftOutNotes(slo).map((message) => place([...at, 'objective'], message));
  const { composite: written } = parsed.data;
  const composite = written && { composite: { id: slo.id, written, at, place } };
  return { slo, problems, idAt: place([...at, 'id'], ''), windowAt: place([...at, 'window'], ''), notes, ...composite };
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
    owner: entry.owner ?? 'unowned',
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
