import { appendFileSync, copyFileSync, existsSync, renameSync, truncateSync, writeFileSync } from 'node:fs';

/** More siblings than a test rotates, so that nothing is ever deleted unread. */
const KEPT_SIBLINGS = 200;

export interface RotatingLog {
  readonly path: string;
  append(lines: readonly string[]): void;
  /** As logrotate does: `log` becomes `log.1`, older ones move up, a new `log` is created. */
  rotateByRename(): void;
  /** As logrotate's copytruncate does, with a writer that waits meanwhile. */
  rotateByCopy(): void;
}

export function rotatingLog(path: string): RotatingLog {
  writeFileSync(path, '');
  const shift = (): void => {
    for (let n = KEPT_SIBLINGS; n >= 1; n--) {
      if (existsSync(`${path}.${n}`)) renameSync(`${path}.${n}`, `${path}.${n + 1}`);
    }
  };
  return {
    path,
    append: (lines) => appendFileSync(path, `${lines.join('\n')}\n`),
    rotateByRename: () => {
      shift();
      renameSync(path, `${path}.1`);
      writeFileSync(path, '');
    },
    rotateByCopy: () => {
      shift();
      copyFileSync(path, `${path}.1`);
      truncateSync(path, 0);
    },
  };
}
