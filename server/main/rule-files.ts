import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { compileGlob } from '../../collector/main.ts';
import type { FileRemark } from '../../rules/files/yaml-file.ts';
import type { RuleFiles } from '../evaluation/rule-service.ts';
import { fileCause, VigieError } from '../model/errors.ts';
import { ruleFileOf } from '../rule-tests/rule-files.ts';
import { type LoadedConfig, loadConfig } from './config.ts';

/** The files that patterns name, which start at a folder, and the patterns that name none. */
export function expandPatterns(patterns: readonly string[], folder: string) {
  const found = patterns.map((pattern) => ({ pattern, paths: pathsOf(resolve(folder, pattern)) }));
  const empty = found.filter(({ paths }) => paths.length === 0);
  return {
    paths: [...new Set(found.flatMap(({ paths }) => paths))],
    empty: empty.map(({ pattern }) => pattern),
  };
}

function pathsOf(pattern: string): readonly string[] {
  return compileGlob(pattern).expand().paths.filter(isFile);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** Throws `bad_config`. @param shown the name of the file in messages. */
export function readText(path: string, shown: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new VigieError('bad_config', `cannot read ${shown}: ${fileCause(error)}`, { cause: error });
  }
}

export interface FoundRules extends RuleFiles {
  readonly notes: readonly FileRemark[];
  /** Patterns of `rule_files` that nothing matches. */
  readonly empty: readonly string[];
}

/** The rule files that the configuration names by now, as they are now; the demo has no file and names none. */
export function readNamedRules(started: Pick<LoadedConfig, 'file' | 'rule_files'>, env: NodeJS.ProcessEnv): FoundRules {
  const { rule_files } = existsSync(started.file) ? loadConfig(started.file, env) : started;
  return readRules({ file: started.file, rule_files });
}

/** The rule files of a configuration as they are now, named as seen from its folder. Throws `bad_config` for one that cannot be read. */
export function readRules({ file, rule_files }: Pick<LoadedConfig, 'file' | 'rule_files'>): FoundRules {
  const folder = dirname(file);
  const { paths, empty } = expandPatterns(rule_files, folder);
  const read = paths.map((path) => {
    const shown = relative(folder, path);
    return ruleFileOf(shown, readText(path, shown));
  });
  return {
    groups: read.flatMap(({ groups }) => groups),
    problems: read.flatMap(({ problems }) => problems),
    notes: read.flatMap(({ notes }) => notes),
    empty,
  };
}
