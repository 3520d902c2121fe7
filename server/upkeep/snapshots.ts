import { type FileHandle, open, unlink } from 'node:fs/promises';
import { VigieError } from '../model/errors.ts';
import { startThread } from '../runtime/thread.ts';
import { snapshotFile } from '../store/data-dir.ts';

/** A copy of the database for somebody who asked for it. It has no name any more: its bytes go with the handle. */
export interface TakenSnapshot {
  readonly file: FileHandle;
  readonly bytes: number;
  /** SHA-256 in lower-case hex. */
  readonly digest: string;
}

export interface Snapshots {
  /** Rejects with VigieError `conflict` while another is made, `disk_full`, or `unavailable`. */
  take(): Promise<TakenSnapshot>;
}

/** What the thread of `snapshot-thread.ts` answers. */
export interface SnapshotThread {
  take(dataDir: string): Promise<{ readonly bytes: number; readonly digest: string }>;
  close(): Promise<void>;
}

/** Snapshots of the database of this process, each made by a thread of its own that is gone afterwards: few servers are ever asked. */
export function threadSnapshots(dataDir: string): Snapshots {
  let isTaking = false;
  const take = async (): Promise<TakenSnapshot> => {
    const { methods } = await startThread<SnapshotThread>({
      name: 'the snapshot',
      script: new URL('./snapshot-thread.js', import.meta.url),
      data: undefined,
      methods: ['take', 'close'],
      end: 'close',
    });
    try {
      const made = await methods.take(dataDir);
      return { ...made, file: await openNameless(snapshotFile(dataDir)) };
    } finally {
      await methods.close();
    }
  };
  return {
    take: async () => {
      if (isTaking)
        throw new VigieError('conflict', 'cannot make a backup: another one is being made; try again later');
      isTaking = true;
      try {
        return await take();
      } finally {
        isTaking = false;
      }
    },
  };
}

/** However the process ends, the kernel gives the bytes back. */
async function openNameless(path: string): Promise<FileHandle> {
  const file = await open(path, 'r');
  await unlink(path);
  return file;
}
