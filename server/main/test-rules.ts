import { dirname, relative, resolve } from 'node:path';
import type { RuleFile, RuleGroup } from '../../rules/prometheus/rule-file.ts';
import { VigieError } from '../model/errors.ts';
import { ruleFileOf, testFileOf } from '../rule-tests/rule-files.ts';
import { runTests } from '../rule-tests/rule-test.ts';
import { testTemplates } from '../rule-tests/test-templates.ts';
import { problemText } from '../runtime/config-file.ts';
import { expandPatterns, readText } from './rule-files.ts';

/** What became of one test file. */
export interface TestedFile {
  readonly file: string;
  /** Patterns of rule files that nothing matches, and what else is no failure. */
  readonly warnings: readonly string[];
  /** Empty: it succeeded. */
  readonly failures: readonly string[];
}

/** Runs promtool's test files one after the other; rule files that several name are read once. Nothing is thrown for a bad file. */
export function* testRules(files: readonly string[]): Generator<TestedFile> {
  const known = new Map<string, RuleFile>();
  const ruleFile = (path: string): RuleFile => {
    const shown = relative('.', path);
    const read = known.get(path) ?? ruleFileOf(shown, readText(path, shown));
    known.set(path, read);
    return read;
  };
  for (const file of files) yield testedFile(file, ruleFile);
}

function testedFile(file: string, ruleFile: (path: string) => RuleFile): TestedFile {
  try {
    const { tests, problems } = testFileOf(file, readText(file, file));
    if (tests === undefined) return { file, warnings: [], failures: problems.map(problemText) };
    // Patterns start at the folder of the test file.
    const { paths, empty } = expandPatterns(tests.rule_files, dirname(resolve(file)));
    const warnings = empty.map((pattern) => `no file match pattern ${pattern}`);
    const rules = paths.map(ruleFile);
    const notes = rules.flatMap((one) => one.notes).map(problemText);
    const failures = rules.flatMap((one) => one.problems).map(problemText);
    const groups: readonly RuleGroup[] = rules.flatMap((one) => one.groups);
    const failed = failures.length > 0 ? failures : runTests(tests, groups, testTemplates);
    return { file, warnings: [...warnings, ...notes], failures: failed };
  } catch (error) {
    if (error instanceof VigieError) return { file, warnings: [], failures: [error.message] };
    throw error;
  }
}
