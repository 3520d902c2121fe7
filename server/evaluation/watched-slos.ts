import { type Boundary, findBoundary } from '../../rules/figures/boundary.ts';
import { boundarySelector, factsSelectors, selectorsOf } from '../../rules/figures/requirements.ts';
import type { SloDefinition } from '../../rules/slo-definition.ts';
import {
  type Engine,
  type SelectorFacts,
  WATCHED_NUMBERS,
  type WatchedFacts,
  type WatchedGroup,
  type Window,
  type WindowSum,
} from '../model/engine.ts';
import { invariant, VigieError } from '../model/errors.ts';
import { ms } from '../model/units.ts';
import type { AskedWindows } from './slo-counts.ts';

export type WatchingEngine = Pick<Engine, 'facts' | 'labelValues' | 'watch' | 'watchedFacts' | 'watchedCounts'>;

/** What there is of an SLO before anything is counted. */
export interface KnownSlo {
  /** Of its first selector; bad events may come from another source than all events: when it is silent there seem to be none. */
  readonly facts: SelectorFacts;
  /** Of a latency SLO. */
  readonly boundary?: Boundary | undefined;
}

interface Watch {
  readonly slos: readonly SloDefinition[];
  readonly boundaries: (Boundary | undefined)[];
  readonly versions: Float64Array;
  number: number;
}

/** The SLOs in force as the engine watches them: asked about in a few columns, however many they are. */
export class WatchedSlos {
  readonly #engine: WatchingEngine;
  #watch: Watch | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(engine: WatchingEngine) {
    this.#engine = engine;
  }

  /** The same array again is the same SLOs. One question at a time. */
  known(slos: readonly SloDefinition[]): Promise<readonly KnownSlo[]> {
    const turn = this.#turn.then(() =>
      this.#known(slos).catch((error: unknown) => {
        if (!isConflict(error)) throw error;
        // Somebody else watches now: asked anew this time, and watched again the next.
        this.#watch = undefined;
        return knownSlos(this.#engine, slos);
      }),
    );
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** Undefined when it is not these SLOs that are watched. */
  async count(asked: readonly AskedWindows[]): Promise<readonly (readonly (readonly WindowSum[])[])[] | undefined> {
    const watch = this.#watch;
    if (watch === undefined || !isWatched(watch, asked)) return undefined;
    const windows = asked.map((one) => (isCounted(one) ? one.windows : []));
    try {
      return groupsOf(await this.#engine.watchedCounts({ watch: watch.number, ...columnsOf(windows) }), asked);
    } catch (error) {
      if (isConflict(error)) return undefined;
      throw error;
    }
  }

  async #known(slos: readonly SloDefinition[]): Promise<readonly KnownSlo[]> {
    const watch = this.#watch?.slos === slos ? this.#watch : await this.#begin(slos);
    const facts = await this.#engine.watchedFacts(watch.number);
    if (await this.#findBoundaries(watch, facts)) watch.number = await this.#engine.watch(groupsWatched(watch));
    return slos.map((_, i) => ({ facts: factsAt(facts, i), boundary: watch.boundaries[i] }));
  }

  async #begin(slos: readonly SloDefinition[]): Promise<Watch> {
    const boundaries = slos.map(() => undefined);
    const watch = { slos, boundaries, versions: new Float64Array(slos.length).fill(Number.NaN), number: 0 };
    watch.number = await this.#engine.watch(groupsWatched(watch));
    this.#watch = watch;
    return watch;
  }

  /** Asks anew where there are other series; whether some boundary is another one. */
  async #findBoundaries({ slos, versions, boundaries }: Watch, facts: WatchedFacts): Promise<boolean> {
    const found = await Promise.all(
      slos.map(async (slo, i) => {
        if (versions[i] === facts.versions[i]) return false;
        const boundary = await boundaryOf(this.#engine, slo);
        const isOther = !isSameBoundary(boundary, boundaries[i]);
        versions[i] = facts.versions[i] ?? Number.NaN;
        boundaries[i] = boundary;
        return isOther;
      }),
    );
    return found.includes(true);
  }
}

function isConflict(error: unknown): boolean {
  return error instanceof VigieError && error.code === 'conflict';
}

/** The same of SLOs that nobody watches. */
export async function knownSlos(
  engine: Pick<Engine, 'facts' | 'labelValues'>,
  slos: readonly SloDefinition[],
): Promise<readonly KnownSlo[]> {
  const selectors = slos.map(factsSelectors);
  const [facts, boundaries] = await Promise.all([
    engine.facts(selectors.flat()),
    Promise.all(slos.map((slo) => boundaryOf(engine, slo))),
  ]);
  let next = 0;
  return selectors.map((own, i) => {
    next += own.length;
    return { facts: factsOf(facts.slice(next - own.length, next)), boundary: boundaries[i] };
  });
}

/** Where the threshold of a latency SLO lies among the boundaries of its histogram. */
export async function boundaryOf(
  engine: Pick<Engine, 'labelValues'>,
  slo: SloDefinition,
): Promise<Boundary | undefined> {
  const selector = boundarySelector(slo);
  if (selector === undefined || slo.indicator.kind !== 'latency') return undefined;
  return findBoundary(slo.indicator.threshold, await engine.labelValues(selector, 'le'));
}

function factsOf([first, ...others]: readonly SelectorFacts[]): SelectorFacts {
  invariant(first !== undefined, 'an SLO without facts');
  const all = [first, ...others];
  const origins = [...new Set(all.flatMap((one) => one.origins))];
  return { ...first, origins, ...(all.some(({ damaged }) => damaged) && { damaged: true }) };
}

function factsAt({ series, oldest, newest, damaged, originsAt, origins }: WatchedFacts, i: number): SelectorFacts {
  const [first, last] = [oldest[i] ?? Number.NaN, newest[i] ?? Number.NaN];
  const count = {
    series: series[i] ?? 0,
    origins: origins[originsAt[i] ?? 0] ?? [],
    ...(damaged[i] === 1 && { damaged: true as const }),
  };
  return Number.isNaN(first) ? count : { ...count, oldest: ms(first), newest: ms(last) };
}

function groupsWatched({ slos, boundaries }: Pick<Watch, 'slos' | 'boundaries'>): readonly WatchedGroup[] {
  return slos.map((slo, i) => {
    const facts = factsSelectors(slo);
    const pair = slo.indicator.slices === undefined ? selectorsOf(slo, boundaries[i]) : undefined;
    return pair === undefined ? { facts } : { facts, counted: [pair.total, pair.part] };
  });
}

function isWatched({ slos, boundaries }: Watch, asked: readonly AskedWindows[]): boolean {
  const isSame = ({ definition, boundary }: AskedWindows, i: number): boolean =>
    definition === slos[i] && isSameBoundary(boundary, boundaries[i]);
  return asked.length === slos.length && asked.every(isSame);
}

function isSameBoundary(a: Boundary | undefined, b: Boundary | undefined): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** Slices are counted otherwise, and a threshold that is no boundary not at all. */
function isCounted({ definition, boundary }: AskedWindows): boolean {
  return definition.indicator.slices === undefined && selectorsOf(definition, boundary) !== undefined;
}

function columnsOf(groups: readonly (readonly Window[])[]) {
  const length = groups.reduce((sum, windows) => sum + windows.length, 0);
  const columns = {
    first: new Uint32Array(groups.length + 1),
    starts: new Float64Array(length),
    ends: new Float64Array(length),
  };
  let at = 0;
  for (const [i, windows] of groups.entries()) {
    columns.first[i] = at;
    for (const { start, end } of windows) {
      columns.starts[at] = start;
      columns.ends[at++] = end;
    }
  }
  columns.first[groups.length] = at;
  return columns;
}

/** A group of answers per SLO, in the order asked. */
function groupsOf(
  answer: Float64Array,
  asked: readonly AskedWindows[],
): readonly (readonly (readonly WindowSum[])[])[] {
  let at = 0;
  return asked.map((one) => {
    if (!isCounted(one)) return [];
    const [totals, parts]: [WindowSum[], WindowSum[]] = [[], []];
    for (const _ of one.windows) {
      const window = { start: ms(answer[at] ?? 0), end: ms(answer[at + 1] ?? 0) };
      totals.push({ window, sum: answer[at + 2] ?? 0 });
      parts.push({ window, sum: answer[at + 3] ?? 0 });
      at += WATCHED_NUMBERS;
    }
    return [totals, parts];
  });
}
