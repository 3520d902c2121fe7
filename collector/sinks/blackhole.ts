import { z } from 'zod';
import type { Sink } from '../component.ts';
import { inputs } from '../options.ts';

export const blackholeSchema = z.strictObject({ type: z.literal('blackhole'), inputs });

/** Takes everything and keeps nothing: what a pipeline costs without its end. */
export function createBlackholeSink(): Sink {
  return { type: 'blackhole', write: () => {} };
}
