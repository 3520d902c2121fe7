import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../server/model/clock.ts';
import { ENVELOPE_HEADERS, HELLO_PATH, type HelloAnswer, INGEST_PATH } from '../server/model/ingest.ts';
import type { LogLine, LogPage } from '../server/model/logs.ts';
import type { SystemStatus } from '../server/model/status.ts';
import { digestOf } from '../server/runtime/digest.ts';
import { apacheTime } from './support/log-maker.ts';
import { logPipeline } from './support/log-pipeline.ts';
import { PATIENCE } from './support/patience.ts';
import { freePort } from './support/ports.ts';
import { runVigie, startVigie, type VigieProcess } from './support/vigie-process.ts';

/** Everything here goes through the real program: a clear message, a counter, and the rest keeps working. */
const folder = mkdtempSync(join(tmpdir(), 'vigie-bad-input-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function place(name: string, config: string): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'vigie.yaml'), config);
  return path;
}

async function get<T>(vigie: VigieProcess, path: string): Promise<T> {
  return (await (await fetch(vigie.url + path)).json()) as T;
}

async function count(vigie: VigieProcess, query: string): Promise<number> {
  const body = await get<{ data: { result: { value: [number, string] }[] } }>(
    vigie,
    `/api/v1/query?${new URLSearchParams({ query })}`,
  );
  return Number(body.data.result[0]?.value[1] ?? 0);
}

describe('a hostile log', () => {
  const GOOD = 100;
  const now = systemClock.now();
  const line = (rest: string): string => `192.0.2.1 - - [${apacheTime(now - 60_000)}] ${rest}`;
  const hostile = Buffer.concat([
    Buffer.from(`${line('"GET / HTTP/1.1" 200 10 "-" "-"')}\n`.repeat(GOOD / 2)),
    Buffer.from('this is no access log line\n'),
    Buffer.from(`${line(`"GET /${'x'.repeat(10 * 2 ** 20)} HTTP/1.1" 200 10 "-" "-"`)}\n`),
    Buffer.from(`${line('"GET /\0\0 HTTP/1.1" 200 10 "-" "-"')}\n`),
    Buffer.from([...Buffer.from(line('"GET /')), 0xff, 0xfe, 0xc3, ...Buffer.from(' HTTP/1.1" 200 10 "-" "-"\n')]),
    Buffer.from(`${line('"GET / HTTP/1.1" 200 10 "-" "<script>alert(1)</script>"')}\n`),
    Buffer.from('192.0.2.1 - - [01/Jan/2099:00:00:00 +0000] "GET / HTTP/1.1" 200 10 "-" "-"\n'),
    Buffer.from(`${line('"GET / HTTP/1.1" 999999 10 "-" "-"')}\n`),
    Buffer.from(`${line('"GET / HTTP/1.1" 200 10 "-" "-"')}\n`.repeat(GOOD / 2)),
  ]);
  /** NUL bytes, invalid UTF-8, the script and 2099 are requests all the same. */
  const COUNTED = GOOD + 4;
  let vigie: VigieProcess;

  beforeAll(async () => {
    const cwd = place('hostile', logPipeline({ shop: join(folder, 'hostile.log') }, { lines: true }));
    writeFileSync(join(folder, 'hostile.log'), hostile);
    vigie = await startVigie(['run', '--listen', '127.0.0.1:0'], cwd);
    await vi.waitUntil(async () => (await count(vigie, 'sum(increase(http_requests_total[1d]))')) >= COUNTED, PATIENCE);
  });

  afterAll(async () => {
    await vigie.stop();
  });

  test('what cannot be used is counted by reason and shown', async () => {
    const drops = async (): Promise<unknown> => {
      const { components } = await get<SystemStatus>(vigie, '/api/vigie/status');
      return Object.assign({}, ...components.map((component) => component.drops));
    };
    await expect.poll(drops).toMatchObject({ line_too_long: 1, no_timestamp: 1, bad_status: 1 });
    const metrics = async (): Promise<string> => (await fetch(`${vigie.url}/metrics`)).text();
    await expect.poll(metrics).toMatch(/component_discarded_events_total\{[^}]*reason="line_too_long"[^}]*\} 1/);
  });

  test('lines that cannot be parsed are stored, each once, where they can be looked at', async () => {
    const found = async (selector: string): Promise<readonly LogLine[]> =>
      (await get<LogPage>(vigie, `/api/vigie/logs?${new URLSearchParams({ selector, limit: '1000' })}`)).lines;
    const unparsed = await found('{parse_error="true"}');
    expect(unparsed.map(({ text }) => text).sort()).toEqual([
      line('"GET / HTTP/1.1" 999999 10 "-" "-"'),
      'this is no access log line',
    ]);
    // In their time: that of the lines around them.
    for (const { time } of unparsed) expect(Math.abs(time - now)).toBeLessThan(120_000);
    expect(await found('{parse_error=""}')).toHaveLength(COUNTED);
  });

  test('a time of 2099 is counted now, not in 2099', async () => {
    expect(await count(vigie, 'sum(increase(http_requests_total[1h]))')).toBe(COUNTED);
  });

  test('nothing of a line is markup in any answer', async () => {
    for (const path of ['/', '/api/vigie/slos', '/api/vigie/status', '/metrics']) {
      expect(await (await fetch(vigie.url + path)).text()).not.toContain('<script>alert');
    }
  });
});

test('an explosion of labels ends at the limit, counted, with totals exact', async () => {
  const LINES = 5000;
  const log = join(folder, 'explosion.log');
  const time = apacheTime(systemClock.now() - 60_000);
  const lines = Array.from(
    { length: LINES },
    (_, i) => `site-${i}.example:80 192.0.2.1 - - [${time}] "GET / HTTP/1.1" 200 1 "-" "-"`,
  );
  writeFileSync(log, `${lines.join('\n')}\n`);
  const vigie = await startVigie(
    ['run', '--listen', '127.0.0.1:0'],
    place('explosion', logPipeline({ shop: log }, { tags: ['vhost', 'status'] })),
  );
  try {
    await expect.poll(() => count(vigie, 'sum(increase(http_requests_total[1d]))')).toBe(LINES);
    expect(await count(vigie, 'count(increase(http_requests_total[1d]))')).toBeLessThanOrEqual(501);
    expect(await count(vigie, 'sum(increase(http_requests_total{vhost="(other)"}[1d]))')).toBeGreaterThan(4000);
  } finally {
    await vigie.stop();
  }
});

describe('batches over HTTP', () => {
  let server: VigieProcess;
  let epoch = 0;

  beforeAll(async () => {
    server = await startVigie(
      ['serve', '--listen', '127.0.0.1:0'],
      place('batches', 'data_dir: data\nstore: {max_series_per_metric: 2}\n'),
    );
    const hello = { collector: 'c', sink: 's', epoch: 0, acked: { sequence: 0, digest: '' }, queued: [] };
    const answer = (await (await post(HELLO_PATH, JSON.stringify(hello), {})).json()) as HelloAnswer;
    epoch = answer.result === 'rewind' ? answer.epoch : 0;
  });

  afterAll(async () => {
    await server.stop();
  });

  const post = (path: string, body: string, headers: Record<string, string>): Promise<Response> =>
    fetch(server.url + path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });

  const send = async (sequence: number, body: string, digest = digestOf(Buffer.from(body))): Promise<string> => {
    const response = await post(INGEST_PATH, body, {
      [ENVELOPE_HEADERS.collector]: 'c',
      [ENVELOPE_HEADERS.sink]: 's',
      [ENVELOPE_HEADERS.epoch]: String(epoch),
      [ENVELOPE_HEADERS.sequence]: String(sequence),
      [ENVELOPE_HEADERS.digest]: digest,
    });
    const answer = (await response.json()) as { result: string; reason?: string };
    return [response.status, answer.result, answer.reason].filter(Boolean).join(' ');
  };

  const now = Math.floor(systemClock.now() / 1000);
  const batch = (n: number): string =>
    JSON.stringify({
      v: 1,
      source: 'x',
      series: [{ kind: 'sum', name: 'x_total', labels: {} }],
      increments: { series: [0], time: [now], n: [n], sum: [n] },
    });

  test('torn, replayed, reordered and changed batches are told apart; the counter is exact', async () => {
    expect(await send(1, batch(1))).toBe('200 applied');
    expect(await send(1, batch(1))).toBe('200 duplicate');
    expect(await send(1, batch(2))).toBe('409 refused digest_mismatch');
    expect(await send(3, batch(4))).toBe('409 refused sequence_gap');
    expect(await send(2, batch(8).slice(0, -5), digestOf(Buffer.from(batch(8))))).toBe('400 refused torn');
    expect(await send(2, 'no json at all')).toBe('200 applied');
    expect(await send(3, batch(16))).toBe('200 applied');
    expect(await count(server, 'sum(increase(x_total[1d]))')).toBe(17);
    const { store } = await get<SystemStatus>(server, '/api/vigie/status');
    expect(store.drops).toMatchObject({ digest_mismatch: 1, sequence_gap: 1, torn: 1, bad_payload: 1 });
  });

  test('a metric that explodes leaves room for the others, and what was refused is told by reason', async () => {
    const names = ['a', 'b', 'c', 'd'];
    const series = names.map((host) => ({ kind: 'sum', name: 'many_total', labels: { host } }));
    const ones = [...names.map(() => 1), 1];
    const columns = { series: ones.map((_, i) => i), time: ones.map(() => now), n: ones, sum: ones };
    const other = { kind: 'sum', name: 'other_total', labels: {} };
    const body = JSON.stringify({ v: 1, source: 'x', series: [...series, other], increments: columns });
    expect(await send(4, body)).toBe('200 applied');
    expect(await count(server, 'count(increase(many_total[1d]))')).toBe(2);
    expect(await count(server, 'sum(increase(other_total[1d]))')).toBe(1);
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics).toMatch(/^vigie_store_dropped_total\{reason="metric_series_limit"\} 2$/m);
    expect(metrics).toMatch(/^vigie_store_metric_series_limit 2$/m);
  });
});

describe('a start that cannot be', () => {
  test('a port in use', async () => {
    const port = await freePort();
    const first = await startVigie(['serve', '--listen', `127.0.0.1:${port}`], place('port-1', 'data_dir: data\n'));
    try {
      const second = await runVigie(['serve', '--listen', `127.0.0.1:${port}`], place('port-2', 'data_dir: data\n'));
      expect(second.stderr).toContain('the port is in use');
      expect(second.code).toBe(1);
    } finally {
      await first.stop();
    }
  });

  test('a data directory in use', async () => {
    const cwd = place('locked', 'data_dir: data\n');
    const first = await startVigie(['serve', '--listen', '127.0.0.1:0'], cwd);
    try {
      const second = await runVigie(['serve', '--listen', '127.0.0.1:0'], cwd);
      expect(second.stderr).toMatch(/process \d+ is using it/);
      expect(second.code).toBe(1);
    } finally {
      await first.kill();
    }
    const third = await startVigie(['serve', '--listen', '127.0.0.1:0'], cwd);
    expect(await third.stop()).toBe(0);
  });

  test.each(['run', 'demo'])('a data directory that cannot be: %s', async (command) => {
    const args = [command, '--data-dir', '/etc/passwd/vigie', '--listen', '127.0.0.1:0'];
    const { code, stderr } = await runVigie(args, place(`no-place-${command}`, ''));
    expect(stderr).toMatch(/^vigie: cannot create \/etc\/passwd\/vigie: a part of its path is no folder$/m);
    expect(code).toBe(4);
  });

  test.each([
    ['sources: [', /vigie\.yaml:\d+:\d+: /],
    ['lisen: 127.0.0.1:1', /vigie\.yaml:1:1: unknown key "lisen"/],
    ['sources:\n  a: {type: fil, include: [/x]}', /vigie\.yaml:2:/],
    ['sinks:\n  v: {type: vigie, inputs: [nobody]}', /vigie\.yaml:2:\d+: .*nobody/],
  ])('a wrong configuration: %j', async (config, message) => {
    const cwd = place(`config-${config.length}`, config);
    for (const command of ['check', 'serve']) {
      const { code, stderr } = await runVigie([command], cwd);
      expect(stderr).toMatch(message);
      expect(code).toBe(78);
    }
  });

  test('a wrong flag is told with what there is, exit 2', async () => {
    const { code, stderr } = await runVigie(['run', '--lisen', 'x'], folder);
    expect(stderr).toContain('--listen');
    expect(code).toBe(2);
  });

  test('an address for everybody without tokens', async () => {
    const { code, stderr } = await runVigie(['serve', '--listen', '0.0.0.0:0'], place('open', 'data_dir: data\n'));
    expect(stderr).toContain('--token-file');
    expect(code).toBe(78);
  });
});
