import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LogBatch, MetricBatch } from '../../collector/batch.ts';
import { Cardinality } from '../../collector/transforms/cardinality.ts';
import { fieldText } from '../../collector/transforms/field-text.ts';
import { createFilter } from '../../collector/transforms/filter.ts';
import { type FilterOptions, filterSchema } from '../../collector/transforms/filter-options.ts';
import { createLogToMetric } from '../../collector/transforms/log-to-metric.ts';
import { logToMetricSchema } from '../../collector/transforms/log-to-metric-options.ts';
import { createParse } from '../../collector/transforms/parse.ts';
import { parseSchema } from '../../collector/transforms/parse-options.ts';
import { seriesKey } from '../../server/model/labels.ts';
import { testTransform } from '../conformance/transform.ts';
import { batchOf, fieldOf, listen } from '../support/log-lines.ts';

const line = ({ vhost = 'shop', second = 3, method = 'GET', status = 200, bytes = '512', extra = '' } = {}): string =>
  `${vhost} h - - [17/May/2015:10:05:${String(second).padStart(2, '0')} +0000] "${method} / HTTP/1.1" ${status} ${bytes} "-" "-"${extra}`;
const AT = Date.UTC(2015, 4, 17, 10, 5, 0) / 1000;

const parseLines = (lines: readonly string[]): LogBatch =>
  createParse(parseSchema.parse({ type: 'parse', inputs: ['x'], duration: 's' }), listen().context).apply(
    batchOf(lines, { service: 'web', path: '/log' }),
  ) as LogBatch;

const metric = (options: object = {}, told = listen()) =>
  createLogToMetric(logToMetricSchema.parse({ type: 'log_to_metric', inputs: ['x'], ...options }), told.context);

function rowsOf({ series, increments }: MetricBatch): string[] {
  return increments.series
    .map((index, i) => {
      const { name, labels } = series[index]!;
      return `${seriesKey(name, labels)} @${increments.time[i]! - AT} n=${increments.n[i]} sum=${increments.sum[i]}`;
    })
    .sort();
}

const batches = [
  batchOf([line(), 'torn', line({ status: 500, extra: ' 0.2' })], { service: 'web' }),
  batchOf(['torn', ''], {}),
  batchOf([line({ second: 9, method: '\\x16' }), line({ vhost: 'a'.repeat(400) })], {}),
];
testTransform('parse', (context) => createParse(parseSchema.parse({ type: 'parse', inputs: ['x'] }), context), batches);
const parsed = [
  parseLines([line(), line({ vhost: 'two' })]),
  parseLines([line({ status: 404 }), line({ extra: ' 2' })]),
];
testTransform(
  'log_to_metric',
  (context) =>
    createLogToMetric(logToMetricSchema.parse({ type: 'log_to_metric', inputs: ['x'], cardinality_limit: 2 }), context),
  parsed,
);
testTransform(
  'filter',
  (context) =>
    createFilter(
      filterSchema.parse({ type: 'filter', inputs: ['x'], where: [{ field: 'status', op: 'equals', value: 200 }] }),
      context,
    ),
  parsed,
);

describe('log_to_metric', () => {
  const labels = '{method="GET",service="web",status="200",vhost="shop"}';

  test('counts per tag set and second', () => {
    const out = metric().apply(parseLines([line(), line(), line({ second: 4 }), line({ bytes: '-' })])) as MetricBatch;
    expect(rowsOf(out)).toEqual(
      [
        `http_requests_total${labels} @3 n=3 sum=3`,
        `http_requests_total${labels} @4 n=1 sum=1`,
        `http_response_bytes_total${labels} @3 n=3 sum=1024`,
        `http_response_bytes_total${labels} @4 n=1 sum=512`,
      ].sort(),
    );
  });

  test('rounds a time within a second up', () => {
    const out = metric().apply({ ...batchOf(['x'], {}), arrived: AT * 1000 + 1 }) as MetricBatch;
    expect(out.increments.time[0]! - AT).toBe(1);
  });

  const bucketed = (seconds: string, want: number[]): void => {
    test(`a duration of ${seconds} s falls into ${want}`, () => {
      const metrics = [{ type: 'histogram', name: 'd', field: 'duration', buckets: [0.1, 0.3, 1] }];
      const out = metric({ metrics }).apply(parseLines([line({ extra: ` ${seconds}` })])) as MetricBatch;
      expect(out.series.map(({ name, labels: { le = '' } }) => name + le)).toEqual([
        'd_bucket0.1',
        'd_bucket0.3',
        'd_bucket1',
        'd_bucket+Inf',
        'd_sum',
        'd_count',
      ]);
      expect(out.increments.sum).toEqual([...want, Number(seconds), 1]);
    });
  };
  bucketed('0.1', [1, 1, 1, 1]);
  bucketed('0.101', [0, 1, 1, 1]);
  bucketed('0.3', [0, 1, 1, 1]);
  bucketed('1', [0, 0, 1, 1]);
  bucketed('1.001', [0, 0, 0, 1]);

  test('methods and hosts that clients make up stay few and harmless', () => {
    const methods = ['<SCRIPT>', '\\x16\\x03', '-', 'get'];
    const out = metric().apply(
      parseLines([...methods.map((method) => line({ method })), line({ vhost: 'SHOP\\x07\\xff' })]),
    ) as MetricBatch;
    const requests = out.series.filter(({ name }) => name === 'http_requests_total').map((series) => series.labels);
    expect(requests.map(({ method, vhost }) => [method, vhost])).toEqual([
      ['other', 'shop'],
      ['GET', 'shop\ufffd\ufffd'],
    ]);
  });

  test('agrees with a naive count', () => {
    const given = fc.record({
      vhost: fc.constantFrom('a', 'b', 'B', 'c'),
      second: fc.integer({ min: 0, max: 59 }),
      method: fc.constantFrom('GET', 'POST', 'XYZ'),
      status: fc.constantFrom(200, 304, 503),
      bytes: fc.integer({ min: 0, max: 1e6 }).map(String),
    });
    fc.assert(
      fc.property(fc.array(given, { minLength: 1, maxLength: 200 }), (all) => {
        const want: Record<string, [number, number]> = {};
        for (const { vhost, second, method, status, bytes } of all) {
          const key = `${vhost.toLowerCase()} ${method === 'XYZ' ? 'other' : method} ${status} ${second}`;
          want[key] = [(want[key]?.[0] ?? 0) + 1, (want[key]?.[1] ?? 0) + Number(bytes)];
        }
        const got: Record<string, [number, number]> = {};
        const { series, increments } = metric().apply(parseLines(all.map(line))) as MetricBatch;
        increments.series.forEach((index, i) => {
          const { name, labels: tags } = series[index]!;
          const key = `${tags.vhost} ${tags.method} ${tags.status} ${increments.time[i]! - AT}`;
          got[key] ??= [0, 0];
          got[key][name === 'http_requests_total' ? 0 : 1] += increments.sum[i]!;
        });
        expect(got).toEqual(want);
      }),
      { seed: 3, numRuns: 100 },
    );
  });

  test('many values in one batch, each counted', () => {
    const hosts = Array.from({ length: 5000 }, (_, i) => `host-${i}`);
    const out = metric({ cardinality_limit: 10_000 }).apply(
      parseLines(hosts.map((vhost) => line({ vhost }))),
    ) as MetricBatch;
    expect(new Set(out.series.map(({ labels: { vhost } }) => vhost)).size).toBe(5000);
  });

  test('beyond the limit hosts become (other), good and bad are still told apart', () => {
    const told = listen();
    const hosts = Array.from({ length: 20 }, (_, i) => line({ vhost: `h${i}`, status: i % 2 ? 500 : 200 }));
    const out = metric({ cardinality_limit: 4 }, told).apply(parseLines(hosts)) as MetricBatch;
    const others = rowsOf(out).filter((row) => row.includes('(other)') && row.startsWith('http_requests'));
    expect(others.map((row) => row.replace(/.*(status="\d+").* (n=\d+) .*/, '$1 $2'))).toEqual([
      'status="200" n=8',
      'status="500" n=8',
    ]);
    expect(told.changed).toEqual({ cardinality_limit: 16 });
  });
});

describe('cardinality', () => {
  const set = (value: number) => ({ host: `h${value}`, status: '200' });
  const vhosts = (sets: Cardinality, from: number, to: number): (string | undefined)[] =>
    Array.from({ length: to - from }, (_, i) => sets.admit('g', set(from + i), ['host'], ['host', 'status']).host);

  test('what was admitted stays, in a later process too', () => {
    const before = new Cardinality(2, []);
    expect(vhosts(before, 0, 3)).toEqual(['h0', 'h1', '(other)']);
    const after = new Cardinality(2, before.learned());
    expect(vhosts(after, 0, 4)).toEqual(['h0', 'h1', '(other)', '(other)']);
    expect(after.learned()).toEqual([]);
  });

  test('what was not committed was not admitted', () => {
    const sets = new Cardinality(1, []);
    vhosts(sets, 0, 2);
    sets.settle(false);
    expect(vhosts(sets, 5, 7)).toEqual(['h5', '(other)']);
  });

  test('is bounded when nothing is free text', () => {
    const sets = new Cardinality(2, []);
    const seen = Array.from({ length: 50 }, (_, i) => sets.admit('g', { status: String(i) }, [], ['status']).status);
    expect(new Set(seen)).toEqual(new Set(['0', '1', '(other)']));
  });
});

describe('filter', () => {
  const lines = [line(), line({ status: 500, method: 'POST' }), line({ vhost: 'two', bytes: '9' })];
  const keeps = (where: FilterOptions['where'][number], want: number[]): void => {
    test(JSON.stringify(where), () => {
      const options = filterSchema.parse({ type: 'filter', inputs: ['x'], where: [where] });
      const out = createFilter(options, listen().context).apply(parseLines(lines)) as LogBatch | undefined;
      expect([...(out?.rows ?? [])]).toEqual(want);
    });
  };
  keeps({ field: 'status', op: 'equals', value: 200 }, [0, 2]);
  keeps({ field: 'status', op: 'equals', value: '500' }, [1]);
  keeps({ field: 'method', op: 'not_equals', value: 'GET' }, [1]);
  keeps({ field: 'nothing', op: 'not_equals', value: 'GET' }, [0, 1, 2]);
  keeps({ field: 'nothing', op: 'equals', value: 'GET' }, []);
  keeps({ field: 'vhost', op: 'in', value: ['two', 'three'] }, [2]);
  keeps({ field: 'vhost', op: 'prefix', value: 'sh' }, [0, 1]);
  keeps({ field: 'vhost', op: 'matches', value: '^t.o$' }, [2]);
  keeps({ field: 'bytes', op: 'greater', value: 9 }, [0, 1]);
  keeps({ field: 'bytes', op: 'less', value: 10 }, [2]);
  keeps({ field: 'service', op: 'equals', value: 'web' }, [0, 1, 2]);
  keeps({ field: 'line', op: 'matches', value: 'POST / HTTP' }, [1]);
  keeps({ field: 'line', op: 'prefix', value: 'two ' }, [2]);

  test('refuses what is no RE2 pattern', () => {
    const where = [{ field: 'vhost', op: 'matches', value: '(?=a)' }];
    expect(filterSchema.safeParse({ type: 'filter', inputs: ['x'], where }).success).toBe(false);
  });
});

describe('escapes of access logs', () => {
  const reads = (text: string, want: string): void => {
    test(text, () => expect(fieldText(Buffer.from(text), 0, Buffer.byteLength(text), true)).toBe(want));
  };
  reads('plain', 'plain');
  reads('\\"q\\"', '"q"');
  reads('\\\\x41', '\\x41');
  reads('\\xc3\\xa9', 'é');
  reads('\\xC3\\xA9', 'é');
  reads('\\xff', '\ufffd');
  reads('\\q\\', '\\q\\');
  reads('a\\nb\\t', 'a\nb\t');
});

test('parse keeps the columns beside the lines it drops', () => {
  expect(fieldOf(parseLines([line(), 'torn', line({ status: 404 })]), 'status')).toEqual([200, 404]);
});
