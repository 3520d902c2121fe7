import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of package-lock.json: tests run from the sources, benchmarks and victims from `dist`. */
export const projectRoot = rootAbove(import.meta.dirname);

function rootAbove(folder: string): string {
  return existsSync(join(folder, 'package-lock.json')) ? folder : rootAbove(dirname(folder));
}
