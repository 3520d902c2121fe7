import { readFileSync } from 'node:fs';
import { fileCause, VigieError } from '../model/errors.ts';

/** The token a client sends: a file with nothing else, or a server's token file, of which the first line's token counts. */
export function readSentToken(file: string): string {
  try {
    return tokenIn(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new VigieError('bad_config', `cannot read token file ${file}: ${fileCause(error)}`, { cause: error });
  }
}

function tokenIn(text: string): string {
  const lines = text.split('\n').map((line) => line.replace(/#.*/, '').trim());
  const [first = '', second] = lines.find((line) => line !== '')?.split(/\s+/) ?? [];
  return second ?? first;
}
