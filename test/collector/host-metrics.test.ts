import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { SourceBatch } from '../../collector/batch.ts';
import { createHostMetricsSource } from '../../collector/sources/host-metrics.ts';
import { hostMetricsSchema } from '../../collector/sources/host-metrics-options.ts';
import {
  filesystemSamples,
  type HostSample,
  parseCpu,
  parseDisks,
  parseLoad,
  parseMemory,
  parseMounts,
  parseNetwork,
  speedSamples,
} from '../../collector/sources/procfs.ts';
import { seriesKey } from '../../server/model/labels.ts';
import { Telemetry } from '../../server/runtime/telemetry.ts';
import { sourceContext, testSource } from '../conformance/source.ts';

const STAT = 'cpu  300 0 0 0\ncpu0 100 2 30 4000 50 6 7 8 0 0\ncpu1 200 0 0 0 0 0 0 0 0 0\nintr 5\n';
const NET = `Inter-|   Receive                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:1000 10 0 0 0 0 0 0 1000 10 0 0 0 0 0 0
  eth0: 18446744073709551615 20 1 2 0 0 0 0 300 40 3 4 0 0 0 0
`;
const DISKS = '   8       0 sda 10 1 200 5 30 2 400 6 0 7 8\n   7       0 loop0 1 1 1 1 1 1 1 1 1 1 1\n';
const MEMINFO =
  'MemTotal:       2048 kB\nMemFree:        1024 kB\nSwapTotal:       100 kB\nSwapFree:         40 kB\nHugePages: 0\n';

const told = (samples: readonly HostSample[]): Record<string, number> =>
  Object.fromEntries(samples.map(({ name, labels, value }) => [seriesKey(name, labels), value]));

describe('text of /proc', () => {
  test('stat', () => {
    const cpu = told(parseCpu(STAT));
    expect(cpu['host_cpu_seconds_total{cpu="0",mode="idle"}']).toBe(40);
    expect(cpu['host_cpu_seconds_total{cpu="0",mode="steal"}']).toBe(0.08);
    expect(Object.keys(cpu)).toHaveLength(16);
  });

  test('net/dev', () => {
    const net = told(parseNetwork(NET));
    expect(net['host_network_receive_bytes_total{device="lo"}']).toBe(1000);
    expect(net['host_network_receive_bytes_total{device="eth0"}']).toBe(2 ** 64);
    expect(net['host_network_transmit_packets_drop_total{device="eth0"}']).toBe(4);
    expect(Object.keys(net)).toHaveLength(16);
  });

  const speed = (text: string, want: number | undefined): void => {
    test(`speed ${JSON.stringify(text)}: ${want}`, () => {
      expect(told(speedSamples('eth0', text))['host_network_speed_bytes{device="eth0"}']).toBe(want);
    });
  };
  speed('1000\n', 125_000_000);
  speed('10\n', 1_250_000);
  speed('-1\n', undefined);
  speed('0\n', undefined);
  speed('', undefined);

  test('diskstats, in bytes, without loops', () => {
    expect(told(parseDisks(DISKS))).toEqual({
      'host_disk_reads_completed_total{device="sda"}': 10,
      'host_disk_read_bytes_total{device="sda"}': 102_400,
      'host_disk_writes_completed_total{device="sda"}': 30,
      'host_disk_written_bytes_total{device="sda"}': 204_800,
    });
  });

  test('meminfo, in bytes', () => {
    expect(told(parseMemory(MEMINFO))).toEqual({
      host_memory_total_bytes: 2_097_152,
      host_memory_free_bytes: 1_048_576,
      host_memory_swap_total_bytes: 102_400,
      host_memory_swap_free_bytes: 40_960,
      host_memory_swap_used_bytes: 61_440,
    });
  });

  test('loadavg', () => {
    expect(told(parseLoad('0.50 1.25 2 1/100 4242\n'))).toEqual({ host_load1: 0.5, host_load5: 1.25, host_load15: 2 });
  });

  test('mounts: real devices once, escapes undone', () => {
    const mounts = parseMounts(
      'proc /proc proc rw 0 0\n/dev/sda1 /my\\040disk ext4 rw 0 0\n/dev/sda1 /again ext4 rw 0 0\n',
    );
    expect(mounts).toEqual([{ device: '/dev/sda1', mountpoint: '/my disk', filesystem: 'ext4' }]);
    const samples = told(filesystemSamples(mounts[0]!, { bsize: 10, blocks: 100, bfree: 60, bavail: 40 }));
    expect(Object.values(samples)).toEqual([1000, 400, 400, 0.5]);
  });

  const survives = (text: string): void => {
    test(`of something else: ${JSON.stringify(text)}`, () => {
      for (const parse of [parseCpu, parseDisks, parseLoad, parseMemory, parseNetwork]) expect(parse(text)).toEqual([]);
    });
  };
  survives('');
  survives('\0\n\n:\ncpu\n');
});

testSource('host_metrics', () => ({
  source: createHostMetricsSource(
    hostMetricsSchema.parse({ type: 'host_metrics', interval: '1s', collectors: ['load'] }),
    // Always a moment before the next whole second: the source provokes itself.
    sourceContext('host_metrics', () => 10_995),
  ),
  provoke: () => {},
  dispose: () => {},
}));

describe('the source', () => {
  const run = async (root: string, count: number, collectors = ['cpu', 'load']): Promise<SourceBatch[]> => {
    const emitted: SourceBatch[] = [];
    const abort = new AbortController();
    const source = createHostMetricsSource(
      hostMetricsSchema.parse({
        type: 'host_metrics',
        procfs_root: root,
        sysfs_root: root,
        host: 'here',
        interval: '1s',
        collectors,
      }),
      // A moment before the next whole second, so that the test does not wait for it.
      { id: 'host', telemetry: new Telemetry().component('host', 'source', 'host_metrics'), now: () => 10_999 },
    );
    await source.run({
      positions: {},
      signal: abort.signal,
      emitLast: () => false,
      emit: async (batch) => {
        emitted.push(batch);
        if (emitted.length === count) abort.abort();
      },
    });
    return emitted;
  };
  const folder = (files: Record<string, string>): string => {
    const root = mkdtempSync(join(tmpdir(), 'proc-'));
    mkdirSync(join(root, 'net'));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
    return root;
  };

  test('samples with the host label, and is complete to the moment of the sample', async () => {
    const [first, second] = await run(folder({ stat: STAT, loadavg: '1 2 3' }), 2);
    expect(first?.progress).toEqual({ completeTo: 10_999, newestEvent: 10_999, state: 'ok' });
    expect(first?.batch).toMatchObject({ kind: 'metrics', samples: { time: Array(19).fill(10_999) } });
    const metrics = first?.batch?.kind === 'metrics' ? first.batch.series : [];
    expect(metrics.every(({ labels }) => labels.host === 'here')).toBe(true);
    expect(second).toEqual(first);
  });

  test('interfaces with their speed; one that does not tell is left out', async () => {
    const root = folder({ 'net/dev': NET });
    for (const device of ['eth0', 'veth1']) mkdirSync(join(root, 'class/net', device), { recursive: true });
    writeFileSync(join(root, 'class/net/eth0/speed'), '100\n');
    const [only] = await run(root, 1, ['network']);
    const metrics = only?.batch?.kind === 'metrics' ? only.batch : undefined;
    expect(metrics?.series.map(({ name, labels }) => seriesKey(name, labels)).at(-1)).toBe(
      'host_network_speed_bytes{device="eth0",host="here"}',
    );
    expect(metrics?.samples?.value.at(-1)).toBe(12_500_000);
    expect(metrics?.series).toHaveLength(17);
  });

  test('goes on without what cannot be read', async () => {
    const root = folder({ loadavg: '1 2 3' });
    const [only] = await run(root, 1);
    expect(only?.progress).toMatchObject({ state: 'ok', note: `cannot read cpu in ${root}` });
  });

  test('is unreadable when nothing can be read', async () => {
    const [only] = await run(folder({}), 1);
    expect(only?.progress).toMatchObject({ state: 'unreadable', completeTo: 0 });
  });
});
