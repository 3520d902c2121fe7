import { type Boundary, findBoundary } from '../../rules/boundary.ts';
import { badEvents } from '../../rules/budget.ts';
import { sloDetail } from '../../rules/burn-down.ts';
import { boundarySelector, detailStep, factsSelectors, windowsOf } from '../../rules/requirements.ts';
import type { SloDefinition } from '../../rules/slo-definition.ts';
import { feedingOrigins, figureTimes } from '../../rules/sources.ts';
import { type Observation, sloStatus } from '../../rules/status.ts';
import { withinBorders } from '../../rules/step-borders.ts';
import type { Engine, OriginStatus, SelectorFacts, Window } from '../model/engine.ts';
import { invariant } from '../model/errors.ts';
import { alignDown } from '../model/rings.ts';
import type { SloDetail, SloStatus } from '../model/slo.ts';
import { MINUTE, type Ms, ms } from '../model/units.ts';
import { type SloCounting, SloCounts } from './slo-counts.ts';

/** A chart of less would be a line of noise. */
const MIN_SHOWN = ms(10 * MINUTE);

/** Observes every SLO at one moment: a handful of questions to the engine, however many SLOs there are. */
export async function evaluateSlos(
  engine: Engine,
  slos: readonly SloDefinition[],
  now: Ms,
  counts: SloCounting = new SloCounts(engine),
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
  counts: SloCounting = new SloCounts(engine),
): Promise<SloDetail> {
  const [observation] = await observe(engine, [slo], now, counts);
  invariant(observation !== undefined, 'an SLO without observation');
  const { facts, boundary } = observation;
  const status = sloStatus(observation);
  const shown = shownWindow(slo, status, range, facts);
  const step = detailStep(ms(shown.end - shown.start), slo);
  const one = { definition: slo, boundary };
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
  return sloDetail({ definition: slo, status, shown, buckets, badAfter: badEvents(slo, counted), isWhole });
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
  const selectors = slos.map(factsSelectors);
  const [origins, facts, boundaries] = await Promise.all([
    engine.origins(),
    engine.facts(selectors.flat()),
    Promise.all(slos.map((slo) => boundaryOf(engine, slo))),
  ]);
  let next = 0;
  const known = slos.map((definition, i) => {
    const first = next;
    next += selectors[i]?.length ?? 0;
    return { definition, facts: factsOf(facts.slice(first, next)), boundary: boundaries[i], origins, now };
  });
  return countAll(counts, known, origins);
}

/** Of the first selector; bad events may come from another source than all events: when it is silent there seem to be none. */
function factsOf([first, ...others]: readonly SelectorFacts[]): SelectorFacts {
  invariant(first !== undefined, 'an SLO without facts');
  return { ...first, origins: [...new Set([first, ...others].flatMap(({ origins }) => origins))] };
}

type Uncounted = Omit<Observation, 'counts'>;

/** All windows of all SLOs in one question, a group per SLO. */
async function countAll(
  counts: SloCounting,
  known: readonly Uncounted[],
  origins: readonly OriginStatus[],
): Promise<Observation[]> {
  const asked = known.map(({ definition, facts, boundary, now }) => {
    const times = figureTimes(feedingOrigins(definition, facts, origins), now, definition);
    return { definition, boundary, windows: windowsOf(definition, times) };
  });
  const answers = await counts.count(asked);
  return known.map((observation, i) => {
    const unanswered = counts.unanswered(observation.definition.id);
    return { ...observation, counts: answers[i] ?? [], ...(unanswered !== undefined && { unanswered }) };
  });
}

/** Where the threshold of a latency SLO lies among the boundaries of its histogram. */
export async function boundaryOf(engine: Engine, slo: SloDefinition): Promise<Boundary | undefined> {
  const selector = boundarySelector(slo);
  if (selector === undefined || slo.indicator.kind !== 'latency') return undefined;
  return findBoundary(slo.indicator.threshold, await engine.labelValues(selector, 'le'));
}
