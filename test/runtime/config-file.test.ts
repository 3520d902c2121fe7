import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ConfigError, parseConfig } from '../../server/runtime/config-file.ts';

const schema = z.strictObject({
  listen: z.string().optional(),
  port: z.number().optional(),
  nested: z.strictObject({ deep: z.number() }).optional(),
  list: z.array(z.strictObject({ name: z.string() })).optional(),
});

const read = (text: string, env: Record<string, string> = {}) => parseConfig({ text, file: 'v.yaml', schema, env });

function problemsOf(text: string, env: Record<string, string> = {}): string {
  try {
    read(text, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return '';
}

describe('problems stand where they are', () => {
  test.each([
    ['listen: [', 'v.yaml:1:10: '],
    ['listn: x', 'v.yaml:1:1: unknown key "listn"'],
    ['nested:\n  deep: 1\n  depe: 2', 'v.yaml:3:3: unknown key "depe"'],
    ['nested:\n  deep: x', 'v.yaml:2:9: nested.deep: '],
    ['list:\n  - name: a\n  - nam: b', 'v.yaml:3:5: '],
    ['nested: {}', 'v.yaml:1:9: nested.deep: '],
    ['listen: ${NOWHERE}', 'v.yaml:1:9: NOWHERE is not set'],
    ['listen: "${NOWHERE:?say where}"', 'v.yaml:1:9: NOWHERE: say where'],
    ['a: 1\na: 2', 'v.yaml:2:1: '],
  ])('%j', (text, want) => {
    expect(problemsOf(text)).toContain(want);
  });

  test('all of them are told at once, in the order of the file', () => {
    expect(
      problemsOf('port: x\nlistn: 1\nnested: {deep: y}')
        .split('\n')
        .map((line) => line.slice(0, 9)),
    ).toEqual(['v.yaml:1:', 'v.yaml:2:', 'v.yaml:3:']);
  });

  test('a check across values points at the path it names', () => {
    const check = () => [{ path: ['list', 1, 'name'], message: 'twice' }];
    const text = 'list:\n  - name: a\n  - name: a';
    expect(() => parseConfig({ text, file: 'v.yaml', schema, env: {}, check })).toThrow('v.yaml:3:11: twice');
  });
});

describe('the environment', () => {
  test.each([
    ['listen: ${HOST}:1', { HOST: 'h' }, { listen: 'h:1' }],
    ['listen: ${HOST:-d}', {}, { listen: 'd' }],
    ['listen: ${HOST:-d}', { HOST: '' }, { listen: 'd' }],
    ['listen: $$x', {}, { listen: '$x' }],
    ['port: ${PORT:-80}', {}, { port: 80 }],
    ['listen: "${PORT}"', { PORT: '80' }, { listen: '80' }],
    ['# ${NOWHERE} in a comment\nport: 1', {}, { port: 1 }],
    ['', {}, {}],
  ])('%j with %j', (text, env, want) => {
    expect(read(text, env as Record<string, string>)).toEqual(want);
  });

  test('a value of several lines cannot smuggle in keys', () => {
    expect(problemsOf('listen: ${HOST}', { HOST: 'a\nport: 1' })).toContain('several lines');
  });
});
