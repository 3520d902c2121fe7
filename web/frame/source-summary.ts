import type { SloStatus } from '../../server/model/slo.ts';

/** A source that has said nothing for this long is silent: the gate no longer answers on its word either. */
const SILENT_AFTER_MS = 300_000;

export interface SourceSummary {
  readonly count: number;
  readonly silent: number;
}

/** How many distinct sources stand behind the SLOs, and how many of them are silent or broken at `now`, ms. */
export function summarizeSources(slos: readonly SloStatus[], now: number): SourceSummary {
  const silent = new Map<string, boolean>();
  for (const { origin, state, complete_to } of slos.flatMap(({ sources }) => sources)) {
    const broken = state !== undefined && state !== 'ok' && state !== 'catching_up';
    silent.set(origin, broken || complete_to === undefined || now - complete_to > SILENT_AFTER_MS);
  }
  return { count: silent.size, silent: [...silent.values()].filter(Boolean).length };
}
