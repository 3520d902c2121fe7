import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { printSlos } from '../../rules/files/print-slo.ts';
import { readSloFiles } from '../../rules/files/slo-file.ts';
import { type ExportFormat, exportSlos } from '../../rules/formats/export-format.ts';
import { readRuleFile } from '../../rules/prometheus/rule-file.ts';
import { defaultMinimumEvents, type SloDefinition } from '../../rules/slo-definition.ts';
import { rolling } from '../../rules/slo-window.ts';
import { testRules } from '../../server/main/test-rules.ts';
import { DAY, ms } from '../../server/model/units.ts';
import { parse as parsePromql, parseSelector } from '../../server/promql/parse.ts';
import { tries } from '../support/long.ts';
import { hasPrometheus, PROMTOOL } from '../support/prometheus.ts';

const folder = mkdtempSync(join(tmpdir(), 'vigie-slo-export-'));
afterAll(() => rmSync(folder, { recursive: true }));

const read = (text: string) => {
  const { slos, problems } = readSloFiles([{ path: 'a.yaml', text }], parseSelector);
  expect(problems).toEqual([]);
  return slos;
};
const slo = (more: string) =>
  read(`slos: [{id: shop-requests, service: shop, window: 30d, objective: 99.9%, ${more}}]`);
const AVAILABILITY = `availability: {total: 't{service="shop"}', bad: 't{service="shop",status=~"5.."}'}`;

const line = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 80 })
  .map((text) => text.trim())
  .filter((text) => text !== '');
const label = fc.stringMatching(/^[a-z_][a-z0-9_]{0,70}$/).filter((name) => !name.startsWith('__'));
const value = fc.string({ maxLength: 20 }).filter((text) => !text.includes('{{'));
const matchers = fc
  .dictionary(
    label.filter((name) => name !== 'le'),
    fc.tuple(fc.constantFrom('=', '!='), value),
    { maxKeys: 3 },
  )
  .map((pairs) =>
    Object.entries(pairs)
      .map(([name, [op, text]]) => `${name}${op}${JSON.stringify(text).replaceAll(/\\u[0-9a-f]{4}|\\[bf]/g, '?')}`)
      .join(','),
  );
const selector = fc.tuple(fc.stringMatching(/^[a-z]{1,8}_total$/), matchers).map(([name, all]) => {
  return all === '' ? name : `${name}{${all}}`;
});
const objective = fc.integer({ min: 1, max: 99_999 }).map((n) => `${n / 1000}%`);
const indicator = fc.oneof(
  fc.record({ total: selector, bad: selector }).map((availability) => ({ availability })),
  fc.record({ total: selector, good: selector }).map((availability) => ({ availability })),
  fc
    .record({ histogram: selector, threshold: fc.integer({ min: 1, max: 20_000 }).map((n) => `${n}ms`) })
    .map((latency) => ({ latency })),
);
const every = fc.constantFrom('1m', '5m');
/** Those that are slices by themselves. */
const sliced = fc.oneof(
  fc.record({ metric: selector, every, good_at: fc.constantFrom('100%', '99.5%') }).map((up) => ({ up })),
  fc
    .record({ histogram: selector, quantile: fc.constantFrom('95%', '99.9%'), threshold: fc.constant('300ms'), every })
    .map((percentile) => ({ percentile })),
  fc
    .record({
      expr: selector.map((text) => `max(${text}) # most`),
      good: fc.constantFrom('< 0.5', '<= 1e3', '> -2', '>= 0', '== 1', '!= 7'),
      every,
    })
    .map((query) => ({ query })),
  fc
    .record({ error_ratio: selector.map((text) => `avg(${text})`), every, good_at: fc.constantFrom('99%', undefined) })
    .map((query) => ({ query })),
);
const slices = fc.constantFrom(
  {},
  { slices: { every: '1m', mean: true } },
  { slices: { every: '5m', good_at: '99.5%' } },
);
const windows = fc.constantFrom<unknown[]>(
  '28d',
  '30d',
  '90d',
  '36h',
  { calendar: 'month', zone: 'Europe/Paris' },
  { calendar: '2 weeks', from: '2026-01-05', zone: 'UTC' },
  { calendar: 'quarter', from: '2026-02-01' },
  { calendar: 'week' },
);
const alerts = fc.constantFrom(
  {},
  { alerts: 'none' },
  { alerts: { page: 'none' } },
  { alerts: { no_data: 'page' } },
  { alerts: { page: [{ budget_share: '0.01%', long: '50m', short: '90s', min_events: 3 }] } },
);
const entries = fc.record(
  {
    id: fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,90}[a-z0-9])?$/),
    title: line,
    service: line,
    owner: line,
    labels: fc.dictionary(fc.oneof(label, fc.constant('owner')), fc.string({ maxLength: 20 }), { maxKeys: 3 }),
    minimum_events: fc.integer({ min: 1, max: 100_000 }),
  },
  { requiredKeys: ['id', 'service'] },
);
const asDefinitions = (measurable: fc.Arbitrary<object>, sliceable: fc.Arbitrary<object>) =>
  fc
    .tuple(entries, objective, windows, measurable, sliceable, alerts)
    .map(
      ([entry, share, window, measured, sliced, alerting]) =>
        readSloFiles(
          [
            {
              path: 'a',
              text: JSON.stringify({
                slos: [{ ...entry, objective: share, window, ...measured, ...sliced, ...alerting }],
              }),
            },
          ],
          parseSelector,
        ).slos[0],
    )
    .filter((read) => read !== undefined);
const definitions = asDefinitions(indicator, slices);

/** Selectors are printed anew: what they say stays. */
const canonical = (definition: SloDefinition) =>
  JSON.parse(JSON.stringify(definition, (key, part) => (key === 'text' ? undefined : part)));

describe('ours -> ours', () => {
  test('printed together, read together', () => {
    fc.assert(
      fc.property(fc.uniqueArray(definitions, { selector: ({ id }) => id, maxLength: 3 }), (slos) => {
        expect(slos.length === 0 ? [] : read(printSlos(slos))).toEqual(slos);
      }),
      { seed: 41, numRuns: tries(25) },
    );
  });
});

describe('ours -> OpenSLO -> ours', () => {
  test('every definition comes back as it was', () => {
    fc.assert(
      fc.property(definitions, (definition) => {
        const { text, refused } = exportSlos('openslo', [definition]);
        expect(refused).toEqual([]);
        expect(read(text).map(canonical)).toEqual([canonical(definition)]);
      }),
      { seed: 42, numRuns: tries(40) },
    );
  });
  test('what is asked for each slice comes back as it was, and without our annotations as slices of the same', () => {
    fc.assert(
      fc.property(asDefinitions(sliced, fc.constant({})), (definition) => {
        const { text, refused } = exportSlos('openslo', [definition]);
        expect(refused).toEqual([]);
        expect(read(text).map(canonical)).toEqual([canonical(definition)]);
        const { metadata, ...rest } = parse(text);
        const [bare] = read(JSON.stringify({ ...rest, metadata: { name: metadata.name } }));
        const { every, good_at } = definition.indicator.slices!;
        expect(bare!.objective).toBe(definition.objective);
        expect(bare!.indicator.slices).toMatchObject({
          every,
          ...(definition.indicator.kind === 'latency' && { good_at }),
        });
        if (definition.indicator.kind !== 'latency') expect(bare!.indicator.kind).toBe('query');
      }),
      { seed: 44, numRuns: tries(40) },
    );
  });
  test('what only Vigie reads is told', () => {
    const [definition] = slo(`${AVAILABILITY}, minimum_events: 7, alerts: none`);
    expect(exportSlos('openslo', [definition!]).losses.map(({ message }) => message)).toEqual([
      'minimum_events: in an annotation, which only Vigie reads',
      'alerts: in an annotation, which only Vigie reads',
    ]);
  });
  test('names are labels of RFC 1123, titles as long', () => {
    fc.assert(
      fc.property(definitions, (definition) => {
        const { metadata, spec } = parse(exportSlos('openslo', [definition]).text);
        for (const name of [metadata.name, spec.service, spec.indicator.metadata.name])
          expect(name).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
        expect(metadata.displayName.length).toBeLessThanOrEqual(63);
      }),
      { seed: 43, numRuns: tries(25) },
    );
  });
  test('a percentile is the latency of slices for others, and comes back as it was', () => {
    const [definition] = slo('percentile: {histogram: d, quantile: 95%, threshold: 300ms, every: 5m}, alerts: none');
    const { text, losses } = exportSlos('openslo', [definition!]);
    expect(losses.map(({ message }) => message)).toEqual(['alerts: in an annotation, which only Vigie reads']);
    expect(parse(text).spec).toMatchObject({
      budgetingMethod: 'Timeslices',
      objectives: [{ timeSliceTarget: 0.95, timeSliceWindow: '5m' }],
    });
    expect(read(text)).toEqual([definition]);
  });
  test('a pair of windows becomes a policy of its long one, and is read as what it is made of', () => {
    const [definition] = slo(`${AVAILABILITY}, missing: {no_data: bad}, alerts: {ticket: none}`);
    const { text, losses } = exportSlos('openslo', [definition!]);
    const policies: { spec: { alertWhenNoData: boolean; conditions: { spec: object }[] } }[] =
      parse(text).spec.alertPolicies;
    const condition = (threshold: number, lookbackWindow: string) => ({
      severity: 'page',
      condition: { kind: 'burnrate', op: 'gt', threshold, lookbackWindow, alertAfter: '0m' },
    });
    expect(policies.map(({ spec }) => spec.conditions.map((one) => one.spec))).toEqual([
      [condition(14.4, '1h')],
      [condition(6, '6h')],
    ]);
    expect(policies.map(({ spec }) => spec.alertWhenNoData)).toEqual([true, true]);
    expect(losses.map(({ message }) => message)).toContain(
      'alerts: a policy there has one window, the long one, and no number of events',
    );
    const { slos, notes } = readSloFiles([{ path: 'a.yaml', text }], parseSelector);
    expect({ slos: slos.map(canonical), notes }).toEqual({ slos: [canonical(definition!)], notes: [] });
  });
  test('what is asked for each slice is refused', () => {
    const up = read('slos: [{id: a, service: a, objective: 99%, window: 7d, up: {metric: up, every: 1m}}]');
    for (const format of ['sloth', 'pyrra', 'prometheus-rules'] satisfies ExportFormat[]) {
      expect(exportSlos(format, up)).toMatchObject({
        text: '',
        refused: [{ slo: 'a', message: 'up is asked for each slice of time, which is not said there' }],
      });
    }
  });
  test('seconds are refused', () => {
    const text = 'slos: [{id: a, service: a, objective: 99%, window: 1h1s, availability: {total: t, bad: b}}]';
    expect(exportSlos('openslo', read(text))).toEqual({
      text: '',
      losses: [],
      refused: [{ slo: 'a', message: 'OpenSLO has no lengths below a minute; got 1h1s' }],
    });
  });
});

/** What is left of a definition when every loss that is told is taken from it. */
const afterSloth = (definition: SloDefinition, losses: readonly string[]): SloDefinition => {
  const lost = (field: string) => losses.find((message) => message.startsWith(field));
  const { alerts: pairs, no_data: _, labels: all, ...rest } = definition;
  const { owner: labelled = '', ...labels } = all;
  const owner = rest.owner === 'unowned' && labelled.trim() !== '' ? labelled.trim() : rest.owner;
  const tiers = pairs?.length === 0 ? { alerts: [] } : {};
  return {
    ...rest,
    owner,
    labels: owner === 'unowned' ? all : labels,
    ...(lost('id') && { id: lost('id')!.split(' ').at(-1)! }),
    ...(lost('service') && { service: lost('service')!.split(' ')[3]! }),
    title: definition.title.replaceAll(/\s+/g, ' '),
    window: rolling(ms(30 * DAY)),
    minimum_events: defaultMinimumEvents(definition.objective),
    ...tiers,
  };
};

describe('ours -> Sloth -> ours', () => {
  test('a definition comes back without what was told to be lost, and as it was when nothing was', () => {
    fc.assert(
      fc.property(definitions, (definition) => {
        const { text, losses, refused } = exportSlos('sloth', [definition]);
        expect(refused).toHaveLength(definition.indicator.slices === undefined ? 0 : 1);
        if (definition.indicator.slices !== undefined) return;
        const [again] = read(text);
        const messages = losses.map(({ message }) => message);
        const { alerts, ...left } = afterSloth(definition, messages);
        const { alerts: found, ...carried } = again!;
        expect(canonical(carried as SloDefinition)).toEqual(canonical(left as SloDefinition));
        expect(found?.length === 0).toBe(alerts?.length === 0);
        if (messages.length === 0) expect(canonical(again!)).toEqual(canonical(definition));
      }),
      { seed: 44, numRuns: tries(40) },
    );
  });
  test('what Sloth has no word for is told', () => {
    const [definition] = slo(`${AVAILABILITY}, minimum_events: 7, missing: {no_data: bad}`);
    const messages = (format: ExportFormat) => exportSlos(format, [definition!]).losses.map(({ message }) => message);
    expect(messages('sloth')).toEqual(['minimum_events', 'missing']);
    expect(messages('prometheus-rules')).toEqual(expect.arrayContaining(['minimum_events', 'missing']));
    expect(read(exportSlos('openslo', [definition!]).text).map(canonical)).toEqual([canonical(definition!)]);
  });
  test('names are as Sloth wants them, and every query has its window', () => {
    fc.assert(
      fc.property(definitions, (definition) => {
        for (const document of parseAllDocuments(exportSlos('sloth', [definition]).text)) {
          const { service, slos } = parse(String(document));
          for (const name of [service, slos[0].name]) expect(name).toMatch(/^[A-Za-z0-9][-A-Za-z0-9_.]*[A-Za-z0-9]$/);
          for (const query of Object.values<string>(slos[0].sli.events)) {
            expect(query).toContain('[{{.window}}]');
            parsePromql(query.replaceAll('{{.window}}', '5m'));
          }
        }
      }),
      { seed: 45, numRuns: tries(25) },
    );
  });
  test('what Sloth would read as a template is refused', () => {
    const [definition] = slo(`availability: {total: 't{a="{{.x}}"}', bad: b}`);
    expect(exportSlos('sloth', [definition!]).refused).toEqual([
      { slo: 'shop-requests', message: 'Sloth would read a template in t{a="{{.x}}"}' },
    ]);
  });
});

describe('ours -> Pyrra -> ours', () => {
  const fits = ({ indicator: measured, window }: SloDefinition) =>
    measured.slices === undefined &&
    window.kind === 'rolling' &&
    !(measured.kind === 'availability' && measured.counts === 'good');
  test('a definition comes back without what was told to be lost, and what Pyrra cannot say is refused', () => {
    fc.assert(
      fc.property(definitions, (definition) => {
        const { text, losses, refused } = exportSlos('pyrra', [definition]);
        expect(refused).toHaveLength(fits(definition) ? 0 : 1);
        if (!fits(definition)) return;
        const [again] = read(text);
        const lost = (key: string) => losses.some(({ message }) => message.startsWith(`${key}:`));
        const same = ({ id, title, objective: share, window, indicator: measured, alerts: pairs }: SloDefinition) => ({
          ...{ id, share, window, measured, title: title.replaceAll(/\s+/g, ' '), off: pairs?.length === 0 },
        });
        expect(canonical(same(again!) as never)).toEqual(canonical(same(definition) as never));
        if (!lost('service')) expect(again!.service).toBe(definition.service);
        if (!lost('owner') && !lost('labels.owner')) expect(again!.owner).toBe(definition.owner);
        for (const [name, text] of Object.entries(again!.labels)) expect(definition.labels[name]).toBe(text);
        for (const name of Object.keys(definition.labels).filter((one) => !lost(one) && !lost(`labels.${one}`)))
          expect(again!.labels[name]).toBe(definition.labels[name]);
      }),
      { seed: 48, numRuns: tries(40) },
    );
  });
  test('groups, whole seconds and silence', () => {
    const text = `slos: [{id: a, service: a, objective: 99.5%, window: 4w, group_by: [vhost], minimum_events: 7, missing: {no_data: good},
      latency: {histogram: h, threshold: 1s}, alerts: {page: none, ticket: none}}]`;
    const exported = exportSlos('pyrra', read(text));
    expect(parse(exported.text)).toEqual({
      apiVersion: 'pyrra.dev/v1alpha1',
      kind: 'ServiceLevelObjective',
      metadata: { name: 'a' },
      spec: {
        description: expect.any(String),
        target: '99.5',
        window: '28d',
        indicator: {
          latency: { success: { metric: 'h_bucket{le="1"}' }, total: { metric: 'h_count' }, grouping: ['vhost'] },
        },
        alerting: { burnrates: false, absent: false },
      },
    });
    expect(exported.losses.map(({ message }) => message.split(/[:;]/, 1)[0])).toEqual([
      'minimum_events',
      'missing',
      'max_groups',
      'latency',
    ]);
    expect(read(exported.text)).toMatchObject([{ group_by: { labels: ['vhost'] }, alerts: [], no_data: 'none' }]);
  });
});

const promtool = (text: string) => {
  const file = join(folder, 'rules.yml');
  writeFileSync(file, text);
  const { status, stdout, stderr } = spawnSync(PROMTOOL, ['check', 'rules', '--lint=all', '--lint-fatal', file], {
    encoding: 'utf8',
  });
  return { status, said: stdout + stderr };
};

describe('rules of Prometheus', () => {
  const languages = { checkExpression: (expr: string) => void parsePromql(expr), checkTemplate: () => undefined };
  test('they are read as rules, whatever the definitions', () => {
    fc.assert(
      fc.property(definitions, (definition) => {
        const { text, refused } = exportSlos('prometheus-rules', [definition]);
        expect(refused).toHaveLength(definition.indicator.slices === undefined ? 0 : 1);
        if (definition.indicator.slices !== undefined) return;
        expect(readRuleFile('rules.yml', text, languages).problems).toEqual([]);
      }),
      { seed: 46, numRuns: tries(25) },
    );
  });

  test.skipIf(!hasPrometheus)('promtool finds nothing wrong with them, hostile words and all', () => {
    const all = fc
      .sample(definitions, { seed: 47, numRuns: tries(25) })
      .filter(({ indicator: { slices: sliced } }) => sliced === undefined)
      .map((definition, i) => ({ ...definition, id: `slo-${i}` }));
    expect(promtool(exportSlos('prometheus-rules', all).text)).toEqual({
      status: 0,
      said: expect.stringContaining('SUCCESS'),
    });
  });

  test('factors are those of ours; pairs that could never fire are not there', () => {
    const exprs = (text: string): string => {
      const { groups } = parse(exportSlos('prometheus-rules', read(text)).text);
      return groups[0].rules
        .filter(({ alert }: { alert?: string }) => alert === 'SloBudgetBurn')
        .map(({ expr }: { expr: string }) => expr)
        .join('\n');
    };
    const limits = (text: string) => [...exprs(text).matchAll(/> ([\d.]+)/g)].map(([, limit]) => limit);
    const of = (rest: string) => `slos: [{id: a, service: a, ${rest}, availability: {total: t, bad: b}}]`;
    expect(limits(of('objective: 99.9%, window: 30d'))).toEqual([
      '0.0144',
      '0.0144',
      '0.006',
      '0.006',
      '0.003',
      '0.003',
      '0.001',
      '0.001',
    ]);
    expect(limits(of('objective: 80%, window: 30d'))).toEqual(['0.6', '0.6', '0.2', '0.2']);
    expect(limits(of('objective: 99%, window: 30d, alerts: none'))).toEqual([]);
  });

  test('a pair that wants bad events asks for them', () => {
    const exprs = (pair: string, side = 'bad: b') =>
      exportSlos(
        'prometheus-rules',
        slo(
          `availability: {total: t, ${side}}, alerts: {ticket: none, page: [{budget_share: 2%, long: 1h, short: 5m${pair}}]}`,
        ),
      ).text;
    expect(exprs('')).toContain('and on () (sum(increase(b[1h])) >= 2))');
    expect(exprs(', min_bad: 7')).toContain('and on () (sum(increase(b[1h])) >= 7))');
    expect(exprs(', min_bad: 7', 'good: g')).toContain(
      '(sum(increase(t[1h])) - (sum(increase(g[1h])) or vector(0)) >= 7)',
    );
    expect(exprs(', min_events: 1')).not.toContain('increase(b');
  });

  test('they fire and are over as ours do', () => {
    const rules = exportSlos(
      'prometheus-rules',
      slo(`title: "{{ Requests }}", labels: {team: "{{x}}", severity: high}, alerts: {ticket: none}, ${AVAILABILITY}`),
    );
    expect(rules.losses.map(({ message }) => message)).toContain(
      'labels.severity: that label says something else in the rules',
    );
    writeFileSync(join(folder, 'slo.yml'), rules.text);
    writeFileSync(join(folder, 'test.yml'), RULE_TEST);
    const [tested] = [...testRules([join(folder, 'test.yml')])];
    expect(tested!.failures.join('\n')).toBe('');
  });
  test.skipIf(!hasPrometheus)('promtool says so too', () => {
    const { status, stdout, stderr } = spawnSync(PROMTOOL, ['test', 'rules', join(folder, 'test.yml')], {
      encoding: 'utf8',
    });
    expect(stderr + stdout).toContain('SUCCESS');
    expect(status).toBe(0);
  });
});

/** Two of a hundred requests fail for two hours, then none; then there are no series. */
const RULE_TEST = `rule_files: [slo.yml]
evaluation_interval: 5m
tests:
  - interval: 5m
    input_series:
      - {series: 't{service="shop",status="200"}', values: '0+98x24 2352+100x24 stale'}
      - {series: 't{service="shop",status="500"}', values: '0+2x24 48x24 stale'}
    promql_expr_test:
      - expr: round(slo:error_ratio:rate1h, 0.0001)
        eval_time: 100m
        exp_samples:
          - {labels: '{service="shop", slo="shop-requests", team="{{x}}"}', value: 0.02}
      - {expr: slo:error_budget:ratio + 0, eval_time: 100m, exp_samples: [{labels: '{service="shop", slo="shop-requests", team="{{x}}"}', value: 0.001}]}
      - {expr: 'round(slo:error_budget_left:ratio, 0.1)', eval_time: 100m, exp_samples: [{labels: '{service="shop", slo="shop-requests", team="{{x}}"}', value: -19}]}
    alert_rule_test:
      - eval_time: 100m
        alertname: SloBudgetBurn
        exp_alerts:
          - exp_labels: {slo: shop-requests, service: shop, team: "{{x}}", severity: page}
            exp_annotations:
              summary: "{{ Requests }}: the error budget burns too fast"
              description: 2% of the events are bad; 0.1% may be, over 30d. It spends 2% in 1h (still so for 5m), or 5% in 6h (still so for 30m) of the budget.
      - {eval_time: 230m, alertname: SloBudgetBurn}
      - {eval_time: 230m, alertname: SloNoData}
      - eval_time: 265m
        alertname: SloNoData
        exp_alerts:
          - exp_labels: {slo: shop-requests, service: shop, team: "{{x}}", severity: ticket}
            exp_annotations: {summary: "{{ Requests }}: no series, so nobody knows"}
`;

test('several definitions, one text: every format is read again whole', () => {
  const both = [
    ...slo(AVAILABILITY),
    ...read('slos: [{id: shop-b, service: shop, window: 30d, objective: 99%, availability: {total: t, good: g}}]'),
  ];
  for (const format of ['openslo', 'sloth'] satisfies ExportFormat[])
    expect(read(exportSlos(format, both).text).map(({ id }) => id)).toEqual(['shop-requests', 'shop-b']);
});
