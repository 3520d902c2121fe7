import type { SourceState } from './batch.ts';
import { MINUTE, type Ms, ms } from './units.ts';

/** A source that has told nothing for this long is silent: the figures it feeds may be wrong in ways nobody can see. */
export const SILENT_AFTER: Ms = ms(5 * MINUTE);

export interface SourceWord {
  readonly state?: SourceState | undefined;
  /** Ms; an empty store tells 0. */
  readonly completeTo?: number | undefined;
}

/** Whether nobody can go by its word at `now`, ms: it is broken, was never complete, or is silent. One that catches up reports. */
export function isSilent({ state, completeTo = 0 }: SourceWord, now: number): boolean {
  const broken = state !== undefined && state !== 'ok' && state !== 'catching_up';
  return broken || completeTo <= 0 || now - completeTo > SILENT_AFTER;
}
