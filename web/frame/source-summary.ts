import type { SourceState } from '../../server/model/batch.ts';
import type { OriginStatus } from '../../server/model/engine.ts';
import type { SloStatus } from '../../server/model/slo.ts';
import { knownMoment } from '../format/known-moment.ts';

/** A source that has said nothing for this long is silent: the gate no longer answers on its word either. */
const SILENT_AFTER_MS = 300_000;

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

/** One that catches up reports, as long as it gets on. */
export function isSilent({ state, completeTo }: Pick<SourceWord, 'state' | 'completeTo'>, now: number): boolean {
  const broken = state !== undefined && state !== 'ok' && state !== 'catching_up';
  const known = knownMoment(completeTo);
  return broken || known === undefined || now - known > SILENT_AFTER_MS;
}
