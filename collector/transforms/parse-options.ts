import { z } from 'zod';
import { inputs } from '../options.ts';

/**
 * How the lines are laid out. `access_log` tells the layouts apart line by line; the others are Apache's `common`, `combined`,
 * each with a leading virtual host (`vhost_combined` as Debian writes it, with the port), and nginx's `combined`.
 */
const ACCESS_LOG_FORMATS = [
  'access_log',
  'common',
  'combined',
  'vhost_common',
  'vhost_combined',
  'nginx_combined',
] as const;
export type AccessLogFormat = (typeof ACCESS_LOG_FORMATS)[number];

export const parseSchema = z.strictObject({
  type: z.literal('parse'),
  inputs,
  format: z.enum(ACCESS_LOG_FORMATS).default('access_log'),
  /** The unit of the first number behind the last field of the format: Apache's `%D` is `us`, `%T` and nginx's `$request_time` are `s`. */
  duration: z.enum(['none', 'us', 's']).default('none'),
  /** True: lines that cannot be read are not stored either. */
  drop_on_error: z.boolean().default(false),
});
export type ParseOptions = z.output<typeof parseSchema>;
