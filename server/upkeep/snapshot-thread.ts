import { runThread } from '../runtime/thread.ts';
import { databaseFile, removeDatabase, snapshotFile } from '../store/data-dir.ts';
import { copyDatabase } from '../store/doctor/snapshot.ts';
import { digestOfFile } from './file-digest.ts';
import type { SnapshotThread } from './snapshots.ts';

/** The thread that copies the database: to read and write hundreds of megabytes takes longer than anybody may wait for another. */
await runThread<SnapshotThread>(async () => ({
  take: async (dataDir) => {
    const file = snapshotFile(dataDir);
    removeDatabase(file);
    const bytes = await copyDatabase(databaseFile(dataDir), file);
    return { bytes, digest: await digestOfFile(file) };
  },
  close: async () => {},
}));
