import { type Boundary, findBoundary } from '../../rules/boundary.ts';
import { sloDetail } from '../../rules/burn-down.ts';
import { boundarySelector, bucketRequirements, factsSelector, requirements } from '../../rules/requirements.ts';
import type { SloDefinition } from '../../rules/slo-definition.ts';
import { asOf, feedingOrigins } from '../../rules/sources.ts';
import { type Observation, sloStatus } from '../../rules/status.ts';
import type { Engine, OriginStatus, Window } from '../model/engine.ts';
import { invariant } from '../model/errors.ts';
import type { SloDetail, SloStatus } from '../model/slo.ts';
import { type Ms, ms } from '../model/units.ts';

/** Observes every SLO at one moment: a handful of questions to the engine, however many SLOs there are. */
export async function evaluateSlos(
  engine: Engine,
  slos: readonly SloDefinition[],
  now: Ms,
): Promise<readonly SloStatus[]> {
  return (await observe(engine, slos, now)).map(sloStatus);
}

/** One SLO with the lines of its page. */
export async function evaluateDetail(engine: Engine, slo: SloDefinition, now: Ms, range?: Window): Promise<SloDetail> {
  const [observation] = await observe(engine, [slo], now);
  invariant(observation !== undefined, 'an SLO without observation');
  const status = sloStatus(observation);
  const window = { start: ms(status.window.start), end: ms(status.as_of) };
  const buckets = await engine.buckets(bucketRequirements(slo, window, observation.boundary));
  return sloDetail({ definition: slo, status, buckets, ...(range !== undefined && { range }) });
}

async function observe(engine: Engine, slos: readonly SloDefinition[], now: Ms): Promise<Observation[]> {
  const [origins, facts, boundaries] = await Promise.all([
    engine.origins(),
    engine.facts(slos.map(factsSelector)),
    Promise.all(slos.map((slo) => boundaryOf(engine, slo))),
  ]);
  const known = slos.map((definition, i) => {
    const fact = facts[i];
    invariant(fact !== undefined, 'an SLO without facts');
    return { definition, facts: fact, boundary: boundaries[i], origins, now };
  });
  return countAll(engine, known, origins);
}

type Uncounted = Omit<Observation, 'counts'>;

/** All windows of all SLOs in one question; the answers are dealt out in its order. */
async function countAll(
  engine: Engine,
  known: readonly Uncounted[],
  origins: readonly OriginStatus[],
): Promise<Observation[]> {
  const wanted = known.map(({ definition, facts, boundary, now }) =>
    requirements(definition, asOf(feedingOrigins(definition, facts, origins), now), boundary),
  );
  const answers = await engine.count(wanted.flat());
  let taken = 0;
  return known.map((observation, i) => {
    const length = wanted[i]?.length ?? 0;
    taken += length;
    return { ...observation, counts: answers.slice(taken - length, taken) };
  });
}

async function boundaryOf(engine: Engine, slo: SloDefinition): Promise<Boundary | undefined> {
  const selector = boundarySelector(slo);
  if (selector === undefined || slo.indicator.kind !== 'latency') return undefined;
  return findBoundary(slo.indicator.threshold, await engine.labelValues(selector, 'le'));
}
