import { existsSync, readFileSync } from 'node:fs';
import { VigieError } from '../model/errors.ts';
import type { Ms } from '../model/units.ts';
import { makeFolder } from '../runtime/folder.ts';
import { type Restored, restoreDatabase } from '../store/doctor/restore.ts';
import { digestFile } from './backup-file.ts';
import { examineFile, type Finding, type OnStep } from './examine-file.ts';
import { digestOfFile } from './file-digest.ts';

export interface RestoreJob {
  readonly file: string;
  readonly dataDir: string;
  /** Restore it although it is damaged. */
  readonly force: boolean;
  readonly now: Ms;
  readonly onStep: OnStep;
}

export interface RestoredBackup extends Restored {
  /** What is damaged in it. */
  readonly findings: readonly Finding[];
  /** The newest data in it, ms; absent without data. */
  readonly newest?: number;
}

/**
 * Puts a backup in the place of the database of a data directory, after it was examined. Rejects with VigieError `execution` (it is
 * damaged), and as `restoreDatabase` does, with nothing changed.
 */
export async function restoreBackup({ file, dataDir, force, now, onStep }: RestoreJob): Promise<RestoredBackup> {
  if (!existsSync(file)) throw new VigieError('bad_request', `cannot restore ${file}: there is no such file`);
  if (!force) await demandDigest(file);
  const examined = examineFile(file, onStep);
  const { findings, newest } = examined === 'older' ? { findings: [] } : examined;
  if (!force && findings.length > 0) throw damaged(file, findings);
  makeFolder(dataDir);
  const restored = await restoreDatabase({
    ...{ dataDir, from: file, now },
    onProgress: (done, total) => onStep('Copying', total === 0 ? 1 : done / total),
  });
  return { ...restored, findings, ...(newest !== undefined && { newest }) };
}

async function demandDigest(file: string): Promise<void> {
  const beside = digestFile(file);
  if (!existsSync(beside)) return;
  const want = readFileSync(beside, 'utf8').slice(0, 64);
  const got = await digestOfFile(file);
  if (got === want) return;
  const cause = `its SHA-256 is ${got}; ${beside} says ${want}`;
  throw new VigieError('execution', `cannot restore ${file}: ${cause}; --force restores it all the same`);
}

function damaged(file: string, findings: readonly Finding[]): VigieError {
  const [first] = findings;
  const more = findings.length > 1 ? `, and ${findings.length - 1} more` : '';
  const cause = `${first?.what}: ${first?.cause}${more}`;
  return new VigieError(
    'execution',
    `cannot restore ${file}: it is damaged: ${cause}; --force restores it all the same`,
  );
}
