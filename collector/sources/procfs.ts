import type { Labels, SeriesKind } from '../../server/model/labels.ts';

/** A measured value under Vector's name, without the label `host`. */
export interface HostSample {
  readonly kind: Extract<SeriesKind, 'counter' | 'gauge'>;
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
}

/** Kernel ticks per second of `/proc/stat`: USER_HZ, 100 on every Linux (proc_stat(5)). */
const USER_HZ = 100;
const CPU_MODES = ['user', 'nice', 'system', 'idle', 'io_wait', 'irq', 'soft_irq', 'steal'] as const;
/** `/proc/diskstats` counts sectors of this size whatever the disk has (Documentation/admin-guide/iostats.rst). */
const SECTOR_BYTES = 512;

/** `/proc/stat`: seconds per processor and mode. Lines it does not know are left out, as by all parsers here. */
export function parseCpu(text: string): HostSample[] {
  return text.split('\n').flatMap((line) => {
    const match = /^cpu(\d+)\s+(.*)$/.exec(line);
    const ticks = numbers(match?.[2] ?? '');
    return CPU_MODES.flatMap((mode, i) =>
      sample('counter', 'host_cpu_seconds_total', { cpu: match?.[1] ?? '', mode }, (ticks[i] ?? Number.NaN) / USER_HZ),
    );
  });
}

/** `/proc/loadavg`. */
export function parseLoad(text: string): HostSample[] {
  const loads = numbers(text);
  return ['host_load1', 'host_load5', 'host_load15'].flatMap((name, i) =>
    sample('gauge', name, {}, loads[i] ?? Number.NaN),
  );
}

const MEMORY: Readonly<Record<string, string>> = {
  MemTotal: 'host_memory_total_bytes',
  MemFree: 'host_memory_free_bytes',
  MemAvailable: 'host_memory_available_bytes',
  Active: 'host_memory_active_bytes',
  Buffers: 'host_memory_buffers_bytes',
  Cached: 'host_memory_cached_bytes',
  Shmem: 'host_memory_shared_bytes',
  SwapTotal: 'host_memory_swap_total_bytes',
  SwapFree: 'host_memory_swap_free_bytes',
};

/** `/proc/meminfo`, whose "kB" are KiB. */
export function parseMemory(text: string): HostSample[] {
  const found = new Map<string, number>();
  for (const line of text.split('\n')) {
    const match = /^(\w+):\s+(\d+) kB$/.exec(line.trim());
    if (match?.[1] !== undefined) found.set(match[1], Number(match[2]) * 1024);
  }
  const plain = Object.entries(MEMORY).flatMap(([key, name]) =>
    sample('gauge', name, {}, found.get(key) ?? Number.NaN),
  );
  const swapUsed = (found.get('SwapTotal') ?? Number.NaN) - (found.get('SwapFree') ?? Number.NaN);
  return [...plain, ...sample('gauge', 'host_memory_swap_used_bytes', {}, swapUsed)];
}

const NETWORK: readonly (readonly [number, string])[] = [
  [0, 'host_network_receive_bytes_total'],
  [1, 'host_network_receive_packets_total'],
  [2, 'host_network_receive_errs_total'],
  [3, 'host_network_receive_packets_drop_total'],
  [8, 'host_network_transmit_bytes_total'],
  [9, 'host_network_transmit_packets_total'],
  [10, 'host_network_transmit_errs_total'],
  [11, 'host_network_transmit_packets_drop_total'],
];

/** `/proc/net/dev`. The number may follow the colon without a space. */
export function parseNetwork(text: string): HostSample[] {
  return text.split('\n').flatMap((line) => {
    const colon = line.indexOf(':');
    const device = line.slice(0, Math.max(colon, 0)).trim();
    if (device === '' || device.includes('|')) return [];
    const values = numbers(line.slice(colon + 1));
    return NETWORK.flatMap(([i, name]) => sample('counter', name, { device }, values[i] ?? Number.NaN));
  });
}

/**
 * `/sys/class/net/<device>/speed`: Mbit/s of one direction, told in bytes per second as node_exporter does. A device without link or
 * of the kernel's own making says -1, or nothing (Documentation/ABI/testing/sysfs-class-net).
 */
export function speedSamples(device: string, text: string): HostSample[] {
  const megabits = Number.parseInt(text, 10);
  return megabits > 0 ? sample('gauge', 'host_network_speed_bytes', { device }, (megabits * 1e6) / 8) : [];
}

const DISK: readonly (readonly [number, string, number])[] = [
  [0, 'host_disk_reads_completed_total', 1],
  [2, 'host_disk_read_bytes_total', SECTOR_BYTES],
  [4, 'host_disk_writes_completed_total', 1],
  [6, 'host_disk_written_bytes_total', SECTOR_BYTES],
];

/** `/proc/diskstats`, without loop and RAM disks. */
export function parseDisks(text: string): HostSample[] {
  return text.split('\n').flatMap((line) => {
    const [, , device = '', ...rest] = line.trim().split(/\s+/);
    if (device === '' || /^(loop|ram)\d+$/.test(device)) return [];
    const values = rest.map(Number);
    return DISK.flatMap(([i, name, unit]) => sample('counter', name, { device }, (values[i] ?? Number.NaN) * unit));
  });
}

export interface Mount {
  readonly device: string;
  readonly filesystem: string;
  readonly mountpoint: string;
}

/** `/proc/mounts` where bytes are kept: filesystems of the kernel's own making and repeated devices are left out. */
export function parseMounts(text: string): Mount[] {
  const seen = new Set<string>();
  return text.split('\n').flatMap((line) => {
    const [device = '', mountpoint = '', filesystem = ''] = line.split(' ').map(unescapeMount);
    if (!device.startsWith('/') || filesystem === 'squashfs' || seen.has(device)) return [];
    seen.add(device);
    return [{ device, mountpoint, filesystem }];
  });
}

/** What `statfs` says of a mount: counts of blocks of `bsize` bytes. */
export interface FilesystemBlocks {
  readonly bsize: number;
  readonly blocks: number;
  readonly bfree: number;
  readonly bavail: number;
}

export function filesystemSamples(mount: Mount, { bsize, blocks, bfree, bavail }: FilesystemBlocks): HostSample[] {
  const { device, filesystem, mountpoint } = mount;
  const labels = { device, filesystem, mountpoint };
  const used = blocks - bfree;
  return [
    ...sample('gauge', 'host_filesystem_total_bytes', labels, blocks * bsize),
    ...sample('gauge', 'host_filesystem_free_bytes', labels, bavail * bsize),
    ...sample('gauge', 'host_filesystem_used_bytes', labels, used * bsize),
    // What df shows: blocks kept for root are neither used nor free.
    ...sample('gauge', 'host_filesystem_used_ratio', labels, used / (used + bavail)),
  ];
}

function sample(kind: HostSample['kind'], name: string, labels: Labels, value: number): HostSample[] {
  return Number.isFinite(value) ? [{ kind, name, labels, value }] : [];
}

function numbers(text: string): number[] {
  return text.split(/\s+/).flatMap((word) => (word === '' ? [] : Number(word)));
}

/** Spaces and the like are written as three octal digits (proc_mounts(5)). */
function unescapeMount(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
