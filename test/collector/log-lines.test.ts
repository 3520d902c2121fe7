import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Column, LogBatch } from '../../collector/batch.ts';
import { lineBlocks } from '../../collector/delivery/log-lines.ts';
import { encodePayloads } from '../../collector/delivery/payload.ts';
import { createParse } from '../../collector/transforms/parse.ts';
import type { BatchPayload } from '../../server/model/batch.ts';
import { linesIn } from '../support/line-columns.ts';
import { ARRIVED, batchOf, listen } from '../support/log-lines.ts';
import { seeded } from '../support/random.ts';

const words = (list: readonly string[], index: readonly number[]): Column => ({
  type: 'word',
  words: list,
  index: Int8Array.from(index),
});
const numbers = (values: readonly number[]): Column => ({ type: 'number', values: Float64Array.from(values) });

function withFields(batch: LogBatch, fields: Readonly<Record<string, Column>>): LogBatch {
  return { ...batch, fields: new Map(Object.entries(fields)) };
}

/** The bytes of each line from `from` to `to`. */
function text(batch: LogBatch, from: number, to: number): Column {
  const at = (by: number) => Int32Array.from(batch.start, (start) => start + by);
  return { type: 'text', start: at(from), end: at(to), escaped: false };
}

function linesOf(batch: LogBatch) {
  return linesIn({ lines: lineBlocks(batch) });
}

describe('the lines of a batch', () => {
  test('as read: attributes, arrival, no level', () => {
    expect(linesOf(batchOf(['one', 'two'], { path: '/a.log', service: 'shop' }))).toEqual({
      streams: [{ path: '/a.log', service: 'shop' }],
      stream: [0, 0],
      time: [ARRIVED, ARRIVED],
      level: [-1, -1],
      text: ['one', 'two'],
    });
  });

  test('of an access log: its own times, levels by status, no stream per client', () => {
    const line = (status: number, second: number): string =>
      `198.51.100.${second} - - [17/May/2015:10:05:0${second} +0000] "GET / HTTP/1.1" ${status} 1 "-" "-"`;
    const told = listen();
    const parse = createParse(
      { type: 'parse', inputs: ['x'], format: 'access_log', duration: 'none', drop_on_error: false },
      told.context,
    );
    const parsed = parse.apply(
      batchOf([line(200, 1), line(404, 2), 'no line', line(503, 3), line(304, 4)], { service: 's' }),
    );
    const lines = linesOf(parsed as LogBatch);
    expect(lines.streams).toEqual([{ service: 's' }]);
    expect(lines.time).toEqual([1, 2, 3, 4].map((second) => Date.UTC(2015, 4, 17, 10, 5, second)));
    expect(lines.level).toEqual([6, 4, 3, 6]);
    expect(lines.text).toEqual([line(200, 1), line(404, 2), line(503, 3), line(304, 4)]);
  });

  test('of syslog: host, app, facility and severity are labels, the severity is the level', () => {
    const batch = batchOf(['web1 su failed', 'web2 su okay..', 'web1 su failed'], { listener: 'udp' });
    const lines = linesOf(
      withFields(batch, {
        host: text(batch, 0, 4),
        app: text(batch, 5, 7),
        facility: words(['kern', 'auth'], [1, 1, 1]),
        severity: words(['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'], [3, 5, 3]),
        time: numbers([1000, Number.NaN, 3000.4]),
      }),
    );
    expect(lines.streams).toEqual([
      { listener: 'udp', host: 'web1', app: 'su', facility: 'auth', severity: 'err' },
      { listener: 'udp', host: 'web2', app: 'su', facility: 'auth', severity: 'notice' },
    ]);
    expect(lines.stream).toEqual([0, 1, 0]);
    expect(lines.level).toEqual([3, 5, 3]);
    expect(lines.time).toEqual([1000, ARRIVED, 3000]);
  });

  test('severities as numbers and words, and what is neither', () => {
    const batch = batchOf(['a', 'b', 'c', 'd']);
    expect(linesOf(withFields(batch, { severity: numbers([0, 7, 8, Number.NaN]) })).level).toEqual([0, 7, -1, -1]);
    expect(
      linesOf(withFields(batchOf(['ERR', 'inf']), { severity: text(batchOf(['ERR', 'inf']), 0, 3) })).level,
    ).toEqual([3, -1]);
  });

  test('bytes that are no UTF-8 become U+FFFD, controls stay', () => {
    const lines = linesOf(batchOf(['é', Buffer.from([0x61, 0xff, 0x00, 0x1b, 0x62]), '\u202e']));
    expect(lines.text).toEqual(['é', 'a\ufffd\0\u001bb', '\u202e']);
  });

  test('rows that were filtered out are not sent', () => {
    expect(linesOf({ ...batchOf(['a', 'b', 'c']), rows: Int32Array.of(2, 0) }).text).toEqual(['c', 'a']);
  });
});

test('blocks of any size hold the lines, each with its own stream', () => {
  const line = fc.tuple(fc.nat(3), fc.oneof(fc.string(), fc.string({ unit: 'binary' })), fc.boolean());
  fc.assert(
    fc.property(fc.array(line), fc.integer({ min: 1, max: 60 }), fc.boolean(), (lines, units, isAscii) => {
      const texts = lines.map(([app, text]) => `${app} ${isAscii ? text.replace(/\P{ASCII}/gu, '?') : text}`);
      const rows = Int32Array.from(lines.keys()).filter((row) => lines[row]![2]);
      const batch = { ...batchOf(texts), rows };
      const blocks = lineBlocks(withFields(batch, { app: text(batch, 0, 1) }), units);
      const { streams, stream, text: found } = linesIn({ lines: blocks });
      const wanted = Array.from(rows, (row) => Buffer.from(texts[row]!).toString());
      expect(found).toEqual(wanted);
      expect(stream.map((index) => streams[index])).toEqual(wanted.map(([app]) => ({ app })));
      for (const { lines: count } of blocks.slice(0, -1)) expect(count).toBeGreaterThan(0);
    }),
    { seed: 8 },
  );
});

test('lines of CRLF, lines left out and lines that are cut leave nothing between them', () => {
  const bytes = Buffer.from('one\r\ntwo\nthree\n');
  const batch = { ...batchOf(['']), bytes, start: Int32Array.of(0, 5, 9), end: Int32Array.of(3, 8, 14) };
  const found = (rows: number[]): readonly string[] =>
    linesIn({ lines: lineBlocks({ ...batch, rows: Int32Array.from(rows) }) }).text;
  expect(found([0, 1, 2])).toEqual(['one', 'two', 'three']);
  expect(found([0, 2])).toEqual(['one', 'three']);
  expect(found([2, 0])).toEqual(['three', 'one']);
  const long = 'x'.repeat(2 ** 20 + 5);
  const { text: cut } = linesIn({ lines: lineBlocks(batchOf([long, 'b'])) });
  expect(cut).toEqual([long.slice(0, 2 ** 20 + 1), 'b']);
});

test('lines beyond the limit of a payload travel in several, positions after them', () => {
  const random = seeded(4);
  const noise = (): string => Array.from({ length: 40 }, () => random.below(36 ** 4).toString(36)).join('');
  const lines = Array.from({ length: 400 }, (_, i) => `${i} ${noise()}`);
  const parts = encodePayloads('s', [batchOf(lines, { service: 'a' })], { positions: { f: 1 } }, 9000);
  const payloads = parts.map(({ payload }) => JSON.parse(Buffer.from(payload).toString()) as BatchPayload);
  expect(parts.length).toBeGreaterThan(5);
  for (const { payload } of parts.slice(0, -1)) expect(payload.length).toBeLessThanOrEqual(9000);
  const ofLines = payloads.slice(0, -1);
  expect(ofLines.flatMap((payload) => linesIn(payload).text)).toEqual(lines);
  expect(payloads.map(({ positions }) => positions).filter(Boolean)).toEqual([{ f: 1 }]);
  expect(payloads.at(-1)?.positions).toEqual({ f: 1 });
  expect(new Set(ofLines.flatMap((payload) => linesIn(payload).streams.map(({ service }) => service)))).toEqual(
    new Set(['a']),
  );
});
