import { writeFileSync } from 'node:fs';
import { fileCause, VigieError } from '../model/errors.ts';
import { tell } from './terminal.ts';

/** Writes what was asked for, and says so. Throws `bad_request` when the file cannot be written. */
export function writeOutput(file: string, bytes: Uint8Array): void {
  try {
    writeFileSync(file, bytes);
  } catch (error) {
    throw new VigieError('bad_request', `cannot write ${file}: ${fileCause(error)}`, { cause: error });
  }
  tell(`${file}: ${bytes.length} bytes`);
}
