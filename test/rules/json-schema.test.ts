import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readSloFiles } from '../../rules/files/slo-file.ts';
import { SLO_TEXT } from '../../server/main/demo/demo-config.ts';
import { writeConfigs } from '../../server/main/demo/demo-folder.ts';
import { jsonSchemaText, type SchemaName } from '../../server/main/json-schemas.ts';
import { importSlos } from '../../server/main/slo-exchange.ts';
import { parseSelector } from '../../server/promql/parse.ts';
import { tries } from '../support/long.ts';

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
  const service = 'services: [shop]';
  const policy = (entry: string, want: string) =>
    test(entry, () => expect(sloMistakes(`policies: [{${service}, ${entry}}]`).join('; ')).toContain(want));
  policy('minimum_budget: 10', 'must be string');
  policy('minimum_budget: 101%', 'must match pattern');
  policy('freeze: [{from: 2026-12-19, zone: UTC, reason: r}]', 'must match exactly one schema in oneOf');
  policy('freeze: [{from: 2026-12-19, to: 2026-12-20, duration: 1d, zone: UTC, reason: r}]', 'exactly one');
  const parts = 'objective: 99%, window: 30d, composite: {parts: [{slo: a, weight: 1}, {slo: b, weight: 1}]}';
  slo(`${parts}, slices: {every: 1m, mean: true}`, 'must NOT be valid');
  slo(`${parts}, group_by: [vhost]`, 'must NOT be valid');
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

describe('what vigie check refuses', () => {
  /** What takes more than the shape of one value: other files, other keys, selectors, PromQL, the arithmetic of windows. */
  const TAKES_READING = [
    'alert-long-too-long',
    'alert-never-fires',
    'alert-odd-window',
    'alert-short-not-short',
    'calendar-day',
    'calendar-too-long',
    'calendar-zone',
    'duplicate-id',
    'duplicate-objectives',
    'group-by-boundary',
    'group-by-own-label',
    'group-id-too-long',
    'histogram-with-le',
    'objectives-window',
    'query-of-nothing',
    'query-of-the-asking',
    'query-of-the-step',
    'query-syntax',
    'selector-broken',
    'selector-is-a-query',
    'selector-without-name',
    'slices-odd-length',
    'slices-outlive-ring',
    'up-outlives-ring',
    'window-too-long',
    'window-too-short',
  ];
  test('is refused by the schema as well, but for what takes reading', () => {
    const wellFormed = golden('.bad.yaml').filter((name) => name !== 'torn-yaml.bad.yaml');
    const passed = wellFormed.filter((name) => sloMistakes(read(join(GOLDEN, name))).length === 0);
    expect(passed.map((name) => name.replace('.bad.yaml', ''))).toEqual(TAKES_READING);
  });

  const policies = `policies:
  - services: [shop, "*"]
    minimum_budget: 10%
    maximum_burn: [{window: 1h, rate: 6}]
    blocking_alerts: [page]
    when: {no_data: no_go, no_traffic: go, too_new: go, too_little_traffic: unknown}
    freeze:
      - {from: Fri 16:00, to: Mon 08:00, zone: Europe/Paris, reason: weekend}
      - {from: 2026-12-01, duration: 3d, rrule: FREQ=MONTHLY, zone: Europe/Paris, reason: invoices}
    error_budget_policy: [{left: 0%, action: only fixes, who: shop team, freeze: true}]
`;
  const good = [policies, ...golden('.good.yaml').map((name) => read(join(GOLDEN, name)))].map((text) => parse(text));
  const problemsOf = (content: unknown) =>
    readSloFiles([{ path: 'slo.yaml', text: JSON.stringify(content) }], parseSelector, () => undefined).problems;

  /** Every place in a value, as its keys. */
  const places = (value: unknown): (string | number)[][] => {
    if (typeof value !== 'object' || value === null) return [];
    const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
    return keys.flatMap((key) => [[key], ...places((value as never)[key]).map((rest) => [key, ...rest])]);
  };
  const changedAt = (
    content: unknown,
    path: readonly (string | number)[],
    change: (holder: never, key: never) => void,
  ) => {
    const copy = structuredClone(content);
    const holder = path.slice(0, -1).reduce<unknown>((part, key) => (part as never)[key], copy);
    change(holder as never, path.at(-1) as never);
    return copy;
  };
  const NO_TEXT: readonly unknown[] = ['', ' ', 0, -1, 1.5, 7, true, false, [], {}, [1], { a: 1 }];
  /** Also of another form, where what stands there has one of its own. */
  const oddFor = (value: unknown): readonly unknown[] =>
    typeof value === 'string' && /^\d+(?:\.\d+)?(?:%|ms|[smhdw])$/.test(value)
      ? [...NO_TEXT, '5', '-3%', '3 days']
      : NO_TEXT;
  const valueAt = (content: unknown, path: readonly (string | number)[]) =>
    path.reduce<unknown>((part, key) => (part as never)[key], content);
  const mutants = fc.constantFrom(...good).chain((content) =>
    fc.constantFrom(...places(content)).chain((path) =>
      fc.oneof(
        fc.constantFrom(...oddFor(valueAt(content, path))).map((odd) =>
          changedAt(content, path, (at: Record<string, unknown>, key) => {
            at[key] = odd;
          }),
        ),
        fc.constant(
          changedAt(content, path, (at: Record<string, unknown>, key) => {
            if (Array.isArray(at)) at.splice(key, 1);
            else delete at[key];
          }),
        ),
        fc.constant(
          changedAt(content, path, (at: Record<string, unknown>) => {
            if (!Array.isArray(at)) at.odd = '1';
          }),
        ),
      ),
    ),
  );

  test('whatever a value is changed to, both agree', () => {
    fc.assert(
      fc.property(mutants, (content) => {
        const [problems, mistakes] = [problemsOf(content), sloMistakes(JSON.stringify(content))];
        // Another objective for one that is gone may be one there is already.
        const told = problems.map(({ message }) => message).filter((message) => !message.includes('already taken'));
        expect({ told, mistakes, refused: mistakes.length > 0 }).toMatchObject({ refused: told.length > 0 });
      }),
      { seed: 81, numRuns: tries(150) },
    );
  });
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

test('files that Vigie writes begin with that line, and the schema is beside them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-written-'));
  writeConfigs({ folder, listen: '127.0.0.1:8420', syslog: '127.0.0.1:5514' });
  for (const name of ['vigie.yaml', 'web-2.yaml', 'mail-1.yaml', 'slos/shop.yaml']) {
    const text = readFileSync(join(folder, name), 'utf8');
    const [, schema = ''] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text) ?? [];
    expect(name.startsWith('slos') ? sloMistakes(text) : configMistakes(text)).toEqual([]);
    expect(existsSync(join(folder, dirname(name), schema))).toBe(true);
  }
  const { firstLine, text } = importSlos([join(folder, 'slos/shop.yaml')]);
  expect(firstLine).toBe('# yaml-language-server: $schema=slo.schema.json\n');
  expect(sloMistakes(firstLine + text)).toEqual([]);
  rmSync(folder, { recursive: true });
});
