import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSloFiles } from '../../rules/files/slo-file.ts';
import { openEngine } from '../../server/engine/engine.ts';
import { evaluateDetail, evaluateSlos } from '../../server/evaluation/evaluate.ts';
import { SloCounts } from '../../server/evaluation/slo-counts.ts';
import { MINUTE, type Ms, ms } from '../../server/model/units.ts';
import { parseSelector } from '../../server/promql/parse.ts';
import { createLog } from '../../server/runtime/log.ts';
import { sortedLabels, type WireSeries, writeBody } from '../support/write-request.ts';

/** An hour of samples every 15 s, as Prometheus sends them. */
const NOW = ms(1_800_000_000_000);
const folder = mkdtempSync(join(tmpdir(), 'vigie-indicators-'));
const engine = openEngine({ dataDir: folder, clock: { now: () => NOW }, log: createLog('test') });
const START = NOW - 60 * MINUTE;
const SCRAPE = 15_000;

afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

const text = `
  - id: p95
    percentile: {histogram: app_seconds, quantile: 95%, threshold: 250ms, every: 1m}
  - id: p95-nowhere
    percentile: {histogram: app_seconds, quantile: 95%, threshold: 300ms, every: 1m}
  - id: queue
    query: {expr: max(queue_depth), good: "< 100", every: 1m}
  - id: ratio
    query: {error_ratio: 'sum(rate(bad_total[1m])) / sum(rate(all_total[1m]))', every: 1m}
  - id: ratio-slices
    query: {error_ratio: 'sum(rate(bad_total[1m])) / sum(rate(all_total[1m]))', every: 1m, good_at: 90%}
  - id: probe
    up: {metric: probe_success, every: 1m}
  - id: most
    up: {metric: probe_success, every: 1m, good_at: 75%}
  - id: several
    query: {expr: probe_success, good: "== 1", every: 1m}
  - id: nonsense
    query: {expr: 'label_replace(queue_depth, "", "x", "job", "a")', good: "== 1", every: 1m}
  - id: gone
    query: {expr: no_such_metric, good: "== 1", every: 1m}
`;
const { slos, problems } = readSloFiles(
  [
    {
      path: 'slo.yaml',
      text: `slos:${text.replaceAll(/- id: .*\n/g, '$&    service: app\n    objective: 80%\n    window: 1h\n')}`,
    },
  ],
  parseSelector,
);

/** The value of the `i`th scrape; scrape 0 is at START. */
function sampled(name: string, labels: Readonly<Record<string, string>>, value: (i: number) => number): WireSeries {
  const samples: [number, number][] = [];
  for (let i = 0; START + i * SCRAPE <= NOW; i++) samples.push([START + i * SCRAPE, value(i)]);
  return { labels: sortedLabels(name, { job: 'app', ...labels }), samples };
}

/** Rises by what the minute before the scrape saw in each of its four scrapes. */
function rising(name: string, labels: Readonly<Record<string, string>>, perMinute: (minute: number) => number) {
  let sum = 0;
  return sampled(name, labels, (i) => {
    sum += i === 0 ? 0 : perMinute(Math.floor((i - 1) / 4));
    return sum;
  });
}

/** Minutes 0 to 9 are slow, broken, full and down. */
const isBad = (minute: number): boolean => minute < 10;

const statusesAt = async (now: Ms, counts = new SloCounts(engine)) =>
  Object.fromEntries((await evaluateSlos(engine, slos, now, counts)).map((status) => [status.id, status]));

beforeAll(async () => {
  expect(problems).toEqual([]);
  const body = writeBody([
    rising('app_seconds_count', {}, () => 100),
    rising('app_seconds_bucket', { le: '0.25' }, (minute) => (isBad(minute) ? 94 : 95)),
    rising('app_seconds_bucket', { le: '+Inf' }, () => 100),
    rising('all_total', {}, () => 100),
    rising('bad_total', {}, (minute) => (isBad(minute) ? 20 : 0)),
    sampled('queue_depth', {}, (i) => (i > 0 && isBad(Math.floor((i - 1) / 4)) ? 100 : 99)),
    // One of two probes fails in one of four samples: seven of eight are 1.
    sampled('probe_success', { target: 'a' }, () => 1),
    sampled('probe_success', { target: 'b' }, (i) => (i % 4 === 0 && i <= 40 ? 0 : 1)),
  ]);
  await engine.remoteWrite(body, undefined, NOW);
});

describe('a slice is good when', () => {
  const counts = (id: string, total: number, good: number) =>
    test(id, async () => {
      const status = (await statusesAt(NOW))[id]!;
      expect(status.unit).toBe('slices');
      expect(status.counts.total).toBe(total);
      expect(status.counts.good).toBeCloseTo(good, 9);
    });
  // At least 95 of 100 within the boundary: the 95th percentile is there.
  counts('p95', 60, 50);
  counts('queue', 60, 50);
  // Ten minutes of 80 %, of which rate() sees one bad minute less at the border of its window.
  counts('ratio', 60, 60 - 10 * 0.2);
  counts('ratio-slices', 60, 50);
  counts('probe', 60, 50);
  counts('most', 60, 60);
});

describe('what cannot be judged is no data, and says why', () => {
  const reason = (id: string, want: object) =>
    test(id, async () => {
      const status = (await statusesAt(NOW))[id]!;
      expect(status).toMatchObject({ state: 'no_data', reasons: [{ code: 'not_measurable', args: want }] });
      expect(status.counts.total).toBe(0);
    });
  reason('p95-nowhere', { cause: 'no_boundary', choices: '0.25' });
  reason('several', { cause: 'query', note: expect.stringContaining('got 2 series; want one') });
  reason('nonsense', { cause: 'query', note: expect.stringContaining('invalid destination label name') });

  test('a metric that nobody sends', async () => {
    const { gone } = await statusesAt(NOW);
    expect(gone).toMatchObject({ state: 'no_data', reasons: [{ code: 'never_heard' }] });
  });
});

test('new samples are asked for, older ones are known', async () => {
  const counts = new SloCounts(engine);
  await statusesAt(NOW, counts);
  const later = ms(NOW + 5 * MINUTE);
  const full = Array.from({ length: 20 }, (_, i): [number, number] => [NOW + (i + 1) * SCRAPE, 100]);
  await engine.remoteWrite(
    writeBody([{ labels: sortedLabels('queue_depth', { job: 'app' }), samples: full }]),
    undefined,
    later,
  );
  const { queue } = await statusesAt(later, counts);
  expect(queue!.counts).toEqual({ total: 60, good: 50, bad: 10 });
  const detail = await evaluateDetail(engine, slos.find(({ id }) => id === 'queue')!, later, {}, counts);
  expect(detail.bad.reduce((sum, bad) => sum + bad, 0)).toBe(10);
  expect(detail.definition).toContain('good: < 100');
});
