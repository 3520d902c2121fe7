import { accessSync, constants } from 'node:fs';
import { fileCause, messageOf } from '../model/errors.ts';
import type { PathProblem } from '../runtime/config-file.ts';
import type { LoadedConfig } from './config.ts';
import { demandTokens, parseListen } from './listen.ts';

/** What a start would refuse of `listen` and `token_file`. Whose tokens they are depends on the process. */
export function doorProblems({ listen, token_file }: LoadedConfig): PathProblem[] {
  return [
    ...refused('listen', () => demandTokens(parseListen(listen), token_file)),
    ...refused('token_file', () => token_file !== undefined && demandFile(token_file)),
  ];
}

function demandFile(path: string): void {
  try {
    accessSync(path, constants.R_OK);
  } catch (error) {
    throw new Error(`cannot read ${path}: ${fileCause(error)}`, { cause: error });
  }
}

function refused(key: 'listen' | 'token_file', demand: () => void): PathProblem[] {
  try {
    demand();
    return [];
  } catch (error) {
    return [{ path: [key], message: messageOf(error) }];
  }
}
