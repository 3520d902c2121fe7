import { describe, expect, test } from 'vitest';
import { readSloFiles } from '../../rules/files/slo-file.ts';
import { parseSelector } from '../../server/promql/parse.ts';

/** In a document of another tool no mistake hides another: neither one of its shape one of its meaning, nor the other way round. */
const SLOTH = `version: prometheus/v1
service: shop
slos:
  - name: pages
    objective: 99.9
    sli: {events: {error_query: 'sum(rate(bad_total[{{.window}}]))', total_query: 'sum(rate(all_total[{{.window}}]))'}}
    alerting: {page_alert: {disable: true}, ticket_alert: {disable: true}}
  - name: search
    objective: 99
    sli: {events: {error_query: 'sum(rate(lost_total[{{.window}}]))', total_query: 'sum(rate(found_total[{{.window}}]))'}}
`;

const PYRRA = `apiVersion: pyrra.dev/v1alpha1
kind: ServiceLevelObjective
metadata: {name: pages}
spec:
  target: '99'
  window: 4w
  indicator: {ratio: {errors: {metric: 'bad_total'}, total: {metric: 'all_total'}}}
`;

const OPENSLO = `apiVersion: openslo/v1
kind: SLO
metadata: {name: pages}
spec:
  service: shop
  indicator:
    metadata: {name: ratio}
    spec:
      ratioMetric:
        counter: true
        bad: {metricSource: {type: Prometheus, spec: {query: 'bad_total'}}}
        total: {metricSource: {type: Prometheus, spec: {query: 'all_total'}}}
  timeWindow: [{duration: 30d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.99}]
`;

type Change = readonly [from: string, to: string];

function told(text: string, changes: readonly Change[]): readonly string[] {
  let changed = text;
  for (const [from, to] of changes) {
    expect(changed).toContain(from);
    changed = changed.replace(from, to);
  }
  const { slos, problems } = readSloFiles([{ path: 'f.yaml', text: changed }], parseSelector);
  expect(slos.map(({ id }) => id).filter((id) => id.startsWith('unread'))).toEqual([]);
  return problems.map(({ line, message }) => `${line}: ${message}`);
}

describe.each([
  ['sloth', SLOTH],
  ['pyrra', PYRRA],
  ['openslo', OPENSLO],
])('%s', (_, text) => {
  test('without a mistake', () => expect(told(text, [])).toEqual([]));
});

describe('each of two mistakes is told as it is alone', () => {
  const f = (name: string, text: string, changes: readonly Change[]) =>
    test(`${name}: ${changes.map(([, to]) => to).join(' and ')}`, () => {
      const alone = changes.map((change) => told(text, [change]));
      for (const one of alone) expect(one).toHaveLength(1);
      const line = (one: string): number => Number.parseInt(one, 10);
      expect(told(text, changes)).toEqual(alone.flat().toSorted((a, b) => line(a) - line(b)));
    });
  const impossible: Change = ['objective: 99.9', 'objective: 100'];
  f('sloth', SLOTH, [impossible, ['  - name: search\n', '  - description: search\n']]);
  f('sloth', SLOTH, [impossible, ['{page_alert:', '{nobody: knows, page_alert:']]);
  f('sloth', SLOTH, [['service: shop', 'service: [shop]'], impossible]);
  f('sloth', SLOTH, [impossible, ['objective: 99\n', 'objective: [99]\n']]);
  f('sloth', SLOTH, [impossible, ["'sum(rate(found_total[{{.window}}]))'", '[1]']]);
  f('sloth', SLOTH, [
    ['{page_alert: {disable: true}', '{page_alert: {disable: perhaps}'],
    ['rate(lost_total', 'rat(lost_total'],
  ]);
  f('pyrra', PYRRA, [
    ["target: '99'", "target: '100'"],
    ['window: 4w', 'window: [4w]'],
  ]);
  f('pyrra', PYRRA, [
    ["target: '99'", 'target: {}'],
    ["'bad_total'", "'bad_total{'"],
  ]);
  f('pyrra', PYRRA, [
    ['  window: 4w', '  window: 4w\n  widow: 5w'],
    ["target: '99'", "target: '100'"],
  ]);
  f('pyrra', PYRRA, [
    ["{metric: 'bad_total'}", '{}'],
    ["target: '99'", "target: '100'"],
  ]);
  f('openslo', OPENSLO, [
    ['service: shop', 'service: [shop]'],
    ['{target: 0.99}', '{target: 1}'],
  ]);
  f('openslo', OPENSLO, [
    ['isRolling: true', 'isRolling: perhaps'],
    ['{target: 0.99}', '{target: 1}'],
  ]);
  f('openslo', OPENSLO, [
    ["query: 'bad_total'", "query: 'bad_total{'"],
    ['{target: 0.99}', '{target: {}}'],
  ]);
  f('openslo', OPENSLO, [
    ["spec: {query: 'all_total'}", 'spec: 5'],
    ['{target: 0.99}', '{target: 1}'],
  ]);
});
