import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { heldProblems } from '../../rules/figures/held-window.ts';
import { editorLine, SLO_SCHEMA_FILE } from '../../rules/files/editor-line.ts';
import { sloSchemaText } from '../../rules/files/json-schema.ts';
import { printSlo } from '../../rules/files/print-slo.ts';
import { readSloFiles, type SloFile, type SloFiles, type SloRemark } from '../../rules/files/slo-file.ts';
import type { WrittenPolicy } from '../../rules/gate/gate-policy.ts';
import { proposedSlo } from '../../rules/proposal.ts';
import type { SloDefinition } from '../../rules/slo-definition.ts';
import type { RingConfig } from '../model/engine.ts';
import { fileCause, invariant, VigieError } from '../model/errors.ts';
import { nearestWord } from '../model/nearest-word.ts';
import type { SloGroups } from '../model/slo.ts';
import type { RefusedSloFiles } from '../model/status.ts';
import type { Ms } from '../model/units.ts';
import { compileMatcher } from '../promql/matcher.ts';
import { parseSelector } from '../promql/parse.ts';
import { makeFolder } from '../runtime/folder.ts';
import { type FoundGroups, NO_GROUPS, withGroups } from './slo-groups.ts';

/**
 * The SLOs in force: the definitions of the folder, by their groups, and proposals for the services that have none. The folder is read when the book is
 * made and when it is told to: a file somebody is editing changes nothing until then.
 */
export class SloBook {
  readonly #folder: string;
  readonly #rings: RingConfig | undefined;
  readonly #found: readonly string[];
  #reported: readonly string[] = [];
  #groups: FoundGroups = NO_GROUPS;
  #kept: readonly SloDefinition[];
  #slos: readonly SloDefinition[];
  #policies: readonly WrittenPolicy[];
  #refused: RefusedSloFiles | undefined;

  /** Throws `bad_config` with every problem of the files. */
  constructor(folder: string, proposed: readonly string[], rings?: RingConfig) {
    this.#folder = folder;
    this.#rings = rings;
    this.#found = proposed;
    const { slos, policies, problems } = readSloFolder(folder, rings);
    refuse(problems);
    this.#kept = slos;
    this.#policies = policies;
    this.#slos = this.#inForce();
  }

  /** Why the files as they were last read are not in force. */
  get refused(): RefusedSloFiles | undefined {
    return this.#refused;
  }

  /** Reads the folder anew. Where there is a problem what was in force stays, and `refused` says so. */
  reload(now: Ms): void {
    const { slos, policies, problems } = readSloFolder(this.#folder, this.#rings);
    this.#refused = problems.length === 0 ? undefined : { time: now, problems: problems.map(remarkText) };
    if (this.#refused !== undefined) return;
    this.#kept = slos;
    this.#policies = policies;
    this.#slos = this.#inForce();
  }

  get slos(): readonly SloDefinition[] {
    return this.#slos;
  }

  get policies(): readonly WrittenPolicy[] {
    return this.#policies;
  }

  /** Sources report these services: those without a definition have a proposal, for as long as their sources are known. */
  propose(services: readonly string[]): void {
    const reported = [...new Set(services)].sort();
    if (reported.join('\n') === this.#reported.join('\n')) return;
    this.#reported = reported;
    this.#slos = this.#inForce();
  }

  /** These groups were found in the store. */
  group(groups: FoundGroups): void {
    this.#groups = groups;
    this.#slos = this.#inForce();
  }

  /** The definitions of the files, before they are made several. */
  get written(): readonly SloDefinition[] {
    return this.#kept;
  }

  get groups(): readonly SloGroups[] {
    return this.#groups.summaries;
  }

  find(id: string): SloDefinition {
    const [found, ...more] = this.findAll(id);
    if (found !== undefined && found.id === id) return found;
    const ids = [found, ...more].flatMap((slo) => slo?.id ?? []).join(', ');
    throw new VigieError('not_found', `cannot find one SLO ${JSON.stringify(id)}: it is several, ${ids}`);
  }

  /** The SLO, or those that its definition makes. Throws `not_found`. */
  findAll(id: string): readonly SloDefinition[] {
    const found = this.#slos.filter((slo) => slo.id === id || slo.group?.of === id);
    if (found.length > 0) return found;
    throw new VigieError('not_found', `cannot find SLO ${JSON.stringify(id)}${hintOf(id, this.#slos)}`);
  }

  /** The SLOs of a service. Throws `not_found` when there is none. */
  ofService(name: string): readonly SloDefinition[] {
    const found = this.#slos.filter(({ service }) => service === name);
    if (found.length > 0) return found;
    const services = [...new Set(this.#slos.map(({ service }) => service))];
    const near = nearestWord(name, services);
    const hint = near === undefined ? `there is ${services.join(', ') || 'none yet'}` : `did you mean "${near}"?`;
    throw new VigieError('not_found', `cannot find an SLO of service ${JSON.stringify(name)}; ${hint}`);
  }

  /** Writes a proposal as a file of its own, beside what editors check it against, and takes it up. Returns the path. Throws `conflict` where the file, or its id, is taken. */
  keep(id: string): string {
    const slo = this.find(id);
    if (!slo.proposed) throw new VigieError('conflict', `cannot keep ${id}: it is kept already`);
    const file = { path: join(this.#folder, `${id}.yaml`), text: `${editorLine(SLO_SCHEMA_FILE)}${printSlo(slo)}` };
    const kept = checkedFile(file, this.#folder);
    makeFolder(this.#folder);
    const schema = join(this.#folder, SLO_SCHEMA_FILE);
    // Before the definition: when it cannot be written nothing is kept.
    if (!existsSync(file.path) && !existsSync(schema)) writeNew({ path: schema, text: sloSchemaText() });
    writeNew(file);
    this.#kept = [...this.#kept, kept];
    this.#slos = this.#inForce();
    return file.path;
  }

  #inForce(): readonly SloDefinition[] {
    const grouped = withGroups(this.#kept, this.#groups);
    const written = this.#kept.map(({ id }) => id);
    return [...grouped, ...proposals(grouped, [...this.#found, ...this.#reported], written)];
  }
}

/** People take the name of a service for an id. */
function hintOf(id: string, slos: readonly SloDefinition[]): string {
  const ids = (some: readonly SloDefinition[]): string => some.map((slo) => slo.id).join(', ');
  const own = slos.filter(({ service }) => service === id);
  if (own.length > 0) return `: it is a service, whose SLOs are ${ids(own)}`;
  return `; there is ${ids(slos) || 'none yet'}`;
}

/** A proposal never takes an id that is kept or written. */
function proposals(
  kept: readonly SloDefinition[],
  services: readonly string[],
  written: readonly string[],
): readonly SloDefinition[] {
  const served = new Set(kept.map(({ service }) => service));
  const taken = new Set([...written, ...kept.map(({ id }) => id)]);
  return [...new Set(services)]
    .filter((service) => !served.has(service))
    .map((service) => {
      const proposal = proposedSlo(service, taken);
      taken.add(proposal.id);
      return proposal;
    });
}

/** What the next start would read of the file. Problems that others have are not its own. */
function checkedFile(file: SloFile, folder: string): SloDefinition {
  const { slos, problems } = readSloFiles([...readTexts(folder), file], parseSelector);
  const own = problems.filter((problem) => problem.file === file.path);
  if (own.length > 0) throw new VigieError('conflict', `cannot keep this SLO:\n${own.map(remarkText).join('\n')}`);
  const kept = slos.at(-1);
  invariant(kept !== undefined, 'an SLO file without problems holds no SLO');
  return kept;
}

function writeNew({ path, text }: SloFile): void {
  try {
    writeFileSync(path, text, { flag: 'wx' });
  } catch (error) {
    if (isTaken(error)) throw new VigieError('conflict', `cannot write ${path}: the file exists; move it away first`);
    throw new VigieError('execution', `cannot write ${path}: ${fileCause(error)}`, { cause: error });
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}

function refuse(problems: readonly SloRemark[]): void {
  if (problems.length > 0) throw new VigieError('bad_config', problems.map(remarkText).join('\n'));
}

/**
 * Reads every `.yaml` and `.yml` of a folder; one that is not there has none. Windows are held against `rings`.
 * @param shown the name of the folder in remarks
 */
export function readSloFolder(folder: string, rings?: RingConfig, shown: string = folder): SloFiles {
  return readSloTexts(readTexts(folder, shown), rings);
}

export function readSloTexts(files: readonly SloFile[], rings?: RingConfig): SloFiles {
  return readSloFiles(files, parseSelector, rings && heldProblems(rings, compileMatcher));
}

function readTexts(folder: string, shown: string = folder): readonly SloFile[] {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => /\.ya?ml$/.test(name)) : [];
  return names.sort().map((name) => ({ path: join(shown, name), text: readText(join(folder, name)) }));
}

export function remarkText({ file, line, col, message }: SloRemark): string {
  return `${file}:${line}:${col}: ${message}`;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new VigieError('bad_config', `cannot read SLO file ${path}: ${fileCause(error)}`, { cause: error });
  }
}
