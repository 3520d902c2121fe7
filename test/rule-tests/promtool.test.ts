import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testRules } from '../../server/main/test-rules.ts';
import { hasPrometheus, PROMTOOL } from '../support/prometheus.ts';
import { CASES, type RuleCase } from './cases.ts';

const folder = mkdtempSync(join(tmpdir(), 'vigie-promtool-'));
const fileOf = (i: number): string => join(folder, `case-${i}.yml`);
const verdicts = new Map<string, string>();

beforeAll(() => {
  for (const [i, { rules, test: written }] of CASES.entries()) {
    const named = rules === undefined ? '' : `rule_files: [rules-${i}.yml]\n`;
    if (rules !== undefined) writeFileSync(join(folder, `rules-${i}.yml`), rules);
    writeFileSync(fileOf(i), named + written);
  }
  if (hasPrometheus) for (const [file, said] of askPromtool(CASES.map((_, i) => fileOf(i)))) verdicts.set(file, said);
});

afterAll(() => rmSync(folder, { recursive: true }));

/** What promtool says of each file; both its streams go to one file, so that they stay in order. */
function askPromtool(files: readonly string[]): readonly (readonly [file: string, said: string])[] {
  const output = join(folder, 'promtool.txt');
  const both = openSync(output, 'w');
  spawnSync(PROMTOOL, ['test', 'rules', ...files], { stdio: ['ignore', both, both] });
  closeSync(both);
  const sections = readFileSync(output, 'utf8')
    .split(/^Unit Testing: {2}/m)
    .slice(1);
  return sections.map((section) => [section.split('\n', 1)[0]!, section.slice(section.indexOf('\n') + 1).trimEnd()]);
}

function ours(file: string): string {
  const failures = [...testRules([file])].flatMap((tested) => tested.failures);
  return failures.length === 0 ? '  SUCCESS' : `  FAILED:\n${failures.join('\n')}`.trimEnd();
}

function firstWord(said: string | undefined): string | undefined {
  return /^ {2}(SUCCESS|FAILED)/.exec(said ?? '')?.[1];
}

describe('the verdict', () => {
  test.each(CASES.map((one, i) => [one.name, one, i] as const))('%s', (_, { verdict, ownWords }: RuleCase, i) => {
    const said = ours(fileOf(i));
    expect(firstWord(said), said).toBe(verdict);
    if (!hasPrometheus) return;
    const theirs = verdicts.get(fileOf(i));
    expect(firstWord(theirs), theirs).toBe(verdict);
    // Promtool leaves a line empty here and there.
    if (ownWords !== true) expect(said).toBe(theirs?.replaceAll(/\n+/g, '\n'));
  });
});

describe('the exit code of promtool', () => {
  test.runIf(hasPrometheus).each([
    ['SUCCESS', 0],
    ['FAILED', 1],
  ])('%s is %d', (verdict, exit) => {
    const file = fileOf(CASES.findIndex((one) => one.verdict === verdict));
    expect(spawnSync(PROMTOOL, ['test', 'rules', file]).status).toBe(exit);
  });
});
