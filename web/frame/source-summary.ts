import type { SourceState } from '../../server/model/batch.ts';
import type { OriginStatus } from '../../server/model/engine.ts';
import type { SloStatus } from '../../server/model/slo.ts';
import { isSilent } from '../../server/model/source-silence.ts';

export interface SourceSummary {
  readonly count: number;
  readonly silent: number;
}

interface SourceWord {
  readonly origin: string;
  readonly retired: number | undefined;
  readonly state: SourceState | undefined;
  readonly completeTo: number | undefined;
}

/**
 * How many distinct sources there are, without those that were removed, and how many of them are silent or broken at `now`, ms. `origins` are all the server
 * knows, asked for now and then; the SLOs tell of theirs at each evaluation, which is the newer word.
 */
export function summarizeSources(
  slos: readonly SloStatus[],
  origins: readonly OriginStatus[],
  now: number,
): SourceSummary {
  const behindSlos = slos.flatMap(({ sources }) => sources.map(wordOfSlo));
  const words = new Map([...origins.map(wordOfOrigin), ...behindSlos].map((word) => [word.origin, word]));
  const living = [...words.values()].filter(({ retired }) => retired === undefined);
  return { count: living.length, silent: living.filter((word) => isSilent(word, now)).length };
}

function wordOfSlo({ origin, state, complete_to, retired }: SloStatus['sources'][number]): SourceWord {
  return { origin, state, completeTo: complete_to, retired };
}

function wordOfOrigin({ origin, state, completeTo, retired }: OriginStatus): SourceWord {
  return { origin, state, completeTo, retired };
}
