import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system of its own, so small that it can really be full. */
export interface SmallDisk {
  readonly path: string;
  /** Takes every byte that is left. */
  fill(): void;
  /** Gives them back. */
  free(): void;
  unmount(): void;
}

const SIZE_BYTES = 16 * 2 ** 20;

/** Root may mount, unless a container forbids it: tried out once. */
export const canMount = process.getuid?.() === 0 && tryMount();

function tryMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-mount-'));
  try {
    if (!mount(folder)) return false;
    spawnSync('umount', [folder]);
    return true;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function mount(folder: string): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_BYTES}`, 'tmpfs', folder]).status === 0;
}

export function mountSmallDisk(path: string): SmallDisk {
  mkdirSync(path, { recursive: true });
  if (!mount(path)) throw new Error(`cannot mount a small disk at ${path}`);
  const filler = join(path, 'filler');
  return {
    path,
    fill: () => fillWith(filler),
    free: () => rmSync(filler),
    unmount: () => {
      spawnSync('umount', ['--lazy', path]);
    },
  };
}

/** Writes ever less at a time, until not a byte fits. */
function fillWith(filler: string): void {
  for (let size = SIZE_BYTES; size >= 1; size = Math.floor(size / 2)) {
    try {
      for (;;) writeFileSync(filler, Buffer.alloc(size), { flag: 'a' });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
    }
  }
}
