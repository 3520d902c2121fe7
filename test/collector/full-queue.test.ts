import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCollector } from '../../collector/collector.ts';
import type { Source } from '../../collector/component.ts';
import { collectorConfigSchema } from '../../collector/config.ts';
import { Gate } from '../../collector/gate.ts';
import { createRegistry } from '../../collector/registry.ts';
import { createLog } from '../../server/runtime/log.ts';
import { Telemetry } from '../../server/runtime/telemetry.ts';
import { until } from '../conformance/source.ts';
import { IngestServer } from '../support/ingest-server.ts';
import { ARRIVED, batchOf } from '../support/log-lines.ts';

describe('the line of those who wait', () => {
  /** Who is let through, in order; `room` is what `open` finds. */
  const line = () => {
    const through: string[] = [];
    const state = { room: 0 };
    const gate = new Gate((wanted) => (wanted ?? 1) <= state.room);
    const never = new AbortController().signal;
    const comes = (name: string, signal = never): void =>
      void gate.wait(signal).then(
        () => through.push(name),
        () => through.push(`${name} left`),
      );
    const open = async (room: number): Promise<string[]> => {
      state.room = room;
      gate.open();
      await Promise.resolve().then(() => Promise.resolve());
      return through.splice(0);
    };
    return { gate, comes, open, never };
  };

  test('goes one by one, in the order they came', async () => {
    const { comes, open, gate } = line();
    for (const name of ['a', 'b', 'c']) comes(name);
    expect(await open(0)).toEqual([]);
    expect([await open(1), await open(1), gate.waiting, await open(1)]).toEqual([['a'], ['b'], 1, ['c']]);
  });

  test('stops for the first until there is room for what it wants', async () => {
    const { gate, comes, open, never } = line();
    comes('b');
    const first = gate.waitFirst(5, never);
    expect(await open(4)).toEqual([]);
    expect(await open(5)).toEqual([]);
    await first;
    expect(await open(1)).toEqual(['b']);
  });

  test('closes up behind those who leave, and takes nobody in who is stopped already', async () => {
    const { comes, open } = line();
    const abort = new AbortController();
    comes('a', abort.signal);
    comes('b');
    abort.abort();
    comes('c', abort.signal);
    expect(await open(1)).toEqual(['a left', 'c left', 'b']);
  });
});

const SOURCES = 30;
const BATCHES = 4;

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'full-queue-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

test(`${SOURCES} sources that catch up take turns, and none of them works in vain more than once a batch`, async () => {
  const server = new IngestServer();
  server.fault = () => 'unreachable';
  const ids = Array.from({ length: SOURCES }, (_, i) => `log_${i}`);
  const committed = new Map(ids.map((id) => [id, 0]));
  const furthestBehind: number[] = [];
  let runs = 0;
  const sourceOf = (id: string): Source => ({
    type: 'file',
    replayable: true,
    run: async ({ emit, signal }) => {
      for (let at = 1; at <= BATCHES; at++) {
        const positions = { line: at, ballast: 'x'.repeat(2 ** 18) };
        await emit({ batch: batchOf([`${id} ${at}`]), positions, progress: { completeTo: at, state: 'ok' } });
        committed.set(id, at);
        furthestBehind.push(at - Math.min(...committed.values()));
      }
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
  });
  const registry = createRegistry(() => {});
  const collector = createCollector({
    config: collectorConfigSchema.parse({
      sources: Object.fromEntries(ids.map((id) => [id, { type: 'file', include: ['/log'] }])),
      transforms: { metrics: { type: 'log_to_metric', inputs: ['log_*'] } },
      sinks: { server: { type: 'vigie', inputs: ['metrics'], buffer: { max_size: '2MiB' } } },
    }),
    dataDir,
    name: 'here',
    transport: server,
    log: createLog('collector', { write: () => {} }),
    telemetry: new Telemetry(),
    clock: { now: () => ARRIVED as never },
    registry: {
      ...registry,
      source: (_, { id }) => sourceOf(id),
      transform: (options, context) => {
        const transform = registry.transform(options, context);
        const apply: typeof transform.apply = (batch) => {
          runs++;
          return transform.apply(batch);
        };
        return { ...transform, apply };
      },
    },
    random: () => 0,
    wait: () => new Promise((resolve) => setTimeout(resolve, 1)),
  });
  try {
    await collector.start();
    await until(() => collector.status().queues[0]?.state === 'blocked');
    server.fault = () => 'none';
    const total = (): number => [...committed.values()].reduce((sum, count) => sum + count, 0);
    await until(
      () => total() === SOURCES * BATCHES,
      () => [...committed.values()],
    );
    expect(runs).toBeGreaterThanOrEqual(SOURCES * BATCHES);
    expect(runs).toBeLessThanOrEqual(2 * SOURCES * BATCHES);
    expect(Math.max(...furthestBehind)).toBeLessThanOrEqual(2);
  } finally {
    await collector.stop();
  }
});
