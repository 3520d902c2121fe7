import { z } from 'zod';
import { inputs, size } from '../options.ts';

/** A queue on disk in front of a Vigie server. Without `url` it is the server of the same process. */
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
