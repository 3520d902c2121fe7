import { DAY } from '../../model/units.ts';
import type { LogLimits } from './eviction.ts';

export const DEFAULT_LOG_LIMITS: LogLimits = { maxBytes: 512 * 2 ** 20, maxAge: 30 * DAY };

/** Inner b-tree pages and pages freed and not yet used again. */
const TREE_OVERHEAD = 1.02;
const SLACK_BYTES = 4 * 2 ** 20;

/** What the tables of log blocks may take of the file: blocks are counted with all their pages (`block-head.ts`). */
export function logWorstCaseBytes(maxBytes: number): number {
  return Math.ceil(maxBytes * TREE_OVERHEAD + SLACK_BYTES);
}
