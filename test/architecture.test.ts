import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importsOf, ROOMS, type SourceFile, wallViolations } from './support/walls.ts';

const root = join(import.meta.dirname, '..');

function sources(): SourceFile[] {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', 'server', 'collector', 'rules', 'web'], {
    cwd: root,
    encoding: 'utf8',
  });
  return listed
    .split('\n')
    .filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.config.ts'))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

describe('walls', () => {
  test('no import goes through a wall', () => {
    const files = sources();
    expect(files.length).toBeGreaterThan(60);
    for (const room of ROOMS) {
      expect(
        files.some(({ path }) => path.startsWith(`${room.folder}/`)),
        room.folder,
      ).toBe(true);
    }
    expect(wallViolations(files)).toEqual([]);
  });

  test.each([
    ['rules/x.ts', "import { readFileSync } from 'node:fs';"],
    ['rules/x.ts', "import { Store } from '../server/store/store.ts';"],
    ['server/model/x.ts', "import { z } from 'zod';"],
    ['server/store/x.ts', "import express from 'express';"],
    ['server/promql/x.ts', "import type { Store } from '../store/store.ts';"],
    ['server/api/x.ts', "import { createCollector } from '../../collector/main.ts';"],
    ['collector/x.ts', "export { Store } from '../server/store/store.ts';"],
    ['web/x.ts', "const store = await import('../server/store/store.ts');"],
    ['web/x.tsx', "import 'node:path';"],
    ['elsewhere/x.ts', ''],
  ])('a planted violation in %s is found: %s', (path, text) => {
    expect(wallViolations([{ path, text }])).toHaveLength(1);
  });

  test('imports are found in every form', () => {
    const text = `import a from 'a';\nimport type { B } from "b";\nimport 'c';\nexport * from 'd';\nexport { e,\n f } from 'e';\nawait import('f');`;
    expect(importsOf(text)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });

  test('the compiler refuses an import through a wall', () => {
    const folder = mkdtempSync(join(tmpdir(), 'vigie-walls-'));
    try {
      for (const path of ['tsconfig.base.json', 'server/model', 'server/store/tsconfig.json', 'rules/tsconfig.json']) {
        cpSync(join(root, path), join(folder, path), { recursive: true });
      }
      mkdirSync(join(folder, 'server/store'), { recursive: true });
      writeFileSync(join(folder, 'server/store/store.ts'), 'export const store = 1;\n');
      writeFileSync(join(folder, 'rules/planted.ts'), "export { store } from '../server/store/store.ts';\n");
      const tsc = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-b', 'rules'], {
        cwd: folder,
        encoding: 'utf8',
      });
      expect(tsc.stdout).toContain('TS6307');
      expect(tsc.status).not.toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('time', () => {
  test('only server/model/clock.ts reads the clock of the machine', () => {
    const readers = sources()
      .filter(({ text }) => /\bDate\.now\(|\bnew Date\(\)/.test(text))
      .map(({ path }) => path);
    expect(readers).toEqual(['server/model/clock.ts']);
  });
});
