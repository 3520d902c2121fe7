import { type AlertReplay, type PastCounts, pastStatuses, replayAlerts, replayStep } from '../../rules/alert-replay.ts';
import { factsSelector } from '../../rules/requirements.ts';
import type { SloDefinition } from '../../rules/slo-definition.ts';
import { longestLength } from '../../rules/slo-window.ts';
import type { Engine, Window } from '../model/engine.ts';
import { alignDown } from '../model/rings.ts';
import { ms } from '../model/units.ts';
import { boundaryOf } from './evaluate.ts';
import { type SloCounting, SloCounts } from './slo-counts.ts';

export interface PastAlerts {
  readonly slo: SloDefinition;
  readonly range: Window;
  /** When the sources of the SLO were silent. */
  readonly gaps?: readonly Window[];
}

/** What the alert of one SLO did in a past the store still holds. */
export async function pastAlerts(engine: Engine, { slo, range, gaps }: PastAlerts): Promise<AlertReplay> {
  const step = replayStep(slo);
  const [start, end] = [alignDown(range.start, step), alignDown(range.end, step)];
  const past = await pastCounts(engine, { slo, range: { start, end }, ...(gaps && { gaps }) });
  return replayAlerts(slo.id, past === undefined ? [] : pastStatuses(past, start, end));
}

/** What was counted for an SLO from the first window before `range` on, whose borders are those of steps; undefined when nothing can be. */
export async function pastCounts(
  engine: Engine,
  { slo, range, gaps = [] }: PastAlerts,
  counts: SloCounting = new SloCounts(engine),
): Promise<PastCounts | undefined> {
  const boundary = await boundaryOf(engine, slo);
  const [facts = { series: 0, origins: [] }] = await engine.facts([factsSelector(slo)]);
  const counted = { start: ms(range.start - longestLength(slo.window)), end: range.end };
  const asked = { definition: slo, boundary, range: counted, step: replayStep(slo) };
  const [[total, part] = []] = await counts.buckets([asked]);
  if (total === undefined || part === undefined) return undefined;
  return { definition: slo, boundary, facts, total, part, gaps };
}

/** Saves what alerts did as if they had been evaluated all along; an alert book opened afterwards goes on from there. */
export async function savePastAlerts(engine: Engine, replays: readonly AlertReplay[]): Promise<void> {
  const alerts = replays.flatMap((replay) => replay.alerts).sort((a, b) => a.since - b.since);
  await engine.changeDocuments([
    ...alerts.map((alert) => ({ op: 'put', collection: 'alert', key: alert.id, body: alert }) as const),
    ...replays
      .filter(({ standing }) => standing.alert !== undefined)
      .map(({ standing }) => {
        return { op: 'put', collection: 'alert_state', key: standing.slo, body: { standing, told: {} } } as const;
      }),
  ]);
}
