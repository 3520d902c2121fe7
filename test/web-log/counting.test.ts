import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LogBatch } from '../../collector/batch.ts';
import { splitHits } from '../../collector/delivery/hit-parts.ts';
import { createWebLog } from '../../collector/transforms/web-log.ts';
import { webLogSchema } from '../../collector/transforms/web-log-options.ts';
import { ZoneDays } from '../../collector/transforms/zone-days.ts';
import {
  HIT_FIGURES,
  type HitFigures,
  type HitTable,
  WEB_LOG_TABLES,
  type WebLogReport,
} from '../../server/model/web-log.ts';
import { decodeDay, encodeDay } from '../../server/store/web-log/day-codec.ts';
import { CLOSED_DAY, DayTable, OPEN_DAY } from '../../server/store/web-log/day-table.ts';
import { readHitTables } from '../../server/store/web-log/hit-tables.ts';
import { ReportMerge } from '../../server/store/web-log/report-merge.ts';
import { testTransform } from '../conformance/transform.ts';
import { seeded } from '../support/random.ts';
import { figuresOf, hitsOf, lineOf, parsed, randomRequests, recount } from './requests.ts';

const ALL = { limit: 1_000_000 };
const seeds = fc.integer({ min: 1, max: 2 ** 31 });

function reportOf(tables: readonly HitTable[], limit = ALL.limit): WebLogReport {
  const merge = new ReportMerge();
  for (const table of tables) merge.addHits(table);
  return merge.report({ limit });
}

const batches = [
  parsed(randomRequests(seeded(1), 50).map(lineOf)),
  parsed(['h - - [17/May/2015:23:59:59 +0000] "\\x16" 400 - "-" "-"', 'h - - [18/May/2015:00:00:00 +0000] "-" 408 -']),
].filter((batch): batch is LogBatch => batch !== undefined);
testTransform(
  'web_log',
  () => createWebLog(webLogSchema.parse({ type: 'web_log', inputs: ['x'], timezone: 'UTC' })),
  batches,
);

describe('every figure equals a naive recount', () => {
  test('whatever the lines and however they are cut into batches, parts and machines, in any order', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 300, max: 20_000 }),
        (seed, size, maxBytes) => {
          const random = seeded(seed);
          const requests = randomRequests(random, 200);
          const lines = requests.map(lineOf);
          const machines = [lines.filter((_, i) => i % 2 === 0), lines.filter((_, i) => i % 2 === 1)];
          const tables = machines.flatMap((some) => hitsOf(some, 'UTC', size));
          const parts = splitHits(tables, maxBytes).flat();
          const sent = readHitTables(JSON.parse(JSON.stringify(parts)), () => expect.fail('a table is refused'));
          sent.sort(() => random.next() - 0.5);
          expect(figuresOf(reportOf(sent))).toEqual(recount(requests));
        },
      ),
      { numRuns: 40 },
    );
  });

  test('days kept as bodies and merged in any order', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const random = seeded(seed);
        const requests = randomRequests(random, 300);
        const days = new Map<string, DayTable>();
        for (const hits of hitsOf(requests.map(lineOf), 'UTC', 40)) {
          const key = `${hits.day} ${hits.vhost}`;
          days.set(key, days.get(key) ?? new DayTable(OPEN_DAY));
          days.get(key)!.add(hits);
        }
        const merge = new ReportMerge();
        for (const [key, table] of [...days].sort(() => random.next() - 0.5)) {
          merge.addDay(key.split(' ')[0]!, 'UTC', decodeDay(encodeDay(table)));
        }
        expect(figuresOf(merge.report(ALL))).toEqual(recount(requests));
      }),
      { numRuns: 25 },
    );
  });
});

describe('bounds', () => {
  const sumOf = (rows: readonly HitFigures[]): HitFigures =>
    Object.fromEntries(
      HIT_FIGURES.map((figure) => [figure, rows.reduce((sum, row) => sum + row[figure], 0)]),
    ) as unknown as HitFigures;

  test('top rows and (other) add up to the total, whatever the limit', () => {
    const tables = hitsOf(randomRequests(seeded(2), 500).map(lineOf));
    const { total, tables: all } = reportOf(tables);
    const { key: _key, ...missing } = all.status.rows.find(({ key }) => key === '404')!;
    for (const limit of [0, 1, 3, 1000]) {
      const report = reportOf(tables, limit);
      for (const name of WEB_LOG_TABLES) {
        const { rows, other, bounded } = report.tables[name];
        expect(sumOf([...rows, other]), name).toEqual(name === 'not_found' ? missing : total);
        expect(rows.length + other.rows).toBe(all[name].rows.length);
        expect(bounded).toBe(false);
      }
    }
  });

  test('a day with more names than are kept still adds up, and says so', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 40 }), (seed, rows) => {
        const tables = hitsOf(randomRequests(seeded(seed), 400, undefined, 1).map(lineOf), 'UTC', 30);
        const merge = new ReportMerge();
        const small = new DayTable({ rows, chars: 2000 });
        for (const hits of tables) small.add(hits);
        small.fold(CLOSED_DAY);
        for (const name of WEB_LOG_TABLES) expect(small.tables[name].rows.size).toBeLessThanOrEqual(rows);
        merge.addDay('2015-05-17', 'UTC', small);
        const report = merge.report(ALL);
        expect(report.total.requests).toBe(400);
        const { rows: listed, other, bounded } = report.tables.url;
        expect(sumOf([...listed, other]).requests).toBe(400);
        expect(bounded).toBe(other.rows > 0);
      }),
      { numRuns: 30 },
    );
  });

  test('the rows that stay are those with the most requests, of equal ones the first that came', () => {
    const table = new DayTable(OPEN_DAY);
    for (const hits of hitsOf(
      Array.from({ length: 5000 }, (_, i) => lineOf({ ...one, url: i % 4 ? '/hot' : `/${i}` })),
    ))
      table.add(hits);
    table.fold({ rows: 3, chars: 1000 });
    expect([...table.tables.url.rows.keys()].sort()).toEqual(['/0', '/4', '/hot']);
    expect(table.tables.url.other.requests).toBe(5000 - 3750 - 2);
  });
});

const one = {
  vhost: '',
  host: '10.0.0.1',
  time: Date.UTC(2015, 4, 17, 10),
  method: 'GET',
  url: '/',
  status: 200,
  bytes: 1,
  referrer: '',
  agent: 'a',
};

describe('hostile lines', () => {
  const keyOf = (line: string | Buffer, table: 'url' | 'agent' | 'referrer' | 'host' | 'method'): string =>
    reportOf(hitsOf([line])).tables[table].rows[0]!.key;

  test.each([
    ['<script>alert(1)</script>', '<script>alert(1)</script>'],
    ['\\x3cb\\x3e', '<b>'],
    ['caf\\xc3\\xa9', 'café'],
    ['\\xff\\xfe', '\ufffd\ufffd'],
    ['a\\"b', 'a"b'],
    ['\\n\\t', '\n\t'],
    ['\\xe2\\x80\\xae', '\u202e'],
  ])('an agent %s is %s', (logged, text) => {
    expect(keyOf(lineOf({ ...one, agent: logged }), 'agent')).toBe(text);
  });

  test('a URL of 10 KiB is cut, and one a byte too long is not the one that just fits', () => {
    const url = `/${'x'.repeat(10_239)}`;
    expect(keyOf(lineOf({ ...one, url }), 'url')).toBe(`${url.slice(0, 2048)}…`);
    const table = reportOf(hitsOf([2047, 2048].map((length) => lineOf({ ...one, url: `/${'x'.repeat(length)}` }))))
      .tables.url;
    expect(table.rows.map(({ key }) => key.length)).toEqual([2048, 2049]);
  });

  test('bytes that are no text, NUL among them', () => {
    const line = Buffer.concat([
      Buffer.from('h - - [17/May/2015:10:05:03 +0000] "GET /'),
      Buffer.from([0, 0xff]),
      Buffer.from(' HTTP/1.1" 200 1'),
    ]);
    expect(keyOf(line, 'url')).toBe('/\0\ufffd');
  });

  test('methods that clients made up are one', () => {
    const tables = hitsOf(['GET', 'gEt', 'X'].map((method) => lineOf({ ...one, method })));
    expect(reportOf(tables).tables.method.rows.map(({ key, requests }) => [key, requests])).toEqual([
      ['other', 2],
      ['GET', 1],
    ]);
  });

  test('what travels is refused where it is not what it should be, and counted', () => {
    const [good] = hitsOf([lineOf(one)]);
    const hour = good!.rows.hour!;
    const bad: unknown[] = [
      null,
      'x',
      {},
      { ...good, day: '2015-02-30' },
      { ...good, zone: '<b>' },
      { ...good, service: 'x'.repeat(400) },
      { ...good, visitors: [-1] },
      { ...good, visitors: [2 ** 52] },
      { ...good, rows: { ...good!.rows, hour: { ...hour, key: ['24'] } } },
      { ...good, rows: { ...good!.rows, hour: { ...hour, requests: [0.5] } } },
      { ...good, rows: { ...good!.rows, hour: { ...hour, requests: [] } } },
      { ...good, rows: { ...good!.rows, status: { ...hour, key: ['2xx'] } } },
      { ...good, rows: { nonsense: hour } },
      { ...good, rows: { url: { ...hour, key: ['x'.repeat(3000)] } } },
    ];
    let refused = 0;
    expect(readHitTables([...bad, good], () => refused++)).toEqual([good]);
    expect(refused).toBe(bad.length);
    expect(readHitTables(undefined, () => refused++)).toEqual([]);
    expect(readHitTables({}, () => refused++)).toEqual([]);
    expect(refused).toBe(bad.length + 1);
  });
});

describe('days of a zone', () => {
  const at = (zone: string, time: string): string => {
    const { day, hour } = new ZoneDays(zone).at(Date.parse(time));
    return `${day} ${hour}`;
  };

  test.each([
    ['UTC', '2015-05-17T23:59:59Z', '2015-05-17 23'],
    ['UTC', '2015-05-18T00:00:00Z', '2015-05-18 0'],
    // The day the clocks go forward lacks an hour.
    ['Europe/Paris', '2026-03-28T22:59:59Z', '2026-03-28 23'],
    ['Europe/Paris', '2026-03-28T23:00:00Z', '2026-03-29 0'],
    ['Europe/Paris', '2026-03-29T00:59:59Z', '2026-03-29 1'],
    ['Europe/Paris', '2026-03-29T01:00:00Z', '2026-03-29 3'],
    ['Europe/Paris', '2026-03-29T21:59:59Z', '2026-03-29 23'],
    ['Europe/Paris', '2026-03-29T22:00:00Z', '2026-03-30 0'],
    // The day they go back has one twice.
    ['Europe/Paris', '2026-10-25T00:59:59Z', '2026-10-25 2'],
    ['Europe/Paris', '2026-10-25T01:00:00Z', '2026-10-25 2'],
    ['Europe/Paris', '2026-10-25T02:00:00Z', '2026-10-25 3'],
    ['Europe/Paris', '2026-10-25T22:59:59Z', '2026-10-25 23'],
    ['Europe/Paris', '2026-10-25T23:00:00Z', '2026-10-26 0'],
    // Midnight itself is skipped.
    ['Africa/Cairo', '2026-04-23T21:59:59Z', '2026-04-23 23'],
    ['Africa/Cairo', '2026-04-23T22:00:00Z', '2026-04-24 1'],
    ['Asia/Kathmandu', '2026-01-01T18:14:59Z', '2026-01-01 23'],
    ['Asia/Kathmandu', '2026-01-01T18:15:00Z', '2026-01-02 0'],
    ['Pacific/Kiritimati', '2026-01-01T10:00:00Z', '2026-01-02 0'],
  ])('%s, %s is in hour %s', (zone, time, want) => {
    expect(at(zone, time)).toBe(want);
  });

  test('agrees with the calendar of the zone all through a year, asked in any order', () => {
    const zone = 'America/St_Johns';
    const days = new ZoneDays(zone);
    const format = new Intl.DateTimeFormat('sv', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
    const random = seeded(7);
    for (let i = 0; i < 3000; i++) {
      const time = Date.UTC(2026, 0, 1) + random.below(365 * 86_400) * 1000;
      const { day, hour } = days.at(time);
      expect(`${day} ${String(hour).padStart(2, '0')}`).toBe(format.format(time).slice(0, 13));
    }
  });

  test('a zone that is none is refused', () => {
    expect(webLogSchema.safeParse({ type: 'web_log', inputs: ['x'], timezone: 'Mars/Phobos' }).success).toBe(false);
  });
});
