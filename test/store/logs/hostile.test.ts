import { brotliCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { blockOf, columnsOf } from '../../support/line-columns.ts';
import { NOW, openStore, Queue } from '../batches.ts';
import { everything, linesOf, questionsOf, type Row, textsOf } from './lines.ts';

test('whatever a line holds, it comes back as it was, and is found', async () => {
  const texts = [
    '',
    '\0\0 nul',
    '\u001b]0;title\u0007\u001b[2J ansi',
    '\u202egnp.exe rtl',
    '<script>alert(1)</script>',
    'two\nlines\r\nin one',
    '"\\" \u2028 \u2029 \ufeff',
    'x'.repeat(2 ** 20),
    '😀'.repeat(1000),
    '{"a":1}\t;DROP TABLE log_block;--',
  ];
  const store = openStore();
  new Queue().send(store, linesOf(texts.map((text, i) => ({ time: NOW + i, text }))));
  expect(await textsOf(store)).toEqual(texts);
  for (const needle of ['\0 NUL', '\u001b[2j', '\u202e', '<SCRIPT>', 'lines\r\nin', '\u2028', '😀😀', 'drop table']) {
    expect(await textsOf(store, { text: needle }), needle).toHaveLength(1);
  }
  expect(await textsOf(store, { text: 'nul\n' })).toEqual([]);
  expect(store.stats()).toMatchObject({ appliedLines: texts.length, drops: {} });
  store.close();
});

test('an answer of long lines is short, and its pages have them all', async () => {
  const store = openStore();
  const queue = new Queue();
  for (let i = 0; i < 12; i++)
    queue.send(store, linesOf([{ time: NOW + i, text: `${i} ${'z'.repeat(2 ** 20 - 10)}` }]));
  const sizes: number[] = [];
  const found: string[] = [];
  for (let query = everything(); ; ) {
    const { lines, next } = await questionsOf(store).searchLogs(query);
    sizes.push(lines.length);
    found.push(...lines.map(({ text }) => text.split(' ', 1)[0]!));
    if (next === undefined) break;
    query = everything({ after: next });
  }
  expect(Math.max(...sizes)).toBeLessThanOrEqual(5);
  expect(found).toEqual(Array.from({ length: 12 }, (_, i) => `${i}`));
  store.close();
});

test('half a character becomes U+FFFD, one line longer than 1 MiB is cut, and both are kept', async () => {
  const store = openStore();
  const queue = new Queue();
  queue.send(
    store,
    linesOf([
      { time: NOW, text: 'a\ud800b' },
      { time: NOW, text: '\udc00' },
      { time: NOW, text: 'c' },
    ]),
  );
  queue.send(
    store,
    linesOf([
      { time: NOW, text: 'y'.repeat(2 ** 20 + 1) },
      { time: NOW, text: 'after' },
    ]),
  );
  expect(await textsOf(store)).toEqual(['a\ufffdb', '\ufffd', 'c', 'y'.repeat(2 ** 20), 'after']);
  expect(store.stats().drops).toEqual({ long_line: 1 });
  store.close();
});

test('streams of a block are bounded: what is beyond is kept under one stream, counted', async () => {
  const store = openStore();
  const queue = new Queue();
  const rows = (count: number, size: number): Row[] =>
    Array.from({ length: count }, (_, i) => ({
      time: NOW,
      text: `line ${i}`,
      labels: { app: `${i}`.padEnd(size, 'x') },
    }));
  queue.send(store, linesOf(rows(1000, 5)));
  const streams = new Set(
    (await questionsOf(store).searchLogs(everything())).lines.map(({ labels }) => JSON.stringify(labels)),
  );
  expect(streams.size).toBe(256);
  expect(streams).toContain('{"collector":"c1","overflow":"true","source":"s"}');
  expect(await textsOf(store, { selector: [{ name: 'overflow', op: '=', value: 'true' }] })).toHaveLength(745);
  expect(store.stats().drops).toEqual({ stream_limit: 745 });
  queue.send(store, linesOf(rows(100, 4000), 'wide'));
  const wide = await questionsOf(store).searchLogs(
    everything({ selector: [{ name: 'source', op: '=', value: 'wide' }] }),
  );
  expect(wide.lines).toHaveLength(100);
  expect(JSON.stringify([...new Set(wide.lines.map(({ labels }) => labels))]).length).toBeLessThan(2 ** 17);
  store.close();
});

test('a stream cannot call itself another source', async () => {
  const store = openStore();
  new Queue().send(store, linesOf([{ time: NOW, text: 'a', labels: { source: 'bank', collector: 'other', app: '' } }]));
  const { lines } = await questionsOf(store).searchLogs(everything());
  expect(lines[0]?.labels).toEqual({ collector: 'c1', source: 's' });
  store.close();
});

test('columns that are none cost their rows, never the batch', async () => {
  const kept = async (lines: unknown, want: string[], drops: object) => {
    const store = openStore();
    const payload = { v: 1, source: 's', series: [], lines, positions: { f: 1 } };
    expect(new Queue().send(store, Buffer.from(JSON.stringify(payload)))).toEqual({ result: 'applied' });
    expect(await textsOf(store), JSON.stringify(lines)).toEqual(want);
    expect(store.stats().drops).toEqual(drops);
    store.close();
  };
  const plain = { streams: [{ app: 'a' }], stream: [0, 0], time: [NOW, NOW], level: [3, -1], text: ['a', 'b'] };
  const good = columnsOf(plain);
  const { text: _, ...textless } = good;
  await kept(good, ['a', 'b'], {});
  const block = blockOf(plain);
  await kept([block, block], ['a', 'b', 'a', 'b'], {});
  await kept([{ ...block, lines: 3 }, block], ['a', 'b'], { bad_line: 1 });
  await kept([7, { ...block, columns: 'AAAA' }, { ...block, columns: 1 }, block], ['a', 'b'], { bad_line: 3 });
  await kept([{ ...block, text: 'AAAA' }], [], { bad_line: 1 });
  await kept([{ ...block, text: blockOf({ ...plain, text: ['a'] }).text }], [], { bad_line: 2 });
  await kept([{ ...block, streams: [] }], [], { bad_line: 2 });
  const big = { ...block, text: brotliCompressSync(Buffer.alloc(2 ** 25)).toString('base64') };
  // The first is not as long as its lines say; with the second, all would grow beyond what they may.
  await kept([big, block, big, block], ['a', 'b', 'a', 'b'], { bad_line: 3 });
  await kept([{ ...block, lines: 5 }], [], { bad_line: 1 });
  await kept([blockOf({ ...plain, time: [NOW, Number.NaN] })], ['a'], { bad_line: 1 });
  await kept([blockOf({ ...plain, level: [-2, 99] })], ['a', 'b'], {});
  const torn = brotliCompressSync(Buffer.from([0x61, 0x0a, 0xff])).toString('base64');
  await kept([{ ...block, text: torn }], ['a', '\ufffd'], {});
  await kept('lines', [], { bad_line: 1 });
  await kept(textless, [], { bad_line: 2 });
  await kept({ ...good, text: ['a', 'b'] }, [], { bad_line: 2 });
  await kept({ ...good, text: 'AAAA' }, [], { bad_line: 2 });
  await kept({ ...good, text: columnsOf({ ...plain, text: ['a'] }).text }, [], { bad_line: 2 });
  await kept(
    { ...good, text: brotliCompressSync(Buffer.from([0x61, 0x0a, 0xff])).toString('base64') },
    ['a', '\ufffd'],
    {},
  );
  await kept({ ...good, text: brotliCompressSync(Buffer.alloc(2 ** 27)).toString('base64') }, [], { bad_line: 2 });
  // Lengths that fit the text by chance: what stands between two lines is left out, whatever it is.
  const unlike = brotliCompressSync(Buffer.from('a\u00e9b')).toString('base64');
  await kept({ ...good, text: unlike }, ['a', 'b'], {});
  await kept({ ...good, length: [1] }, [], { bad_line: 1 });
  await kept({ ...good, length: [1, 2] }, [], { bad_line: 2 });
  await kept({ ...good, length: [3, -1] }, [], { bad_line: 2 });
  await kept({ ...good, length: ['1', 1] }, [], { bad_line: 2 });
  await kept({ ...good, time: [NOW + 0.5, NOW] }, ['b'], { bad_line: 1 });
  await kept({ ...good, time: [-1, 'now'] }, [], { bad_line: 2 });
  await kept({ ...good, stream: [1, 0] }, ['b'], { bad_line: 1 });
  await kept({ ...good, stream: ['__proto__', 0] }, ['b'], { bad_line: 1 });
  await kept({ ...good, streams: [{ 'not a label': 'a' }] }, [], { bad_line: 2 });
  await kept({ ...good, streams: [{ a: 'x'.repeat(5000) }] }, [], { bad_line: 2 });
  await kept({ ...good, streams: 'none' }, [], { bad_line: 2 });
  await kept({ ...good, level: [8, 'err'] }, ['a', 'b'], {});
  await kept({ ...good, time: [NOW + 600_000, NOW + 600_001] }, ['b', 'a'], { ahead_of_time: 1 });
});

test('a question that is none is refused with what is wanted', async () => {
  const store = openStore();
  const questions = questionsOf(store);
  const refused = (query: object, want: RegExp) =>
    expect(questions.searchLogs(everything(query))).rejects.toThrow(want);
  await refused({ limit: 0 }, /got limit 0; want 1 to 5000/);
  await refused({ limit: 5001 }, /got limit 5001/);
  await refused({ limit: 1.5 }, /got limit 1.5/);
  await refused({ start: 5, end: 5 }, /want an end after the start/);
  await refused({ start: Number.NaN }, /want an end after the start/);
  await refused({ regex: '(' }, /cannot read pattern "\("/);
  await refused({ regex: 'a'.repeat(2001) }, /2001 characters; want 2000 at most/);
  await refused({ selector: [{ name: 'a', op: '=~', value: '(' }] }, /cannot read pattern/);
  await expect(questions.logHistogram({ ...everything(), buckets: 201 })).rejects.toThrow(/got buckets 201/);
  await expect(questions.logContext({ seq: 1, before: 0, after: 501 })).rejects.toThrow(/got after 501/);
  await expect(questions.logContext({ seq: 1, before: 0, after: 0 })).rejects.toThrow(/cannot find log line 1/);
  await expect(questions.tailLogs({ selector: [], limit: 0, after: 0 })).rejects.toThrow(/got limit 0/);
  store.close();
});
