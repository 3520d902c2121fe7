import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { SourceProgress } from '../../collector/batch.ts';
import { type Collector, type CollectorOptions, createCollector } from '../../collector/collector.ts';
import type { Source, SourceOutput } from '../../collector/component.ts';
import { collectorConfigSchema } from '../../collector/config.ts';
import type { CrashPoint } from '../../collector/delivery/sender.ts';
import { createRegistry } from '../../collector/registry.ts';
import { createLog } from '../../server/runtime/log.ts';
import { Telemetry } from '../../server/runtime/telemetry.ts';
import { type Fault, IngestServer } from '../support/ingest-server.ts';
import { ARRIVED, batchOf } from '../support/log-lines.ts';
import { PATIENCE } from '../support/patience.ts';
import { seeded } from '../support/random.ts';

const REQUESTS = 'http_requests_total{method="GET",service="shop",status="200"}';

/** A log of numbered lines that can be read again from any line; `until` is how far it has been written. */
class NumberedLog implements Source {
  readonly type = 'file';
  readonly replayable: boolean;
  until = 0;
  /** Lines handed over in all, repeats included. */
  read = 0;
  /** No line up to here can be parsed. */
  tornUntil = 0;
  /** No line from here on can be parsed. */
  tornFrom = Number.POSITIVE_INFINITY;
  /** Beside its position, so that few batches fill a queue. */
  ballast: string | undefined;
  /** What it says of itself. */
  progress: Pick<SourceProgress, 'state' | 'note'> = { state: 'ok' };

  constructor(replayable = true) {
    this.replayable = replayable;
  }

  async run({ emit, positions, signal }: SourceOutput): Promise<void> {
    let at = Number(positions.line ?? 0);
    while (!signal.aborted) {
      if (at >= this.until) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        continue;
      }
      const to = Math.min(this.until, at + 7);
      try {
        await emit({
          batch: linesOf(at, to, this.tornUntil, this.tornFrom),
          positions: { line: to, ...(this.ballast === undefined ? {} : { ballast: this.ballast }) },
          progress: { completeTo: to, ...this.progress },
        });
        this.read += to - at;
        at = to;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    }
  }
}

function linesOf(from: number, to: number, tornUntil: number, tornFrom: number) {
  const time = new Date(Date.UTC(2025, 0, 1)).toISOString().slice(11, 19);
  const line = `h - - [01/Jan/2025:${time} +0000] "GET / HTTP/1.1" 200 1 "-" "-"`;
  const isTorn = (at: number): boolean => at % 10 === 9 || at < tornUntil || at >= tornFrom;
  return batchOf(
    Array.from({ length: to - from }, (_, i) => (isTorn(from + i) ? 'torn' : line)),
    { service: 'shop' },
  );
}

/** One line in ten is torn. */
const readable = (lines: number): number => lines - Math.floor(lines / 10);

let dataDir: string;
let server: IngestServer;
let source: NumberedLog;
const running = new Set<Collector>();

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'delivery-'));
  server = new IngestServer();
  source = new NumberedLog();
});

afterEach(async () => {
  await Promise.all([...running].map((collector) => collector.stop()));
  running.clear();
  rmSync(dataDir, { recursive: true });
});

function open(options: Partial<CollectorOptions> = {}, maxSize = '512MiB', sink = 'server'): Collector {
  const collector = createCollector({
    config: collectorConfigSchema.parse({
      sources: { log: { type: 'file', include: ['/log'] } },
      transforms: { parsed: { type: 'parse', inputs: ['l*'] }, metrics: { type: 'log_to_metric', inputs: ['parsed'] } },
      sinks: { [sink]: { type: 'vigie', inputs: ['metrics'], buffer: { max_size: maxSize } } },
    }),
    dataDir,
    name: 'here',
    transport: server,
    log: createLog('collector', { write: () => {} }),
    telemetry: new Telemetry(),
    clock: { now: () => ARRIVED as never },
    registry: { ...createRegistry(() => {}), source: () => source },
    random: () => 0,
    wait: () => new Promise((resolve) => setTimeout(resolve, 1)),
    ...options,
  });
  running.add(collector);
  return collector;
}

async function close(collector: Collector): Promise<void> {
  await collector.stop();
  running.delete(collector);
}

function counted(lines: number): Promise<void> {
  return vi.waitFor(() => {
    expect(server.total(REQUESTS)).toBe(readable(lines));
    expect(server.positions['log/line']).toBe(lines);
  }, PATIENCE);
}

describe('each line counts once', () => {
  test('on a quiet day, with watermarks and drops', async () => {
    source.until = 100;
    await open().start();
    await counted(100);
    expect(server.watermarks.at(-1)).toMatchObject({ completeTo: 100, state: 'ok', drops: { no_timestamp: 10 } });
    expect(source.read).toBe(100);
  });

  const survives = (seed: number): void => {
    test(`when calls fail, answers are lost and bodies are torn, seed ${seed}`, async () => {
      const random = seeded(seed);
      const faults: Fault[] = ['none', 'none', 'unreachable', 'answer_lost', 'torn'];
      server.fault = () => random.pick(faults);
      const collector = open();
      await collector.start();
      for (source.until = 0; source.until < 300; source.until += 20)
        await new Promise((resolve) => setImmediate(resolve));
      await counted(source.until);
      expect(server.watermarks.at(-1)?.drops).toEqual({ no_timestamp: source.until / 10 });
    });
  };
  for (const seed of [1, 2, 3]) survives(seed);

  const restarts = (point: CrashPoint): void => {
    test(`when the collector ends at ${point}`, async () => {
      for (let crash = 1; crash <= 5; crash++) {
        let calls = 0;
        const collector = open({
          onPoint: (at) => {
            if (at === point && ++calls >= 4) throw new Error('the process has ended');
          },
        });
        source.until = crash * 40;
        await collector.start();
        await vi.waitFor(() => expect(calls).toBeGreaterThanOrEqual(4), PATIENCE);
        await close(collector);
      }
      await open().start();
      await counted(200);
      expect(server.watermarks.at(-1)?.drops).toEqual({ no_timestamp: 20 });
    });
  };
  for (const point of ['before_commit', 'between_commit_and_send', 'after_send'] as const) restarts(point);
});

test('a source of which no line can be used is broken, and complete to nowhere, until one can', async () => {
  source.until = 21;
  source.tornUntil = 21;
  await open().start();
  await vi.waitFor(() => expect(server.positions['log/line']).toBe(21), PATIENCE);
  expect(server.watermarks.at(-1)).toEqual({
    completeTo: 0,
    state: 'unparseable',
    note: 'column 1: want a time such as [17/May/2015:10:05:03 +0000] and a quoted request',
    drops: { no_timestamp: 21 },
  });
  source.until = 28;
  await vi.waitFor(() => expect(server.positions['log/line']).toBe(28), PATIENCE);
  expect(server.watermarks.at(-1)).toMatchObject({ completeTo: 28, state: 'ok', drops: { no_timestamp: 21 } });
});

test('the log says once that a source breaks, and once that it is ok again', async () => {
  const logged: string[] = [];
  const write = (line: string): number => logged.push(line.replace(/^\S+ /, '').trim());
  // An hour between any two lines, so that none is held back as a repetition.
  const elapsed = () => logged.length * 3_600_000;
  await open({ log: createLog('collector', { write, elapsed }) }).start();
  const reads = async (lines: number, progress: typeof source.progress, tornUntil = 0): Promise<void> => {
    Object.assign(source, { progress, tornUntil });
    source.until += lines;
    await vi.waitFor(() => expect(server.positions['log/line']).toBe(source.until), PATIENCE);
  };
  await reads(14, { state: 'missing', note: 'No file matches /log.' });
  await reads(7, { state: 'catching_up' });
  await reads(7, { state: 'ok' });
  await reads(28, { state: 'ok' }, 56);
  await reads(7, { state: 'ok' });
  expect(logged.filter((line) => line.includes('Source'))).toEqual([
    'WARN  collector: Source log is missing. source="log" note="No file matches /log."',
    'INFO  collector: Source log is ok again. source="log"',
    'WARN  collector: Source log is unparseable. source="log" note="column 1: want a time such as [17/May/2015:10:05:03 +0000] and a quoted request"',
    'INFO  collector: Source log is ok again. source="log"',
  ]);
});

test('a format that changes on a quiet site is noticed, line by line, across restarts', async () => {
  source.tornFrom = 21;
  const states: string[] = [];
  for (source.until = 21; source.until <= 31; source.until++) {
    const collector = open();
    await collector.start();
    await vi.waitFor(() => expect(server.positions['log/line']).toBe(source.until), PATIENCE);
    await close(collector);
    states.push(`${server.watermarks.at(-1)?.state} ${server.watermarks.at(-1)?.completeTo}`);
  }
  // Ten bad lines condemn; the first one of them was complete still, as far as anybody knew.
  expect(states).toEqual([...Array.from({ length: 10 }, (_, i) => `ok ${21 + i}`), 'unparseable 30']);
  source.tornFrom = Number.POSITIVE_INFINITY;
  source.until = 32;
  await open().start();
  await vi.waitFor(() => expect(server.watermarks.at(-1)).toMatchObject({ completeTo: 32, state: 'ok' }), PATIENCE);
});

describe('databases that disagree', () => {
  const file = (): string => join(dataDir, 'collector.sqlite');
  const first = async (lines: number): Promise<void> => {
    source.until = lines;
    const collector = open();
    await collector.start();
    await counted(lines);
    await close(collector);
  };
  const then = async (lines: number): Promise<void> => {
    source.until = lines;
    await open().start();
    await counted(lines);
    expect(server.watermarks.at(-1)?.drops).toEqual({ no_timestamp: lines / 10 });
  };

  test('the collector lost its own', async () => {
    await first(100);
    rmSync(file());
    await then(150);
    expect(source.read).toBe(150);
  });

  test('the collector restored an old one', async () => {
    await first(50);
    copyFileSync(file(), `${file()}.old`);
    await first(100);
    copyFileSync(`${file()}.old`, file());
    await then(150);
  });

  test('the server restored an old one', async () => {
    await first(50);
    const backup = server.backup();
    await first(100);
    server.restore(backup);
    await then(150);
    expect(source.read).toBe(200);
  });

  test('the server lost everything', async () => {
    await first(100);
    server = new IngestServer();
    await then(150);
    expect(source.read).toBe(250);
  });

  test('a clone has moved on under the same name', async () => {
    await first(50);
    copyFileSync(file(), `${file()}.clone`);
    await first(100);
    copyFileSync(`${file()}.clone`, file());
    await first(120);
    await then(200);
  });

  test('strangers agree without reading anything twice', async () => {
    server.fault = () => 'unreachable';
    source.until = 100;
    const collector = open();
    await collector.start();
    await vi.waitFor(() => expect(source.read).toBe(100), PATIENCE);
    server.fault = () => 'none';
    await counted(100);
    expect(source.read).toBe(100);
  });

  test('what cannot be read again is sent again when the server has not seen it', async () => {
    source = new NumberedLog(false);
    await first(50);
    server.fault = () => 'unreachable';
    source.until = 100;
    const collector = open();
    await collector.start();
    await vi.waitFor(() => expect(source.read).toBe(100), PATIENCE);
    await close(collector);
    // The same epoch with a history of its own: the queue's 50 lines lie behind what the server applied.
    const database = new Database(file());
    database.exec("UPDATE sinks SET acked_digest = 'other'");
    database.close();
    server.fault = () => 'none';
    await open().start();
    await counted(100);
    expect(server.rewinds).toBe(2);
  });
});

describe('a sink with a new id', () => {
  /** Delivered under `sink`, then as much again read while the server is away. */
  const leave = async (sink: string, lines: number): Promise<void> => {
    const collector = open({}, '512MiB', sink);
    server.fault = () => 'none';
    source.until += lines;
    await collector.start();
    await vi.waitFor(() => {
      expect(source.read).toBe(source.until);
      expect(collector.status().queues[0]).toMatchObject({ state: 'idle', batches: 0 });
    }, PATIENCE);
    server.fault = () => 'unreachable';
    source.until += lines;
    await vi.waitFor(() => expect(source.read).toBe(source.until), PATIENCE);
    await close(collector);
  };
  const started = async (options: Partial<CollectorOptions> = {}, sink = 'server'): Promise<Collector> => {
    const collector = open(options, '512MiB', sink);
    await collector.start();
    return collector;
  };
  /** The hello is answered, and what was sent then is counted, but its sender does not hear of it. */
  const loseAnswers = async (): Promise<void> => {
    let calls = 0;
    server.fault = () => (calls++ < 2 ? 'none' : 'answer_lost');
    const before = server.totalOfAll(REQUESTS);
    const collector = await started();
    await vi.waitFor(() => expect(server.totalOfAll(REQUESTS)).toBeGreaterThan(before), PATIENCE);
    await close(collector);
    server.fault = () => 'none';
  };
  const countedOnce = async (): Promise<void> => {
    await vi.waitFor(() => expect(server.totalOfAll(REQUESTS)).toBe(readable(source.until)), PATIENCE);
    expect(source.read).toBe(source.until);
  };

  test('takes over what waits, and reads nothing twice', async () => {
    await leave('server', 50);
    await close(open({}, '512MiB', 'renamed'));
    server.fault = () => 'none';
    source.until += 50;
    await open({}, '512MiB', 'renamed').start();
    await countedOnce();
  });

  test('that the server knows from before takes over what waits as well', async () => {
    await leave('server', 50);
    await leave('renamed', 50);
    server.fault = () => 'none';
    source.until += 50;
    await open().start();
    await countedOnce();
  });

  test('takes over where its sources stand, for when the collector loses its database', async () => {
    await leave('server', 50);
    server.fault = () => 'none';
    await close(await started({}, 'renamed'));
    rmSync(join(dataDir, 'collector.sqlite'));
    source.until += 50;
    await started({}, 'renamed');
    await vi.waitFor(() => expect(server.positionsOf('here/renamed')?.['log/line']).toBe(source.until), PATIENCE);
    expect(server.totalOfAll(REQUESTS)).toBe(readable(source.until));
  });

  test('counts a batch once whose answer was lost under the old id', async () => {
    await leave('server', 50);
    await loseAnswers();
    await started({}, 'renamed');
    await countedOnce();
  });

  test('and a new name of the collector: the same', async () => {
    await leave('server', 50);
    await loseAnswers();
    source.until += 50;
    await started({ name: 'there' });
    await countedOnce();
  });

  test('that follows one with nothing waiting reads on', async () => {
    await leave('server', 0);
    server.fault = () => 'none';
    source.until += 50;
    await open({}, '512MiB', 'renamed').start();
    await countedOnce();
  });
});

describe('when there is no room', () => {
  test('sources wait while the queue is full, and go on', async () => {
    server.fault = () => 'unreachable';
    source.ballast = 'x'.repeat(2 ** 18);
    source.until = 140;
    const collector = open({}, '2MiB');
    await collector.start();
    // Seven batches of a quarter MiB and a little fit.
    await vi.waitFor(
      () => expect(collector.status().queues[0]).toMatchObject({ state: 'blocked', batches: 7 }),
      PATIENCE,
    );
    const { bytes = 0, max_bytes = 0 } = collector.status().queues[0] ?? {};
    expect([source.read, bytes <= max_bytes]).toEqual([49, true]);
    server.fault = () => 'none';
    await counted(140);
  });

  test('a full disk keeps nothing half done', async () => {
    server.fault = () => 'unreachable';
    source.until = 1000;
    const collector = open({
      onPoint: (point) => {
        if (point === 'before_commit' && full) throw Object.assign(new Error('disk full'), { code: 'SQLITE_FULL' });
      },
    });
    let full = true;
    await collector.start();
    const note = 'disk full';
    const component = (id: string) => collector.status().components.find((one) => one.id === id);
    await vi.waitFor(() => expect(component('log')?.note).toBe(note), PATIENCE);
    expect(collector.status().queues).toMatchObject([{ state: 'blocked', note, batches: 0 }]);
    expect([source.read, component('parsed')?.received_events, component('parsed')?.note]).toEqual([0, 0, undefined]);
    full = false;
    server.fault = () => 'none';
    await counted(1000);
    expect(server.watermarks.at(-1)?.drops).toEqual({ no_timestamp: 100 });
    await vi.waitFor(() => expect(collector.status().queues).toMatchObject([{ state: 'idle', batches: 0 }]), PATIENCE);
    expect([component('log')?.note, collector.status().queues[0]?.note]).toEqual([undefined, undefined]);
  });
});

describe('the database', () => {
  test('is used by one collector at a time', () => {
    open();
    expect(() => open()).toThrow(expect.objectContaining({ code: 'data_dir_locked' }));
  });

  test('of a newer version is refused', async () => {
    await close(open());
    const database = new Database(join(dataDir, 'collector.sqlite'));
    database.pragma('user_version = 99');
    database.close();
    expect(() => open()).toThrow(expect.objectContaining({ code: 'newer_database' }));
  });
});
