import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ConfigError, parseConfig } from '../../server/runtime/config-file.ts';

const schema = z.strictObject({
  listen: z.string().optional(),
  port: z.number().min(1).optional(),
  nested: z.strictObject({ deep: z.number() }).optional(),
  list: z
    .array(z.strictObject({ name: z.string() }))
    .min(1)
    .optional(),
  parts: z
    .record(
      z.string(),
      z.discriminatedUnion('type', [
        z.strictObject({ type: z.literal('file') }),
        z.strictObject({ type: z.literal('pipe'), path: z.string().regex(/^\//, 'want an absolute path') }),
      ]),
    )
    .optional(),
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
    ['listn: x', 'v.yaml:1:1: unknown key "listn"; did you mean "listen"?'],
    ['xyzzy: x', 'v.yaml:1:1: unknown key "xyzzy"; want one of listen, port, nested, list, parts'],
    ['nested:\n  deep: 1\n  depe: 2', 'v.yaml:3:3: unknown key "depe"; did you mean "deep"?'],
    ['nested:\n  deep: x', 'v.yaml:2:9: nested.deep: got "x"; want a number'],
    ['nested:\n  deep:', 'v.yaml:2:8: nested.deep: got nothing; want a number'],
    ['port: 0', 'v.yaml:1:7: port: got 0; want at least 1'],
    ['list: []', 'v.yaml:1:7: list: got an empty list; want at least 1 items'],
    ['list: [{name: [a]}]', 'v.yaml:1:15: list.0.name: got a list; want text'],
    ['parts: {a: {type: fil}}', 'v.yaml:1:19: parts.a.type: got "fil"; want one of file, pipe; did you mean "file"?'],
    ['parts: {a: {}}', 'v.yaml:1:12: parts.a.type: is missing; want one of file, pipe'],
    ['parts: {a: {type: pipe, pth: x}}', 'v.yaml:1:25: unknown key "pth"; did you mean "path"?'],
    ['parts: {a: {type: pipe, path: x}}', 'v.yaml:1:31: parts.a.path: got "x"; want an absolute path'],
    ['list:\n  - name: a\n  - nam: b', 'v.yaml:3:5: '],
    ['nested: {}', 'v.yaml:1:9: nested.deep: is missing; want a number'],
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

test('checks of the value as written are told beside what the schema refuses', () => {
  const looseCheck = (value: unknown) => [{ path: ['nested'], message: `saw ${JSON.stringify(value)}` }];
  const text = 'port: x\nnested: {deep: 1}';
  expect(() => parseConfig({ text, file: 'v.yaml', schema, env: {}, looseCheck })).toThrow(
    'v.yaml:1:7: port: got "x"; want a number\nv.yaml:2:9: saw {"port":"x","nested":{"deep":1}}',
  );
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
