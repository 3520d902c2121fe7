import { type Ms, ms } from '../../server/model/units.ts';

const FIRST_MS = 250;
const LONGEST_MS = 30_000;

/**
 * How long to wait before attempt `attempt` (1: after the first failure). Doubles up to 30 s, then spread over its upper half by
 * `random` in [0, 1), so that collectors do not return in step.
 */
export function backoff(attempt: number, random: number): Ms {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1));
  return ms(full / 2 + (full / 2) * random);
}
