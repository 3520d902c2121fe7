import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { printSlo } from '../../rules/print-slo.ts';
import { proposedSlo } from '../../rules/proposal.ts';
import type { SloDefinition } from '../../rules/slo-definition.ts';
import { readSloFiles, type SloFiles, type SloRemark } from '../../rules/slo-file.ts';
import { messageOf, VigieError } from '../model/errors.ts';
import { parseSelector } from '../promql/parse.ts';

/** The definitions in force: those of the folder, and proposals for the services that have none. */
export class SloBook {
  readonly #folder: string;
  readonly #found: readonly string[];
  #reported: readonly string[] = [];
  #slos: readonly SloDefinition[] = [];

  /** Throws `bad_config` with every problem of the files. */
  constructor(folder: string, proposed: readonly string[]) {
    this.#folder = folder;
    this.#found = proposed;
    this.#read();
  }

  get slos(): readonly SloDefinition[] {
    return this.#slos;
  }

  /** Sources report these services: those without a definition have a proposal, for as long as their sources are known. */
  propose(services: readonly string[]): void {
    const reported = [...new Set(services)].sort();
    if (reported.join('\n') === this.#reported.join('\n')) return;
    this.#reported = reported;
    this.#read();
  }

  find(id: string): SloDefinition {
    const found = this.#slos.find((slo) => slo.id === id);
    if (found !== undefined) return found;
    const known = this.#slos.map((slo) => slo.id).join(', ') || 'none yet';
    throw new VigieError('not_found', `cannot find SLO ${JSON.stringify(id)}; there is ${known}`);
  }

  /** Writes a proposal as a file of its own and takes it up. Returns the path. */
  keep(id: string): string {
    const slo = this.find(id);
    if (!slo.proposed) throw new VigieError('conflict', `cannot keep ${id}: it is kept already`);
    const path = join(this.#folder, `${id}.yaml`);
    mkdirSync(this.#folder, { recursive: true });
    writeFileSync(path, printSlo(slo), { flag: 'wx' });
    this.#read();
    return path;
  }

  #read(): void {
    const { slos, problems } = readSloFolder(this.#folder);
    if (problems.length > 0) throw new VigieError('bad_config', problems.map(remarkText).join('\n'));
    const served = new Set(slos.map((slo) => slo.service));
    const taken = new Set(slos.map(({ id }) => id));
    const proposals = [...new Set([...this.#found, ...this.#reported])]
      .filter((service) => !served.has(service))
      .map((service) => {
        const proposal = proposedSlo(service, taken);
        taken.add(proposal.id);
        return proposal;
      });
    this.#slos = [...slos, ...proposals];
  }
}

/** Reads every `.yaml` and `.yml` of a folder; one that is not there has none. */
export function readSloFolder(folder: string): SloFiles {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => /\.ya?ml$/.test(name)) : [];
  return readSloFiles(
    names.sort().map((name) => ({ path: join(folder, name), text: readText(join(folder, name)) })),
    parseSelector,
  );
}

export function remarkText({ file, line, col, message }: SloRemark): string {
  return `${file}:${line}:${col}: ${message}`;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new VigieError('bad_config', `cannot read SLO file ${path}: ${messageOf(error)}`, { cause: error });
  }
}
