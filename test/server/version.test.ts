import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { VERSION } from '../../server/model/version.ts';

test('the program and its package have one version', () => {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  expect(VERSION).toBe(manifest.version);
});
