import { type AlertReplay, type PastCounts, pastStatuses, replayAlerts, replayStep } from '../../rules/alert-replay.ts';
import { factsSelector } from '../../rules/requirements.ts';
import type { SloDefinition } from '../../rules/slo-definition.ts';
import type { Engine, Window } from '../model/engine.ts';
import { alignDown } from '../model/rings.ts';
import { ms } from '../model/units.ts';
import { boundaryOf } from './evaluate.ts';
import { SloCounts } from './slo-counts.ts';

export interface PastAlerts {
  readonly slo: SloDefinition;
  readonly range: Window;
  /** When the sources of the SLO were silent. */
  readonly gaps?: readonly Window[];
}

/** What the alert of one SLO did in a past the store still holds. */
export async function pastAlerts(engine: Engine, { slo, range, gaps = [] }: PastAlerts): Promise<AlertReplay> {
  const boundary = await boundaryOf(engine, slo);
  const [facts] = await engine.facts([factsSelector(slo)]);
  const step = replayStep(slo);
  const [start, end] = [alignDown(range.start, step), alignDown(range.end, step)];
  const counted = { start: ms(start - slo.window), end };
  const [[total, part] = []] = await new SloCounts(engine).buckets([
    { definition: slo, boundary, range: counted, step },
  ]);
  if (total === undefined || part === undefined) return replayAlerts(slo.id, []);
  const past: PastCounts = { definition: slo, boundary, facts: facts ?? { series: 0, origins: [] }, total, part, gaps };
  return replayAlerts(slo.id, pastStatuses(past, start, end));
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
