import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LogBatch } from '../../collector/batch.ts';
import { createParse } from '../../collector/transforms/parse.ts';
import { type ParseOptions, parseSchema } from '../../collector/transforms/parse-options.ts';
import { ARRIVED, batchOf, fieldOf, listen } from '../support/log-lines.ts';

const TIME = '[17/May/2015:10:05:03 +0000]';
const AT = Date.UTC(2015, 4, 17, 10, 5, 3);
const NAMES = [
  'host',
  'vhost',
  'user',
  'time',
  'method',
  'path',
  'protocol',
  'status',
  'bytes',
  'referer',
  'agent',
  'duration',
];

function parse(
  line: string | Buffer,
  options: Partial<ParseOptions> = {},
): Record<string, unknown> & { told: ReturnType<typeof listen> } {
  const told = listen();
  const out = createParse(parseSchema.parse({ type: 'parse', inputs: ['x'], ...options }), told.context).apply(
    batchOf([line]),
  );
  const fields = Object.fromEntries(
    NAMES.map((name) => [name, out === undefined ? undefined : fieldOf(out as LogBatch, name)[0]]),
  );
  return { ...fields, told };
}

describe('lines servers write', () => {
  const reads = (line: string, want: Record<string, unknown>, options: Partial<ParseOptions> = {}): void => {
    test(line, () => expect(parse(line, options)).toMatchObject(want));
  };
  const tail = `${TIME} "GET /a?b=c HTTP/1.1" 200 512`;
  const request = { time: AT, method: 'GET', path: '/a?b=c', protocol: 'HTTP/1.1', status: 200, bytes: 512 };

  reads(`::1 - - ${tail}`, { ...request, host: '::1', vhost: undefined, user: undefined, referer: undefined });
  reads(`198.51.100.7 - bob ${tail} "-" "curl/8"`, { ...request, user: 'bob', referer: undefined, agent: 'curl/8' });
  reads(`h - John Smith ${tail}`, { ...request, host: 'h', user: 'John Smith', vhost: undefined });
  reads(`h - [01/Jan/2000:00:00:00 +0000] x ${tail}`, { ...request, host: 'h' });
  reads(`h - a [01/Jan/2000:00:00:00 +0000] \\"GET ${tail}`, request);
  reads(`h ident bob ${tail}`, { ...request, host: 'h', user: 'bob', vhost: undefined });
  reads(`shop.example:443 127.0.0.1:80 - - ${tail} "r" "a"`, {
    ...request,
    vhost: 'shop.example',
    host: '127.0.0.1:80',
  });
  reads(`shop.example 10.0.0.1 - - ${tail}`, { ...request, vhost: 'shop.example', host: '10.0.0.1', user: undefined });
  reads(`[::1]:8080 10.0.0.1 - - ${tail}`, { vhost: '[::1]' });
  reads(`fe80::1 10.0.0.1 - - ${tail}`, { vhost: 'fe80::1' });
  reads(`v h i u ${tail}`, { vhost: 'v', host: 'h', user: 'u' }, { format: 'vhost_common' });
  reads(`h i u w ${tail}`, { vhost: undefined, host: 'h', user: 'u w' }, { format: 'common' });
  reads(`h - - ${TIME} "GET /\\x22a\\" HTTP/2.0" 304 -`, { path: '/\\x22a\\"', protocol: 'HTTP/2.0', bytes: 0 });
  reads(`h - - ${tail} "r" "a \\"b\\" c" extra`, { agent: 'a \\"b\\" c' });
});

describe('requests no client should send', () => {
  const reads = (request: string, want: Record<string, unknown>): void => {
    test(request, () =>
      expect(parse(`::1 - - ${TIME} "${request}" 400 226 "-" "-"`)).toMatchObject({ status: 400, ...want }),
    );
  };
  reads('-', { method: undefined, path: undefined });
  reads('', { method: undefined });
  reads('\\n', { method: '\\n', path: undefined });
  reads('\\x16\\x03\\x01\\x02', { method: '\\x16\\x03\\x01\\x02' });
  reads('- - HTTP/1.0', { method: undefined, path: undefined, protocol: 'HTTP/1.0' });
  reads('<SCRIPT>alert(1)</SCRIPT> / HTTP/1.1', { method: '<SCRIPT>alert(1)</SCRIPT>', path: '/' });
  reads('GET /a b c HTTP/1.1', { path: '/a b c' });
  reads('GET /no-protocol', { path: '/no-protocol', protocol: undefined });
  reads('GET', { method: 'GET', path: undefined });
});

describe('the trailing duration', () => {
  const line = `h - - ${TIME} "GET / HTTP/1.1" 200 1 "-" "-"`;
  const reads = (extra: string, duration: ParseOptions['duration'], want: number | undefined): void => {
    test(`${duration}: ${extra}`, () => expect(parse(line + extra, { duration }).duration).toBe(want));
  };
  reads(' 250000', 'us', 0.25);
  reads(' 0.250', 's', 0.25);
  reads(' 3', 's', 3);
  reads(' "a, b" 0.123', 's', 0.123);
  reads(' 0.005 0.004', 's', 0.005);
  reads(' - 0.004', 's', 0.004);
  reads(' -', 's', undefined);
  reads(' 1e9', 's', undefined);
  reads(' .5', 's', undefined);
  reads(' 5.', 's', undefined);
  reads('', 'us', undefined);
  reads(' 250000', 'none', undefined);

  test('an undeclared number is mentioned once', () => {
    const told = listen();
    const transform = createParse(parseSchema.parse({ type: 'parse', inputs: ['x'] }), told.context);
    transform.apply(batchOf([`${line} 12`, `${line} 13`]));
    transform.apply(batchOf([`${line} 14`]));
    expect(told.said.filter((text) => text.includes('declare duration'))).toEqual([expect.stringContaining(' WARN ')]);
  });
});

describe('times', () => {
  const reads = (text: string, want: number | undefined): void => {
    test(text, () => expect(parse(`h - - [${text}] "GET / HTTP/1.1" 200 1`).time).toBe(want));
  };
  reads('17/May/2015:12:05:03 +0200', AT);
  reads('17/May/2015:05:35:03 -0430', AT);
  reads('29/Feb/2024:00:00:00 +0000', Date.UTC(2024, 1, 29));
  reads('29/Feb/2023:00:00:00 +0000', undefined);
  reads('31/Dec/2016:23:59:60 +0000', Date.UTC(2017, 0, 1));
  reads('31/Dec/2016:23:59:61 +0000', undefined);
  reads('31/Dec/2016:24:00:00 +0000', undefined);
  reads('31/Apr/2016:00:00:00 +0000', undefined);
  reads('00/Apr/2016:00:00:00 +0000', undefined);
  reads('01/Xyz/2016:00:00:00 +0000', undefined);
  reads('01/Jan/1969:00:00:00 +0000', undefined);
  reads('01/Jan/2016:00:00:00 *0000', undefined);

  test('every day is what the calendar says', () => {
    const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Math.floor(ARRIVED / 1000) }), (seconds) => {
        const date = new Date(seconds * 1000);
        const two = (value: number): string => String(value).padStart(2, '0');
        const day = `${two(date.getUTCDate())}/${months[date.getUTCMonth()]}/${date.getUTCFullYear()}`;
        const clock = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':');
        expect(parse(`h - - [${day}:${clock} +0000] "GET / HTTP/1.1" 200 1`).time).toBe(seconds * 1000);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  test('too far ahead becomes arrival, and is counted', () => {
    const line = (minute: number): string => `h - - [05/Jan/2026:00:${minute}:00 +0000] "GET / HTTP/1.1" 200 1`;
    expect(parse(line(10)).time).toBe(ARRIVED + 600_000);
    const ahead = parse(line(11));
    expect([ahead.time, ahead.told.changed]).toEqual([ARRIVED, { ahead_of_time: 1 }]);
  });
});

describe('lines that cannot be read', () => {
  const refuses = (line: string, reason: string, column: number): void => {
    test(`${reason}: ${line}`, () => {
      const { told } = parse(line);
      expect(told.drops).toEqual({ [reason]: 1 });
      expect([told.parsed, told.unparseable]).toEqual([0, 1]);
      expect(told.notes[0]).toMatch(new RegExp(`^column ${column}: want `));
    });
  };
  refuses('', 'no_timestamp', 1);
  refuses('AH00558: apache2: Could not determine', 'no_timestamp', 1);
  refuses('h - - [17/May/2015:10:05:03] "GET / HTTP/1.1" 200 1', 'no_timestamp', 7);
  refuses(`${TIME} "GET / HTTP/1.1" 200 1`, 'no_host', 1);
  refuses(`h ${TIME} "GET / HTTP/1.1" 200 1`, 'no_host', 1);
  refuses('h - - [99/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 1', 'bad_timestamp', 8);
  refuses(`h - - ${TIME} "GET / HTTP`, 'bad_request', 37);
  refuses(`h - - ${TIME} "GET /" 20 1`, 'bad_status', 44);
  refuses(`h - - ${TIME} "GET /" 2000 1`, 'bad_status', 44);
  refuses(`h - - ${TIME} "GET /"`, 'bad_status', 44);
  refuses(`h - - ${TIME} "GET /" 200`, 'bad_bytes', 47);
  refuses(`h - - ${TIME} "GET /" 200 1x`, 'bad_bytes', 48);
  refuses(`h - - ${TIME} "GET /" 200 1234567890123456`, 'bad_bytes', 48);

  test('a line cut inside the agent counts', () => {
    const cut = parse(`h - - ${TIME} "GET / HTTP/1.1" 200 1 "r" "Mozil`);
    expect(cut).toMatchObject({ status: 200, referer: 'r', agent: 'Mozil' });
    expect(cut.told.changed).toEqual({ truncated: 1 });
  });
});

test('never throws, and reads the ranges it gives inside the line', () => {
  const piece = fc.oneof(
    fc.constantFrom(TIME, ' "', '" ', '\\', ' - ', '200 ', '[', ']', 'HTTP/1.1', '"-"', ' 12.5'),
    fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes.filter((byte) => byte !== 10)).toString('latin1')),
  );
  fc.assert(
    fc.property(fc.array(fc.array(piece, { maxLength: 14 }), { minLength: 1, maxLength: 5 }), (lines) => {
      const told = listen();
      const batch = batchOf(lines.map((parts) => Buffer.from(parts.join(''), 'latin1')));
      const out = createParse(parseSchema.parse({ type: 'parse', inputs: ['x'], duration: 's' }), told.context).apply(
        batch,
      );
      expect(told.parsed + told.unparseable).toBe(lines.length);
      for (const row of out?.kind === 'logs' ? out.rows : []) {
        for (const column of (out as LogBatch).fields.values()) {
          if (column.type !== 'text' || column.start[row]! < 0) continue;
          expect(column.start[row]).toBeGreaterThanOrEqual(batch.start[row]!);
          expect(column.end[row]).toBeLessThanOrEqual(batch.end[row]!);
        }
      }
    }),
    { seed: 7, numRuns: 2000 },
  );
});

const LOG = join(import.meta.dirname, '../../../shared/data/apache-access-5k.log');

describe.runIf(existsSync(LOG))('5,000 real lines', () => {
  const lines = existsSync(LOG)
    ? readFileSync(LOG, 'latin1')
        .split('\n')
        .filter((line) => line !== '')
    : [];

  test('agree with an exact count', () => {
    const told = listen();
    const out = createParse(parseSchema.parse({ type: 'parse', inputs: ['x'] }), told.context).apply(
      batchOf(lines),
    ) as LogBatch;
    const status: Record<string, number> = {};
    for (const value of fieldOf(out, 'status')) status[String(value)] = (status[String(value)] ?? 0) + 1;
    expect(status).toEqual({ 200: 4450, 206: 21, 301: 113, 304: 305, 403: 1, 404: 108, 500: 2 });
    expect(fieldOf(out, 'bytes').reduce((sum: number, value) => sum + Number(value), 0)).toBe(1312869333);
    const distinct = (name: string): number => new Set(fieldOf(out, name)).size;
    expect([distinct('host'), distinct('path')]).toEqual([965, 1013]);
    expect(told.drops).toEqual({});
  });

  test('agree with a regular expression, field by field', () => {
    const pattern =
      /^(\S+) \S+ (.+?) \[[^\]]+\] "(\S+) (\S+) (HTTP\/[\d.]+)" (\d{3}) (\d+|-) "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)"$/;
    const whole = lines.filter((line) => pattern.test(line));
    const out = createParse(parseSchema.parse({ type: 'parse', inputs: ['x'] }), listen().context).apply(
      batchOf(whole),
    ) as LogBatch;
    const dash = (text: string | undefined): string | undefined => (text === '-' || text === '' ? undefined : text);
    ['host', 'user', 'method', 'path', 'protocol', 'status', 'bytes', 'referer', 'agent'].forEach((name, i) => {
      const want = whole.map((line) => dash(pattern.exec(line)?.[i + 1]));
      const got = fieldOf(out, name).map((value) => (value === undefined ? undefined : String(value)));
      expect(got).toEqual(name === 'bytes' ? want.map((value) => value ?? '0') : want);
    });
  });
});
