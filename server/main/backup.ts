import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { VigieError } from '../model/errors.ts';
import { type Backup, type BackupTarget, backUp, makeBackup } from '../upkeep/backup-file.ts';
import { digestOfFile } from '../upkeep/file-digest.ts';

export { backUp };

export type OnProgress = (done: number, total: number) => void;

/** A database on its way from a server. */
export interface Download {
  readonly body: AsyncIterable<Uint8Array>;
  readonly bytes: number;
  /** SHA-256 in lower-case hex, as the server told it. */
  readonly digest: string;
}

/** Keeps what a server sends. Rejects as `makeBackup` does, and with `unreachable` when it is not what the server had. */
export function keepDownload(
  open: () => Promise<Download>,
  target: BackupTarget,
  onProgress: OnProgress,
): Promise<Backup> {
  return makeBackup(target, async (part) => {
    const { body, bytes, digest } = await open();
    const file = createWriteStream(part, { flags: 'wx', mode: 0o600, flush: true });
    await pipeline(Readable.from(counted(body, bytes, onProgress)), file);
    if ((await digestOfFile(part)) === digest) return;
    throw new VigieError('unreachable', 'cannot use the backup: what came is not what the server sent; try again');
  });
}

async function* counted(body: AsyncIterable<Uint8Array>, total: number, onProgress: OnProgress) {
  let done = 0;
  for await (const part of body) {
    done += part.length;
    onProgress(done, total);
    yield part;
  }
}
