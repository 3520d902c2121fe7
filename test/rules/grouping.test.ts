import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { appliesTo } from '../../rules/exclusions/exclusion.ts';
import { printSlo } from '../../rules/files/print-slo.ts';
import { readSloFiles } from '../../rules/files/slo-file.ts';
import { exportSlos } from '../../rules/formats/export-format.ts';
import { gate } from '../../rules/gate/gate.ts';
import { groupSlos, groupsAmong } from '../../rules/grouping.ts';
import type { SloDefinition } from '../../rules/slo-definition.ts';
import { withGroups } from '../../server/evaluation/slo-groups.ts';
import type { Labels } from '../../server/model/labels.ts';
import { compileMatcher } from '../../server/promql/matcher.ts';
import { parseSelector } from '../../server/promql/parse.ts';
import { events, NOW, statusOf } from './observation.ts';

const AVAILABILITY = 'availability: {total: requests_total, bad: \'requests_total{code="500"}\'}';

function read(indicator = AVAILABILITY, group_by = '[vhost]'): SloDefinition {
  const text = `slos: [{id: web, service: web, title: Web, objective: 99%, window: 7d, group_by: ${group_by}, ${indicator}}]`;
  const { slos, problems } = readSloFiles([{ path: 'a.yaml', text }], parseSelector);
  expect(problems).toEqual([]);
  return slos[0]!;
}

const byVhost = (values: readonly string[], taken: readonly string[] = []) =>
  groupSlos(
    read(),
    values.map((vhost) => ({ vhost })),
    new Set(taken),
  );

describe('a group is the definition for one value', () => {
  const is = (value: string, id: string, title: string) =>
    test(JSON.stringify(value), () => {
      expect(byVhost([value])[0]).toMatchObject({ id, title, service: 'web', labels: { vhost: value } });
    });
  is('shop', 'web-shop', 'Web: shop');
  is('shop.example', 'web-shop-example-62966561', 'Web: shop.example');
  is('Shop', 'web-shop-28742cc9', 'Web: Shop');
  is('', 'web-none-811c9dc5', 'Web: vhost=""');
  is('"}<script>', 'web-script-f5d0159b', 'Web: "}<script>');
  is('a'.repeat(30), `web-${'a'.repeat(30)}`, `Web: ${'a'.repeat(30)}`);
  is('a'.repeat(31), `web-${'a'.repeat(30)}-3363ee06`, `Web: ${'a'.repeat(31)}`);
  is('a'.repeat(101), `web-${'a'.repeat(30)}-8868c4a8`, `Web: ${'a'.repeat(99)}…`);
});

describe('all that is counted is counted of the group alone', () => {
  const narrows = (indicator: string, want: readonly string[]) =>
    test(indicator, () => {
      const [group] = groupSlos(read(indicator), [{ vhost: 'a"b' }], new Set());
      expect(want.filter((text) => !JSON.stringify(group?.indicator).includes(JSON.stringify(text)))).toEqual([]);
    });
  const [all, failed] = ['requests_total{vhost="a\\"b"}', 'requests_total{code="500",vhost="a\\"b"}'];
  narrows(AVAILABILITY, [all, failed]);
  narrows('latency: {histogram: seconds, threshold: 300ms}', ['seconds{vhost="a\\"b"}']);
  narrows('percentile: {histogram: seconds, quantile: 95%, threshold: 300ms, every: 1m}', ['seconds{vhost="a\\"b"}']);
  narrows('up: {metric: up, every: 1m}', ['up{vhost="a\\"b"}']);
});

const value = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', 'a', 'A', 'a-b', 'a.b', 'a_b', '-', '…'),
);

test('values of any log are groups with ids of their own, whose selectors say what they say', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(value, value), { selector: String, maxLength: 12 }), (pairs) => {
      const series = pairs.map(([vhost, method]): Labels => ({ vhost, method, code: '200' }));
      const slo = read(AVAILABILITY, '[vhost, method]');
      const groups = groupsAmong(slo.group_by!, [...series, ...series]);
      expect(groups.length).toBe(new Set(pairs.map((pair) => JSON.stringify(pair))).size);
      const slos = groupSlos(slo, groups, new Set(['web']));
      expect(new Set(slos.map(({ id }) => id)).size).toBe(slos.length);
      for (const { id, indicator } of slos) {
        expect(id).toMatch(/^[a-z0-9](?:[a-z0-9-]{0,98}[a-z0-9])?$/);
        if (indicator.kind !== 'availability') throw new Error('another indicator');
        expect(parseSelector(indicator.total.text)).toEqual(indicator.total.selector);
        expect(parseSelector(indicator.part.text)).toEqual(indicator.part.selector);
      }
    }),
    { seed: 81, numRuns: 300 },
  );
});

test('an id that is taken, or that two values would share, is told apart by its hash', () => {
  const ids = byVhost(['shop', 'blog'], ['web-shop']).map(({ id }) => id);
  expect(ids).toEqual([expect.stringMatching(/^web-shop-[0-9a-f]{8}$/), 'web-blog']);
  const slo = read(AVAILABILITY, '[a, b]');
  const [one, other] = groupSlos(
    slo,
    [
      { a: 'x-y', b: 'z' },
      { a: 'x', b: 'y-z' },
    ],
    new Set(),
  );
  expect(one?.id).not.toBe(other?.id);
});

test('no two SLOs share an id, however their definitions and values are named', () => {
  const name = fc.constantFrom('a', 'a-b', 'a-b-c', 'b', 'b-c', 'c');
  const definition = fc.record({ id: name, values: fc.uniqueArray(name), isGrouped: fc.boolean() });
  fc.assert(
    fc.property(fc.uniqueArray(definition, { selector: ({ id }) => id }), (written) => {
      const { group_by, ...plain } = read();
      const definitions = written.map(({ id, isGrouped }) => ({
        ...plain,
        id,
        ...(isGrouped && group_by && { group_by }),
      }));
      const chosen = new Map(written.map(({ id, values }) => [id, values.map((vhost) => ({ vhost }))]));
      const slos = withGroups(definitions, { chosen });
      expect(new Set(slos.map(({ id }) => id)).size).toBe(slos.length);
      const of = ({ isGrouped, values }: (typeof written)[number]) => (isGrouped ? Math.max(1, values.length) : 1);
      expect(slos).toHaveLength(written.reduce((sum, one) => sum + of(one), 0));
    }),
    { seed: 82, numRuns: 300 },
  );
});

describe('groups are the values of all series, each once', () => {
  const found = (names: readonly string[], series: readonly Labels[], want: readonly Labels[]) =>
    test(names.join(), () => expect(groupsAmong({ labels: names, max_groups: 1 }, series)).toEqual(want));
  found(['vhost'], [], []);
  found(['vhost'], [{ vhost: 'b' }, { vhost: 'a' }, { vhost: 'b', code: '500' }], [{ vhost: 'a' }, { vhost: 'b' }]);
  found(
    ['vhost', 'code'],
    [{ vhost: 'b' }, { code: '1' }],
    [
      { vhost: '', code: '1' },
      { vhost: 'b', code: '' },
    ],
  );
  // No names that every object has.
  found(['constructor'], [{ vhost: 'b' }], [{ constructor: '' }] as unknown as Labels[]);
});

test('the definition of a group is that of the file', () => {
  const slo = read();
  const [group] = groupSlos(slo, [{ vhost: 'shop' }], new Set());
  expect(printSlo(group!.group!.written)).toBe(printSlo(slo));
  expect(printSlo(slo)).toContain('group_by:\n      - vhost\n');
});

describe('an exclusion of the definition is one of all its groups', () => {
  const excludes = (slos: readonly string[], want: boolean) =>
    test(slos.join(), () => {
      const [group] = byVhost(['shop']);
      expect(appliesTo({ slos }, group!, compileMatcher)).toBe(want);
      expect(appliesTo({ slos }, statusOf(group!, []), compileMatcher)).toBe(want);
    });
  excludes(['web'], true);
  excludes(['web-shop'], true);
  excludes(['web-blog', 'shop'], false);
});

describe('in the words of other tools', () => {
  const slo = read();
  test('Prometheus and Sloth cannot say it', () => {
    for (const format of ['prometheus-rules', 'sloth'] as const) {
      expect(exportSlos(format, [slo])).toMatchObject({ text: '', refused: [{ slo: 'web', message: /vhost/ }] });
    }
  });
  test('OpenSLO keeps it in an annotation, which is read again', () => {
    const { text, losses } = exportSlos('openslo', [slo]);
    expect(losses).toContainEqual({ slo: 'web', message: 'group_by: in an annotation, which only Vigie reads' });
    expect(readSloFiles([{ path: 'open.yaml', text }], parseSelector).slos[0]?.group_by).toEqual(slo.group_by);
  });
});

describe('the gate tells of groups that are left out', () => {
  const [group] = byVhost(['shop']);
  const summary = { slo: 'web', service: 'web', group_by: ['vhost'], groups: 1, max_groups: 1 };
  const tells = (left_out: number, slo: string, want: readonly string[]) =>
    test(`${left_out} of ${slo}`, () => {
      const groups = [{ ...summary, slo, left_out }];
      const status = statusOf(group!, events(100_000, 1));
      const { decision, reasons } = gate([status], { now: NOW, policies: [], groups }, (key) => key);
      expect(decision).toBe('go');
      expect(reasons.map(({ code }) => code)).toEqual(['budget_left', ...want]);
    });
  test('and of which group a refusal is', () => {
    const of = (bad: number) => gate([statusOf(group!, events(1000, bad))], { now: NOW, policies: [] }, (key) => key);
    expect(of(900)).toMatchObject({ decision: 'no_go', reasons: [{ args: { service: 'web (shop)' } }] });
    expect(of(0)).toMatchObject({ decision: 'go', reasons: [{ args: { service: 'web' } }] });
  });
  tells(0, 'web', []);
  tells(1, 'web', ['groups_left_out']);
  tells(1, 'other', []);
});
