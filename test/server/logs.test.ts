import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { LogContext, LogHistogram, LogLabels, LogLine, LogPage, LogTail } from '../../server/model/logs.ts';
import { ms } from '../../server/model/units.ts';
import { type LogServer, startLogServer } from '../support/log-server.ts';
import { PATIENCE } from '../support/patience.ts';

const NOW = ms(1_800_000_000_000);
const HOSTILE = '<b>=cmd|\' /C calc\'!A0\u001b[31m\u202e, "quoted"';
const folder = mkdtempSync(join(tmpdir(), 'vigie-logs-'));
let server: LogServer;

beforeAll(async () => {
  server = await startLogServer(folder, { now: () => NOW });
  const app = ['shop', 'api'] as const;
  await server.store({
    streams: app.map((name) => ({ app: name })),
    stream: Array.from({ length: 300 }, (_, i) => i % 2),
    time: Array.from({ length: 300 }, (_, i) => NOW - (300 - i) * 1000),
    level: Array.from({ length: 300 }, (_, i) => (i % 50 === 0 ? 3 : i % 50 === 1 ? 4 : -1)),
    text: Array.from({ length: 300 }, (_, i) =>
      i === 298 ? HOSTILE : i === 299 ? '=1+1' : `line ${i} of ${app[i % 2]}`,
    ),
  });
});

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

async function ask<T>(path: string, query: Record<string, string> = {}): Promise<T> {
  const response = await fetch(`${server.url}/api/vigie/logs${path}?${new URLSearchParams(query)}`);
  expect(response.status, await response.clone().text()).toBe(200);
  return (await response.json()) as T;
}

async function textOf(path: string, query: Record<string, string>): Promise<{ text: string; headers: Headers }> {
  const response = await fetch(`${server.url}/api/vigie/logs${path}?${new URLSearchParams(query)}`);
  return { text: await response.text(), headers: response.headers };
}

const textsOf = ({ lines }: { readonly lines: readonly LogLine[] }): string[] => lines.map(({ text }) => text);

describe('a search', () => {
  test('gives the newest lines of the last hour, with where to go on', async () => {
    const page = await ask<LogPage>('', { limit: '3' });
    expect(textsOf(page)).toEqual(['=1+1', HOSTILE, 'line 297 of api']);
    expect(page.lines[0]).toEqual({
      seq: 300,
      time: NOW - 1000,
      labels: { app: 'api', collector: 'c1', source: 's' },
      text: '=1+1',
    });
    const next = await ask<LogPage>('', { limit: '1', after: `${page.next?.time},${page.next?.seq}` });
    expect(textsOf(next)).toEqual(['line 296 of shop']);
  });

  test.each([
    [{ selector: '{app="shop"}', level: 'err', order: 'oldest' }, ['0', '50', '100', '150', '200', '250']],
    [{ level: 'warning', order: 'oldest', limit: '3' }, ['0', '1', '50']],
    [{ text: 'LINE 29' }, ['297', '296', '295', '294', '293', '292', '291', '290', '29']],
    [{ regex: '^line (7|13) ' }, ['13', '7']],
    [{ selector: '{app!="shop",app!~"x.*"}', text: 'line 1 ' }, ['1']],
    [{ selector: '{ }', text: 'line 2 ' }, ['2']],
    [{ start: String(NOW / 1000 - 300), end: String(NOW / 1000 - 298), order: 'oldest' }, ['1', '2']],
    [{ text: 'no such line' }, []],
  ])('%j', async (query, want) => {
    const page = await ask<LogPage>('', query);
    expect(textsOf(page).map((text) => /\d+/.exec(text)?.[0])).toEqual(want);
  });

  test.each([
    [{ selector: '{app="shop"' }, 'got the end of the query; want'],
    [{ selector: 'shop' }, 'in braces'],
    [{ selector: '{app=~"("}' }, 'cannot read pattern'],
    [{ selector: '{app="a"} or {app="b"}' }, 'cannot read selector'],
    [{ regex: '[' }, 'cannot read pattern'],
    [{ level: 'bad' }, 'want one of emerg, alert, crit, err, warning, notice, info, debug'],
    [{ order: 'best' }, 'want newest or oldest'],
    [{ limit: '5001' }, 'want a whole number from 1 to 5000'],
    [{ limit: '1e1000' }, 'want a whole number'],
    [{ after: '5' }, 'want <time>,<seq>'],
    [{ start: '5', end: '5' }, 'want it after start'],
    [{ start: 'soon' }, 'want seconds since the epoch'],
  ])('%j is refused', async (query, want) => {
    const { text } = await textOf('', query);
    const { error } = JSON.parse(text) as { error: { code: string; message: string } };
    expect(error.code).toMatch(/^bad_(request|query)$/);
    expect(error.message).toContain(want);
  });
});

test('the histogram counts every line once, by level', async () => {
  const histogram = await ask<LogHistogram>('/histogram', { buckets: '10' });
  const sum = (list: readonly number[]): number => list.reduce((total, n) => total + n, 0);
  expect(Object.values(histogram.counts).map(sum)).toEqual([6, 6, 0, 288]);
  expect(histogram.step).toBe(600_000);
  const errors = await ask<LogHistogram>('/histogram', { level: 'err', selector: '{app="shop"}', regex: 'of shop$' });
  expect(sum(errors.counts.error)).toBe(6);
});

test('labels are those of the range', async () => {
  expect(await ask<LogLabels>('/labels')).toEqual({
    labels: { app: ['api', 'shop'], collector: ['c1'], source: ['s'] },
    truncated: false,
  });
  expect(await ask<LogLabels>('/labels', { end: '1' })).toEqual({ labels: {}, truncated: false });
});

test('context is of the same stream', async () => {
  const context = await ask<LogContext>('/context', { seq: '11', before: '2', after: '1' });
  expect(textsOf({ lines: context.before })).toEqual(['line 6 of shop', 'line 8 of shop']);
  expect(context.line.text).toBe('line 10 of shop');
  expect(textsOf({ lines: context.after })).toEqual(['line 12 of shop']);
  expect(await textOf('/context', { seq: '999' })).toMatchObject({
    text: expect.stringContaining('cannot find log line 999'),
  });
  expect(await textOf('/context', {})).toMatchObject({ text: expect.stringContaining('it is missing') });
});

describe('an export', () => {
  test('has every line once, in order', async () => {
    const { text, headers } = await textOf('/export', {});
    expect(headers.get('content-disposition')).toBe('attachment; filename="logs.txt"');
    expect(text.split('\n').slice(0, 2)).toEqual(['line 0 of shop', 'line 1 of api']);
    expect(text.split('\n')).toHaveLength(301);
    const lines = JSON.parse((await textOf('/export', { format: 'json', text: 'line 1' })).text) as LogLine[];
    expect(lines).toHaveLength(111);
    expect(JSON.parse((await textOf('/export', { format: 'json', text: 'nowhere' })).text)).toEqual([]);
    expect((await textOf('/export', { format: 'xml' })).text).toContain('want txt, json or csv');
  });

  test('as CSV holds no formula, and a quote is doubled', async () => {
    const { text } = await textOf('/export', { format: 'csv', start: String(NOW / 1000 - 3) });
    const labels = (app: string): string => `"{""app"":""${app}"",""collector"":""c1"",""source"":""s""}"`;
    expect(text).toBe(
      `seq,time,level,labels,text\r\n` +
        `299,2027-01-15T07:59:58.000Z,,${labels('shop')},"${HOSTILE.replaceAll('"', '""')}"\r\n` +
        `300,2027-01-15T07:59:59.000Z,,${labels('api')},'=1+1\r\n`,
    );
  });
});

/** Follows until it is ended; remembers every event. */
async function follow(query: Record<string, string>, headers: Record<string, string> = {}) {
  const asked = get(`${server.url}/api/vigie/logs/tail?${new URLSearchParams(query)}`, { headers });
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  let text = '';
  response.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  response.on('error', () => {});
  const tails = (): LogTail[] =>
    Array.from(text.matchAll(/^data: ?(.*)$/gm), ([, data]) => JSON.parse(data ?? '') as LogTail);
  return {
    status: response.statusCode,
    tails,
    lines: () => tails().flatMap((tail) => textsOf(tail)),
    text: () => text,
    end: () => asked.destroy(),
  };
}

describe('a tail', () => {
  const line = (text: string, app = 'shop') => ({
    streams: [{ app }],
    stream: [0],
    time: [NOW - 500],
    level: [6],
    text: [text],
  });

  test('begins with the last lines, goes on with what is meant, and misses nothing when it comes back', async () => {
    const first = await follow({ selector: '{app="late"}', last: '2', text: 'wanted' });
    await vi.waitUntil(() => first.tails().length === 1, PATIENCE);
    expect(first.lines()).toEqual([]);
    await server.store(line('wanted 1', 'late'));
    await server.store(line('other', 'late'));
    await server.store(line('wanted elsewhere'));
    await server.store(line('wanted 2', 'late'));
    await vi.waitUntil(() => first.lines().length === 2, PATIENCE);
    expect(first.lines()).toEqual(['wanted 1', 'wanted 2']);
    const id = /^id: ?(\d+)$/gm.exec(first.text().split('wanted 1')[0]?.split('\n\n').at(-1) ?? '')?.[1];
    first.end();
    await server.store(line('wanted 3', 'late'));
    const again = await follow({ selector: '{app="late"}', text: 'wanted' }, { 'last-event-id': String(Number(id)) });
    await vi.waitUntil(() => again.lines().includes('wanted 3'), PATIENCE);
    expect(again.lines().filter((text) => text === 'wanted 3')).toHaveLength(1);
    again.end();
    const last = await follow({ selector: '{app="late"}', last: '2' });
    await vi.waitUntil(() => last.tails().length === 1, PATIENCE);
    expect(last.lines()).toEqual(['wanted 2', 'wanted 3']);
    last.end();
  });

  test('is refused when it is none, and when every place is taken; places become free', async () => {
    expect((await follow({ regex: '(' })).status).toBe(400);
    const readers = await Promise.all(Array.from({ length: 50 }, () => follow({})));
    expect(readers.map(({ status }) => status)).toEqual(readers.map(() => 200));
    expect((await follow({})).status).toBe(503);
    for (const reader of readers) reader.end();
    await vi.waitUntil(async () => {
      const reader = await follow({});
      reader.end();
      return reader.status === 200;
    }, PATIENCE);
  });

  test('a reader who does not read is waited for, and gets everything in the end', async () => {
    const asked = get(`${server.url}/api/vigie/logs/tail?selector={app="flood"}`);
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    response.pause();
    const long = 'x'.repeat(20_000);
    for (let i = 0; i < 40; i++) {
      const text = Array.from({ length: 20 }, (_, k) => `${i * 20 + k} ${long}`);
      const none = text.map(() => 0);
      await server.store({ streams: [{ app: 'flood' }], stream: none, time: text.map(() => NOW), level: none, text });
    }
    let text = '';
    response.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    response.on('error', () => {});
    response.resume();
    const numbers = (): number[] => Array.from(text.matchAll(/"text":"(\d+) x/g), ([, number]) => Number(number));
    await vi.waitUntil(() => numbers().length >= 800, PATIENCE);
    expect(numbers()).toEqual(Array.from({ length: 800 }, (_, i) => i));
    asked.destroy();
  });
});
