import { statfsSync, statSync } from 'node:fs';
import { COMPANIONS, databaseFile } from '../store/data-dir.ts';
import { WAL_BYTES } from '../store/limits.ts';
import { fileBound, type StoreOptions, withDefaults } from '../store/store-options.ts';

export interface StoreSpace {
  /** Bytes of the store's files now, and the most they may ever take. */
  readonly now: number;
  readonly worstCase: number;
  /** Free bytes of their disk, for this user. */
  readonly free: number;
}

/** What a store takes of its disk. Throws the system's error when the directory is not there. */
export function storeSpace(options: StoreOptions): StoreSpace {
  const { bavail, bsize } = statfsSync(options.dataDir);
  const file = databaseFile(options.dataDir);
  const sizes = ['', ...COMPANIONS].map((suffix) => statSync(file + suffix, { throwIfNoEntry: false })?.size ?? 0);
  const now = sizes.reduce((sum, size) => sum + size, 0);
  return { now, worstCase: fileBound(withDefaults(options)) + WAL_BYTES, free: bavail * bsize };
}
