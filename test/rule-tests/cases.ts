/** Test files of promtool and the rules they test, each with its verdict. Windows end between samples: Prometheus 2 counted both ends. */
export interface RuleCase {
  readonly name: string;
  readonly verdict: 'SUCCESS' | 'FAILED';
  readonly rules?: string;
  /** Without its rule_files. */
  readonly test: string;
  /** What it says when it fails is our own. */
  readonly ownWords?: true;
}

const REQUESTS = `
  - series: 'requests_total{job="shop", code="200"}'
    values: '1000+60x30'
  - series: 'requests_total{job="shop", code="500"}'
    values: '1000+6x30'
  - series: 'requests_total{job="bank", code="200"}'
    values: '5000+120x30'
`;

const LEVELS = `
groups:
- name: first
  rules:
  - record: job:requests:rate5m
    expr: sum by (job) (rate(requests_total[5m30s]))
  - record: requests:rate5m
    expr: sum(job:requests:rate5m)
    labels: {level: top}
- name: second
  rules:
  - record: job:requests:share
    expr: job:requests:rate5m / scalar(requests:rate5m)
`;

const DOWN = `
groups:
- name: hosts
  rules:
  - alert: HostDown
    expr: up == 0
    for: 2m
    labels: {severity: page, host: '{{ $labels.instance }}'}
    annotations:
      summary: '{{ $labels.instance }} of {{ .Labels.job }} is down: {{ $value }}'
      about: '{{ if eq $labels.job "shop" }}shop{{ else }}other{{ end }} {{ $externalLabels.region }}'
`;

const UP = `
  - series: 'up{job="shop", instance="a:9100"}'
    values: '1 1 0x5 1x5'
  - series: 'up{job="bank", instance="b:9100"}'
    values: '0x2 1 0x8'
`;

/** A test of expressions only. */
function expressions(
  series: string,
  tests: readonly (readonly [expr: string, time: string, samples: string])[],
): string {
  const lines = tests.map(
    ([expr, time, samples]) =>
      `  - expr: '${expr.replaceAll("'", "''")}'\n    eval_time: ${time}\n    exp_samples: ${samples}`,
  );
  return `evaluation_interval: 1m
tests:
- interval: 1m
  input_series:${series.trim() === '' ? ' []' : series}
  promql_expr_test:
${lines.join('\n')}
`;
}

/** A test of one alert. */
function alerts(
  series: string,
  alertname: string,
  tests: readonly (readonly [time: string, alerts: string])[],
): string {
  const lines = tests.map(
    ([time, expected]) => `  - eval_time: ${time}\n    alertname: ${alertname}\n    exp_alerts: ${expected}`,
  );
  return `evaluation_interval: 1m
tests:
- interval: 1m
  external_labels: {region: eu}
  external_url: https://watch.example/prom
  input_series:
${series}
  alert_rule_test:
${lines.join('\n')}
`;
}

const HOST_A =
  '{exp_labels: {severity: page, host: "a:9100", job: shop, instance: "a:9100"}, exp_annotations: {summary: "a:9100 of shop is down: 0", about: "shop eu"}}';
const HOST_B =
  '{exp_labels: {severity: page, host: "b:9100", job: bank, instance: "b:9100"}, exp_annotations: {summary: "b:9100 of bank is down: 0", about: "other eu"}}';

/** An alert whose annotation is a template over the value 1234567.891 and the labels below. */
function template(text: string, want: string): { rules: string; test: string } {
  return {
    rules: `
groups:
- name: g
  rules:
  - {alert: Told, expr: v > 1, annotations: {text: '${text.replaceAll("'", "''")}'}}
`,
    test: alerts(
      `
  - series: 'v{instance="web-1.example.org:8080", path="/a b&c", n="12"}'
    values: '1234567.891x5'
  - series: 'w{l="y"}'
    values: '2x5'
  - series: 'w{l="x"}'
    values: '0.0471x5'
`,
      'Told',
      [
        [
          '2m',
          `[{exp_labels: {instance: "web-1.example.org:8080", path: "/a b&c", n: "12"}, exp_annotations: {text: '${want.replaceAll("'", "''")}'}}]`,
        ],
      ],
    ),
  };
}

export const CASES: readonly RuleCase[] = [
  {
    name: 'rules that depend on each other, over groups',
    verdict: 'SUCCESS',
    rules: LEVELS,
    test: expressions(REQUESTS, [
      [
        'job:requests:rate5m',
        '20m',
        `[{labels: 'job:requests:rate5m{job="shop"}', value: 1.1}, {labels: 'job:requests:rate5m{job="bank"}', value: 2}]`,
      ],
      ['requests:rate5m', '20m', `[{labels: 'requests:rate5m{level="top"}', value: 3.1}]`],
      ['job:requests:share{job="bank"} * 3.1', '20m', `[{labels: '{job="bank"}', value: 2}]`],
    ]),
  },
  {
    name: 'a value that is not the one',
    verdict: 'FAILED',
    rules: LEVELS,
    test: expressions(REQUESTS, [
      ['job:requests:rate5m{job="shop"}', '20m', `[{labels: 'job:requests:rate5m{job="shop"}', value: 1.2}]`],
      ['requests:rate5m', '20m', '[]'],
      ['vector(1e-9) * 1e30', '1m', '[]'],
      ['nothing', '1m', `[{labels: 'nothing{b="2", a="1"}', value: 12345678.5}]`],
    ]),
  },
  {
    name: 'the order of groups is turned round',
    verdict: 'FAILED',
    rules: LEVELS,
    test: `group_eval_order: [second, first]\n${expressions(REQUESTS, [['count_over_time(job:requests:share[10m30s])', '4m', `[{labels: '{job="bank"}', value: 3}]`]])}`,
  },
  {
    name: 'notation: values, gaps, repetitions, progressions',
    verdict: 'SUCCESS',
    test: expressions(
      `
  - series: a
    values: '1 2.5 _ 3 _x3 4x2 10+2x3 10-2x3 -1 -1+1x2 stale 1e3 0x1 .5 Inf'
`,
      [
        ['a', '1m', `[{labels: a, value: 2.5}]`],
        ['a', '2m', `[{labels: a, value: 2.5}]`],
        ['count_over_time(a[9m30s])', '9m', `[{labels: '{}', value: 6}]`],
        ['a', '13m', `[{labels: a, value: 16}]`],
        ['sum_over_time(a[3m30s])', '17m', `[{labels: '{}', value: 28}]`],
        ['a', '18m', `[{labels: a, value: -1}]`],
        ['a', '21m', `[{labels: a, value: 1}]`],
        ['a', '22m', '[]'],
        ['a', '23m', `[{labels: a, value: 1000}]`],
        ['a', '26m', `[{labels: a, value: 0.5}]`],
        ['a', '30m', `[{labels: a, value: .inf}]`],
      ],
    ),
  },
  {
    name: 'a series that goes stale is gone at once, and one that stops after five minutes',
    verdict: 'SUCCESS',
    test: expressions(`\n  - {series: 'a', values: '1x3 stale'}\n  - {series: 'b', values: '1x3'}\n`, [
      ['a', '4m', '[]'],
      ['b', '4m', `[{labels: b, value: 1}]`],
      ['b', '7m30s', `[{labels: b, value: 1}]`],
      ['b', '8m30s', '[]'],
      ['absent(b)', '10m', `[{labels: '{}', value: 1}]`],
    ]),
  },
  {
    name: 'a recorded series goes stale with its results',
    verdict: 'SUCCESS',
    rules: `groups: [{name: g, rules: [{record: big, expr: 'a > 5'}]}]`,
    test: expressions(`\n  - {series: 'a{l="1"}', values: '1+1x9 0x9'}\n`, [
      ['big', '9m', `[{labels: 'big{l="1"}', value: 10}]`],
      ['big', '10m', '[]'],
      ['count_over_time(big[30m])', '15m', `[{labels: '{l="1"}', value: 5}]`],
    ]),
  },
  {
    name: 'counter resets',
    verdict: 'SUCCESS',
    test: expressions(`\n  - {series: 'c_total', values: '100+10x5 5+10x5'}\n`, [
      ['resets(c_total[11m30s])', '11m', `[{labels: '{}', value: 1}]`],
      ['c_total - c_total offset 3m', '11m', `[{labels: '{}', value: 30}]`],
      ['round(increase(c_total[4m30s]))', '5m', `[{labels: '{}', value: 45}]`],
    ]),
  },
  {
    name: 'histogram_quantile of recorded buckets',
    verdict: 'SUCCESS',
    rules: `groups: [{name: g, rules: [{record: 'le:latency:rate', expr: 'sum by (le) (rate(latency_bucket[5m30s]))'}, {record: p50, expr: 'histogram_quantile(0.5, le:latency:rate)'}]}]`,
    test: expressions(
      `
  - {series: 'latency_bucket{le="0.1"}', values: '1000+10x20'}
  - {series: 'latency_bucket{le="0.5"}', values: '2000+20x20'}
  - {series: 'latency_bucket{le="+Inf"}', values: '3000+40x20'}
`,
      [
        ['p50', '15m', `[{labels: p50, value: 0.5}]`],
        ['histogram_quantile(0.25, le:latency:rate)', '15m', `[{labels: '{}', value: 0.1}]`],
      ],
    ),
  },
  {
    name: 'subqueries, with and without a step',
    verdict: 'SUCCESS',
    test: expressions(`\n  - {series: g, values: '0+1x30'}\n`, [
      ['max_over_time(g[10m30s:1m])', '20m', `[{labels: '{}', value: 20}]`],
      ['count_over_time(g[10m30s:2m])', '20m', `[{labels: '{}', value: 6}]`],
      ['count_over_time(g[10m30s:])', '20m', `[{labels: '{}', value: 11}]`],
      ['max_over_time((g * 2)[5m30s:1m] offset 10m)', '20m', `[{labels: '{}', value: 20}]`],
    ]),
  },
  {
    name: 'the step of a subquery is the evaluation interval',
    verdict: 'SUCCESS',
    test: expressions(`\n  - {series: g, values: '0+1x30'}\n`, [
      ['count_over_time(g[20m30s:])', '20m', `[{labels: '{}', value: 5}]`],
    ]).replace('evaluation_interval: 1m', 'evaluation_interval: 5m'),
  },
  {
    name: 'offsets and @',
    verdict: 'SUCCESS',
    test: expressions(`\n  - {series: g, values: '0+1x30'}\n`, [
      ['g offset 5m', '20m', `[{labels: g, value: 15}]`],
      ['g offset -5m', '10m', `[{labels: g, value: 15}]`],
      ['g @ 300', '20m', `[{labels: g, value: 5}]`],
      ['g @ end()', '20m', `[{labels: g, value: 20}]`],
      ['sum_over_time(g[2m30s] @ 600)', '20m', `[{labels: '{}', value: 27}]`],
    ]),
  },
  {
    name: 'only what was loaded until the last evaluation is seen',
    verdict: 'SUCCESS',
    test: expressions(`\n  - {series: g, values: '0+1x30'}\n`, [['g', '7m', `[{labels: g, value: 5}]`]]).replace(
      'evaluation_interval: 1m',
      'evaluation_interval: 5m',
    ),
  },
  {
    name: 'a rule does not see what comes later',
    verdict: 'SUCCESS',
    rules: `groups: [{name: g, rules: [{record: ahead, expr: 'g offset -3m'}]}]`,
    test: expressions(`\n  - {series: g, values: '0+1x30'}\n`, [['ahead', '10m', `[{labels: ahead, value: 10}]`]]),
  },
  {
    name: 'of two series with the same labels the last one counts',
    verdict: 'SUCCESS',
    test: expressions(
      `\n  - {series: 'g{a="1",b="2"}', values: '1x9'}\n  - {series: 'g{b="2",a="1"}', values: '7x9'}\n`,
      [['g', '3m', `[{labels: 'g{a="1",b="2"}', value: 7}]`]],
    ),
  },
  {
    name: 'scalars and constants',
    verdict: 'SUCCESS',
    rules: `groups: [{name: g, rules: [{record: one, expr: '1', labels: {kind: constant}}, {record: clock, expr: time()}]}]`,
    test: expressions('', [
      ['one', '1m', `[{labels: 'one{kind="constant"}', value: 1}]`],
      ['clock', '2m', `[{labels: clock, value: 120}]`],
      ['1 / 0', '1m', `[{labels: '{}', value: .inf}]`],
      ['vector(2)', '1m', `[{labels: '', value: 2}]`],
      ['nothing', '1m', '[]'],
    ]),
  },
  {
    name: 'an expression that is none',
    verdict: 'FAILED',
    ownWords: true,
    test: expressions('', [
      ['sum(', '1m', '[]'],
      ['"text"', '1m', '[]'],
      ['g[5m]', '1m', '[]'],
    ]),
  },
  {
    name: 'results that lose what told them apart',
    verdict: 'FAILED',
    ownWords: true,
    rules: `groups: [{name: g, rules: [{record: r, expr: g, labels: {l: same}}]}]`,
    test: expressions(`\n  - {series: 'g{l="1"}', values: '1x9'}\n  - {series: 'g{l="2"}', values: '1x9'}\n`, [
      ['r', '1m', '[]'],
    ]),
  },
  {
    name: 'two rules that write one series differently',
    verdict: 'FAILED',
    ownWords: true,
    rules: `groups: [{name: g, rules: [{record: r, expr: vector(1)}, {record: r, expr: vector(2)}]}]`,
    test: expressions('', [['r', '1m', `[{labels: r, value: 1}]`]]),
  },
  {
    name: 'two rules that write one series alike',
    verdict: 'SUCCESS',
    rules: `groups: [{name: g, rules: [{record: r, expr: vector(1)}, {record: r, expr: vector(1)}]}]`,
    test: expressions('', [['r', '1m', `[{labels: r, value: 1}]`]]),
  },
  {
    name: 'more series than the limit',
    verdict: 'FAILED',
    rules: `groups: [{name: g, limit: 1, rules: [{record: r, expr: g}]}]`,
    test: expressions(`\n  - {series: 'g{l="1"}', values: '1x9'}\n  - {series: 'g{l="2"}', values: '_ _ 1x9'}\n`, [
      ['r', '3m', '[]'],
    ]),
  },
  {
    name: 'as many series as the limit',
    verdict: 'SUCCESS',
    rules: `groups: [{name: g, limit: 2, rules: [{record: r, expr: count by (l) (g)}]}]`,
    test: expressions(`\n  - {series: 'g{l="1"}', values: '1x9'}\n  - {series: 'g{l="2"}', values: '1x9'}\n`, [
      ['r', '3m', `[{labels: 'r{l="1"}', value: 1}, {labels: 'r{l="2"}', value: 1}]`],
    ]),
  },
  {
    name: 'an alert is pending, fires, is gone',
    verdict: 'SUCCESS',
    rules: DOWN,
    test: alerts(UP, 'HostDown', [
      ['1m', '[]'],
      ['2m', `[${HOST_B}]`],
      ['4m', `[${HOST_A}]`],
      ['5m30s', `[${HOST_A}]`],
      ['9m', `[${HOST_B}]`],
    ]),
  },
  {
    name: 'an alert that is expected and does not fire',
    verdict: 'FAILED',
    rules: DOWN,
    test: alerts(UP, 'HostDown', [
      ['3m', `[${HOST_A}]`],
      ['5m', `[${HOST_B}, ${HOST_A}]`],
      ['9m', '[]'],
    ]),
  },
  {
    name: 'ALERTS and ALERTS_FOR_STATE are series',
    verdict: 'SUCCESS',
    rules: DOWN,
    test: expressions(UP, [
      [
        'ALERTS{instance="a:9100"}',
        '3m',
        `[{labels: 'ALERTS{alertname="HostDown", alertstate="pending", severity="page", host="a:9100", job="shop", instance="a:9100"}', value: 1}]`,
      ],
      [
        'ALERTS{alertstate="firing"}',
        '4m',
        `[{labels: 'ALERTS{alertname="HostDown", alertstate="firing", severity="page", host="a:9100", job="shop", instance="a:9100"}', value: 1}]`,
      ],
      [
        'ALERTS_FOR_STATE{instance="a:9100"}',
        '6m',
        `[{labels: 'ALERTS_FOR_STATE{alertname="HostDown", severity="page", host="a:9100", job="shop", instance="a:9100"}', value: 120}]`,
      ],
      ['ALERTS{instance="a:9100"}', '8m', '[]'],
    ]),
  },
  {
    name: 'an alert fires on for a while',
    verdict: 'SUCCESS',
    rules: `groups: [{name: g, rules: [{alert: High, expr: 'g > 5', for: 1m, keep_firing_for: 3m}]}]`,
    test: alerts(`\n  - {series: g, values: '9x3 0x1 9 0x9'}\n`, 'High', [
      ['0m', '[]'],
      ['1m', '[{}]'],
      ['5m', '[{}]'],
      ['7m', '[{}]'],
      ['8m', '[{}]'],
      ['9m', '[{}]'],
      ['10m', '[]'],
    ]),
  },
  {
    name: 'more alerts than the limit',
    verdict: 'FAILED',
    rules: `groups: [{name: g, limit: 1, rules: [{alert: High, expr: 'g > 5'}]}]`,
    test: alerts(`\n  - {series: 'g{l="1"}', values: '9x9'}\n  - {series: 'g{l="2"}', values: '0x2 9x9'}\n`, 'High', [
      ['5m', '[]'],
    ]),
  },
  {
    name: 'alerts that lose what told them apart',
    verdict: 'FAILED',
    ownWords: true,
    rules: `groups: [{name: g, rules: [{alert: High, expr: 'g > 5', labels: {l: ''}}]}]`,
    test: alerts(`\n  - {series: 'g{l="1"}', values: '9x9'}\n  - {series: 'g{l="2"}', values: '9x9'}\n`, 'High', [
      ['5m', '[]'],
    ]),
  },
  {
    name: 'an alert over recorded series, one name in two groups',
    verdict: 'SUCCESS',
    rules: `
groups:
- {name: a, rules: [{record: 'job:errors', expr: 'sum by (job) (g)'}, {alert: Errors, expr: 'job:errors > 5', labels: {tier: page}}]}
- {name: b, rules: [{alert: Errors, expr: 'job:errors > 2', labels: {tier: ticket}}]}
`,
    // Without an order promtool evaluates the groups in that of a Go map, another one every time.
    test: `group_eval_order: [a, b]\n${alerts(
      `\n  - {series: 'g{job="j", i="1"}', values: '0+1x9'}\n  - {series: 'g{job="j", i="2"}', values: '1x9'}\n`,
      'Errors',
      [
        ['2m', '[{exp_labels: {job: j, tier: ticket}}]'],
        ['6m', '[{exp_labels: {job: j, tier: ticket}}, {exp_labels: {job: j, tier: page}}]'],
      ],
    )}`,
  },
  {
    name: 'humanize',
    verdict: 'SUCCESS',
    ...template(
      '{{ $value | humanize }} {{ humanize1024 $value }} {{ humanizePercentage 0.12345 }}',
      '1.235M 1.177Mi 12.35%',
    ),
  },
  {
    name: 'humanizeDuration',
    verdict: 'SUCCESS',
    ...template(
      '{{ humanizeDuration $value }}, {{ humanizeDuration 0.0021 }}, {{ humanizeDuration 61 }}',
      '14d 6h 56m 7s, 2.1ms, 1m 1s',
    ),
  },
  {
    name: 'humanizeTimestamp',
    verdict: 'SUCCESS',
    ...template('{{ humanizeTimestamp $value }}', '1970-01-15 06:56:07.891 +0000 UTC'),
  },
  {
    name: 'printf',
    verdict: 'SUCCESS',
    ...template(
      '{{ printf "%.2f|%5.1f|%s|%q|%g|%e|%d%%" $value 2.25 $labels.n "x" 1e-7 $value 7 }}',
      '1234567.89|  2.2|12|"x"|1e-07|1.234568e+06|7%',
    ),
  },
  {
    name: 'values as they are',
    verdict: 'SUCCESS',
    ...template(
      '{{ $value }} {{ 1e21 }} {{ 0.00001 }} {{ $labels.none }} {{ .ExternalURL }} {{ true }}',
      '1.234567891e+06 1e+21 1e-05  https://watch.example/prom true',
    ),
  },
  {
    name: 'query, first, label, value',
    verdict: 'SUCCESS',
    ...template(
      '{{ with query "w" | sortByLabel "l" | first }}{{ . | label "l" }}={{ value . | humanizePercentage }}{{ end }} {{ range $i, $s := query "sort(w)" }}{{ $i }}:{{ $s.Labels.l }} {{ else }}none{{ end }}',
      'x=4.71% 0:x 1:y ',
    ),
  },
  {
    name: 'texts',
    verdict: 'SUCCESS',
    ...template(
      '{{ title "big shop" }} {{ toUpper "a" }} {{ toLower "B" }} {{ stripPort $labels.instance }} {{ reReplaceAll "(.*)-1.*" "$1!" $labels.instance }} {{ match "e.a" $labels.instance }} {{ graphLink "up > 1" }} {{ tableLink "x" }}',
      'Big Shop A b web-1.example.org web! true /graph?g0.expr=up+%3E+1&g0.tab=0 /graph?g0.expr=x&g0.tab=1',
    ),
  },
  {
    name: 'if, variables, comparisons, space',
    verdict: 'SUCCESS',
    ...template(
      '{{ $n := 5.0 -}}  {{- if and (gt $value $n) (not (eq $labels.n "13" "14")) }}yes{{ else if lt $n 1.0 }}no{{ end }}{{/* told */}} {{ len $labels.path }} {{ index $labels "n" }}',
      'yes 6 12',
    ),
  },
  {
    name: 'a template that fails',
    verdict: 'SUCCESS',
    ...template('{{ if eq $value 5.0 }}x{{ else }}{{ printf "%d" 5.5 }}{{ end }}', '%!d(float64=5.5)'),
  },
  {
    name: 'links, lengths, escapes',
    verdict: 'SUCCESS',
    ...template(
      '{{ (args 1 "x").arg1 }} {{ parseDuration "1h30m" }} {{ stripPort "[::1]:80" }} {{ html "<&>" }} {{ urlquery "a b/c" }} {{ print 1 2 "x" 3 }} {{ len (query "w") }} {{ not true }} {{ or "" "b" }} {{ and "a" "" }}',
      'x 5400 ::1 &lt;&amp;&gt; a+b%2Fc 1 2x3 2 false b ',
    ),
  },
  {
    name: 'rounding, signs, widths',
    verdict: 'SUCCESS',
    ...template(
      '{{ humanize 1234.5 }} {{ humanize 0.00045 }} {{ humanize -2500.0 }} {{ humanize 0.0 }} {{ humanizePercentage -0.5 }} {{ humanizeDuration -3661.0 }} {{ humanizeDuration 0.5 }} {{ humanize1024 -2048.0 }} {{ printf "%+.1f|%-6s|%06.2f|%x|%t|%v|%s" 1.25 "ab" 3.14159 255 true "v" "w" }}',
      '1.234k 450u -2.5k 0 -50% -1h 1m 1s 500ms -2ki +1.2|ab    |003.14|ff|true|v|w',
    ),
  },
  {
    name: 'nested ranges and with',
    verdict: 'SUCCESS',
    ...template(
      '{{ range query "sort_desc(w)" }}{{ $s := . }}{{ with .Value }}{{ $s.Labels.l }}={{ . }};{{ end }}{{ end }}{{ range query "nothing" }}x{{ else }}none{{ end }}{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ end }}{{ $x }}',
      'y=2;x=0.0471;none2',
    ),
  },
  {
    name: 'first of nothing',
    verdict: 'SUCCESS',
    ...template(
      '{{ with query "sort_desc(w)" }}{{ . | first | value }}{{ end }}{{ if query "nothing" }}yes{{ else }}no{{ end }} {{ $labels.n | printf "%s%s" "a" }} {{ "quoted" | printf "%q" }} {{ `raw` }}',
      '2no a12 "quoted" raw',
    ),
  },
  {
    name: 'a template with an unknown function',
    verdict: 'FAILED',
    ownWords: true,
    ...template('{{ nonsense $value }}', ''),
  },
  { name: 'an unknown key', verdict: 'FAILED', ownWords: true, test: 'evaluation_intervall: 1m\ntests: []\n' },
  {
    name: 'an unknown key of a rule',
    verdict: 'FAILED',
    ownWords: true,
    rules: `groups: [{name: g, rules: [{record: r, expr: g, fro: 5m}]}]`,
    test: expressions('', []),
  },
  {
    name: 'a recording rule with for',
    verdict: 'FAILED',
    ownWords: true,
    rules: `groups: [{name: g, rules: [{record: r, expr: g, for: 5m}]}]`,
    test: expressions('', []),
  },
  {
    name: 'a group twice',
    verdict: 'FAILED',
    ownWords: true,
    rules: `groups: [{name: g, rules: []}, {name: g, rules: []}]`,
    test: expressions('', []),
  },
  {
    name: 'values that are none',
    verdict: 'FAILED',
    ownWords: true,
    test: expressions(`\n  - {series: g, values: '1 two 3'}\n`, []),
  },
  {
    name: 'a progression without a count',
    verdict: 'FAILED',
    ownWords: true,
    test: expressions(`\n  - {series: g, values: '1+2'}\n`, []),
  },
  {
    name: 'a series that is none',
    verdict: 'FAILED',
    ownWords: true,
    test: expressions(`\n  - {series: 'g{a=~"1"}', values: '1'}\n`, []),
  },
  {
    name: 'an alert test without a name',
    verdict: 'FAILED',
    ownWords: true,
    test: 'tests: [{interval: 1m, alert_rule_test: [{eval_time: 1m}]}]\n',
  },
  { name: 'no tests', verdict: 'SUCCESS', test: 'rule_files: []\n' },
];
