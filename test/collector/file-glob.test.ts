import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileGlob, expandBraces, namesOneFile } from '../../collector/sources/file/glob.ts';
import { basesOf, isCompressed } from '../../collector/sources/file/rotated-name.ts';

describe('a pattern matches', () => {
  const f = (pattern: string, path: string, want: boolean): void =>
    expect(compileGlob(pattern).matches(path), `${pattern} ${path}`).toBe(want);

  test('one name', () => {
    f('/v/access.log', '/v/access.log', true);
    f('/v/access.log', '/v/accessxlog', false);
    f('/v/*.log', '/v/a.log', true);
    f('/v/*.log', '/v/.log', false);
    f('/v/*.log', '/v/.a.log', false);
    f('/v/.*.log', '/v/.a.log', true);
    f('/v/*.log', '/v/d/a.log', false);
    f('/v/*.log', '/v/a.log.1', false);
    f('/v/*', '/v/a', true);
    f('/v/a*', '/v/a', true);
    f('/v/?.log', '/v/a.log', true);
    f('/v/?.log', '/v/é.log', true);
    f('/v/?.log', '/v/ab.log', false);
    f('/v/?.log', '/v/.log', false);
    f('/v/a**b', '/v/axyb', true);
    f(`/v/${'*a'.repeat(20)}`, `/v/${'a'.repeat(19)}`, false);
  });

  test('classes', () => {
    f('/v/[abc].log', '/v/b.log', true);
    f('/v/[abc].log', '/v/d.log', false);
    f('/v/[a-c].log', '/v/c.log', true);
    f('/v/[!a-c].log', '/v/c.log', false);
    f('/v/[^a-c].log', '/v/d.log', true);
    f('/v/[]a].log', '/v/].log', true);
    f('/v/[a-].log', '/v/-.log', true);
    f('/v/[z-a].log', '/v/-.log', true);
    f('/v/[z-a].log', '/v/b.log', false);
    f('/v/[a.log', '/v/[a.log', true);
    f('/v/\\*.log', '/v/*.log', true);
    f('/v/\\*.log', '/v/a.log', false);
    f('/v/a+(b).log', '/v/a+(b).log', true);
    f('/v/a+(b).log', '/v/aab.log', false);
  });

  test('alternatives', () => {
    f('/v/{a,b}.log', '/v/a.log', true);
    f('/v/{a,b}.log', '/v/c.log', false);
    f('/v/{a,b{1,2}}.log', '/v/b2.log', true);
    f('/{v,w}/*.log', '/w/x.log', true);
    f('/v/{a}.log', '/v/{a}.log', true);
    f('/v/{a,b', '/v/{a,b', true);
    f('/v/a{,.1}', '/v/a', true);
  });

  test('any depth', () => {
    f('/v/**/a.log', '/v/a.log', true);
    f('/v/**/a.log', '/v/x/y/a.log', true);
    f('/v/**/a.log', '/w/a.log', false);
    f('/v/**/a.log', '/v/.x/a.log', false);
    f('/v/**', '/v/x/y', true);
    f('/**/*.log', '/a.log', true);
  });

  test('anything at all without an error, and fixed names only themselves', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), fc.string({ maxLength: 20 }), (pattern, name) => {
        expect(typeof compileGlob(`/${pattern}`).matches(`/${name}`)).toBe('boolean');
      }),
      { seed: 5, numRuns: 2000 },
    );
    const plain = fc.stringMatching(/^[a-z0-9+()^$|._-]{1,12}$/).filter((name) => name !== '.' && name !== '..');
    fc.assert(
      fc.property(plain, plain, (a, b) => {
        expect(compileGlob(`/${a}`).matches(`/${b}`)).toBe(a === b);
        expect(compileGlob(`/${a}`).matches(`/${a}`)).toBe(true);
      }),
      { seed: 5 },
    );
  });
});

test('braces that explode are cut', () => {
  expect(expandBraces('{a,b}'.repeat(40)).length).toBe(1000);
});

test('expanding finds exactly what matches', () => {
  const root = mkdtempSync(join(tmpdir(), 'glob-'));
  const files = ['a.log', 'b.log.1', '.h.log', 'd/c.log', 'd/e/f.log', '.x/g.log'];
  for (const name of ['d/e', '.x']) mkdirSync(join(root, name), { recursive: true });
  for (const name of files) writeFileSync(join(root, name), '');
  symlinkSync(root, join(root, 'd/loop'));
  symlinkSync(join(root, 'd'), join(root, 'link'));
  const f = (pattern: string, want: string[]): void => {
    const { paths, problems } = compileGlob(join(root, pattern)).expand();
    expect(paths, pattern).toEqual(want.map((name) => join(root, name)));
    expect(problems).toEqual([]);
  };
  f('*.log', ['a.log']);
  f('{a.log,b.log*}', ['a.log', 'b.log.1']);
  f('d/*.log', ['d/c.log']);
  f('d/**/*.log', ['d/c.log', 'd/e/f.log']);
  f('**/*.log', ['a.log', 'd/c.log', 'd/e/f.log']);
  f('l*/*.log', ['link/c.log']);
  f('none/*.log', []);
  f('a.log/*.log', []);
  f('none.log', ['none.log']);
  rmSync(root, { recursive: true });
});

test('a pattern that names one file', () => {
  const f = (pattern: string, want: boolean): void => expect(namesOneFile(pattern)).toBe(want);
  f('/v/a.log', true);
  f('/*/a.log', true);
  f('/v/*.log', false);
  f('/v/{a,b}.log', true);
});

test('names of rotated files tell the live one', () => {
  const f = (path: string, ...want: string[]): void => expect(basesOf(path), path).toEqual(want);
  f('/v/access.log');
  f('/v/access.log.1', '/v/access.log');
  f('/v/access.log-20260101', '/v/access.log');
  f('/v/access.log.2026-01-01T00:00', '/v/access.log');
  f('/v/access.log.old', '/v/access.log');
  f('/v/access-20260101.log', '/v/access.log');
  f('/v/access.1.log', '/v/access.log');
  f('/v/access.log.offset');
  f('/v/server1.log');
  f('/v/.1');
});

test('packed files', () => {
  const f = (path: string, want: boolean): void => expect(isCompressed(path), path).toBe(want);
  for (const end of ['gz', 'bz2', 'xz', 'zst', 'Z', 'lz4']) f(`/v/a.log.1.${end}`, true);
  f('/v/a.log', false);
  f('/v/gz', false);
});
