import { lockDataDir } from '../store/lock.ts';

/** Throws VigieError `data_dir_locked` while another process has the store of a data directory open. */
export function refuseDataDirInUse(dataDir: string): void {
  const unlock = lockDataDir(dataDir, process.pid);
  unlock();
}
