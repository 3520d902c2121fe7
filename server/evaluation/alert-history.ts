import {
  type AlertReplay,
  type PastCounts,
  pastStatuses,
  replayAlerts,
  replayStep,
} from '../../rules/alerts/alert-replay.ts';
import { factsSelectors } from '../../rules/figures/requirements.ts';
import { sliceGrid } from '../../rules/figures/slices.ts';
import type { SloDefinition } from '../../rules/slo-definition.ts';
import { longestLength } from '../../rules/slo-window.ts';
import type { Engine, SelectorFacts, Window } from '../model/engine.ts';
import { alignDown } from '../model/rings.ts';
import { type Ms, ms } from '../model/units.ts';
import { countedFacts } from './composite-counts.ts';
import { countableOf, sloCounting } from './evaluate.ts';
import type { SloCounting } from './slo-counts.ts';
import { toldApartFrom } from './step-reach.ts';

export interface PastAlerts {
  readonly slo: SloDefinition;
  readonly range: Window;
  /** When the sources of the SLO were silent. */
  readonly gaps?: readonly Window[];
  /** That things are counted in: `replayStep`, which supposes the usual rings when it is left out. */
  readonly step?: Ms;
}

/** What the alert of one SLO did in a past the store still holds. */
export async function pastAlerts(engine: Engine, { slo, range, gaps }: PastAlerts): Promise<AlertReplay> {
  const step = replayStep(slo);
  const [start, end] = [alignDown(range.start, step), alignDown(range.end, step)];
  const past = await pastCounts(engine, { slo, range: { start, end }, ...(gaps && { gaps }) });
  return replayAlerts(slo.id, past === undefined ? [] : pastStatuses(past, start, end));
}

/**
 * What was counted for an SLO from the first window before `range` on, whose borders are those of steps; undefined when nothing can be.
 * Slices of one length are told apart only as far back as a fine ring reaches: what is older is left out, and is then no history.
 */
export async function pastCounts(
  engine: Engine,
  { slo, range, gaps = [], step = replayStep(slo) }: PastAlerts,
  counts: SloCounting = sloCounting(engine),
): Promise<PastCounts | undefined> {
  const countable = await countableOf(engine, slo);
  const [facts = { series: 0, origins: [] }] = await countedFacts(engine, [slo]);
  const whole = { start: ms(range.start - longestLength(slo.window)), end: range.end };
  const slice = sliceGrid(slo.indicator);
  const sharpFrom = await toldApartFrom(engine, factsSelectors(slo), slice ?? step, whole);
  const isCut = slice !== undefined && sharpFrom > whole.start;
  const counted = isCut ? { start: ms(Math.min(sharpFrom, range.end)), end: range.end } : whole;
  const [[first, ...others] = []] = await counts.buckets([{ ...countable, range: counted, step }]);
  if (first === undefined) return undefined;
  const known = isCut ? knownFrom(facts, sharpFrom) : facts;
  return { ...countable, facts: known, columns: [first, ...others], gaps, sharpFrom };
}

function knownFrom(facts: SelectorFacts, start: Ms): SelectorFacts {
  return facts.oldest === undefined ? facts : { ...facts, oldest: ms(Math.max(facts.oldest, start)) };
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
