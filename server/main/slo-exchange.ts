import { readFileSync } from 'node:fs';
import { editorLine, SLO_SCHEMA_FILE } from '../../rules/files/editor-line.ts';
import { printSlos } from '../../rules/files/print-slo.ts';
import { type ExportFormat, exportSlos } from '../../rules/formats/export-format.ts';
import type { Exported } from '../../rules/formats/exported.ts';
import { readSloFolder, readSloTexts, remarkText } from '../evaluation/slo-book.ts';
import { fileCause, VigieError } from '../model/errors.ts';
import { loadConfig } from './config.ts';

/** Files of other tools in our format. */
export interface ImportedSlos {
  /** Of the file, before any remark. */
  readonly firstLine: string;
  /** Empty when nothing could be read. */
  readonly text: string;
  /** What is not carried over and changes no figure, one `file:line:col: what` each. */
  readonly losses: readonly string[];
  /** What was refused, likewise. */
  readonly problems: readonly string[];
}

export function importSlos(paths: readonly string[]): ImportedSlos {
  const files = paths.map((path) => ({ path, text: readText(path) }));
  const { slos, problems, notes } = readSloTexts(files);
  return {
    firstLine: slos.length === 0 ? '' : editorLine(SLO_SCHEMA_FILE),
    text: slos.length === 0 ? '' : printSlos(slos),
    losses: notes.map(remarkText),
    problems: problems.map(remarkText),
  };
}

/**
 * The definitions of a configuration's folder, or those of the given ids, as a file of another tool. Throws `bad_config` when the folder
 * has a problem, and `not_found` for an id that is not there.
 */
export function exportFolder(config: string, format: ExportFormat, ids: readonly string[]): Exported {
  const { slos, problems } = readSloFolder(loadConfig(config, process.env).slos);
  if (problems.length > 0) throw new VigieError('bad_config', problems.map(remarkText).join('\n'));
  const missing = ids.filter((id) => slos.every((slo) => slo.id !== id));
  if (missing.length > 0) {
    const known = slos.map(({ id }) => id).join(', ') || 'none';
    throw new VigieError(
      'not_found',
      `cannot find SLO ${missing.map((id) => JSON.stringify(id)).join(', ')}; there is ${known}`,
    );
  }
  return exportSlos(format, ids.length === 0 ? slos : slos.filter(({ id }) => ids.includes(id)));
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new VigieError('bad_request', `cannot read SLO file ${path}: ${fileCause(error)}`, { cause: error });
  }
}
