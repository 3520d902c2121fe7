import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { printSlo } from '../../rules/files/print-slo.ts';
import { readSloFiles } from '../../rules/files/slo-file.ts';
import { proposedSlo } from '../../rules/proposal.ts';
import { parseSelector } from '../../server/promql/parse.ts';

const FOLDER = new URL('../golden/slo/', import.meta.url);
const golden = (ending: string) =>
  readdirSync(FOLDER)
    .filter((name) => name.endsWith(ending))
    .map((path) => ({ path, text: readFileSync(new URL(path, FOLDER), 'utf8') }));

const read = (...texts: string[]) =>
  readSloFiles(
    texts.map((text, i) => ({ path: `${i}.yaml`, text })),
    parseSelector,
  );

describe('a good file', () => {
  for (const file of golden('.good.yaml')) {
    test(file.path, () => {
      const { slos, problems } = readSloFiles([file], parseSelector);
      expect(problems).toEqual([]);
      const printed = slos.map((slo) => read(printSlo(slo)).slos[0]);
      expect(printed).toEqual(slos);
    });
  }
  test('fills in what is left out', () => {
    const [, latency] = readSloFiles(golden('shop.good.yaml'), parseSelector).slos;
    expect(latency).toMatchObject({
      title: 'Requests to shop take at most 300 ms',
      owner: 'unowned',
      labels: {},
      objective: 0.99,
      minimum_events: 100,
      proposed: false,
    });
  });
});

describe('a bad file has one problem, at its place', () => {
  for (const file of golden('.bad.yaml')) {
    test(file.path, () => {
      const { slos, problems } = readSloFiles([file], parseSelector);
      const want = /^# (.*)/.exec(file.text)?.[1];
      expect(problems.map(({ line, col, message }) => `${line}:${col} ${message}`)).toEqual([
        expect.stringContaining(want!),
      ]);
      expect(slos.length).toBe(file.path.startsWith('duplicate') ? 1 : 0);
    });
  }
});

test('all problems of all files are told at once, and what is right is still read', () => {
  const bad = 'slos:\n  - {id: X, servce: a, objective: 1, window: 30d, availability: {total: a}}\n';
  const { slos, problems } = read(bad, printSlo(proposedSlo('shop')));
  expect(problems.map(({ message }) => message.split(/[:;]/)[0]).sort()).toEqual([
    'cannot read objective',
    'got neither of good and bad',
    'id',
    'service',
    'unknown key "servce"',
  ]);
  expect(slos.map(({ id }) => id)).toEqual(['shop-availability']);
});

test('an id is taken across files', () => {
  const text = printSlo(proposedSlo('shop'));
  const { slos, problems } = read(text, text);
  expect(slos).toHaveLength(1);
  expect(problems).toEqual([
    {
      file: '1.yaml',
      line: 2,
      col: 5,
      message: 'id "shop-availability" is already taken in 0.yaml:2; want another one',
    },
  ]);
});

describe('alerts that can never fire are left out with a note', () => {
  const notes = (objective: string, window: string, want: string[]) =>
    test(`${objective} over ${window}`, () => {
      const text = `slos: [{id: a, service: a, objective: ${objective}, window: ${window}, availability: {total: a, bad: b}}]`;
      expect(read(text).notes.map(({ message }) => message)).toEqual(want);
    });
  notes('99.9%', '30d', []);
  notes('93%', '30d', [
    'the 1h/5m page alert is left out: it needs a burn above 14.4, and even a full outage burns at 14.2857',
  ]);
  notes('93.1%', '30d', []);
  notes('80%', '30d', [
    'the 1h/5m page alert is left out: it needs a burn above 14.4, and even a full outage burns at 5',
    'the 6h/30m page alert is left out: it needs a burn above 6, and even a full outage burns at 5',
  ]);
});

test('hostile YAML is a problem, not a crash', () => {
  const bomb = `a: &a [x,x]\n${Array.from({ length: 30 }, (_, i) => `b${i}: &b${i} [*${i ? `b${i - 1}` : 'a'},*${i ? `b${i - 1}` : 'a'}]`).join('\n')}`;
  expect(read(bomb).problems.length).toBeGreaterThan(0);
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), (text) => {
      const { slos, problems } = read(text);
      expect(slos).toEqual([]);
      expect(problems.length).toBeGreaterThan(0);
    }),
    { seed: 21 },
  );
});

test('a proposal reads back as its file, whatever the service is called', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 60 }), (name) => {
      const service = `s${name}e`;
      const proposed = proposedSlo(service);
      const { slos, problems } = read(printSlo(proposed));
      expect(problems).toEqual([]);
      expect(slos).toEqual([{ ...proposed, proposed: false }]);
    }),
    { seed: 22 },
  );
});
