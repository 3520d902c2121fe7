import type { SeriesSlots } from '../../server/model/engine.ts';
import type { Labels } from '../../server/model/labels.ts';

/** Of our own hosts: used / (used + free to everybody), 0..1, what df shows. */
export const HOST_DISK_METRIC = 'host_filesystem_used_ratio';

/** Of Prometheus' node_exporter, which arrives by remote write. https://github.com/prometheus/node_exporter, collector/filesystem_common.go */
export const NODE_DISK_METRICS = { free: 'node_filesystem_avail_bytes', size: 'node_filesystem_size_bytes' } as const;

/** How full one file system was, oldest value first. */
export interface DiskUse {
  readonly host: string;
  readonly mountpoint: string;
  /** Ms since the epoch. */
  readonly time: readonly number[];
  /** 0..1. */
  readonly used: readonly number[];
}

export function hostDisks(slots: readonly SeriesSlots[]): readonly DiskUse[] {
  return slots.map(({ labels, lastTime, last }) => ({ ...placeOf(labels), time: lastTime, used: last }));
}

/** File systems in memory, read-only ones, and those that show another one a second time. */
const NO_DISKS: readonly string[] = ['tmpfs', 'devtmpfs', 'ramfs', 'squashfs', 'iso9660', 'overlay'];

/**
 * 1 - free to everybody / size. Blocks kept for root count as used here and do not in df: what is used reads a little higher, and is 1 at
 * the same moment. A device that is mounted several times is one disk, under its shortest name.
 */
export function nodeDisks(free: readonly SeriesSlots[], size: readonly SeriesSlots[]): readonly DiskUse[] {
  const sizes = new Map(size.map((series) => [keyOf(series.labels), series]));
  const seen = new Set<string>();
  const byMountpoint = free.toSorted((a, b) => mountpointOf(a).length - mountpointOf(b).length);
  return byMountpoint.flatMap(({ labels, lastTime, last }) => {
    const { fstype = '', device = '' } = labels;
    const disk = JSON.stringify([labels.job, labels.instance, device]);
    const whole = sizes.get(keyOf(labels));
    if (whole === undefined || NO_DISKS.includes(fstype) || seen.has(disk)) return [];
    seen.add(disk);
    const sizeAt = new Map(whole.lastTime.map((time, i) => [time, whole.last[i] ?? 0]));
    // Both are of one scrape: a value without the other is of a step in which one of them began or ended.
    const values = lastTime.flatMap((time, i) => {
      const bytes = sizeAt.get(time) ?? 0;
      return bytes > 0 ? [{ time, used: 1 - (last[i] ?? 0) / bytes }] : [];
    });
    return [{ ...placeOf(labels), time: values.map(({ time }) => time), used: values.map(({ used }) => used) }];
  });
}

function placeOf({ host, instance, mountpoint = '' }: Labels): Pick<DiskUse, 'host' | 'mountpoint'> {
  return { host: host ?? instance ?? '', mountpoint };
}

function mountpointOf({ labels }: SeriesSlots): string {
  return labels.mountpoint ?? '';
}

function keyOf({ __name__, ...labels }: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}
