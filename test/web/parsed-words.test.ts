import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../support/project.ts';

/** The pages carry no parser of messages: words that the build does not parse are seen by nobody but the reader's browser, as an error. */
test('the build parses every module with words of pages', () => {
  const web = join(projectRoot, 'web');
  const config = readFileSync(join(web, 'messages.vite.config.ts'), 'utf8');
  const pattern = new RegExp(/^const WORDS = \/(.+)\/;$/m.exec(config)?.[1] ?? 'nothing');
  const modules = readdirSync(web, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join(web, path))
    .filter((path) => /^export const \w+: PageWords</m.test(readFileSync(path, 'utf8')));
  expect(modules.length).toBeGreaterThan(5);
  expect(modules.filter((path) => !pattern.test(path))).toEqual([]);
});
