import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readEvents } from '../../server/cli/event-source.ts';
import { writeAsJson, writeForPeople, writeRaw } from '../../server/cli/log-line.ts';
import { ms } from '../../server/model/units.ts';
import { type LogServer, startLogServer } from '../support/log-server.ts';
import { PATIENCE } from '../support/patience.ts';
import { projectRoot } from '../support/project.ts';
import { runVigie } from '../support/vigie-process.ts';

/** The command line against a server in this process; run from what `npx tsc -b` built. */
const START = Date.UTC(2026, 0, 5);
const HOSTILE = 'a\u001b[31mred\u0000\u009b\u202e\u2066end\r\n\ttab';
const folder = mkdtempSync(join(tmpdir(), 'vigie-logs-cli-'));
let server: LogServer;

beforeAll(async () => {
  server = await startLogServer(folder);
  const text = Array.from({ length: 40 }, (_, i) => (i === 39 ? HOSTILE : `line ${i}`));
  await server.store({
    streams: [{ app: 'shop' }, { app: 'api' }],
    stream: text.map((_, i) => i % 2),
    time: text.map((_, i) => START + i * 1000),
    level: text.map((_, i) => (i % 10 === 0 ? 3 : -1)),
    text,
  });
});

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

const vigie = (...args: string[]) =>
  runVigie(['logs', '--server', server.url, '--since', '2026-01-05T00:00:00Z', ...args], folder);

test('prints the newest lines, oldest first, and says when there are more', async () => {
  const { stdout, stderr, code } = await vigie('--limit', '2', '--grep', 'LINE');
  expect(stdout).toBe('2026-01-05T00:00:37.000Z           line 37\n2026-01-05T00:00:38.000Z           line 38\n');
  expect(stderr).toContain('the newest 2 lines; there are more (--limit)\n');
  expect(code).toBe(0);
});

test('the range holds its start and its end', async () => {
  const { stdout } = await vigie('{app="shop"}', '--until', String(START / 1000 + 4), '--regex', 'line \\d$');
  expect(stdout.match(/line \d/g)).toEqual(['line 0', 'line 2', 'line 4']);
  const { stderr } = await vigie('--until', '2026-01-04T00:00:00Z');
  expect(stderr).toContain('want it after start');
});

test('context joins what touches and parts what does not', async () => {
  const { stdout } = await vigie('--level', 'err', '--context', '2', '--until', '2026-01-05T00:00:20Z');
  const shape = stdout
    .split('\n')
    .map((line) => (line === '--' ? '--' : line.slice(0, 2) + (/line \d+/.exec(line)?.[0] ?? '')));
  expect(shape).toEqual([
    ...['> line 0', '  line 2', '  line 4', '--'],
    ...['  line 6', '  line 8', '> line 10', '  line 12', '  line 14', '--'],
    ...['  line 16', '  line 18', '> line 20', '  line 22', '  line 24', ''],
  ]);
});

test('hostile lines cannot reach a terminal', async () => {
  const { stdout } = await vigie('--grep', 'red');
  expect(stdout).toBe(
    '2026-01-05T00:00:39.000Z           a\\x1b[31mred\\x00\\x9b\\u{202e}\\u{2066}end\\x0d\\x0a\ttab\n',
  );
  const json = await vigie('--grep', 'red', '--json');
  expect(json.stdout).toMatch(/^[\n\x20-\x7e]+$/);
  expect(JSON.parse(json.stdout)).toEqual({
    ...{ seq: 40, time: START + 39_000, labels: { app: 'api', collector: 'c1', source: 's' }, text: HOSTILE },
  });
  expect((await vigie('--grep', 'red', '--raw')).stdout).toBe(`${HOSTILE}\n`);
});

test('mistakes are told with what is wanted', async () => {
  const told = async (args: string[], want: string, exit: number) => {
    const { stderr, code } = await vigie(...args);
    expect(stderr, args.join(' ')).toContain(want);
    expect(code).toBe(exit);
  };
  await told(['--level', 'bad'], 'want one of emerg, alert', 2);
  await told(['--since', '5q'], 'cannot use --since', 2);
  await told(['--since', 'yesterday'], 'want 90m, 2d, 2026-01-05T10:00:00Z', 2);
  await told(['--limit', '-1'], 'want a whole number', 2);
  await told(['{app='], 'cannot parse query', 2);
  await told(['--server', 'http://127.0.0.1:1'], 'cannot reach', 4);
  await told(['--grep', 'nothing like it'], 'no such line in this range', 0);
});

test('where nothing is found it says where the newest line is', async () => {
  const told = async (args: string[], want: string) => {
    const { stdout, stderr, code } = await vigie(...args);
    expect([stdout, stderr.split('\n').find((line) => line.includes('no such line')), code]).toEqual(['', want, 0]);
  };
  const tried = '--since 2026-01-04T23:00:39.000Z --until 2026-01-05T00:00:39.000Z';
  const found = `no such line in this range; the newest before it is from 2026-01-05T00:00:39.000Z (${tried})`;
  await told(['--since', '1h'], found);
  await told(['{app="shop"}', '--since', '1h'], found.replaceAll(':39.', ':38.'));
  await told(['{app="none"}', '--since', '1h'], 'no such line in this range');
  await told(['--since', '2026-01-01T00:00:00Z', '--until', '2026-01-02T00:00:00Z'], 'no such line in this range');
  expect((await vigie(...tried.split(' '))).stdout).toContain('line 38');
});

test('follows what comes in', async () => {
  const program = join(projectRoot, 'server', 'cli', 'vigie.mjs');
  const args = [program, 'logs', '-f', '--server', server.url, '--grep', 'follow me', '--raw'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    let sent = 0;
    const send = async (): Promise<boolean> => {
      sent++;
      const line = { streams: [{}], stream: [0], time: [START], level: [-1], text: [`follow me ${sent}`] };
      await server.store(line);
      return output !== '';
    };
    await vi.waitUntil(send, PATIENCE);
    await vi.waitUntil(() => output.includes(`follow me ${sent}\n`), PATIENCE);
    const numbers = Array.from(output.matchAll(/follow me (\d+)\n/g), ([, number]) => Number(number));
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, i) => sent - numbers.length + 1 + i));
  } finally {
    child.kill();
  }
});

test('a line written each way', () => {
  const line = { seq: 1, time: ms(0), level: 'warning' as const, labels: { a: 'b' }, text: '\u061c\u{e0001}\ufeffx' };
  expect(writeForPeople(line)).toBe('1970-01-01T00:00:00.000Z  warning  \\u{61c}\\u{e0001}\\u{feff}x');
  expect(JSON.parse(writeAsJson(line))).toEqual(line);
  expect(writeAsJson(line)).toMatch(/^[\x20-\x7e]+$/);
  expect(writeRaw(line)).toBe(line.text);
});

test('events come whole, however the bytes are cut', async () => {
  const stream = Buffer.from(
    'retry: 2000\n\n: hi\n\nevent: lines\nid: 7\ndata: é\ndata: b\n\nevent:x\ndata:y\n\ndata: torn',
  );
  for (const size of [1, 2, 7, 1000]) {
    const pieces = Array.from({ length: Math.ceil(stream.length / size) }, (_, i) =>
      stream.subarray(i * size, (i + 1) * size),
    );
    const body = (async function* () {
      yield* pieces;
    })();
    const events = [];
    for await (const event of readEvents(body)) events.push(event);
    expect(events).toEqual([
      { event: 'lines', id: '7', data: 'é\nb' },
      { event: 'x', id: '', data: 'y' },
    ]);
  }
});
