import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { makeFolder } from '../../server/runtime/folder.ts';

const root = mkdtempSync(join(tmpdir(), 'vigie-folder-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('a folder is made', () => {
  test('with those it lies in; the mode is its own', () => {
    const open = 0o777 & ~process.umask();
    makeFolder(join(root, 'a/b/c'), 0o700);
    expect(['a', 'a/b', 'a/b/c'].map((path) => statSync(join(root, path)).mode & 0o777)).toEqual([open, open, 0o700]);
  });

  test('or was there', () => {
    makeFolder(root);
    expect(existsSync(root)).toBe(true);
  });
});

describe('or told why not', () => {
  const refused = (path: string, why: string) => {
    expect(() => makeFolder(path)).toThrow(`cannot create ${path}: ${why}`);
  };

  test.runIf(process.platform === 'linux')('where the system takes none', () => {
    refused('/proc/vigie', '/proc takes no folders');
    refused('/proc/vigie/data', '/proc takes no folders');
  });

  test('where a file is in the way', () => {
    const file = join(root, 'file');
    writeFileSync(file, '');
    refused(file, 'what has this name is no folder');
    refused(join(file, 'data'), 'a part of its path is no folder');
  });

  test('where a link leads nowhere', () => {
    const link = join(root, 'link');
    symlinkSync(join(root, 'nowhere'), link);
    refused(link, 'what has this name is no folder');
  });
});
