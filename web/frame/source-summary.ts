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
  readonly state: SourceState | undefined;
  readonly completeTo: number | undefined;
}

/**
 * How many distinct sources there are, and how many of them are silent or broken at `now`, ms. `origins` are all the server
 * knows, asked for now and then; the SLOs tell of theirs at each evaluation, which is the newer word.
 */
export function summarizeSources(
  slos: readonly SloStatus[],
  origins: readonly OriginStatus[],
  now: number,
): SourceSummary {
  const behindSlos = slos.flatMap(({ sources }) => sources.map(wordOfSlo));
  const silent = new Map(
    [...origins.map(wordOfOrigin), ...behindSlos].map((word) => [word.origin, isSilent(word, now)]),
  );
  return { count: silent.size, silent: [...silent.values()].filter(Boolean).length };
}

function wordOfSlo({ origin, state, complete_to }: SloStatus['sources'][number]): SourceWord {
  return { origin, state, completeTo: complete_to };
}

function wordOfOrigin({ origin, state, completeTo }: OriginStatus): SourceWord {
  return { origin, state, completeTo };
}

/** One that catches up reports, as long as it gets on. */
function isSilent({ state, completeTo }: SourceWord, now: number): boolean {
  const broken = state !== undefined && state !== 'ok' && state !== 'catching_up';
  const known = knownMoment(completeTo);
  return broken || known === undefined || now - known > SILENT_AFTER_MS;
}
