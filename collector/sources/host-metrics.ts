import { readdirSync, readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { sortLabels } from '../../server/model/labels.ts';
import type { MetricBatch, SourceProgress } from '../batch.ts';
import type { ComponentContext, Source, SourceOutput } from '../component.ts';
import { handOver, pause } from './hand-over.ts';
import type { HostCollector, HostMetricsOptions } from './host-metrics-options.ts';
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
} from './procfs.ts';

type Reader = (root: string, sysfs: string) => HostSample[] | Promise<HostSample[]>;

const READERS: Readonly<Record<HostCollector, Reader>> = {
  cpu: (root) => parseCpu(read(root, 'stat')),
  disk: (root) => parseDisks(read(root, 'diskstats')),
  filesystem: readFilesystems,
  load: (root) => parseLoad(read(root, 'loadavg')),
  memory: (root) => parseMemory(read(root, 'meminfo')),
  network: (root, sysfs) => [...parseNetwork(read(root, 'net/dev')), ...readSpeeds(join(sysfs, 'class', 'net'))],
};

/** Samples this machine at whole multiples of the interval. What cannot be read is told, and the rest is sampled. */
export function createHostMetricsSource(options: HostMetricsOptions, context: ComponentContext): Source {
  const { telemetry, now } = context;
  const host = options.host ?? hostname();
  let completeTo = 0;
  const tick = async (output: SourceOutput): Promise<void> => {
    const { samples, failed } = await readAll(options, telemetry.error);
    const time = now();
    telemetry.received(samples.length, 0);
    const note = `cannot read ${failed.join(', ')} in ${options.procfs_root}`;
    if (samples.length > 0) completeTo = time;
    const progress: SourceProgress = { completeTo, newestEvent: time, state: 'ok', ...(failed[0] && { note }) };
    const broken: SourceProgress = { completeTo, state: 'unreadable', note };
    const batch = { batch: batchOf(samples, host, time), positions: {}, progress: samples[0] ? progress : broken };
    if (await handOver(batch, output)) telemetry.sent(samples.length, 0);
  };
  return {
    type: 'host_metrics',
    replayable: false,
    async run(output: SourceOutput): Promise<void> {
      while (!output.signal.aborted) {
        await tick(output);
        await pause(options.interval - (now() % options.interval), output.signal);
      }
    },
  };
}

async function readAll(
  { collectors, procfs_root, sysfs_root }: HostMetricsOptions,
  error: ComponentContext['telemetry']['error'],
): Promise<{ samples: HostSample[]; failed: string[] }> {
  const samples: HostSample[] = [];
  const failed: string[] = [];
  for (const collector of collectors) {
    try {
      samples.push(...(await READERS[collector](procfs_root, sysfs_root)));
    } catch {
      failed.push(collector);
      error('unreadable', 'receiving');
    }
  }
  return { samples, failed };
}

function read(root: string, file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

/** What the interfaces can carry. It is worth less than their counters: what does not tell is left out. */
function readSpeeds(folder: string): HostSample[] {
  try {
    return readdirSync(folder).flatMap((device) => speedOf(folder, device));
  } catch {
    // No sysfs here: a container, or another system.
    return [];
  }
}

function speedOf(folder: string, device: string): HostSample[] {
  try {
    return speedSamples(device, readFileSync(join(folder, device, 'speed'), 'utf8'));
  } catch {
    // EINVAL is how a device without link answers, ENOENT what is no device.
    return [];
  }
}

async function readFilesystems(root: string): Promise<HostSample[]> {
  const samples: HostSample[] = [];
  for (const mount of parseMounts(read(root, 'mounts'))) {
    try {
      samples.push(...filesystemSamples(mount, await statfs(mount.mountpoint)));
    } catch {
      // A mount we may not look into, or that has just gone, is not a sample.
    }
  }
  return samples;
}

function batchOf(samples: readonly HostSample[], host: string, time: number): MetricBatch {
  return {
    kind: 'metrics',
    series: samples.map(({ kind, name, labels }) => ({ kind, name, labels: sortLabels({ ...labels, host }) })),
    increments: { series: [], time: [], n: [], sum: [] },
    samples: {
      series: samples.map((_, i) => i),
      time: samples.map(() => time),
      value: samples.map(({ value }) => value),
    },
  };
}
