import { z } from 'zod';
import { duration } from '../options.ts';

const HOST_COLLECTORS = ['cpu', 'disk', 'filesystem', 'load', 'memory', 'network'] as const;
export type HostCollector = (typeof HOST_COLLECTORS)[number];

export const hostMetricsSchema = z.strictObject({
  type: z.literal('host_metrics'),
  collectors: z
    .array(z.enum(HOST_COLLECTORS))
    .min(1)
    .default([...HOST_COLLECTORS]),
  /** Samples are taken at whole multiples of it. */
  interval: duration(1000, 3_600_000).prefault('10s'),
  /** The label `host`; the machine's name unless given. */
  host: z.string().min(1).max(255).optional(),
  procfs_root: z.string().default('/proc'),
  /** Where the speed of interfaces is read. */
  sysfs_root: z.string().default('/sys'),
});
export type HostMetricsOptions = z.output<typeof hostMetricsSchema>;
