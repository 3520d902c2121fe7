import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSloFiles } from '../../rules/files/slo-file.ts';
import { rolling } from '../../rules/slo-window.ts';
import { ms } from '../../server/model/units.ts';
import { parseSelector } from '../../server/promql/parse.ts';
import { tries } from '../support/long.ts';

const read = (...texts: string[]) =>
  readSloFiles(
    texts.map((text, i) => ({ path: `${i}.yaml`, text })),
    parseSelector,
  );
const told = (remarks: ReturnType<typeof read>['notes']) =>
  remarks.map(({ line, col, message }) => `${line}:${col} ${message}`);

/** What an indicator counts, in one line. */
const counted = ({ slos }: ReturnType<typeof read>) =>
  slos.map(({ indicator }) => {
    if (indicator.kind === 'latency') return `${indicator.histogram.text} within ${indicator.threshold}`;
    if (indicator.kind !== 'availability') return indicator.kind;
    return `${indicator.counts} ${indicator.part.text} of ${indicator.total.text}`;
  });

const sloth = (sli: string, more = '') => `version: prometheus/v1
service: shop
labels: {owner: team-shop, tier: "1"}
slos:
  - name: requests
    objective: 99.9
    description: Requests succeed
    sli: ${sli}${more}
`;
const events = (error: string, total: string) =>
  sloth(`{events: {error_query: ${JSON.stringify(error)}, total_query: ${JSON.stringify(total)}}}`);

describe('Sloth', () => {
  test('an objective is one of ours', () => {
    const { slos, problems, notes } = read(
      events('sum(rate(http_total{code=~"5.."}[{{.window}}]))', 'sum(rate(http_total[{{.window}}]))'),
    );
    expect(problems).toEqual([]);
    expect(slos).toMatchObject([
      {
        id: 'shop-requests',
        title: 'Requests succeed',
        service: 'shop',
        owner: 'team-shop',
        labels: { tier: '1' },
        objective: 0.999,
        window: rolling(ms(30 * 86_400_000)),
        indicator: {
          kind: 'availability',
          counts: 'bad',
          part: { text: 'http_total{code=~"5.."}' },
          total: { text: 'http_total' },
        },
      },
    ]);
    expect(told(notes)).toEqual(['5:5 not carried over: the period, which Sloth takes from a flag: it is 30d here']);
  });

  describe('queries that count', () => {
    const counts = (error: string, total: string, want: string) =>
      test(`${error} of ${total}`, () => {
        const found = read(events(error, total));
        expect(found.problems).toEqual([]);
        expect(counted(found)).toEqual([want]);
      });
    counts('sum(rate(e[5m]))', 'sum(rate(t[5m]))', 'bad e of t');
    counts('sum(increase(e{a="{{b}}"}[{{ .window }}]))', 'sum(increase(t[{{ .window }}]))', 'bad e{a="{{b}}"} of t');
    counts('(sum(rate(e[5m])) or vector(0))', '( (sum(rate(t[5m]))) )', 'bad e of t');
    counts('sum(rate(e[5m])) OR on() vector(0)', 'sum(rate(t[5m]))', 'bad e of t');
    counts('sum(rate(t[5m])) - sum(rate(g[5m]))', 'sum(rate(t[5m]))', 'good g of t');
    counts('sum(rate({__name__="e", b!~"x|y"}[5m])) # why', 'sum(\n rate(t[5m])\n)', 'bad e{b!~"x|y"} of t');
    const latency = (le: string, want: string) =>
      counts(
        `sum(rate(d_count{v="a"}[5m])) - sum(rate(d_bucket{${le},v="a"}[5m]))`,
        'sum(rate(d_count{v="a"}[5m]))',
        want,
      );
    latency('le="0.3"', 'd{v="a"} within 300');
    latency('le="2"', 'd{v="a"} within 2000');
    latency('le=~"2(\\\\.0)?"', 'd{v="a"} within 2000');
    latency('le="0.0005"', 'good d_bucket{le="0.0005",v="a"} of d_count{v="a"}');
    latency('le="0.3",w="b"', 'good d_bucket{le="0.3",w="b",v="a"} of d_count{v="a"}');
  });

  describe('queries that are refused, with the reason', () => {
    const refused = (error: string, total: string, want: string) =>
      test(`${error} of ${total}`, () => {
        const { slos, problems } = read(events(error, total));
        expect(slos).toEqual([]);
        expect(told(problems)).toEqual([expect.stringContaining(want)]);
      });
    const total = 'sum(rate(t[5m]))';
    refused('sum by (code) (rate(e[5m]))', total, '8:20 got "by (code)" in');
    refused('sum(rate(e[5m])) without (code)', total, 'got "without (code)" in');
    refused('sum(irate(e[5m]))', total, 'cannot count "irate(e[5m])"');
    refused('sum(rate(e[5m] offset 1h))', total, 'cannot count "rate(e[5m] offset 1h)"');
    refused('rate(e[5m])', total, 'cannot count "rate(e[5m])"');
    refused('avg(rate(e[5m]))', total, 'cannot count "avg(rate(e[5m]))"');
    refused('sum(rate(e[5m])) * 2', total, 'cannot count');
    refused('sum(rate(e[5m])) - on(a) sum(rate(b[5m]))', total, 'cannot count');
    refused('sum(rate(a[5m])) - sum(rate(b[5m]))', total, 'a difference that does not start from the total');
    refused('sum(rate(e[5m]))', 'sum(rate(t[1h]))', 'the total is taken by rate[1h] and its part by rate[5m]');
    refused('sum(increase(e[5m]))', total, 'the total is taken by rate[5m] and its part by increase[5m]');
    refused('sum(rate(e[5m])', total, 'got the end of the query; want ")", which closes "sum("');
    refused('sum(rate(e{a=~"("}[5m]))', total, 'regex');
    refused('sum(rate(e{a="{{.window}}"}[5m]))', total, 'got the window in the selector');
    refused('# nothing', total, 'got the end of the query; want an expression');
    refused('sum(rate({a="b"}[5m]))', total, 'it names no metric');
  });

  test('a ratio that is computed already, when it is one of counts', () => {
    const raw = (query: string) => read(sloth(`{raw: {error_ratio_query: ${JSON.stringify(query)}}}`));
    expect(counted(raw('sum(rate(e[5m])) / sum(rate(t[5m]))'))).toEqual(['bad e of t']);
    expect(counted(raw('1 - (sum(rate(g[5m])) / sum(rate(t[5m])))'))).toEqual(['good g of t']);
  });

  test('any other ratio is asked for each slice, and told so', () => {
    const { slos, problems, notes } = read(
      sloth('{raw: {error_ratio_query: "1 - avg(avg_over_time(satisfied[{{.window}}]))"}}'),
    );
    expect(problems).toEqual([]);
    expect(slos).toMatchObject([
      {
        indicator: {
          kind: 'query',
          query: { text: '1 - avg(avg_over_time(satisfied[5m]))' },
          good: 'error_ratio',
          slices: { every: 300_000 },
        },
      },
    ]);
    expect(told(notes).join()).toMatch(/8:17 not carried over: no counts \(cannot count .* is asked every 5m/);
    expect(told(read(sloth('{raw: {error_ratio_query: "sum(("}}')).problems)).toEqual([
      '8:42 got the end of the query; want ")", which closes "("',
    ]);
  });

  test('the resource of Kubernetes says the same in its own spelling', () => {
    const text = `apiVersion: sloth.slok.dev/v1
kind: PrometheusServiceLevel
metadata: {name: shop, namespace: monitoring, resourceVersion: "1"}
spec:
  service: shop
  sloPlugins: {chain: []}
  slos:
    - name: requests
      objective: 99.9
      sli:
        events:
          errorQuery: sum(rate(e[{{.window}}]))
          totalQuery: sum by (a) (rate(t[{{.window}}]))
    - name: others
      objective: "99"
      sli: {events: {errorQuery: "sum(rate(e[{{.window}}]))", totalQuery: "sum(rate(t[{{.window}}]))"}}
      alerting: {pageAlert: {disable: true}, ticketAlert: {labels: {a: b}}}
`;
    const { slos, problems, notes } = read(text);
    expect(slos).toMatchObject([
      { id: 'shop-others', objective: 0.99, alerts: [{ tier: 'ticket' }, { tier: 'ticket' }] },
    ]);
    expect(told(problems)).toEqual([expect.stringMatching(/^12:11 got "by \(a\)"/)]);
    expect(told(notes)).toEqual([
      '6:3 not carried over: plugins: they change the rules that Sloth generates, and are not run',
      expect.stringContaining('8:7 not carried over: the period'),
      expect.stringContaining('14:7 not carried over: the period'),
      '17:60 not carried over: labels of alerts: alerts have those of the objective',
    ]);
  });

  test('a query that is refused hides nothing else of its objective', () => {
    const sli = '{events: {error_query: "irate(e[5m])", total_query: "sum(rate(t[5m])"}}';
    const text = `version: prometheus/v1\nservice: shop\nslos:\n  - name: a\n    objective: 100\n    sli: ${sli}\n`;
    expect(told(read(text).problems)).toEqual([
      expect.stringMatching(/^5:5 cannot read objective/),
      '6:78 got the end of the query; want ")", which closes "sum("',
    ]);
  });

  test('every mistake is told where it stands', () => {
    const { problems } = read(
      'version: prometheus/v1\nservice: shop\nslo: []\nslos:\n  - nam: a\n    sli: {plugin: {id: x}}\n    objective: 99\n',
    );
    expect(told(problems)).toEqual([
      '3:1 unknown key "slo"; did you mean "slos"?',
      '5:5 slos.0.name: missing; want the name of the objective',
      '5:5 unknown key "nam"; did you mean "name"?',
      '6:11 plugins are programs of Sloth; want events, the queries it makes',
    ]);
    expect(told(read(sloth('{plugin: {id: x}}')).problems)).toEqual([
      expect.stringContaining('8:11 plugins are programs'),
    ]);
    expect(told(read(sloth('{}')).problems)).toEqual([expect.stringContaining('got 0 of events, raw and plugin')]);
  });

  test('what ours refuses is told in its file', () => {
    const text = events('sum(rate(e[5m]))', 'sum(rate(t[5m]))').replace('99.9', '100');
    expect(told(read(text).problems)).toEqual([expect.stringMatching(/^6:5 .*100 % leaves no budget/)]);
  });
});

const pyrra = (indicator: string, more = '') => `apiVersion: pyrra.dev/v1alpha1
kind: ServiceLevelObjective
metadata:
  name: shop_requests
  labels: {role: rules, pyrra.dev/team: pay, pyrra.dev/owner: team-shop, pyrra.dev/service: shop}
spec:
  target: "99.5"
  window: 4w
  indicator: ${indicator}
${more}`;

describe('Pyrra', () => {
  test('an objective is one of ours', () => {
    const { slos, problems, notes } = read(pyrra('{ratio: {errors: {metric: "e{a=\\"b\\"}"}, total: {metric: t}}}'));
    expect(problems).toEqual([]);
    expect(slos).toMatchObject([
      {
        id: 'shop-requests',
        title: 'shop_requests',
        service: 'shop',
        owner: 'team-shop',
        labels: { team: 'pay' },
        objective: 0.995,
        window: rolling(ms(28 * 86_400_000)),
      },
    ]);
    expect(told(notes).join()).toContain('5:12 not carried over: the label role of the resource');
  });
  const counts = (indicator: string, want: string) =>
    test(indicator, () => expect(counted(read(pyrra(indicator)))).toEqual([want]));
  counts('{ratio: {errors: {metric: e}, total: {metric: t}, grouping: []}}', 'bad e of t');
  counts('{latency: {success: {metric: "d_bucket{le=\\"0.5\\"}"}, total: {metric: d_count}}}', 'd within 500');
  counts('{latency: {success: {metric: fast}, total: {metric: all}}}', 'good fast of all');

  const grouped = (indicator: string, group_by: object | undefined) =>
    test(indicator, () => expect(read(pyrra(indicator)).slos[0]?.group_by).toEqual(group_by));
  grouped('{ratio: {errors: {metric: e}, total: {metric: t}}}', undefined);
  grouped('{ratio: {errors: {metric: e}, total: {metric: t}, grouping: [a]}}', { labels: ['a'], max_groups: 50 });
  grouped('{latency: {success: {metric: f}, total: {metric: t}, grouping: [a, b]}}', {
    labels: ['a', 'b'],
    max_groups: 50,
  });

  const refused = (indicator: string, want: string) =>
    test(indicator, () => expect(told(read(pyrra(indicator)).problems)).toEqual([expect.stringContaining(want)]));
  refused('{bool_gauge: {metric: up}}', '9:15 a gauge counts no events');
  refused('{latencyNative: {latency: 1s, total: {metric: d}}}', 'native histograms are not stored');
  refused('{ratio: {errors: {metric: e}, total: {metric: t}, grouping: [a, a]}}', '9:64 group_by: got "a" twice');
  refused('{ratio: {errors: {metric: "sum(e)"}, total: {metric: t}}}', 'want name{label="value"} alone');
  refused('{}', 'got 0 indicators');

  const ratio = '{ratio: {errors: {metric: e}, total: {metric: t}}}';
  const alerts = (alerting: string, want: object) =>
    test(alerting, () => expect(read(pyrra(ratio, `  alerting: ${alerting}\n`)).slos).toMatchObject([want]));
  alerts('{burnrates: false}', { alerts: [] });
  alerts('{absent: false}', { no_data: 'none' });
  alerts('{disabled: true}', { alerts: [], no_data: 'none' });
});

const openSlo = (spec: Readonly<Record<string, unknown>>, metadata: object = {}) =>
  JSON.stringify({
    apiVersion: 'openslo/v1',
    kind: 'SLO',
    metadata: { name: 'requests', ...metadata },
    spec: {
      service: 'shop',
      timeWindow: [{ duration: '30d', isRolling: true }],
      budgetingMethod: 'Occurrences',
      objectives: [{ target: 0.99 }],
      indicator: indicator('sum(e)', 'sum(t)'),
      ...spec,
    },
  });
const source = (query: string) => ({ metricSource: { type: 'Prometheus', spec: { query } } });
const indicator = (bad: string, total: string, more: object = { counter: true }) => ({
  metadata: { name: 'i' },
  spec: { ratioMetric: { bad: source(bad), total: source(total), ...more } },
});

describe('OpenSLO', () => {
  test('an objective is one of ours', () => {
    const metadata = {
      displayName: 'Requests\n succeed',
      labels: { owner: ['team-shop'], tier: '1', a: ['b', 'c'], 'x-y': 'z' },
    };
    const { slos, problems, notes } = read(openSlo({ alertPolicies: null }, metadata));
    expect(problems).toEqual([]);
    expect(slos).toMatchObject([
      {
        id: 'requests',
        title: 'Requests succeed',
        service: 'shop',
        owner: 'team-shop',
        labels: { tier: '1' },
        objective: 0.99,
      },
    ]);
    expect(notes.map(({ message }) => message)).toEqual([
      'not carried over: the label a: got 2 values; a label of ours has one',
      'not carried over: the label "x-y", no label name of Prometheus',
    ]);
  });

  test('several objectives are several of ours', () => {
    const objectives = [{ displayName: 'Good enough', target: 0.9 }, { targetPercent: 99.95 }];
    expect(read(openSlo({ objectives })).slos).toMatchObject([
      { id: 'requests-good-enough', title: 'requests: Good enough', objective: 0.9 },
      { id: 'requests-2', title: 'requests: 2', objective: 0.9995 },
    ]);
  });

  test('objects refer to those of other files', () => {
    const sli = `- apiVersion: openslo/v1
  kind: SLI
  metadata: {name: errors}
  spec:
    ratioMetric:
      counter: true
      bad: {metricSource: {metricSourceRef: prom, spec: {query: sum(e), step: 60}}}
      total: {metricSource: {metricSourceRef: prom, spec: {promql: sum(t)}}}
- {apiVersion: openslo/v1, kind: Service, metadata: {name: shop}, spec: {description: a shop}}
- {apiVersion: openslo/v1, kind: AlertPolicy, metadata: {name: p}, spec: {alertWhenNoData: true}}
`;
    const prom =
      'apiVersion: openslo/v1\nkind: DataSource\nmetadata: {name: prom}\nspec: {type: prometheus, connectionDetails: {url: u}}\n';
    const slo = openSlo({ indicator: undefined, indicatorRef: 'errors' });
    const found = read(slo, sli, prom);
    expect(found.problems).toEqual([]);
    expect(counted(found)).toEqual(['bad e of t']);
    expect(found.notes.map(({ file, line, message }) => `${file}:${line} ${message}`)).toEqual([
      '1.yaml:9 not carried over: the description of a Service',
      '1.yaml:10 not carried over: alert policies: Vigie alerts by pairs of burn windows',
      '2.yaml:4 not carried over: the connectionDetails of a DataSource',
      '1.yaml:7 not carried over: "step" of the source',
    ]);
    expect(told(read(slo).problems)).toEqual([expect.stringContaining('there is no SLI "errors"; there is none')]);
    expect(told(read(slo, sli).problems)).toHaveLength(2);
  });

  test('calendar windows', () => {
    const timeWindow = [{ duration: '1Q', calendar: { startTime: '2026-02-01 00:00:00', timeZone: 'Europe/Paris' } }];
    const from = { year: 2026, month: 2, day: 1 };
    expect(read(openSlo({ timeWindow })).slos).toMatchObject([
      { window: { kind: 'calendar', every: 1, unit: 'quarter', zone: 'Europe/Paris', from } },
    ]);
  });

  test('a value against a threshold is asked once for each slice', () => {
    const { slos, notes } = read(
      openSlo({
        budgetingMethod: 'Timeslices',
        objectives: [{ target: 0.9, op: 'lte', value: 0.25, timeSliceTarget: 0.95, timeSliceWindow: '1m' }],
        timeWindow: [{ duration: '7d', isRolling: true }],
        indicator: { spec: { thresholdMetric: source('max(queue_length)') } },
      }),
    );
    expect(slos).toMatchObject([
      {
        indicator: {
          kind: 'query',
          query: { text: 'max(queue_length)' },
          good: { op: '<=', value: 0.25 },
          slices: { every: 60_000, good_at: 1 },
        },
      },
    ]);
    expect(told(notes).join()).toContain('timeSliceTarget: the query is asked once for each slice, at its end');
  });

  test('time slices', () => {
    const slices = (budgetingMethod: string, objective: object) =>
      read(openSlo({ budgetingMethod, objectives: [{ target: 0.9, ...objective }] }));
    expect(slices('Timeslices', { timeSliceTarget: 0.99, timeSliceWindow: '5m' }).slos).toMatchObject([
      { indicator: { slices: { every: 300_000, good_at: 0.99 } } },
    ]);
    const [mean] = slices('RatioTimeslices', { timeSliceWindow: 5 }).slos;
    expect(mean?.indicator.slices).toEqual({ every: 300_000 });
    expect(told(slices('Timeslices', { timeSliceWindow: '5m' }).problems)).toEqual([
      expect.stringContaining('got timeSliceTarget nowhere'),
    ]);
    expect(told(slices('RatioTimeslices', {}).problems)).toEqual([expect.stringContaining('got no timeSliceWindow')]);
  });

  describe('what is refused', () => {
    const refused = (spec: Readonly<Record<string, unknown>>, want: string) =>
      test(`${JSON.stringify(spec).slice(0, 80)}: ${want}`, () => {
        const { slos, problems } = read(openSlo(spec));
        expect(slos).toEqual([]);
        expect(told(problems)).toEqual([expect.stringContaining(want)]);
      });
    const window = (...timeWindow: object[]) => ({ timeWindow });
    refused(window(), 'got 0 windows');
    refused(window({ duration: '1m' }), 'got 1m, which is minutes; want at least 1h (a month would be 1M)');
    refused(window({ duration: '1M', isRolling: true }), 'a month has no fixed length');
    refused(window({ duration: '30 d' }), 'got "30 d"; want one number and unit');
    refused(
      window({ duration: '30d', isRolling: true, calendar: { startTime: 'x', timeZone: 'UTC' } }),
      'want one of them',
    );
    const calendar = (startTime: string, duration = '1M', timeZone = 'UTC') =>
      window({ duration, calendar: { startTime, timeZone } });
    refused(calendar('2026-01-01 12:00:00'), 'periods begin at midnight');
    refused(calendar('yesterday'), 'periods begin at midnight');
    refused(calendar('2026-01-01 00:00:00', '30m'), 'want days or more');
    refused(calendar('2026-01-01 00:00:00', '1M', 'Mars/Olympus'), 'IANA time zone');
    refused(window({ duration: '1M', isRolling: false }), 'got neither isRolling: true nor calendar');
    refused({ objectives: [] }, 'got no objective');
    refused({ objectives: [{}] }, 'got neither of target and targetPercent');
    refused({ objectives: [{ target: 0.9, targetPercent: 90 }] }, 'got both of target and targetPercent');
    refused({ objectives: [{ target: 1 }] }, '100 % leaves no budget');
    refused({ objectives: [{ target: 0.9, compositeWeight: 2 }] }, 'a composite of several indicators');
    refused({ objectives: [{ target: 'x' }] }, 'got "x"; want a number');
    refused({ indicatorRef: 'i' }, 'got both of indicator and indicatorRef');
    refused({ budgetingMethod: 'Ocurrences' }, 'want one of Occurrences, Timeslices, RatioTimeslices');
    refused({ timeWindows: [] }, 'unknown key "timeWindows"; did you mean "timeWindow"?');
    refused({ indicator: indicator('sum(e)', 'sum(t)', {}) }, 'got a series without rate() or increase()');
    refused(
      { indicator: indicator('sum(e)', 'sum(t)', { counter: true, good: source('sum(g)') }) },
      'exactly one of good and bad',
    );
    refused({ indicator: indicator('sum(e)', 'sum(t)', { raw: source('a') }) }, 'got raw; want rawType');
    refused(
      { objectives: [{ target: 0.9, op: 'lt', value: 1 }], indicator: { spec: { thresholdMetric: source('a') } } },
      'got Occurrences, which counts the values of thresholdMetric, as many as its source happens to have; want Timeslices',
    );
    const threshold = (objective: object, want: string) =>
      refused(
        {
          budgetingMethod: 'Timeslices',
          objectives: [{ target: 0.9, timeSliceTarget: 1, timeSliceWindow: '1m', op: 'lt', value: 1, ...objective }],
          indicator: { spec: { thresholdMetric: source('max(a)') } },
        },
        want,
      );
    threshold({ op: undefined }, 'got no op; want lte, gte, lt or gt beside thresholdMetric');
    threshold({ op: 'eq' }, 'got op "eq"; want lte, gte, lt or gt');
    threshold({ value: undefined }, 'got no value; want a number such as 0.5');
    threshold({ timeSliceWindow: undefined }, 'got no timeSliceWindow; want one for Timeslices');
    refused({ indicator: { spec: {} } }, 'got neither of ratioMetric and thresholdMetric');
    const other = { metricSource: { type: 'Datadog', spec: { query: 'a' } } };
    refused({ indicator: indicator('sum(e)', 'sum(t)', { total: other }) }, 'got the type "Datadog"');
    const none = { metricSource: { spec: { query: 'a' } } };
    refused({ indicator: indicator('sum(e)', 'sum(t)', { total: none }) }, 'got no type; want type: Prometheus');
  });

  test('gauges whose rise is asked for, and ratios that are computed, count', () => {
    expect(counted(read(openSlo({ indicator: indicator('sum(rate(e[1m]))', 'sum(rate(t[1m]))', {}) })))).toEqual([
      'bad e of t',
    ]);
    const raw = { spec: { ratioMetric: { raw: source('sum(g) / sum(t)'), rawType: 'success' } } };
    expect(counted(read(openSlo({ indicator: raw })))).toEqual(['good g of t']);
  });

  test('other versions and kinds are told', () => {
    const text = openSlo({});
    expect(told(read(text.replace('openslo/v1', 'openslo/v1alpha')).problems)).toEqual([
      '1:2 got "openslo/v1alpha"; want openslo/v1',
    ]);
    expect(told(read(text.replace('"SLO"', '"Slo"')).problems)).toEqual([expect.stringContaining('did you mean SLO?')]);
    expect(told(read(text, text).problems)).toEqual([expect.stringContaining('there is a SLO "requests" already')]);
  });

  test('our own annotations are keys of ours; broken ones are told', () => {
    const annotated = (json: string) => read(openSlo({}, { annotations: { 'vigie/alerts': json, 'a/b': 'c' } }));
    expect(annotated('"none"').slos).toMatchObject([{ alerts: [], no_data: 'none' }]);
    expect(told(annotated('{').problems)).toEqual([expect.stringContaining('cannot read it as JSON')]);
    expect(told(annotated('{"pag": "none"}').problems)).toEqual([
      expect.stringContaining('unknown key "pag"; did you mean "page"?'),
    ]);
  });
});

test('documents of other tools in one file with ours, or of no tool, are told', () => {
  const text = `${events('sum(rate(e[5m]))', 'sum(rate(t[5m]))')}---\nslos: []\n---\n`;
  const { slos, problems } = read(text);
  expect(slos.map(({ id }) => id)).toEqual(['shop-requests']);
  expect(told(problems)).toEqual([expect.stringMatching(/^10:1 got a document of no kind that is read/)]);
});

test('ids are one across formats', () => {
  const sloths = events('sum(rate(e[5m]))', 'sum(rate(t[5m]))');
  const { slos, problems } = read(sloths, pyrra('{ratio: {errors: {metric: e}, total: {metric: t}}}'));
  expect(slos).toHaveLength(1);
  expect(told(problems)).toEqual(['4:3 id "shop-requests" is already taken in 0.yaml:5; want another one']);
});

test('hostile queries are refused or counted, never more', () => {
  const piece = fc.constantFrom(
    'sum(',
    'rate(',
    'a{b="c"}',
    '[5m]',
    ')',
    ' - ',
    ' / ',
    '1',
    ' or vector(0)',
    '"',
    '{',
    '#',
    'é',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const { slos, problems } = read(events(pieces.join(''), 'sum(rate(t[5m]))'));
      expect(slos.length === 1).toBe(problems.length === 0);
    }),
    { seed: 31, numRuns: tries(100) },
  );
});
