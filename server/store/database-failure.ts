import { VigieError } from '../model/errors.ts';

/** Runs database work and tells SQLite's failures as ours: `disk_full` or `unavailable`. Everything else passes. */
export function tellFailure<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = String((error as { code?: unknown } | null)?.code);
    if (!code.startsWith('SQLITE_')) throw error;
    const full = code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_WRITE';
    const cause = full ? 'the disk or the bound of the store is full; free space or raise the bound' : code;
    throw new VigieError(full ? 'disk_full' : 'unavailable', `cannot write vigie.sqlite: ${cause}`, { cause: error });
  }
}
