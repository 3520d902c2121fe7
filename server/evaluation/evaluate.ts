import { knownSources, mergedFacts, type PartFacts, settled } from '../../rules/composite/composite-standing.ts';
import { talliesOf } from '../../rules/figures/counted-events.ts';
import { detailStep, windowsOf } from '../../rules/figures/requirements.ts';
import { type Observation, sloStatus } from '../../rules/figures/status.ts';
import { sloDetail } from '../../rules/history/burn-down.ts';
import { withinBorders } from '../../rules/history/step-borders.ts';
import type { SloDefinition } from '../../rules/slo-definition.ts';
import { trafficPlace } from '../../rules/slo-window.ts';
import type { Engine, SelectorFacts, Window } from '../model/engine.ts';
import { invariant } from '../model/errors.ts';
import { alignDown } from '../model/rings.ts';
import type { SloDetail, SloStatus } from '../model/slo.ts';
import { MINUTE, type Ms, ms } from '../model/units.ts';
import { CompositeCounts, countedDefinitions } from './composite-counts.ts';
import { type Countable, type SloCounting, SloCounts } from './slo-counts.ts';
import { boundaryOf } from './watched-slos.ts';

/** A chart of less would be a line of noise. */
const MIN_SHOWN = ms(10 * MINUTE);

/** Observes every SLO at one moment: a handful of questions to the engine, however many SLOs there are. */
export async function evaluateSlos(
  engine: Engine,
  slos: readonly SloDefinition[],
  now: Ms,
  counts: SloCounting = sloCounting(engine),
): Promise<readonly SloStatus[]> {
  counts.retain(slos);
  return (await observe(engine, slos, now, counts)).map(sloStatus);
}

/** One SLO with the lines of its page, over its window or the part of it that `range` asks for. */
export async function evaluateDetail(
  engine: Engine,
  slo: SloDefinition,
  now: Ms,
  range: Partial<Window> = {},
  counts: SloCounting = sloCounting(engine),
): Promise<SloDetail> {
  const [observation] = await observe(engine, [slo], now, counts);
  invariant(observation !== undefined, 'an SLO without observation');
  const { definition, facts, boundary, parts } = observation;
  const status = sloStatus(observation);
  const shown = shownWindow(slo, status, range, facts);
  const step = detailStep(ms(shown.end - shown.start), slo);
  const one = { definition, boundary, parts: countableParts(definition, parts) };
  const inside = { start: ms(Math.max(shown.start, status.window.start)), end: shown.end };
  const windows = [{ start: shown.end, end: ms(status.as_of) }, { start: shown.start, end: inside.start }, inside];
  const [[counted = []], [steps = []]] = await Promise.all([
    counts.count([{ ...one, windows }]),
    counts.buckets([{ ...one, range: shown, step }]),
  ]);
  const buckets = withinBorders(
    steps,
    counted.map(([, before, within]) => ({ before: before?.sum ?? 0, inside: within?.sum ?? 0 })),
  );
  const isWhole = range.start === undefined && range.end === undefined;
  const whole = talliesOf(observation.counts)[trafficPlace(slo.window)];
  return sloDetail({ definition, status, shown, buckets, whole, after: talliesOf(counted)[0], isWhole });
}

/**
 * What was asked for, inside the SLO window. Without a wish the charts of a young SLO begin where its data does, ten minutes before
 * the end at least: over the whole window they would be a flat line with a cliff at its end.
 */
function shownWindow(
  slo: SloDefinition,
  { window, as_of }: SloStatus,
  wish: Partial<Window>,
  { oldest }: SelectorFacts,
): Window {
  const end = Math.max(window.start + MIN_SHOWN, Math.min(wish.end ?? as_of, as_of));
  const firstData = oldest === undefined ? window.start : oldest - 1;
  const start = Math.max(window.start, Math.min(wish.start ?? firstData, end - MIN_SHOWN));
  return { start: alignDown(ms(start), detailStep(ms(end - start), slo)), end: ms(end) };
}

async function observe(
  engine: Engine,
  slos: readonly SloDefinition[],
  now: Ms,
  counts: SloCounting,
): Promise<Observation[]> {
  const counted = slos.map(countedDefinitions);
  const [origins, facts] = await Promise.all([engine.origins(), counts.known(slos)]);
  let next = 0;
  const known = slos.map((slo, i): Uncounted => {
    const own = facts.slice(next, next + (counted[i]?.length ?? 0));
    next += own.length;
    const parts = slo.indicator.kind === 'composite' ? own : undefined;
    const one = {
      definition: slo,
      facts: mergedFacts(own.map(({ facts }) => facts)),
      boundary: own[0]?.boundary,
      parts,
      origins,
      now,
    };
    return { ...one, definition: settled(one) };
  });
  return countAll(counts, known);
}

type Uncounted = Omit<Observation, 'counts'>;

/** All windows of all SLOs in one question, a group per SLO. */
async function countAll(counts: SloCounting, known: readonly Uncounted[]): Promise<Observation[]> {
  const asked = known.map((one) => {
    const { definition, boundary, parts } = one;
    const windows = windowsOf(definition, knownSources(one).times);
    return { definition, boundary, parts: countableParts(definition, parts), windows };
  });
  const answers = await counts.count(asked);
  return known.map((observation, i) => {
    const { definition, parts } = observation;
    const unanswered = unansweredOf(counts, definition);
    const asked = parts?.map((part, at) => ({ ...part, ...unansweredOf(counts, countedDefinitions(definition)[at]) }));
    return { ...observation, parts: asked, counts: answers[i] ?? [], ...unanswered };
  });
}

/** Known once it was counted. */
function unansweredOf(counts: SloCounting, slo: SloDefinition | undefined): { readonly unanswered?: string } {
  const unanswered = slo && counts.unanswered(slo.id);
  return unanswered === undefined ? {} : { unanswered };
}

function countableParts(slo: SloDefinition, parts: readonly PartFacts[] | undefined): readonly Countable[] | undefined {
  return parts && countedDefinitions(slo).map((definition, i) => ({ definition, boundary: parts[i]?.boundary }));
}

/** An SLO as it can be counted. */
export async function countableOf(engine: Engine, slo: SloDefinition): Promise<Countable> {
  const definitions = countedDefinitions(slo);
  const all = await Promise.all(
    definitions.map(async (definition) => ({ definition, boundary: await boundaryOf(engine, definition) })),
  );
  return slo.indicator.kind === 'composite' ? { definition: slo, parts: all } : { ...all[0], definition: slo };
}

export function sloCounting(engine: Engine): SloCounting {
  return new CompositeCounts(new SloCounts(engine));
}
