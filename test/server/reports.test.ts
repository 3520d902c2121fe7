import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerErrors } from '../../server/api/answers.ts';
import { reportRoutes } from '../../server/api/reports.ts';
import { sloMetrics } from '../../server/api/slo-metrics.ts';
import { openEngine } from '../../server/engine/engine.ts';
import { createSloService } from '../../server/evaluation/create-slo-service.ts';
import { ExclusionBook } from '../../server/evaluation/exclusion-book.ts';
import { createReportService } from '../../server/evaluation/report-service.ts';
import type { SloService } from '../../server/evaluation/slo-service.ts';
import type { BatchPayload } from '../../server/model/batch.ts';
import type { RingConfig } from '../../server/model/engine.ts';
import type { SloReport, SloReportEntry } from '../../server/model/slo-report.ts';
import type { ErrorBody } from '../../server/model/status.ts';
import { DAY, HOUR, MINUTE, type Ms, ms } from '../../server/model/units.ts';
import { createLog } from '../../server/runtime/log.ts';
import { increments, Queue } from '../store/batches.ts';

/** Friday, 2027-01-15T08:00Z. */
const NOW = ms(1_800_000_000_000);
const MONDAY = Date.parse('2027-01-11T00:00:00Z');
const RINGS: RingConfig = {
  rings: [
    { width: MINUTE, span: ms(3 * DAY) },
    { width: ms(5 * MINUTE), span: ms(20 * DAY) },
    { width: HOUR, span: ms(100 * DAY) },
  ],
  rules: [],
};
const log = createLog('test', { write: () => {} });
const folder = mkdtempSync(join(tmpdir(), 'vigie-reports-'));
const clock = { now: (): Ms => NOW };
const engine = openEngine({ dataDir: join(folder, 'data'), clock, log, rings: RINGS });
let slos: SloService;
let url = '';
let close = (): void => {};

/** A request every ten minutes, at the full ones: every fiftieth fails. */
const STEP = ms(10 * MINUTE);
const SHOP = requestsSince(NOW - 16 * DAY);
const LATE = requestsSince(NOW - 2 * DAY);

interface Request {
  readonly time: number;
  readonly isBad: boolean;
}

function requestsSince(start: number): readonly Request[] {
  return Array.from({ length: (NOW - start) / STEP }, (_, i) => {
    const time = start + (i + 1) * STEP;
    return { time, isBad: (time / STEP) % 50 === 0 };
  });
}

/** One source for each service, so that one may be silent. */
async function send(service: string, requests: readonly Request[], completeTo: number): Promise<void> {
  const rows = requests.flatMap(({ time, isBad }) => [
    [0, time / 1000, 1] as const,
    ...(isBad ? [[1, time / 1000, 1] as const] : []),
  ]);
  const counted = increments([`${service}_total`, `${service}_bad_total`], rows, service);
  await new Queue(service).deliver(engine, { ...counted, watermark: { completeTo, service, state: 'ok' } }, NOW);
}

/** Three file systems, once an hour for three days: one that fills, one that is emptied each day, one at rest. */
async function sendDisks(): Promise<void> {
  const hours = Array.from({ length: 72 }, (_, i) => i);
  const used = [(i: number) => 0.5 + 0.001 * i, (i: number) => 0.3 + 0.02 * (i % 24), () => 0.4];
  const name = 'host_filesystem_used_ratio';
  const rows = used.flatMap((ratio, series) => hours.map((i) => [series, NOW - (71 - i) * HOUR, ratio(i)] as const));
  const disks: BatchPayload = {
    ...{ v: 1, source: 'host' },
    series: ['/var', '/tmp', '/'].map((mountpoint) => {
      return { kind: 'gauge', name, labels: { host: 'web-1', mountpoint } };
    }),
    samples: {
      series: rows.map(([series]) => series),
      time: rows.map(([, time]) => time),
      value: rows.map(([, , value]) => value),
    },
  };
  await new Queue('web-1').deliver(engine, disks, NOW);
}

/** As node_exporter tells it: 1 GB, of which one part in two thousand goes each hour. */
async function sendNodeDisk(): Promise<void> {
  const hours = Array.from({ length: 72 }, (_, i) => i);
  const labels = { instance: 'db-1:9100', job: 'node', device: '/dev/vda1', fstype: 'ext4', mountpoint: '/' };
  const bytes = [() => 1e9, (i: number) => 8e8 - 5e5 * i];
  const rows = bytes.flatMap((value, series) => hours.map((i) => [series, NOW - (71 - i) * HOUR, value(i)] as const));
  const names = ['node_filesystem_size_bytes', 'node_filesystem_avail_bytes'];
  const disks: BatchPayload = {
    ...{ v: 1, source: 'node' },
    series: names.map((name) => ({ kind: 'gauge', name, labels })),
    samples: {
      series: rows.map(([series]) => series),
      time: rows.map(([, time]) => time),
      value: rows.map(([, , value]) => value),
    },
  };
  await new Queue('db-1').deliver(engine, disks, NOW);
}

const DEFINITIONS = `slos:
  - {id: shop, service: shop, objective: 99%, window: 7d, availability: {total: shop_total, bad: shop_bad_total}}
  - {id: month, service: shop, objective: 95%, window: {calendar: month, zone: UTC}, availability: {total: shop_total, bad: shop_bad_total}}
  - {id: slices, service: shop, objective: 90%, window: 1d, alerts: none, availability: {total: shop_total, bad: shop_bad_total}, slices: {every: 1m, good_at: 99%}}
  - {id: late, service: late, objective: 99%, window: 7d, availability: {total: late_total, bad: late_bad_total}}
  - {id: gone, service: gone, objective: 99%, window: 7d, availability: {total: gone_total, bad: gone_bad_total}}
  - {id: nobody, service: nobody, objective: 99%, window: 7d, availability: {total: nobody_total, bad: nobody_bad_total}}
`;

beforeAll(async () => {
  mkdirSync(join(folder, 'slos'));
  writeFileSync(join(folder, 'slos', 'slos.yaml'), DEFINITIONS);
  await send('shop', SHOP, NOW);
  await send('late', LATE, NOW);
  await send(
    'gone',
    requestsSince(NOW - 9 * DAY).filter(({ time }) => time <= NOW - 8 * DAY),
    NOW - 8 * DAY,
  );
  await sendDisks();
  await sendNodeDisk();
  const exclusions = await ExclusionBook.open(engine, () => 'drill-1');
  const drill = { slos: ['late'], starts: NOW - 3 * HOUR, ends: NOW - 2 * HOUR, reason: 'fire drill', author: 'alice' };
  await exclusions.add(drill, NOW);
  const service = createSloService({
    engine,
    folder: join(folder, 'slos'),
    rings: RINGS,
    proposed: [],
    exclusions,
    clock,
    log,
  });
  slos = service;
  const nothing = { overrides: { all: [] }, releases: { of: () => [] } };
  const reports = createReportService({ engine, slos, exclusions, ...nothing, clock });
  const server = express().use(reportRoutes(reports), answerErrors(log)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/vigie/reports/slos`;
  close = () => {
    service.stop();
    server.closeAllConnections();
    server.close();
  };
});

afterAll(async () => {
  close();
  await engine.close();
  rmSync(folder, { recursive: true });
});

async function reportOn(query: string): Promise<SloReport> {
  const answer = await fetch(`${url}.json?${query}`);
  expect(answer.status).toBe(200);
  return (await answer.json()) as SloReport;
}

const entry = ({ slos: entries }: SloReport, id: string): SloReportEntry => entries.find((one) => one.id === id)!;
const within = (requests: readonly Request[], start: number, end: number) =>
  requests.filter(({ time }) => time > start && time <= end);
const countsOf = (requests: readonly Request[]) => {
  const bad = requests.filter(({ isBad }) => isBad).length;
  return { total: requests.length, good: requests.length - bad, bad };
};

describe('of the running week', () => {
  let week: SloReport;
  beforeAll(async () => {
    week = await reportOn('period=week&at=2027-01-15');
  });
  test('events are those of the period', () =>
    expect(entry(week, 'shop').counts).toEqual(countsOf(within(SHOP, MONDAY, NOW))));
  test('slices have one length: the days before the fine ring are left out and told', () => {
    const from = Date.parse('2027-01-13T00:00:00Z');
    const slices = entry(week, 'slices');
    expect(slices).toMatchObject({ slices_from: from, counts: countsOf(within(SHOP, from, NOW)) });
    expect(slices.previous).toEqual({ total: 0, unknown: true });
    expect(slices.days.map(({ unknown = false }) => unknown)).toEqual([true, true, false, false, false, true, true]);
  });
  test('a late start, a silent source and one nobody heard of are not "no traffic"', () => {
    expect(entry(week, 'late')).toMatchObject({ result: 'missed', counted_from: LATE[0]!.time });
    expect(entry(week, 'gone')).toMatchObject({ result: 'no_data', no_data: 'silent', complete_to: NOW - 8 * DAY });
    expect(entry(week, 'nobody')).toMatchObject({ result: 'no_data', no_data: 'never' });
  });
  test('an exclusion has its reason, its author and its span', () => {
    const { excluded, counts } = entry(week, 'late');
    expect(excluded).toEqual({
      total: 6,
      exclusions: ['drill-1'],
      details: [
        {
          ...{ id: 'drill-1', reason: 'fire drill', author: 'alice', more: 0 },
          spans: [{ start: NOW - 3 * HOUR, end: NOW - 2 * HOUR }],
        },
      ],
    });
    expect(counts.total).toBe(LATE.length - 6);
  });
  test('tells the disk that fills up, and not those that do not', () => {
    const places = [
      { host: 'web-1', mountpoint: '/var' },
      { host: 'db-1:9100', mountpoint: '/' },
    ];
    expect(week.disks).toMatchObject({ reported: 4, left_out: 0, filling: places });
    const [disk, node] = week.disks!.filling;
    // 0.2 used at first, 0.2355 now, and 0.0005 more an hour.
    expect(node!.full_at).toBeCloseTo(NOW + 1529 * HOUR, -4);
    expect(node!.used_ratio).toBeCloseTo(0.2355, 9);
    // 0.5 at first, 0.571 now, and 0.001 more an hour.
    expect(disk!.full_at).toBeCloseTo(NOW + 429 * HOUR, -4);
    expect(disk).toMatchObject({
      growth_per_day: expect.closeTo(0.024, 9),
      r_squared: expect.closeTo(1, 9),
      values: 72,
    });
  });
});

describe('one number', () => {
  test.each(['shop', 'month', 'slices', 'late'])('of %s: report, page, list, gate and metrics', async (id) => {
    const { now } = entry(await reportOn('period=month&at=2027-01-15'), id);
    const evaluation = await slos.current();
    const listed = evaluation.slos.find((slo) => slo.id === id)!;
    const { status: page, gate } = await slos.detail(id, {});
    for (const { state, as_of, counts, attained, budget, window } of [listed, page]) {
      expect(now).toMatchObject({ state, as_of, counts, attained, budget, window });
    }
    const [reason] = gate!.reasons;
    expect(reason!.args).toMatchObject(
      reason!.code === 'budget_spent'
        ? { bad: now.counts.bad, allowed: now.budget.allowed }
        : { left_ratio: now.left_ratio },
    );
    const metrics = await sloMetrics(evaluation).metrics();
    const value = (name: string) =>
      Number(new RegExp(`^vigie_slo_${name}\\{slo="${id}",[^}]*\\} (\\S+)$`, 'm').exec(metrics)?.[1]);
    expect(value('attained_ratio')).toBe(now.attained);
    expect(value('error_budget_left_ratio')).toBe(now.left_ratio);
    expect([value('window_events'), value('window_bad_events')]).toEqual([now.counts.total, now.counts.bad]);
  });
  test('the report on the calendar month that is the window of an SLO counts what its page counts', async () => {
    const month = entry(await reportOn('period=month&at=2027-01-15'), 'month');
    const { status } = await slos.detail('month', {});
    expect(month).toMatchObject({ counts: status.counts, attained: status.attained });
  });
});

describe('a question that makes no report', () => {
  const refused = (query: string, want: RegExp) =>
    test(query, async () => {
      const answer = await fetch(`${url}.md?${query}`);
      const { error } = (await answer.json()) as ErrorBody;
      expect([answer.status, error.message]).toEqual([400, expect.stringMatching(want)]);
    });
  refused('at=2026-02-30', /"2026-02-30", which no calendar has; want a day such as/);
  refused('at=2026-02-30T00:00:00Z', /which no calendar has/);
  refused('at=2026-02-28T25:00:00Z', /got "2026-02-28T25:00:00Z"; want/);
  refused('at=yesterday', /got "yesterday"; want a day such as/);
  refused('at=0999-05-05', /begins on 0999-04-29; want a day from 1971-01-01 to 2027-01-15/);
  refused('at=0026-05-05', /want a day from 1971-01-01 to 2027-01-15/);
  refused('at=-62000000000', /want a day from 1971-01-01/);
  refused('at=1e14', /at|cannot/);
  refused('at=2027-01-18', /got a week that begins on 2027-01-18; want a day from 1971-01-01 to 2027-01-15/);
  refused('period=month&at=2027-02-01', /got a month that begins on 2027-02-01/);
  refused('form=week', /"form": a report has none of that name; want period, at, zone, lang/);
  refused('perod=week', /"perod": a report has none of that name; want period$/);
  refused('period=year', /got "year"; want week, month, quarter/);
  refused('zone=Mars', /got "Mars"; want an IANA name/);
  refused('lang=de', /want en, fr/);
});

test('a day is one of the zone: the first of a month is in it, west and east of Greenwich', async () => {
  for (const zone of ['America/New_York', 'Pacific/Auckland']) {
    const { start } = await reportOn(`period=month&at=2027-01-01&zone=${zone}`);
    expect(new Intl.DateTimeFormat('en', { timeZone: zone, month: 'long', day: 'numeric' }).format(start)).toBe(
      'January 1',
    );
  }
});
