import { z } from 'zod';
import { inputs, size } from '../options.ts';

/**
 * A queue on disk in front of a Vigie server. In `vigie run` that is the same process, and `url` and `token_file` are refused.
 * In `vigie collect` the flags --server and --token-file are louder than they are; a relative `token_file` starts at the
 * configuration's folder.
 */
export const vigieSchema = z.strictObject({
  type: z.literal('vigie'),
  inputs,
  url: z.url({ protocol: /^https?$/ }).optional(),
  token_file: z.string().min(1).optional(),
  buffer: z
    .strictObject({
      max_size: size(2 ** 21, 2 ** 40).prefault('512MiB'),
      /** Sources wait; nothing is dropped. */
      when_full: z.literal('block').default('block'),
    })
    .prefault({}),
});
