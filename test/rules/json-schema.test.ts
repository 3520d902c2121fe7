import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readSloFiles } from '../../rules/slo-file.ts';
import { SLO_TEXT } from '../../server/main/demo/demo-config.ts';
import { jsonSchemaText, type SchemaName } from '../../server/main/json-schemas.ts';
import { parseSelector } from '../../server/promql/parse.ts';

const ROOT = join(import.meta.dirname, '../..');
const GOLDEN = join(ROOT, 'test/golden/slo');
const read = (path: string) => readFileSync(resolve(ROOT, path), 'utf8');
const golden = (ending: string) => readdirSync(GOLDEN).filter((name) => name.endsWith(ending));

const ajv = new Ajv({ strict: false, allErrors: true, formats: { uri: true } });
const check = (name: SchemaName) => {
  const validate = ajv.compile(JSON.parse(jsonSchemaText(name)));
  return (text: string): readonly string[] =>
    validate(parse(text)) ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
};
const sloMistakes = check('slo');
const configMistakes = check('config');

describe('what is right passes', () => {
  for (const name of golden('.good.yaml')) {
    test(name, () => expect(sloMistakes(read(join(GOLDEN, name)))).toEqual([]));
  }
  test('the SLOs of the demo', () => expect(sloMistakes(SLO_TEXT)).toEqual([]));
  test('the example of docs/slo.md, which is read as well', () => {
    const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(read('docs/slo.md')) ?? [];
    expect(sloMistakes(example)).toEqual([]);
    expect(readSloFiles([{ path: 'slo.yaml', text: example }], parseSelector)).toMatchObject({
      slos: [{}],
      problems: [],
    });
  });
  for (const file of ['vigie.yaml', 'docs/docker/server.yaml', 'docs/docker/collector.yaml']) {
    test(file, () => expect(configMistakes(read(file))).toEqual([]));
  }
});

describe('what has the wrong shape does not', () => {
  const slo = (entry: string, want: string) =>
    test(entry, () => expect(sloMistakes(`slos: [{id: a, service: a, ${entry}}]`).join('; ')).toContain(want));
  slo('objective: 99.9, window: 30d, availability: {total: a, bad: b}', 'objective must be string');
  slo('objective: "99.9", window: 30d, availability: {total: a, bad: b}', 'objective must match pattern');
  slo('objective: 99%, availability: {total: a, bad: b}', "must have required property 'window'");
  slo('objective: 99%, window: 30d', 'must match exactly one schema in oneOf');
  slo(
    'objective: 99%, window: 30d, availability: {total: a, good: b, bad: c}',
    'must match exactly one schema in oneOf',
  );
  slo('objective: 99%, window: 30d, alerts: maybe, availability: {total: a, bad: b}', 'alerts must be');
  slo(
    'objective: 99%, window: 30d, alerts: {page: none, tickets: none}, availability: {total: a, bad: b}',
    'additional',
  );
  slo('objective: 99%, window: 30d, owners: x, availability: {total: a, bad: b}', 'additional properties');

  const config = (text: string, want: string) =>
    test(text, () => expect(configMistakes(text).join('; ')).toContain(want));
  config('store: {max_serie: 1}', 'additional properties');
  config('store: {max_series: many}', 'max_series must be integer');
  config('sources: {a: {type: fiel}}', 'type must be equal to constant');
});

test('a number of the configuration may come from the environment', () => {
  const config = `${read('vigie.yaml')}\nstore: {max_series: "\${MAX_SERIES:-5}"}\n`;
  expect(configMistakes(config)).toEqual([]);
});

describe('the copies in docs/ are those that `vigie schema` prints', () => {
  for (const name of ['slo', 'config'] as const) {
    test(`${name}: node server/cli/vigie.mjs schema ${name} > docs/${name}.schema.json`, () => {
      expect(read(`docs/${name}.schema.json`)).toBe(jsonSchemaText(name));
    });
  }
});

describe('the line for editors names a schema that is there', () => {
  const files = ['vigie.yaml', 'docs/docker/server.yaml', 'docs/docker/collector.yaml'];
  for (const file of [...files, ...golden('.good.yaml').map((name) => `test/golden/slo/${name}`)]) {
    test(file, () => {
      const [, schema = ''] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(read(file)) ?? [];
      expect(schema).toMatch(/\.schema\.json$/);
      expect(existsSync(resolve(ROOT, dirname(file), schema))).toBe(true);
    });
  }
});
