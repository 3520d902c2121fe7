import type { Clock } from '../model/clock.ts';
import { VigieError } from '../model/errors.ts';
import type { OnStep } from '../upkeep/examine-file.ts';
import { discardAside } from '../upkeep/repair-data-dir.ts';
import { type RestoredBackup, restoreBackup } from '../upkeep/restore-backup.ts';
import { loadConfig } from './config.ts';

export interface RestoreFlags {
  readonly config: string;
  readonly dataDir?: string;
  readonly force: boolean;
  readonly discard: boolean;
}

export interface RestoreOutcome {
  readonly dataDir: string;
  readonly restored?: RestoredBackup;
  readonly discarded: readonly { readonly name: string; readonly bytes: number }[];
}

/** Restores a file, removes what earlier restores have kept, or both in this order. Rejects as `restoreBackup` does. */
export async function restore(
  file: string | undefined,
  flags: RestoreFlags,
  clock: Clock,
  onStep: OnStep,
): Promise<RestoreOutcome> {
  if (file === undefined && !flags.discard) {
    throw new VigieError('bad_request', 'cannot restore: want a file, or --discard to remove what restores have kept');
  }
  const dataDir = flags.dataDir ?? loadConfig(flags.config, process.env).data_dir;
  const { force } = flags;
  const restored =
    file === undefined ? undefined : await restoreBackup({ file, dataDir, force, now: clock.now(), onStep });
  const discarded = flags.discard ? discardAside(dataDir) : [];
  return { dataDir, ...(restored !== undefined && { restored }), discarded };
}
