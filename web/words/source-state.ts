import type { SourceState } from '../../server/model/batch.ts';

interface Told {
  readonly state: SourceState | undefined;
  readonly retired: number | undefined;
  /** Its last word is too old to go by. */
  readonly silent: boolean;
}

/** The key of the one word for how a source is; one that was removed is nothing else any more. */
export function sourceStateWord({ state, retired, silent }: Told) {
  if (retired !== undefined) return 'source_retired';
  if (state === undefined) return 'source_never';
  return state === 'ok' && silent ? 'source_silent' : (`source_${state}` as const);
}
