import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { QueryData } from '../../server/model/engine.ts';
import { seriesKey } from '../../server/model/labels.ts';
import { PATIENCE } from '../support/patience.ts';
import { freePort } from '../support/ports.ts';
import { hasPrometheus } from '../support/prometheus.ts';
import { ask, type PrometheusProcess, startPrometheusProcess } from '../support/prometheus-process.ts';
import { startVigie, type VigieProcess } from '../support/vigie-process.ts';
import { sortedLabels, writeBody } from '../support/write-request.ts';

// The same rule file and the same samples, here and in the real Prometheus 2.42: what each says of its alerts, and what each has recorded.
// Both evaluate every second, at moments of their own: what is compared are the states an alert goes through, in their order. Every step
// waits until both are where it leads, so that no machine is too slow for it.

const RULES = `
groups:
  - name: alerts
    interval: 1s
    rules:
      - { alert: AtOnce, expr: load > 5, labels: { severity: page } }
      - alert: Held
        expr: load > 5
        for: 1s
        labels: { severity: '{{ if gt $value 15.0 }}page{{ else }}ticket{{ end }}', team: '{{ $labels.host | toUpper }}' }
        annotations:
          summary: '{{ $labels.host }} has {{ $value }} ({{ humanize $value }}, {{ $value | printf "%.2f" }}), {{ query "limit_of" | first | value }} allowed'
          link: 'http://dashboard/{{ $labels.host | reReplaceAll "web-(.*)" "$1" }}'
          broken: '{{ query "nothing" | first | value }}'
      - { alert: Kept, expr: load > 5, keep_firing_for: 1s }
      - { alert: KeptLong, expr: load > 5, keep_firing_for: 1h }
      - { alert: Waiting, expr: load > 5, for: 1h }
      - { alert: Named, expr: 'load{host="web-a"} > 5', labels: { host: other, alertname: nobody, empty: '' } }
      - { alert: Number, expr: 'scalar(load{host="web-a"}) > bool 5', labels: { of: scalar } }
      - { alert: Gone, expr: 'absent(load{host="web-c"})' }
      - { alert: Twice, expr: load > 0, labels: { host: same } }
      - { alert: Failing, expr: load * on (job) load }
  - name: records
    interval: 1s
    rules:
      - { record: 'job:load:sum', expr: sum by (job) (load), labels: { kind: sum, job: '' } }
      - { record: 'load:twice', expr: 2 * load }
      - { record: 'load:collides', expr: load, labels: { host: same } }
      - { record: 'one', expr: '1' }
      - { alert: OfRecord, expr: 'load:twice > 10', annotations: { value: '{{ $value }}' } }
  - name: limited
    interval: 1s
    limit: 1
    rules:
      - { alert: Limited, expr: load > 5 }
      - { record: 'load:limited', expr: load }
      - { record: 'load:within', expr: sum(load) }
`;

interface RuleAnswer {
  readonly name: string;
  readonly type: string;
  readonly query: string;
  readonly health: string;
  readonly lastError?: string;
  readonly labels?: Record<string, string>;
  readonly state?: string;
  readonly alerts?: readonly AlertAnswer[];
  readonly [field: string]: unknown;
}

interface AlertAnswer {
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
  readonly state: string;
  readonly activeAt: string;
  readonly value: string;
  readonly keepFiringSince?: string;
}

const folder = mkdtempSync(join(tmpdir(), 'vigie-real-alerts-'));
let vigie: VigieProcess;
let prometheus: PrometheusProcess;
let began = 0;

describe.skipIf(!hasPrometheus)('rules, as the real Prometheus evaluates them', () => {
  beforeAll(async () => {
    const [house, home] = [join(folder, 'house'), join(folder, 'prometheus')];
    for (const one of [house, home]) {
      mkdirSync(one);
      writeFileSync(join(one, 'rules.yaml'), RULES);
    }
    writeFileSync(join(house, 'vigie.yaml'), 'data_dir: data\nrule_files: [rules.yaml]\n');
    vigie = await startVigie(['serve', '--listen', '127.0.0.1:0'], house);
    prometheus = await startPrometheusProcess(home, await freePort(), 'rule_files: [rules.yaml]\n', [
      '--web.enable-remote-write-receiver',
    ]);
    began = Date.now();
  });
  afterAll(async () => {
    await vigie.stop();
    await prometheus.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  test('alerts go the same way', async () => {
    for (const { url } of [vigie, prometheus]) await written(url, 'ALERTS{alertname="Gone"}');
    await set({ 'web-a': 10, 'web-b': 1 }, { limit_of: 5 });
    await bothSay([
      'Held a firing',
      'Kept a firing',
      'OfRecord a firing',
      'Limited a firing',
      'Waiting a pending',
      'Gone c firing',
    ]);
    await sameNow();
    await set({ 'web-a': 1, 'web-b': 20 });
    await bothSay(['Held b firing', 'Kept b firing', 'Limited b firing'], ['Kept a', 'Held a', 'AtOnce a']);
    await sameNow();
    await set({ 'web-a': 10.25, 'web-b': 20 });
    await bothSay(['Held a firing', 'Held b firing', 'Kept a firing', 'Waiting b pending'], ['Limited']);
    await sameNow();
    await set({ 'web-a': 1, 'web-b': 2, 'web-c': 3 });
    await bothSay([], ['Held', 'Kept a', 'Kept b', 'Waiting', 'Gone', 'OfRecord']);
    await sameNow();
    const [ours, theirs] = await Promise.all([ways(vigie.url), ways(prometheus.url)]);
    expect(ours.size).toBeGreaterThan(12);
    expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(theirs));
  });

  test.each(['load:twice', 'job:load:sum', 'one', 'load:within', 'load:limited', 'load:collides'])(
    '%s is recorded alike',
    async (name) => {
      const now = Date.now();
      const [ours, theirs] = await Promise.all([vigie.url, prometheus.url].map((url) => ask(url, name, now)));
      expect(values(ours!)).toEqual(values(theirs!));
    },
  );
});

/** Writes the load of hosts and other gauges to both. */
async function set(load: Record<string, number>, others: Record<string, number> = {}): Promise<void> {
  const now = Date.now();
  const body = writeBody([
    ...Object.entries(load).map(([host, value]) => ({
      labels: sortedLabels('load', { job: 'web', host }),
      samples: [[now, value] as const],
    })),
    ...Object.entries(others).map(([name, value]) => ({
      labels: sortedLabels(name),
      samples: [[now, value] as const],
    })),
  ]);
  const headers = {
    'content-type': 'application/x-protobuf',
    'content-encoding': 'snappy',
    'x-prometheus-remote-write-version': '0.1.0',
  };
  for (const { url } of [vigie, prometheus]) {
    const answer = await fetch(`${url}/api/v1/write`, { method: 'POST', body, headers });
    expect([answer.status, await answer.text()]).toEqual([204, '']);
  }
}

async function get<T>(url: string, path: string): Promise<T> {
  return ((await (await fetch(`${url}/api/v1/${path}`)).json()) as { data: T }).data;
}

const shortName = ({ labels, state }: AlertAnswer): string =>
  [labels.alertname, labels.host?.replace('web-', ''), state].filter(Boolean).join(' ');

/** Waits until both have all of these alerts, and none that begins with one of those. */
async function bothSay(there: readonly string[], gone: readonly string[] = []): Promise<void> {
  for (const { url } of [vigie, prometheus]) {
    await vi.waitFor(async () => {
      const { alerts } = await get<{ alerts: readonly AlertAnswer[] }>(url, 'alerts');
      const names = alerts.map(shortName);
      const missing = there.filter((name) => !names.includes(name));
      const left = names.filter((name) => gone.some((one) => name.startsWith(one)));
      expect({ missing, left }, `${url} has ${names}`).toEqual({ missing: [], left: [] });
    }, PATIENCE);
  }
}

/** Waits until there is a value: a Prometheus writes no alerts before it has looked for those of the process before it. */
async function written(url: string, query: string): Promise<void> {
  await expect.poll(async () => (await ask(url, query, Date.now())).result).not.toEqual([]);
}

/** Both have evaluated every rule since they were where they are, and say the same of them and of their alerts. */
async function sameNow(): Promise<void> {
  const since = Date.now();
  const [ours, theirs] = await Promise.all([vigie.url, prometheus.url].map((url) => rulesAfter(url, since)));
  expect(ours).toEqual(theirs);
}

async function rulesAfter(url: string, since: number) {
  for (;;) {
    const { groups } = await get<{ groups: readonly { name: string; rules: readonly RuleAnswer[] }[] }>(url, 'rules');
    const rules = ['alerts', 'records', 'limited'].flatMap(
      (name) => groups.find((one) => one.name === name)?.rules ?? [],
    );
    if (rules.every(({ lastEvaluation }) => Date.parse(String(lastEvaluation)) > since)) return rules.map(comparable);
    await sleep(50);
  }
}

/** Without what is of each process alone: times, the words of errors, and where in its template one stands. */
function comparable({
  evaluationTime: _,
  lastEvaluation: __,
  lastError,
  labels = {},
  query: ___,
  ...rule
}: RuleAnswer) {
  return {
    ...rule,
    labels,
    failed: lastError !== undefined && lastError !== '',
    ...(rule.alerts && { alerts: rule.alerts.map(comparableAlert).sort((a, b) => (a.key < b.key ? -1 : 1)) }),
  };
}

function comparableAlert({ labels, annotations, state, value, keepFiringSince, activeAt }: AlertAnswer) {
  expect(Math.abs(Date.parse(activeAt) - Date.now())).toBeLessThan(600_000);
  const { broken = '' } = annotations;
  const told = { ...annotations, broken: broken.replace(/error executing template .*?: (?=error calling)/, '') };
  return { key: seriesKey('', labels), annotations: told, state, value, kept: keepFiringSince !== undefined };
}

/** The states each alert went through, as its series tells: `pending firing - pending`. */
async function ways(url: string): Promise<ReadonlyMap<string, string>> {
  const now = Date.now();
  const data = await ask(url, `ALERTS[${Math.ceil((now - began) / 1000) + 10}s]`, now);
  if (data.resultType !== 'matrix') throw new Error(`got ${data.resultType}; want a matrix`);
  const moments = new Map<string, [number, string][]>();
  for (const { metric, values: samples } of data.result) {
    const { __name__: _, alertstate = '', ...labels } = metric;
    const key = seriesKey('', labels);
    const known = moments.get(key) ?? [];
    moments.set(key, [...known, ...samples.map(([time]): [number, string] => [time, alertstate])]);
  }
  return new Map(
    [...moments].map(([key, rows]) => {
      const states = rows.sort(([a], [b]) => a - b).map(([, state]) => state);
      return [key, states.filter((state, i) => state !== states[i - 1]).join(' ')];
    }),
  );
}

function values(data: QueryData): readonly string[] {
  if (data.resultType !== 'vector') throw new Error(`got ${data.resultType}; want a vector`);
  return data.result.map(({ metric, value: [, value] }) => `${seriesKey('', metric)} ${value}`).sort();
}
