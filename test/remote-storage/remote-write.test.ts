import { compressSync } from 'snappy';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NOW, type RemoteStorageServer, startRemoteStorage } from '../support/remote-storage-server.ts';
import {
  encodeLabels,
  encodeWriteRequest,
  field,
  message,
  STALE,
  sortedLabels,
  type WireSeries,
  writeBody,
} from '../support/write-request.ts';

let server: RemoteStorageServer;
beforeAll(async () => {
  server = await startRemoteStorage({ maxSeries: 60 });
});
afterAll(() => server.stop());

const series = (
  name: string,
  samples: WireSeries['samples'],
  labels: Readonly<Record<string, string>> = { job: 'j' },
) => ({
  labels: sortedLabels(name, labels),
  samples,
});
const snappy = (bytes: Uint8Array): Uint8Array => compressSync(bytes);

describe('a request that is none is refused in its own words', () => {
  const good = (): Uint8Array => writeBody([series('good', [[NOW, 1]])]);
  test.each<[string, number, RegExp, () => Uint8Array, Record<string, string>]>([
    [
      'another content type',
      415,
      /got content-type "text\/plain"; want application\/x-protobuf/,
      good,
      { 'content-type': 'text/plain' },
    ],
    [
      'version 2.0',
      415,
      /got content-type ".*v2\.Request"; want application\/x-protobuf, which is version 1\.0/,
      good,
      { 'content-type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request' },
    ],
    [
      'the version of 2.0',
      415,
      /got x-prometheus-remote-write-version "2\.0\.0"; want 0\.1\.0/,
      good,
      { 'x-prometheus-remote-write-version': '2.0.0' },
    ],
    ['no encoding', 415, /got content-encoding ""; want snappy/, good, { 'content-encoding': '' }],
    ['another encoding', 415, /got content-encoding "gzip"; want snappy/, good, { 'content-encoding': 'gzip' }],
    ['no body', 400, /cannot read remote write: got no snappy block/, () => new Uint8Array(), {}],
    ['no snappy', 400, /cannot read remote write: snappy/, () => Uint8Array.of(9, 255, 255, 255), {}],
    ['framed snappy', 400, /cannot read remote write: /, () => Buffer.from('ff060000734e61507059', 'hex'), {}],
    [
      'a block that says it is larger than all bounds',
      413,
      /got 4294967295 bytes uncompressed; want at most 33554432/,
      () => Uint8Array.of(255, 255, 255, 255, 15, 0),
      {},
    ],
    ['too large a body', 413, /got 16777217 bytes; want at most 16777216/, () => new Uint8Array(16 * 2 ** 20 + 1), {}],
    [
      'no protobuf',
      400,
      /no protobuf message prometheus\.WriteRequest: wire type 4/,
      () => snappy(Buffer.from('hello, ')),
      {},
    ],
    [
      'a torn message',
      400,
      /a field is longer than what it is in/,
      () => snappy(encodeWriteRequest([series('good', [[NOW, 1]])]).subarray(0, -1)),
      {},
    ],
    ['a sample that ends early', 400, /no protobuf message/, () => snappy(Uint8Array.of(10, 4, 18, 2, 9, 1)), {}],
  ])('%s', async (_, status, error, body, headers) => {
    const answer = await server.post(body(), headers);
    expect(answer).toEqual({ status, error: expect.stringMatching(error) });
    expect(await server.ask('good')).toEqual([]);
  });

  test('another method', async () => {
    const answer = await fetch(`${server.url}/api/v1/write`);
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  });

  test.each([
    ['no content type', { 'content-type': '' }],
    ['no version', { 'x-prometheus-remote-write-version': '' }],
    ['the message of 1.0 named', { 'content-type': 'application/x-protobuf;proto=prometheus.WriteRequest' }],
    ['words in another case', { 'content-encoding': 'Snappy' }],
  ])('%s is taken', async (_, headers) => {
    expect(await server.post(writeBody([]), headers)).toEqual({ status: 204, error: '' });
  });
});

describe('a bad sample costs itself', () => {
  const at = NOW - 60_000;
  const refused = async (bad: WireSeries, error: RegExp) => {
    const good = series('kept', [[at, 1]], { job: 'j', beside: String(error) });
    expect(await server.write([good, bad])).toEqual({ status: 400, error: expect.stringMatching(error) });
    expect(await server.ask(`kept{beside=${JSON.stringify(String(error))}}`)).toHaveLength(1);
  };
  const labelled = (...labels: [string, string][]): WireSeries => ({
    labels,
    samples: [
      [at, 1],
      [at + 1, 1],
    ],
  });

  test.each<[string, WireSeries, RegExp]>([
    [
      'too far ahead',
      series('ahead', [
        [NOW + 600_000, 1],
        [NOW + 600_001, 2],
      ]),
      /^cannot write 1 of 3 samples, the others are kept: too_far_ahead 1 \(first: got ahead\{job="j"\} 2 at 1800000600001; want/,
    ],
    [
      'before 1970',
      series('early', [[-1, 1]]),
      /bad_sample 1 \(first: got early\{job="j"\} 1 at -1; want a time since 1970/,
    ],
    [
      'older than the raw samples',
      series('old', [
        [NOW, 1],
        [NOW - 3 * 86_400_000, 1],
      ]),
      /too_old 1 /,
    ],
    [
      'another value',
      series('twice', [
        [at, 1],
        [at, 2],
      ]),
      /duplicate_timestamp 1 \(first: got twice\{job="j"\} 2 at/,
    ],
    [
      'labels out of order',
      labelled(['b', '1'], ['__name__', 'x']),
      /cannot write 2 of 3 samples, the others are kept: bad_series 2 \(first: got label "__name__" after "b"; want them sorted/,
    ],
    ['a label twice', labelled(['__name__', 'x'], ['b', '1'], ['b', '2']), /got label "b" after "b"/],
    ['a label without a name', labelled(['', '1'], ['__name__', 'x']), /got a label without a name/],
    ['a label without a value', labelled(['__name__', 'x'], ['b', '']), /got label "b" without a value/],
    ['a label with another name', labelled(['__name__', 'x'], ['b-c', '1']), /got label "b-c"; want letters/],
    ['__proto__', labelled(['__name__', 'x'], ['__proto__', '1']), /got label "__proto__"/],
    ['no name', labelled(['a', '1']), /got no label "__name__"/],
    ['no labels', labelled(), /got no label "__name__"/],
    ['a name that is none', labelled(['__name__', 'a.b']), /got metric "a\.b"/],
    ['a long name', labelled(['__name__', 'x'.repeat(257)]), /got a metric name of 257 bytes; want at most 256/],
    [
      'a long value',
      labelled(['__name__', 'x'], ['b', 'v'.repeat(4097)]),
      /got 4097 bytes in label "b"; want at most 4096/,
    ],
    [
      'many labels',
      labelled(['__name__', 'x'], ...Array.from({ length: 33 }, (_, i): [string, string] => [`l${100 + i}`, 'v'])),
      /got 34 labels; want at most 33/,
    ],
  ])('%s', async (_, bad, error) => {
    await refused(bad, error);
  });

  test('a label that is not UTF-8', async () => {
    const label = message((out) => {
      field(out, 10, Buffer.from('__name__'));
      field(out, 18, Uint8Array.of(255, 254));
    });
    const body = message((out) => {
      field(
        out,
        10,
        message((inner) => {
          field(inner, 10, label);
          field(
            inner,
            18,
            message((sample) => {
              sample.writeByte(16);
              sample.writeUnsigned(NOW);
            }),
          );
        }),
      );
    });
    expect((await server.post(snappy(body))).error).toMatch(/got a label that is not UTF-8/);
  });

  test('a native histogram', async () => {
    const body = message((out) => {
      field(out, 10, Buffer.concat([encodeLabels(sortedLabels('h')), Buffer.from('2200', 'hex')]));
    });
    expect((await server.post(snappy(body))).error).toMatch(
      /native_histogram 1 \(got a native histogram; want classic/,
    );
  });

  test('a series beyond the limit', async () => {
    const small = await startRemoteStorage({ maxSeries: 2 });
    const all = ['a', 'b', 'c', 'd'].map((name) => series(name, [[at, 1]]));
    const answer = await small.write(all);
    expect(answer).toEqual({
      status: 400,
      error: expect.stringMatching(/^cannot write 2 of 4 samples, .*series_limit 2 \(first: got c/),
    });
    expect(await small.ask('{job="j"}')).toHaveLength(2);
    expect((await small.engine.stats()).drops).toEqual({ series_limit: 2 });
    await small.stop();
  });
});

describe('what is taken', () => {
  test('the same again changes nothing, alone and beside what is new', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => [NOW - 400_000 + i * 10_000, i === 20 ? STALE : i] as const);
    const answer = async () => server.ask('sum_over_time(again[10m]) + count_over_time(again[10m]) * 1e6');
    expect((await server.write([series('again', rows.slice(0, 30))])).status).toBe(204);
    const before = await server.engine.stats();
    expect((await server.write([series('again', rows.slice(0, 30))])).status).toBe(204);
    expect((await server.engine.stats()).appliedSamples).toBe(before.appliedSamples);
    expect((await server.write([series('again', rows.slice(20))])).status).toBe(204);
    expect((await server.engine.stats()).appliedSamples).toBe(before.appliedSamples + 10);
    expect(await answer()).toEqual([`{"job":"j"} ${760 + 39e6}`]);
  });

  test('late samples stand where they belong, in the same request and in a later one', async () => {
    const t = NOW - 600_000;
    await server.write([
      series('late', [
        [t, 1],
        [t + 30_000, 3],
      ]),
    ]);
    expect(
      (
        await server.write([
          series('late', [
            [t + 40_000, 4],
            [t + 10_000, 2],
            [t + 60_000, 5],
          ]),
        ])
      ).status,
    ).toBe(204);
    expect(await server.ask('changes(late[10m1s])')).toEqual(['{"job":"j"} 4']);
    expect(await server.ask('resets(late[10m1s])')).toEqual(['{"job":"j"} 0']);
  });

  test('a stale marker ends a series, and a NaN does not', async () => {
    await server.write([
      series('gone', [
        [NOW - 20_000, 1],
        [NOW - 10_000, STALE],
      ]),
      series('not_a_number', [[NOW - 10_000, Number.NaN]]),
    ]);
    expect(await server.ask('gone')).toEqual([]);
    expect(await server.ask('gone', NOW - 15_000)).toHaveLength(1);
    expect(await server.ask('not_a_number')).toEqual([expect.stringMatching(/ NaN$/)]);
  });

  test('labels in two places, and one series written in two ways, are one series', async () => {
    const [name, job] = sortedLabels('scattered', { job: 'j' }).map((label) => encodeLabels([label]));
    const sample = (time: number) =>
      message((out) =>
        field(
          out,
          18,
          message((inner) => {
            inner.writeByte(9);
            inner.writeDouble(1);
            inner.writeByte(16);
            inner.writeUnsigned(time);
          }),
        ),
      );
    const body = message((out) => {
      field(out, 10, Buffer.concat([name!, sample(NOW - 3000), job!]));
      field(out, 10, Buffer.concat([name!, job!, sample(NOW - 2000)]));
    });
    expect((await server.post(snappy(body))).status).toBe(204);
    expect(await server.ask('count_over_time(scattered[1m])')).toEqual(['{"job":"j"} 2']);
  });

  test('how a metric counts: said, or by its name, and for ever', async () => {
    const names = ['a_total', 'b', 'c_seconds_count', 'd_total', 'e', 'f', 'f_sum', 'g_count'];
    await server.write(
      names.map((name) => series(name, [[NOW, 1]], { job: 'kinds' })),
      [
        ['d_total', 2],
        ['e', 1],
        ['f', 5],
        ['g', 4],
      ],
    );
    await server.write([series('b', [[NOW + 1, 1]], { job: 'kinds' })], [['b', 1]]);
    const { items } = await server.engine.listMetrics({ selectors: [[{ name: 'job', op: '=', value: 'kinds' }]] });
    expect(items.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'a_total counter',
      'b gauge',
      'c_seconds_count counter',
      'd_total gauge',
      'e counter',
      'f gauge',
      'f_sum counter',
      'g_count gauge',
    ]);
  });

  test('every sender and job is an origin of its own age, complete up to its newest sample', async () => {
    const day = 86_400_000;
    await server.write([series('aged', [[NOW - 5000, 1]], { job: 'young' })]);
    expect((await server.write([series('aged', [[NOW - 30 * day, 1]], { job: 'old' })])).status).toBe(204);
    expect(
      (
        await server.post(writeBody([series('aged', [[NOW - 60 * day, 1]], { job: 'young', at: 'paris' })]), {
          sender: 'paris',
        })
      ).status,
    ).toBe(204);
    const origins = (await server.engine.origins()).map(({ origin, completeTo, state }) => [origin, completeTo, state]);
    expect(origins).toEqual(
      expect.arrayContaining([
        ['remote_write/young', NOW - 5000, 'ok'],
        ['remote_write/old', NOW - 30 * day, 'ok'],
        ['remote_write/paris/young', NOW - 60 * day, 'ok'],
      ]),
    );
  });
});
