import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { duration, labelName, size } from '../options.ts';

const glob = z.string().refine(isAbsolute, 'want an absolute path or glob');

export const fileSchema = z.strictObject({
  type: z.literal('file'),
  include: z.array(glob).min(1, 'want at least one path or glob'),
  exclude: z.array(glob).default([]),
  /** The service whose requests these files report: the tag `service`. */
  service: z.string().min(1).max(100).optional(),
  attributes: z.record(labelName, z.string().max(200)).default({}),
  read_from: z.enum(['beginning', 'end']).default('beginning'),
  max_line: size(1024, 2 ** 24).prefault('100KiB'),
  read_block: size(4096, 2 ** 24).prefault('4MiB'),
  poll: duration(10, 60_000).prefault('1s'),
  glob: duration(10, 600_000).prefault('1s'),
});
