import type { SourceState } from '../../server/model/batch.ts';

/** The key of the one word for how a source is; one that was removed is nothing else any more. */
export function sourceStateWord(state: SourceState | undefined, retired: number | undefined) {
  if (retired !== undefined) return 'source_retired';
  return state === undefined ? 'source_never' : (`source_${state}` as const);
}
