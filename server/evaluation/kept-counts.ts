import type { ExcludableSlo } from '../../rules/exclusions/exclusion.ts';
import { type ExclusionsInForce, NO_EXCLUSIONS } from '../../rules/exclusions/exclusions-in-force.ts';
import { coveredBy, keptBuckets, partialSteps } from '../../rules/exclusions/kept-buckets.ts';
import {
  askedWindows,
  type CountPlan,
  type KeptCount,
  keptCounts,
  widenedPlan,
} from '../../rules/exclusions/kept-counts.ts';
import { joined } from '../../rules/exclusions/spans.ts';
import type { SloDefinition } from '../../rules/slo-definition.ts';
import type { Buckets, Window, WindowSum } from '../model/engine.ts';
import { alignDown, slotEnd } from '../model/rings.ts';
import type { AskedSteps, AskedWindows, Countable, SloCounting } from './slo-counts.ts';

/** Rings change their borders while they are asked, seldom twice. */
const MAX_TURNS = 4;

type Answers = readonly (readonly WindowSum[])[];

/** Counts what exclusions leave, and says of each window what they left out. Where there are none it is what it counts with. */
export class KeptCounts implements SloCounting {
  readonly #counts: SloCounting;
  readonly #exclusions: () => ExclusionsInForce;

  constructor(counts: SloCounting, exclusions: () => ExclusionsInForce) {
    this.#counts = counts;
    this.#exclusions = exclusions;
  }

  retain(definitions: readonly SloDefinition[]): void {
    this.#counts.retain(definitions);
  }

  known(slos: readonly SloDefinition[]) {
    return this.#counts.known(slos);
  }

  unanswered(id: string): string | undefined {
    return this.#counts.unanswered(id);
  }

  async count(asked: readonly AskedWindows[]): Promise<readonly (readonly (readonly KeptCount[])[])[]> {
    const exclusions = this.#exclusions();
    if (exclusions === NO_EXCLUSIONS) return this.#counts.count(asked);
    let plans = asked.map((one): CountPlan => {
      return { windows: one.windows, parts: one.windows.map((window) => excludedSpans(exclusions, one, window)) };
    });
    for (let turn = 1; ; turn++) {
      const answers = await this.#counts.count(asked.map((one, i) => withParts(one, plans[i])));
      const widened = plans.map((plan, i) => widenedPlan(plan, answers[i] ?? []));
      if (turn === MAX_TURNS || widened.every((plan) => plan === undefined)) {
        return plans.map((plan, i) => keptOf(exclusions, asked[i], plan, answers[i]));
      }
      plans = plans.map((plan, i) => widened[i] ?? plan);
    }
  }

  async buckets(asked: readonly AskedSteps[]): Promise<readonly (readonly Buckets[])[]> {
    const charts = await this.#counts.buckets(asked);
    const covered = asked.map(({ range: _, step: __, ...one }, i) => ({ ...one, windows: coveredWindows(charts[i]) }));
    const exclusions = this.#exclusions();
    const isFree = covered.every((one) =>
      one.windows.every((window) => excludedSpans(exclusions, one, window).length === 0),
    );
    return isFree ? charts : this.#leaveOut(charts, covered);
  }

  async #leaveOut(
    charts: readonly (readonly Buckets[])[],
    covered: readonly AskedWindows[],
  ): Promise<readonly (readonly Buckets[])[]> {
    const spans = (await this.count(covered)).map((answer) => answer[0]?.[0]?.excluded?.spans ?? []);
    const partial = covered.map((one, i) => {
      const [chart] = charts[i] ?? [];
      return {
        ...one,
        windows: chart === undefined ? [] : partialSteps(chart, spans[i] ?? []).map(({ part }) => part),
      };
    });
    const counts = await this.#counts.count(partial);
    return charts.map((chart, i) =>
      chart.map((column, selector) => keptBuckets(column, spans[i] ?? [], counts[i]?.[selector] ?? [])),
    );
  }
}

function asExcluded({ definition, excludedAs = [definition] }: Countable): readonly ExcludableSlo[] {
  return excludedAs;
}

/** Slices are left out whole. */
function excludedSpans(exclusions: ExclusionsInForce, one: Countable, window: Window): readonly Window[] {
  const spans = joined(asExcluded(one).flatMap((slo) => exclusions.spans(slo, window)));
  const every = one.definition.indicator.slices?.every;
  if (every === undefined) return spans;
  return joined(spans.map(({ start, end }) => ({ start: alignDown(start, every), end: slotEnd(end, every) })));
}

function withParts(one: AskedWindows, plan: CountPlan | undefined): AskedWindows {
  return plan === undefined ? one : { ...one, windows: askedWindows(plan) };
}

function keptOf(
  exclusions: ExclusionsInForce,
  asked: AskedWindows | undefined,
  plan: CountPlan,
  answers: Answers = [],
): readonly (readonly KeptCount[])[] {
  return keptCounts(plan, answers, (window) =>
    asked === undefined ? [] : [...new Set(asExcluded(asked).flatMap((slo) => exclusions.idsWithin(slo, window)))],
  );
}

function coveredWindows([chart]: readonly Buckets[] = []): readonly Window[] {
  return chart === undefined || chart.sums.length === 0 ? [] : [coveredBy(chart)];
}
