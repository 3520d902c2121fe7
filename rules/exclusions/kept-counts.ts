import type { Window, WindowSum } from '../../server/model/engine.ts';
import { haveOverlap, joined } from './spans.ts';

/**
 * How exclusions leave events out: what is counted over a window is what the store counts, less what it counts over the excluded parts.
 * Nothing in the store changes.
 *
 *     window          (=====================================]
 *     excluded              (====]             (========]
 *     kept            (----]      (-----------]          (--]
 *
 * The store counts whole slots. Where only a ring of wide slots is left, a part is widened to them, and parts whose slots then overlap
 * are made one and asked for again, so that no slot is taken off twice.
 */
export interface CountPlan {
  readonly windows: readonly Window[];
  /** By window. */
  readonly parts: readonly (readonly Window[])[];
}

/** A count without the excluded parts of its window. */
export interface KeptCount extends WindowSum {
  readonly excluded?: ExcludedCount;
}

export interface ExcludedCount {
  /** As they were really counted: rising, apart. */
  readonly spans: readonly Window[];
  readonly sum: number;
  /** Ids of the exclusions. */
  readonly by: readonly string[];
}

export function askedWindows({ windows, parts }: CountPlan): readonly Window[] {
  return [...windows, ...parts.flat()];
}

/** The plan with the parts as they were counted, when some of them overlap there; undefined when the answers can be used. */
export function widenedPlan(plan: CountPlan, answers: readonly (readonly WindowSum[])[]): CountPlan | undefined {
  const counted = countedParts(plan, answers);
  if (!counted.some((bySelector) => bySelector.some((parts) => haveOverlap(parts.map(({ window }) => window))))) {
    return undefined;
  }
  const parts = counted.map((bySelector) => joined(bySelector.flat().map(({ window }) => window)));
  return { windows: plan.windows, parts };
}

/**
 * The counts of each selector and window, from the answers to `askedWindows`.
 * @param by ids of the exclusions that leave out some of a window.
 */
export function keptCounts(
  plan: CountPlan,
  answers: readonly (readonly WindowSum[])[],
  by: (window: Window) => readonly string[],
): readonly (readonly KeptCount[])[] {
  const counted = countedParts(plan, answers);
  return answers.map((answer, selector) =>
    plan.windows.flatMap((window, i) => {
      const whole = answer[i];
      const parts = counted[i]?.[selector] ?? [];
      if (whole === undefined || parts.length === 0) return whole === undefined ? [] : [whole];
      return without(whole, parts, by(window));
    }),
  );
}

/** By window and selector. */
function countedParts({ windows, parts }: CountPlan, answers: readonly (readonly WindowSum[])[]) {
  let next = windows.length;
  return parts.map(({ length }) => {
    const [from, to] = [next, next + length];
    next = to;
    return answers.map((answer) => answer.slice(from, to));
  });
}

function without(whole: WindowSum, parts: readonly WindowSum[], by: readonly string[]): KeptCount {
  const sum = parts.reduce((total, part) => total + part.sum, 0);
  const spans = parts.map(({ window }) => window);
  return { ...whole, sum: whole.sum - sum, excluded: { spans, sum, by } };
}
