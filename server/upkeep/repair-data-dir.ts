import type { Ms } from '../model/units.ts';
import { type RepairReport, repairDatabase } from '../store/doctor/repair.ts';
import { discardAside } from '../store/doctor/restore.ts';

export type { RepairReport };
export { discardAside };

/** Repairs the database of a data directory that no process uses; see `repairDatabase`. */
export function repairDataDir(dataDir: string, now: Ms): Promise<RepairReport> {
  return repairDatabase({ dataDir, now });
}
