import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Source } from '../../collector/component.ts';
import { createFileSource, type FileSourceOptions } from '../../collector/sources/file.ts';
import { createLog } from '../../server/runtime/log.ts';
import { CommittedOutput, sourceContext, testSource, until } from '../conformance/source.ts';

const FAST = { poll_ms: 5, glob_ms: 15, finish_ms: 60 } as const;

let dir: string;
let committed: CommittedOutput;
let running: { stop(): Promise<void>; source: Source } | undefined;
let logged: string[];
let context: ReturnType<typeof sourceContext>;

const at = (name: string): string => join(dir, name);
const log = () => at('access.log');
const numbered = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `line ${from + i}`);
const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
const append = (path: string, ...lines: string[]): void => appendFileSync(path, text(lines));
/** Kernel clocks tick every few ms; a rotation never comes twice within one. */
const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 15));

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'file-source-'));
  committed = new CommittedOutput();
  logged = [];
  context = sourceContext('file');
});
afterEach(async () => {
  await running?.stop();
  rmSync(dir, { recursive: true, force: true });
});

function start(options: Partial<FileSourceOptions> = {}): Source {
  const source = createFileSource(
    { include: [at('*.log')], ...FAST, ...options },
    context,
    createLog('file', { write: (line) => logged.push(line) }),
  );
  const { output, kill } = committed.connect();
  const done = source.run(output);
  running = {
    source,
    stop: async () => {
      running = undefined;
      kill();
      await done;
    },
  };
  return source;
}

async function stop(): Promise<void> {
  await running?.stop();
}

const counts = () => context.telemetry.snapshot();
const state = () => ({
  lines: committed.lines().slice(-5),
  count: committed.lines().length,
  files: running?.source.files?.(),
});

/** Waits for this many lines and then a little for one too many. */
async function reads(lines: readonly string[]): Promise<void> {
  await until(() => committed.lines().length >= lines.length, state);
  await new Promise((resolve) => setTimeout(resolve, 80));
  expect(committed.lines().sort()).toEqual([...lines].sort());
}

async function ok(): Promise<void> {
  const before = committed.progress().length;
  await until(
    () =>
      committed
        .progress()
        .slice(before)
        .some((progress) => progress.state === 'ok'),
    state,
  );
}

testSource('file', () => {
  const home = mkdtempSync(join(tmpdir(), 'file-source-'));
  let count = 0;
  return {
    source: createFileSource(
      { include: [join(home, '*.log')], ...FAST },
      sourceContext('file'),
      createLog('file', { write: () => {} }),
    ),
    provoke: () => appendFileSync(join(home, 'a.log'), `line ${count++}\n`),
    dispose: () => rmSync(home, { recursive: true, force: true }),
  };
});

describe('reading', () => {
  test.each([
    ['LF', 'a\nb\n', ['a', 'b']],
    ['CRLF', 'a\r\nb\r\n', ['a', 'b']],
    ['a lone CR stays', 'a\rb\n', ['a\rb']],
    ['an empty line', 'a\n\nb\n', ['a', '', 'b']],
    ['no text at all', 'a\0b\xff\xfe\n', ['a\0b\xff\xfe']],
    ['NULs at the start', `${'\0'.repeat(5000)}a\nb\n`, ['a', 'b']],
    ['NULs up to the edge of a block', `${'\0'.repeat(383)}abc\n`, ['abc']],
  ])('%s', async (_, content, want) => {
    writeFileSync(log(), content, 'latin1');
    start({ max_line_bytes: 100, read_block_bytes: 128 });
    await reads(want);
  });

  test('a last line waits for its end', async () => {
    writeFileSync(log(), 'a\nb');
    start();
    await reads(['a']);
    appendFileSync(log(), 'c\n');
    await reads(['a', 'bc']);
  });

  test('a file shorter than a line, growing by one byte at a time', async () => {
    start();
    for (const c of 'first\nsecond\r\nx') {
      appendFileSync(log(), c);
      await new Promise((resolve) => setTimeout(resolve, 7));
    }
    await reads(['first', 'second']);
  });

  test('a line of 10 MB is skipped, counted and told once', async () => {
    writeFileSync(log(), `a\n${'x'.repeat(10_000_000)}\nb\n${'y'.repeat(101)}\n${'z'.repeat(100)}\n`);
    start({ max_line_bytes: 100, read_block_bytes: 65_536 });
    await reads(['a', 'b', 'z'.repeat(100)]);
    expect(counts().drops).toEqual({ line_too_long: 2 });
    expect(logged.filter((line) => line.includes('max_line_bytes'))).toHaveLength(1);
    expect(
      Math.max(...committed.batches.map(({ batch }) => (batch?.kind === 'logs' ? batch.bytes.length : 0))),
    ).toBeLessThan(70_000);
  });

  test('a long line still being written is skipped to its end, also over a restart', async () => {
    writeFileSync(log(), `a\n${'x'.repeat(1000)}`);
    start({ max_line_bytes: 100 });
    await reads(['a']);
    await stop();
    appendFileSync(log(), 'x'.repeat(1000));
    start({ max_line_bytes: 100 });
    await reads(['a']);
    appendFileSync(log(), 'x\nb\n');
    await reads(['a', 'b']);
    expect(counts().drops).toEqual({ line_too_long: 1 });
  });

  test('every batch is of one file and says which', async () => {
    append(log(), 'a');
    append(at('b.log'), 'b');
    start({ service: 'shop', attributes: { host: 'web1' } });
    await reads(['a', 'b']);
    const attributes = committed.batches.flatMap(({ batch }) => (batch?.kind === 'logs' ? [batch.attributes] : []));
    expect(attributes).toContainEqual({ host: 'web1', path: log(), service: 'shop' });
    expect(attributes).toContainEqual({ host: 'web1', path: at('b.log'), service: 'shop' });
  });

  test('many files, none starved by a large one', async () => {
    writeFileSync(at('0.log'), text(numbered(1, 20_000)));
    for (let i = 1; i <= 200; i++) append(at(`${i}.log`), `small ${i}`);
    const order: string[] = [];
    committed.beforeCommit = ({ batch }) => {
      if (batch !== undefined && 'attributes' in batch) order.push(batch.attributes.path ?? '');
    };
    start({ read_block_bytes: 4096, max_line_bytes: 1000 });
    await until(() => committed.lines().length === 20_200, state);
    expect(order.lastIndexOf(at('0.log'))).toBeGreaterThan(200);
    expect(order.slice(0, 201).filter((path) => path !== at('0.log'))).toHaveLength(200);
  });

  test('more files than may stay open', async () => {
    for (let i = 0; i < 600; i++) append(at(`${i}.log`), `a ${i}`);
    start();
    await until(() => committed.lines().length === 600, state);
    const open = readdirSync('/proc/self/fd').length;
    expect(open).toBeLessThan(600);
    for (let i = 0; i < 600; i++) append(at(`${i}.log`), `b ${i}`);
    await until(() => committed.lines().length === 1200, state);
  });

  test('read_from end takes what comes after the first start, and nothing is missed over a restart', async () => {
    appendFileSync(log(), 'old\nhalf');
    start({ read_from: 'end' });
    await ok();
    await stop();
    appendFileSync(log(), ' line\n');
    append(at('later.log'), 'later');
    start({ read_from: 'end' });
    await reads(['half line', 'later']);
  });
});

describe('rotation while running', () => {
  test('rename', async () => {
    append(log(), 'a');
    start();
    await reads(['a']);
    append(log(), 'b');
    renameSync(log(), at('access.log.1'));
    append(at('access.log.1'), 'c');
    append(log(), 'd');
    await reads(['a', 'b', 'c', 'd']);
  });

  test('twice between two looks', async () => {
    append(log(), 'a');
    start({ glob_ms: 300 });
    await reads(['a']);
    await tick();
    renameSync(log(), at('access.log.1'));
    append(log(), 'b');
    await tick();
    renameSync(at('access.log.1'), at('access.log.2'));
    renameSync(log(), at('access.log.1'));
    append(log(), 'c');
    await reads(['a', 'b', 'c']);
  });

  test('a writer that keeps the renamed file open for a while', async () => {
    append(log(), 'a');
    start();
    await reads(['a']);
    renameSync(log(), at('access.log.1'));
    append(log(), 'new');
    await new Promise((resolve) => setTimeout(resolve, 150));
    append(at('access.log.1'), 'late');
    await reads(['a', 'new', 'late']);
  });

  test('a line ended after the rename is one line', async () => {
    append(log(), 'a');
    start({ finish_ms: 600_000 });
    await reads(['a']);
    appendFileSync(log(), 'half');
    renameSync(log(), at('access.log.1'));
    append(log(), 'b');
    // Longer than the pause between two looks has grown by now, so that the half line was seen and left.
    await new Promise((resolve) => setTimeout(resolve, 400));
    await reads(['a', 'b']);
    appendFileSync(at('access.log.1'), ' line\n');
    await reads(['a', 'b', 'half line']);
  });

  test('a renamed file that ends without a newline is finished, once', async () => {
    append(log(), 'a');
    start();
    await reads(['a']);
    appendFileSync(log(), 'half');
    renameSync(log(), at('access.log.1'));
    append(log(), 'b');
    await reads(['a', 'half', 'b']);
    await stop();
    start();
    await reads(['a', 'half', 'b']);
  });

  test('copytruncate, everything read before', async () => {
    append(log(), ...numbered(1, 100));
    start();
    await reads(numbered(1, 100));
    copyFileSync(log(), at('access.log.1'));
    truncateSync(log());
    append(log(), ...numbered(101, 110));
    await reads(numbered(1, 110));
  });

  test('copytruncate, lines not read yet are finished in the copy', async () => {
    append(log(), ...numbered(1, 100));
    start({ poll_ms: 400, glob_ms: 400 });
    await reads(numbered(1, 100));
    append(log(), ...numbered(101, 200));
    copyFileSync(log(), at('access.log.1'));
    truncateSync(log());
    append(log(), ...numbered(201, 500));
    await reads(numbered(1, 500));
    expect(counts().drops).toEqual({});
  });

  test('copytruncate of a file whose copies match the pattern, too', async () => {
    const include = [at('access.log*')];
    append(log(), ...numbered(1, 50));
    start({ include });
    await reads(numbered(1, 50));
    for (let turn = 1; turn <= 3; turn++) {
      for (let i = 3; i >= 1; i--)
        if (existsSync(at(`access.log.${i}`))) renameSync(at(`access.log.${i}`), at(`access.log.${i + 1}`));
      copyFileSync(log(), at('access.log.1'));
      await tick();
      await tick();
      truncateSync(log());
      append(log(), ...numbered(50 * turn + 1, 50 * turn + 50));
      await reads(numbered(1, 50 * turn + 50));
    }
  });

  test('copytruncate of an empty file that was written between two looks', async () => {
    writeFileSync(log(), '');
    start({ poll_ms: 300, glob_ms: 300 });
    await ok();
    append(log(), 'a', 'b');
    copyFileSync(log(), at('access.log.1'));
    truncateSync(log());
    append(log(), 'c');
    await reads(['a', 'b', 'c']);
  });

  test('a writer that does not append leaves NULs after copytruncate', async () => {
    const content = text(numbered(1, 300));
    writeFileSync(log(), content);
    start();
    await reads(numbered(1, 300));
    copyFileSync(log(), at('access.log.1'));
    writeFileSync(log(), `${'\0'.repeat(content.length)}next\n`);
    await reads([...numbered(1, 300), 'next']);
    expect(counts().drops).toEqual({ leading_nul_bytes: content.length });
  });

  test('truncated to more than was read, with other content', async () => {
    append(log(), 'a');
    start();
    await reads(['a']);
    writeFileSync(log(), text(numbered(1, 50)));
    await reads(['a', ...numbered(1, 50)]);
  });

  test('truncated to the same size, with other content', async () => {
    append(log(), 'aaaa');
    start();
    await reads(['aaaa']);
    await tick();
    writeFileSync(log(), 'bbbb\n');
    await reads(['aaaa', 'bbbb']);
  });

  test.each([
    ['only the head differs', ['first', 'x'.repeat(80)], ['other', 'x'.repeat(80), 'more']],
    ['only the bytes before the offset differ', ['x'.repeat(1100), 'first'], ['x'.repeat(1100), 'other', 'more']],
  ])('truncated to more than was read, %s', async (_, before, after) => {
    append(log(), ...before);
    start();
    await reads(before);
    writeFileSync(log(), text(after));
    await reads([...before, ...after]);
  });

  test('truncated with lines nobody read: the loss is counted', async () => {
    append(log(), 'a');
    start({ max_line_bytes: 100 });
    await reads(['a']);
    appendFileSync(log(), 'half');
    await until(() => (running?.source.files?.()[0]?.size_bytes ?? 0) === 6, state);
    truncateSync(log());
    append(log(), 'b');
    await reads(['a', 'b']);
    expect(counts().drops).toEqual({ suspected_lost_bytes: 4 });
  });

  test('deleted and made anew, the same first line', async () => {
    append(log(), 'same');
    start();
    await reads(['same']);
    append(log(), 'before');
    unlinkSync(log());
    await tick();
    append(log(), 'same');
    await reads(['same', 'before', 'same']);
  });

  test('deleted with half a line, drained and closed', async () => {
    append(log(), 'a');
    start();
    await reads(['a']);
    appendFileSync(log(), 'b\nhalf');
    unlinkSync(log());
    await reads(['a', 'b', 'half']);
    await until(() => running?.source.files?.().every(({ state: s }) => s === 'missing') ?? false, state);
  });

  test('moved to another directory, read on until it is quiet', async () => {
    append(log(), 'a');
    start();
    await reads(['a']);
    mkdirSync(at('old'));
    renameSync(log(), at('old/access.log-1'));
    append(at('old/access.log-1'), 'b');
    append(log(), 'c');
    await reads(['a', 'b', 'c']);
  });

  test('moved away, finished, and moved back', async () => {
    append(log(), 'a');
    start();
    await reads(['a']);
    mkdirSync(at('old'));
    renameSync(log(), at('old/access.log'));
    await until(() => running?.source.files?.()[0]?.state === 'missing', state);
    renameSync(at('old/access.log'), log());
    append(log(), 'b');
    await reads(['a', 'b']);
  });

  test('a copy aside that the original outgrew before it was truncated', async () => {
    append(log(), ...numbered(1, 50));
    start({ include: [at('access.log*')] });
    await reads(numbered(1, 50));
    copyFileSync(log(), at('access.log.1'));
    await tick();
    append(log(), ...numbered(51, 100));
    await reads(numbered(1, 100));
    truncateSync(log());
    append(log(), 'new');
    await reads([...numbered(1, 100), 'new']);
  });

  test('compression of a finished turn is left alone', async () => {
    append(log(), 'a');
    start({ include: [at('access.log*')] });
    await reads(['a']);
    renameSync(log(), at('access.log.1'));
    append(log(), 'b');
    await reads(['a', 'b']);
    renameSync(at('access.log.1'), at('access.log.2'));
    writeFileSync(at('access.log.2.gz'), 'packed\n');
    unlinkSync(at('access.log.2'));
    append(log(), 'c');
    await reads(['a', 'b', 'c']);
  });

  test.each(['access.log', 'access.log*'])('a finished turn unpacked piece by piece, with %s', async (pattern) => {
    append(log(), ...numbered(1, 300));
    start({ include: [at(pattern)], glob_ms: 40 });
    await reads(numbered(1, 300));
    renameSync(log(), at('access.log.1'));
    append(log(), 'b');
    await reads([...numbered(1, 300), 'b']);
    unlinkSync(at('access.log.1'));
    await until(() => !(running?.source.files?.().some(({ path }) => path === at('access.log.1')) ?? true), state);
    await tick();
    const content = text(numbered(1, 300));
    for (let from = 0; from < content.length; from += 120) {
      appendFileSync(at('access.log.1'), content.slice(from, from + 120));
      await new Promise((resolve) => setTimeout(resolve, 8));
    }
    await reads([...numbered(1, 300), 'b']);
  });

  test('a finished turn unpacked again is not read again', async () => {
    append(log(), ...numbered(1, 100));
    start({ include: [at('access.log*')] });
    await reads(numbered(1, 100));
    renameSync(log(), at('access.log.1'));
    append(log(), 'b');
    await reads([...numbered(1, 100), 'b']);
    copyFileSync(at('access.log.1'), at('access.log.1.gz'));
    unlinkSync(at('access.log.1'));
    await until(() => !(running?.source.files?.().some(({ path }) => path === at('access.log.1')) ?? true), state);
    copyFileSync(at('access.log.1.gz'), at('access.log.1'));
    await reads([...numbered(1, 100), 'b']);
  });
});

describe('rotation while stopped', () => {
  const first = async (options: Partial<FileSourceOptions> = {}): Promise<void> => {
    append(log(), ...numbered(1, 100));
    start(options);
    await reads(numbered(1, 100));
    await stop();
    await tick();
    append(log(), ...numbered(101, 110));
  };

  test('nothing happened', async () => {
    await first();
    start();
    await reads(numbered(1, 110));
  });

  test('rename', async () => {
    await first();
    renameSync(log(), at('access.log.1'));
    append(log(), ...numbered(111, 120));
    start();
    await reads(numbered(1, 120));
  });

  test('rename to a dated name in front of the extension', async () => {
    await first({ include: [log()] });
    renameSync(log(), at('access-20260101.log'));
    append(log(), ...numbered(111, 120));
    start({ include: [log()] });
    await reads(numbered(1, 120));
  });

  test('several renames', async () => {
    await first();
    renameSync(log(), at('access.log.1'));
    await tick();
    append(log(), ...numbered(111, 120));
    await tick();
    renameSync(at('access.log.1'), at('access.log.2'));
    renameSync(log(), at('access.log.1'));
    append(log(), ...numbered(121, 130));
    start();
    await reads(numbered(1, 130));
  });

  test('a turn older than the first start is not read', async () => {
    append(at('access.log.1'), 'ancient');
    await tick();
    await first();
    renameSync(at('access.log.1'), at('access.log.2'));
    renameSync(log(), at('access.log.1'));
    append(log(), ...numbered(111, 120));
    start();
    await reads(numbered(1, 120));
  });

  test('copytruncate', async () => {
    await first();
    copyFileSync(log(), at('access.log.1'));
    truncateSync(log());
    append(log(), ...numbered(111, 400));
    start();
    await reads(numbered(1, 400));
  });

  test('copytruncate twice', async () => {
    await first();
    copyFileSync(log(), at('access.log.1'));
    truncateSync(log());
    await tick();
    append(log(), ...numbered(111, 120));
    await tick();
    renameSync(at('access.log.1'), at('access.log.2'));
    copyFileSync(log(), at('access.log.1'));
    truncateSync(log());
    append(log(), ...numbered(121, 400));
    start();
    await reads(numbered(1, 400));
  });

  test('deleted and made anew', async () => {
    await first();
    unlinkSync(log());
    append(log(), 'new');
    start();
    await reads([...numbered(1, 100), 'new']);
  });

  test('deleted and made anew, the same first line', async () => {
    append(log(), 'same');
    start();
    await reads(['same']);
    await stop();
    unlinkSync(log());
    await tick();
    append(log(), 'same', 'more');
    start();
    await reads(['same', 'same', 'more']);
  });

  test('the inode used again by another file', async () => {
    await first();
    const { ino } = statSync(log());
    unlinkSync(log());
    let name = log();
    for (let i = 0; i < 50; i++) {
      writeFileSync(name, text(numbered(201, 400)));
      if (statSync(name).ino === ino) break;
      name = at(`other${i}.txt`);
    }
    if (name !== log()) renameSync(name, log());
    start();
    await reads([...numbered(1, 100), ...numbered(201, 400)]);
  });

  test('moved over by a copy, as an editor does', async () => {
    append(log(), 'x'.repeat(1100));
    start();
    await reads(['x'.repeat(1100)]);
    await stop();
    copyFileSync(log(), at('tmp'));
    append(at('tmp'), 'b');
    renameSync(at('tmp'), log());
    start();
    await reads(['x'.repeat(1100), 'b']);
  });

  test('copied aside, the live file going on', async () => {
    await first();
    copyFileSync(log(), at('access.log.bak'));
    append(log(), ...numbered(111, 120));
    start({ include: [at('access.log*')] });
    await reads(numbered(1, 120));
  });
});

describe('what is not there or cannot be read', () => {
  const last = () => committed.progress().at(-1);

  test('missing, then appearing', async () => {
    start();
    await until(() => last()?.state === 'missing', state);
    expect(last()).toMatchObject({ completeTo: 0, note: `No file matches ${at('*.log')}.` });
    append(log(), 'a');
    await reads(['a']);
    await until(() => last()?.state === 'ok', state);
    expect(last()?.completeTo).toBeGreaterThan(0);
  });

  test.each([
    ['a directory', (path: string) => mkdirSync(path), 'is a directory, want a file'],
    [
      'a link that leads nowhere',
      (path: string) => symlinkSync(`${path}.gone`, path),
      'a symbolic link that leads nowhere',
    ],
    ['a link in a circle', (path: string) => symlinkSync(path, path), 'symbolic links lead in a circle'],
  ])('%s', async (_, make, note) => {
    make(at('bad.log'));
    append(log(), 'a');
    start({ include: [log(), at('bad.log')] });
    await reads(['a']);
    await until(() => last()?.state === 'unreadable', state);
    expect(last()).toMatchObject({ completeTo: 0, note: `${at('bad.log')}: ${note}` });
    append(log(), 'b');
    await reads(['a', 'b']);
    rmSync(at('bad.log'), { recursive: true });
    writeFileSync(at('bad.log'), 'c\n');
    await reads(['a', 'b', 'c']);
    await until(() => last()?.state === 'ok', state);
  });

  test('a path below a file is missing', async () => {
    writeFileSync(at('file'), '');
    start({ include: [at('file/access.log')] });
    await until(() => last()?.state === 'missing', state);
  });

  test('identical files under two names are two files', async () => {
    append(log(), 'same');
    append(at('b.log'), 'same');
    start();
    await reads(['same', 'same']);
  });

  test('one file under two names is one file', async () => {
    append(log(), 'a');
    symlinkSync(log(), at('current.log'));
    start();
    await reads(['a']);
  });

  test('a file the patterns ask for no more keeps its position, and is read on when they do again', async () => {
    append(log(), 'a');
    start();
    await reads(['a']);
    await stop();
    append(log(), 'b');
    append(at('other.txt'), 'o');
    start({ include: [at('*.txt')] });
    await reads(['a', 'o']);
    await stop();
    start({ exclude: [at('o*')] });
    await reads(['a', 'b', 'o']);
  });

  test('packed and excluded files are not read', async () => {
    for (const name of ['access.log.gz', 'debug.log']) append(at(name), 'no');
    append(log(), 'a');
    start({ include: [at('*.log*')], exclude: [at('debug*')] });
    await reads(['a']);
  });

  test('damaged positions are left aside', async () => {
    committed.positions = { x: { path: 7 }, y: 'torn', z: null, complete_to: 'never' };
    append(log(), 'a');
    start();
    await reads(['a']);
  });

  test('files tell how far they are', async () => {
    append(log(), 'a');
    start({ include: [log(), at('none.log')] });
    await reads(['a']);
    await until(() => running?.source.files?.()[0]?.state === 'complete', state);
    expect(running?.source.files?.()).toEqual([
      { path: log(), size_bytes: 2, read_bytes: 2, state: 'complete' },
      { path: at('none.log'), size_bytes: 0, read_bytes: 0, state: 'missing' },
    ]);
  });
});

describe('progress', () => {
  test('is complete to a moment before the last look, never to one after a line not handed over', async () => {
    append(log(), 'a');
    start();
    await until(() => committed.progress().some((progress) => progress.state === 'ok'), state);
    const firstOk = committed.batches.findIndex(({ progress }) => progress?.state === 'ok');
    const batchAt = committed.batches.findIndex(({ batch }) => batch !== undefined);
    expect(batchAt).toBeLessThan(firstOk);
  });

  const kept = (name: string, ahead_ms: number, want: (kept: number) => number): void => {
    test(`a stored complete_to ${name}`, async () => {
      const at = Date.now() + ahead_ms;
      committed.positions = { complete_to: at };
      start();
      await until(() => committed.progress().length > 0, state);
      expect(committed.progress()[0]).toMatchObject({ state: 'missing', completeTo: want(at) });
      expect(committed.positions.complete_to).toBe(want(at));
    });
  };
  kept('of the past outlives a restart', -60_000, (at) => at);
  kept('that has not come yet is dropped', 60_000, () => 0);
});
