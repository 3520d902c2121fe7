import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { prometheusAlerts } from '../../server/api/alerting-rules.ts';
import { unescapeName } from '../../server/api/escaped-name.ts';
import { openEngine } from '../../server/engine/engine.ts';
import type { BatchPayload } from '../../server/model/batch.ts';
import { goExponent } from '../../server/model/go-number.ts';
import { ms } from '../../server/model/units.ts';
import { createLog } from '../../server/runtime/log.ts';
import { NOW } from '../rules/observation.ts';
import { firingAlert } from '../support/alerts.ts';
import { type PrometheusApi, startPrometheusApi } from '../support/prometheus-api.ts';

const SECS = NOW / 1000;
const HOUR_SECS = 3600;

const requests = (status: string) => ({
  kind: 'sum' as const,
  name: 'http_requests_total',
  labels: { service: 'shop', status },
});
const histogram = (part: string, labels: Record<string, string> = {}) => ({
  kind: 'sum' as const,
  name: `http_duration_seconds_${part}`,
  labels: { service: 'shop', ...labels },
});

/** Requests an hour ago, failures and durations a minute ago, a load of half an hour ago; complete to NOW. */
const BATCH: BatchPayload = {
  v: 1,
  source: 'access',
  series: [
    requests('200'),
    requests('500'),
    histogram('bucket', { le: '0.5' }),
    histogram('sum'),
    histogram('count'),
    { kind: 'gauge', name: 'node_load1', labels: { host: 'web-1' } },
    { kind: 'counter', name: 'octets_total', labels: { host: 'web-1' } },
    // Named as parts of a histogram, and of none.
    { kind: 'gauge', name: 'pool_count', labels: { host: 'web-1' } },
  ],
  increments: {
    series: [0, 1, 2, 3, 4],
    time: [SECS - HOUR_SECS, SECS - 60, SECS - 60, SECS - 60, SECS - 60],
    n: [7, 1, 1, 1, 1],
    sum: [7, 1, 1, 0.25, 1],
  },
  samples: { series: [5, 6, 7], time: [NOW - 1_800_000, NOW - 1000, NOW - 1000], value: [0.5, 10, 3] },
  watermark: { completeTo: NOW, service: 'shop', state: 'ok' },
};

const folder = mkdtempSync(join(tmpdir(), 'vigie-prometheus-api-'));
let api: PrometheusApi;

beforeAll(async () => {
  api = await startPrometheusApi(folder, [BATCH]);
});

afterAll(async () => {
  await api.stop();
  rmSync(folder, { recursive: true });
});

interface Envelope {
  readonly status: string;
  readonly data: unknown;
  readonly warnings?: readonly string[];
  readonly errorType?: string;
  readonly error?: string;
}

type Params = readonly (readonly [string, string])[] | Record<string, string>;

async function get(path: string, params: Params = {}): Promise<Envelope> {
  const query = new URLSearchParams(params as Record<string, string>);
  return (await (await fetch(`${api.url}/api/v1${path}?${query}`)).json()) as Envelope;
}

async function post(path: string, params: Params = {}): Promise<Envelope> {
  const body = new URLSearchParams(params as Record<string, string>);
  return (await (await fetch(`${api.url}/api/v1${path}`, { method: 'POST', body })).json()) as Envelope;
}

const SHOP_200 = { __name__: 'http_requests_total', service: 'shop', status: '200' };
const SHOP_500 = { __name__: 'http_requests_total', service: 'shop', status: '500' };
const LOAD = { __name__: 'node_load1', host: 'web-1' };
const at = (age: number): string => String(SECS - age);

describe('what there is', () => {
  const lists: readonly (readonly [string, Params, unknown])[] = [
    ['/series', { 'match[]': 'http_requests_total' }, [SHOP_200, SHOP_500]],
    ['/series', { 'match[]': '{status=~"5.."}' }, [SHOP_500]],
    ['/series', { 'match[]': 'nothing' }, []],
    // Two selectors that find the same series answer it once.
    [
      '/series',
      [
        ['match[]', 'node_load1'],
        ['match[]', '{__name__="node_load1"}'],
        ['match[]', 'none'],
      ],
      [LOAD],
    ],
    // A sample counts where it lies, on both borders.
    ['/series', { 'match[]': 'node_load1', start: at(1800), end: at(1800) }, [LOAD]],
    ['/series', { 'match[]': 'node_load1', start: at(1799) }, []],
    ['/series', { 'match[]': 'node_load1', end: at(1801) }, []],
    // A sum has a value from one slot before its first increment to the watermark of its source.
    ['/series', { 'match[]': 'http_requests_total', end: at(120) }, [SHOP_200]],
    ['/series', { 'match[]': 'http_requests_total', start: at(0) }, [SHOP_200, SHOP_500]],
    ['/series', { 'match[]': 'http_requests_total', start: at(-1) }, []],
    ['/labels', {}, ['__name__', 'host', 'le', 'service', 'status']],
    ['/labels', { 'match[]': 'node_load1' }, ['__name__', 'host']],
    ['/labels', { start: at(-1) }, []],
  ];
  test.each(lists)('%s %j, by GET and by POST', async (path, params, data) => {
    expect(await get(path, params)).toEqual({ status: 'success', data });
    expect(await post(path, params)).toEqual({ status: 'success', data });
  });

  test.each([
    ['status', {}, ['200', '500']],
    ['status', { end: at(120) }, ['200']],
    ['__name__', { 'match[]': '{host="web-1"}' }, ['node_load1', 'octets_total', 'pool_count']],
    ['none', {}, []],
    ['U__sta_74_us', {}, ['200', '500']],
    ['U____name__', {}, []],
    ['h%C3%B4te', {}, []],
  ])('values of %s %j', async (label, params: Record<string, string>, data) => {
    expect(await get(`/label/${label}/values`, params)).toEqual({ status: 'success', data });
  });

  const CUT = { warnings: ['results truncated due to limit'] };
  test.each([
    ['/series', { 'match[]': 'http_requests_total', limit: '1' }, [SHOP_200], CUT],
    ['/series', { 'match[]': 'http_requests_total', limit: '2' }, [SHOP_200, SHOP_500], {}],
    ['/labels', { limit: '2' }, ['__name__', 'host'], CUT],
    ['/labels', { limit: '0' }, ['__name__', 'host', 'le', 'service', 'status'], {}],
    ['/label/status/values', { limit: '1' }, ['200'], CUT],
  ])('%s %j is cut, and says so', async (path, params: Record<string, string>, data, warned) => {
    expect(await get(path, params)).toEqual({ status: 'success', data, ...warned });
  });

  test('a result is cut by series, and a scalar is not', async () => {
    const params = { query: '{host="web-1"}', time: at(0), start: at(0), end: at(0), step: '1', limit: '1' };
    for (const path of ['/query', '/query_range']) {
      const { data, warnings } = await post(path, params);
      expect(data).toMatchObject({ result: [{ metric: { __name__: 'octets_total' } }] });
      expect((data as { result: unknown[] }).result).toHaveLength(1);
      expect(warnings).toEqual(CUT.warnings);
      expect((await post(path, { ...params, limit: '2' })).warnings).toBeUndefined();
    }
    expect(await get('/query', { query: '1', time: '4', limit: '1' })).toEqual({
      status: 'success',
      data: { resultType: 'scalar', result: [4, '1'] },
    });
  });
});

describe('metadata', () => {
  const of = (type: string) => [{ type, help: '', unit: '' }];
  const ALL = {
    http_duration_seconds: of('histogram'),
    http_requests_total: of('counter'),
    node_load1: of('gauge'),
    octets_total: of('counter'),
    pool_count: of('gauge'),
  };
  test.each([
    [{}, ALL],
    [{ limit: '-1', limit_per_metric: '1' }, ALL],
    [{ limit: '1' }, { http_duration_seconds: of('histogram') }],
    [{ limit: '0' }, {}],
    [{ metric: 'http_duration_seconds' }, { http_duration_seconds: of('histogram') }],
    [{ metric: 'pool' }, {}],
    [{ metric: 'node.load1' }, {}],
  ])('%j', async (params: Record<string, string>, data) => {
    expect(await get('/metadata', params)).toEqual({ status: 'success', data });
  });

  test('the build names the API that is spoken', async () => {
    expect((await get('/status/buildinfo')).data).toMatchObject({ version: '3.0.0', revision: 'vigie 0.1.0' });
  });
});

describe('rules and alerts', () => {
  const LABELS = { alertname: 'ErrorBudgetBurn', service: 'shop', slo: 'shop-availability', team: 'shop' };

  test('an alert that pages', async () => {
    const { data } = await get('/alerts');
    expect(data).toMatchObject({
      alerts: [
        {
          state: 'firing',
          labels: { ...LABELS, tier: 'page', severity: 'page' },
          activeAt: '2023-11-14T22:13:20.000Z',
        },
      ],
    });
    const [alert] = (data as { alerts: { value: string; annotations: { description: string } }[] }).alerts;
    expect(alert?.value).toMatch(/^\d(\.\d+)?e\+\d\d$/);
    expect(alert?.annotations.description).not.toBe('');
  });

  test.each([
    ['pending', ['pending']],
    ['firing', ['firing']],
    ['resolved', []],
  ] as const)('an alert that is %s', (state, states) => {
    const told = prometheusAlerts({ alerts: [{ ...firingAlert(), state }] });
    expect(told.map((alert) => alert.state)).toEqual(states);
  });

  test('a group per SLO, a rule per tier; the alert stands under its tier', async () => {
    const { groups } = (await get('/rules')).data as { groups: { rules: Record<string, unknown>[] }[] };
    expect(groups).toMatchObject([
      {
        name: 'shop-availability',
        interval: 10,
        rules: [
          { type: 'alerting', name: 'ErrorBudgetBurn', state: 'firing', labels: { tier: 'page' }, health: 'ok' },
          { type: 'alerting', name: 'ErrorBudgetBurn', state: 'inactive', labels: { tier: 'ticket' }, alerts: [] },
        ],
      },
    ]);
    expect(groups[0]?.rules[0]?.alerts).toEqual(((await get('/alerts')).data as { alerts: unknown }).alerts);
  });

  test('their queries are PromQL', async () => {
    const { groups } = (await get('/rules')).data as { groups: { rules: { query: string }[] }[] };
    for (const { query } of groups.flatMap(({ rules }) => rules)) {
      expect(query).toContain('vigie_slo_burn_rate{slo="shop-availability",window="');
      expect(await get('/query', { query })).toMatchObject({ status: 'success' });
    }
  });

  test.each([
    [{ type: 'alert' }, 2],
    [{ type: 'record' }, 0],
    [{ 'rule_group[]': 'shop-availability' }, 2],
    [{ 'rule_group[]': 'other' }, 0],
    [{ 'rule_name[]': 'ErrorBudgetBurn' }, 2],
    [{ 'rule_name[]': 'Other' }, 0],
    [{ 'file[]': 'slos' }, 2],
    [{ 'file[]': 'other' }, 0],
  ])('%j finds %d rules', async (params: Record<string, string>, count) => {
    const { groups } = (await get('/rules', params)).data as { groups: { rules: unknown[] }[] };
    expect(groups.flatMap(({ rules }) => rules)).toHaveLength(count);
  });

  test('rules without their alerts', async () => {
    expect(JSON.stringify(await get('/rules', { exclude_alerts: 'true' }))).not.toContain('activeAt');
  });

  test.each([
    [1, '1e+00'],
    [14.4, '1.44e+01'],
    [0.005, '5e-03'],
    [1e100, '1e+100'],
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, '-Inf'],
  ])('%d is written %s', (value, text) => {
    expect(goExponent(value)).toBe(text);
  });
});

describe('what is refused', () => {
  test.each([
    ['/series', {}, 'no match[] parameter provided'],
    ['/series', { 'match[]': '{}' }, 'at least one non-empty matcher'],
    ['/series', { 'match[]': 'up[5m]' }, 'cannot read parameter \\"match[]\\"'],
    ['/labels', { 'match[]': 'sum(' }, 'cannot read parameter \\"match[]\\"'],
    ['/labels', { start: 'yesterday' }, 'cannot read parameter \\"start\\"'],
    ['/labels', { limit: '-1' }, 'cannot read parameter \\"limit\\"'],
    ['/labels', { limit: '1.5' }, 'cannot read parameter \\"limit\\"'],
    ['/label/x/values', { end: '1e300' }, 'cannot read parameter \\"end\\"'],
    ['/label/%/values', {}, '%'],
    ['/metadata', { limit: 'x' }, 'limit must be a number'],
    ['/metadata', { limit_per_metric: 'x' }, 'limit_per_metric must be a number'],
    ['/rules', { type: 'both' }, 'not supported value'],
    ['/query', { query: '1', timeout: 'soon' }, 'cannot read parameter \\"timeout\\"'],
    ['/query_range', { query: '1', start: '0', end: '1', step: 'x' }, 'cannot read parameter \\"step\\"'],
    ['/query_range', { query: '1', start: '0', end: '1', step: '1e300' }, 'cannot read parameter \\"step\\"'],
    ['/query_exemplars', {}, 'cannot read parameter \\"query\\"'],
    ['/query_exemplars', { query: 'sum(' }, 'cannot parse query'],
    ['/query_exemplars', { query: 'x', start: '2', end: '1' }, 'cannot read parameter \\"end\\"'],
  ])('%s %j: bad_data, 400', async (path, params: Record<string, string>, text) => {
    const answer = await fetch(`${api.url}/api/v1${path}?${new URLSearchParams(params)}`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([400, 'application/json; charset=utf-8']);
    const body = await answer.text();
    expect(JSON.parse(body)).toMatchObject({ status: 'error', errorType: 'bad_data' });
    expect(body).toContain(text);
  });

  test.each([
    ['/query?query=sum(&time=1', 400, 'bad_data'],
    ['/format_query?query=sum(', 400, 'bad_data'],
    ['/format_query', 400, 'bad_data'],
    ['/query?query=label_replace(node_load1,"a","$1","host","(")&time=1', 422, 'execution'],
    [`/query?query=octets_total&time=${SECS}&timeout=0`, 503, 'timeout'],
    [`/query_range?query=1&start=0&end=1&step=1&timeout=0s`, 503, 'timeout'],
    ['/none', 404, 'not_found'],
  ])('%s: %d %s', async (path, status, errorType) => {
    const answer = await fetch(`${api.url}/api/v1${path}`);
    expect([answer.status, await answer.json()]).toMatchObject([status, { status: 'error', errorType }]);
  });

  test.each([
    ['POST', '/label/status/values', 'GET, HEAD'],
    ['POST', '/metadata', 'GET, HEAD'],
    ['DELETE', '/series', 'GET, HEAD, POST'],
  ])('%s %s is told what is allowed', async (method, path, allow) => {
    const answer = await fetch(`${api.url}/api/v1${path}`, { method });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow]);
  });
});

test('a query ends at the shorter of its own time and the limit of the engine', async () => {
  let now = 0;
  const clock = { now: () => ms(NOW + now++ * 1000) };
  const dataDir = mkdtempSync(join(tmpdir(), 'vigie-timeout-'));
  const engine = openEngine({ dataDir, clock, log: createLog('test', { write: () => {} }) });
  // Each step looks at the clock a few times, and each time a second has passed.
  const steps = (count: number, timeout?: number) =>
    engine.queryRange('1', ms(0), ms(count - 1), ms(1), timeout === undefined ? undefined : ms(timeout));
  try {
    await expect(steps(1, 5000)).resolves.toBeDefined();
    await expect(steps(5, 5000)).rejects.toMatchObject({ code: 'timeout' });
    await expect(steps(5)).resolves.toBeDefined();
    await expect(steps(30)).rejects.toMatchObject({ code: 'timeout' });
    await expect(steps(30, 60_000)).rejects.toMatchObject({ code: 'timeout' });
  } finally {
    await engine.close();
    rmSync(dataDir, { recursive: true });
  }
});

test.each([
  ['plain', 'plain'],
  ['U__http_2e_status', 'http.status'],
  ['U__a__b', 'a_b'],
  ['U___1F600_', '\u{1F600}'],
  ['U__', ''],
  // Not well escaped: they stand for themselves.
  ['U__a_', 'U__a_'],
  ['U__a_2e', 'U__a_2e'],
  ['U__a_xy_', 'U__a_xy_'],
  ['U___d800_', 'U___d800_'],
  ['U___110000_', 'U___110000_'],
])('the label name %s is %s', (escaped, plain) => {
  expect(unescapeName(escaped)).toBe(plain);
});
