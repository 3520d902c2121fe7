import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadConfig } from '../../server/main/config.ts';
import { readNamedRules } from '../../server/main/rule-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'vigie-rule-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a reload reads the files that the configuration names by then', () => {
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const file = join(folder, 'vigie.yaml');
  for (const name of ['a', 'b']) write(`${name}.yml`, `groups: [{name: ${name}, rules: [{record: x, expr: '1'}]}]`);
  write('vigie.yaml', 'rule_files: [a.yml]\n');
  const started = loadConfig(file, {});
  const named = () => readNamedRules(started, {}).groups.map(({ name }) => name);
  expect(named()).toEqual(['a']);
  write('vigie.yaml', 'rule_files: [b.yml, a.yml]\n');
  expect(named()).toEqual(['b', 'a']);
  write('vigie.yaml', 'rule_files: [b.yml]\nlisten: [\n');
  expect(named).toThrow(/vigie\.yaml:\d+:\d+: /);
  rmSync(file);
  expect(named()).toEqual(['a']);
});
