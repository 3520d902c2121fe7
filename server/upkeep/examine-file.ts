import { existsSync } from 'node:fs';
import { databaseFile } from '../store/data-dir.ts';
import { type Examination, examine } from '../store/doctor/examination.ts';
import type { Finding } from '../store/doctor/finding.ts';
import { openSnapshot } from '../store/doctor/snapshot.ts';
import { checkFormat } from '../store/schema.ts';

export type { Examination, Finding };

/** A step of a long work, and how much of it is done, 0 to 1. */
export type OnStep = (step: string, share: number) => void;

/** The database of a data directory: `none` before the first start. */
export function examineDataDir(dataDir: string, onStep: OnStep): Examination | 'older' | 'none' {
  const file = databaseFile(dataDir);
  return existsSync(file) ? examineFile(file, onStep) : 'none';
}

/**
 * Examines a database as it is now, also beside a process that writes it. `older`: a version before this one wrote it, and its tables
 * are brought up to date by a start. Throws what `openSnapshot` throws.
 */
export function examineFile(file: string, onStep: OnStep): Examination | 'older' {
  const snapshot = openSnapshot(file);
  try {
    if (checkFormat(snapshot.db, file) === 'older') return 'older';
    const work = examine(snapshot.db);
    for (;;) {
      const { done, value } = work.next();
      if (done) return value;
      onStep(...value);
      snapshot.demandShortLog();
    }
  } finally {
    snapshot.close();
  }
}
