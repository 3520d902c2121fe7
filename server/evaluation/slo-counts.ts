import type { ExcludableSlo } from '../../rules/exclusions/exclusion.ts';
import type { Boundary } from '../../rules/figures/boundary.ts';
import { selectorsOf } from '../../rules/figures/requirements.ts';
import { type Slices, sliceGood } from '../../rules/figures/slices.ts';
import { eventSide } from '../../rules/indicator.ts';
import type { SloDefinition } from '../../rules/slo-definition.ts';
import { longestLength } from '../../rules/slo-window.ts';
import type { Buckets, Engine, Selector, Window, WindowSum } from '../model/engine.ts';
import type { Ms } from '../model/units.ts';
import { SliceColumn, type SliceReader, type SliceRun } from './slice-column.ts';
import { SliceQueries } from './slice-queries.ts';
import { stepColumns } from './step-columns.ts';
import { type KnownSlo, knownSlos, WatchedSlos, type WatchingEngine } from './watched-slos.ts';

/** An SLO as it can be counted. */
export interface Countable {
  readonly definition: SloDefinition;
  /** Of a latency SLO. */
  readonly boundary?: Boundary | undefined;
  /** Of a composite: its parts. */
  readonly parts?: readonly Countable[] | undefined;
  /** Whose exclusions it is without; absent: its own. */
  readonly excludedAs?: readonly ExcludableSlo[] | undefined;
}

export interface AskedWindows extends Countable {
  /** Total and part want the same windows; none when nothing can be counted. */
  readonly windows: readonly Window[];
}

export interface AskedSteps extends Countable {
  readonly range: Window;
  readonly step: Ms;
}

type Source = Pick<Engine, 'count' | 'buckets' | 'queryRange'> & WatchingEngine;

/** Whoever counts for SLOs. */
export type SloCounting = Pick<SloCounts, 'known' | 'count' | 'buckets' | 'retain' | 'unanswered'>;

/**
 * What SLOs count: events, asked of the engine for all of them at once, or slices of time, of which only new and changed ones are. Answers
 * are columns of all and of one side (`countedSide`), empty where nothing can be counted.
 */
export class SloCounts {
  readonly #engine: Source;
  readonly #columns = new Map<string, { readonly signature: string; readonly column: SliceColumn }>();
  readonly #queries: SliceQueries;
  readonly #watched: WatchedSlos | undefined;
  #retained: readonly SloDefinition[] | undefined;

  /** @param watch for one that is asked about the SLOs that it retains again and again: the engine watches them for it alone. */
  constructor(engine: Source, { watch = false }: { readonly watch?: boolean } = {}) {
    this.#engine = engine;
    this.#watched = watch ? new WatchedSlos(engine) : undefined;
    this.#queries = new SliceQueries(engine);
  }

  /** Why the query of an SLO had no answer when it was last asked; then nothing of it is counted. */
  unanswered(id: string): string | undefined {
    return this.#queries.failures.get(id);
  }

  /** What there is of SLOs before they are counted, in their order. */
  async known(slos: readonly SloDefinition[]): Promise<readonly KnownSlo[]> {
    return slos === this.#retained && this.#watched !== undefined
      ? this.#watched.known(slos)
      : knownSlos(this.#engine, slos);
  }

  /** One group of answers per SLO, in the order asked. */
  async count(asked: readonly AskedWindows[]): Promise<readonly (readonly (readonly WindowSum[])[])[]> {
    const [events, slices] = await Promise.all([
      this.#countEvents(asked),
      Promise.all(asked.map((one) => this.#slices(one, (column) => column.count(one.windows)))),
    ]);
    return asked.map((_, i) => slices[i] ?? events[i] ?? []);
  }

  async buckets(asked: readonly AskedSteps[]): Promise<readonly (readonly Buckets[])[]> {
    const requests = asked.map((one) => (isSliced(one) ? [] : stepRequestsOf(one)));
    const [events, slices] = await Promise.all([
      stepColumns(this.#engine, requests.flat()),
      Promise.all(asked.map((one) => this.#slices(one, (column) => column.buckets(one.range, one.step)))),
    ]);
    let next = 0;
    return requests.map((own, i) => {
      next += own.length;
      return slices[i] ?? events.slice(next - own.length, next);
    });
  }

  /** Forgets the slices of SLOs that are no more. */
  retain(definitions: readonly SloDefinition[]): void {
    if (definitions === this.#retained) return;
    this.#retained = definitions;
    const ids = new Set(definitions.map(({ id }) => id));
    for (const id of this.#columns.keys()) if (!ids.has(id)) this.#columns.delete(id);
    this.#queries.retain(ids);
  }

  async #countEvents(asked: readonly AskedWindows[]): Promise<readonly (readonly (readonly WindowSum[])[])[]> {
    const watched = await this.#watched?.count(asked);
    return watched ?? this.#engine.count(asked.map((one) => (isSliced(one) ? [] : requestsOf(one))));
  }

  /** Of an SLO without slices, undefined; of one whose query has no answer, nothing: it holds nobody else up. */
  async #slices<T>(
    one: Countable,
    ask: (column: SliceColumn) => Promise<readonly T[]>,
  ): Promise<readonly T[] | undefined> {
    const column = this.#columnOf(one);
    if (column === undefined) return undefined;
    return this.#queries.isQueried(one.definition)
      ? this.#queries.guard(one.definition.id, () => ask(column))
      : ask(column);
  }

  #columnOf(one: Countable): SliceColumn | undefined {
    const { id, indicator, window } = one.definition;
    const reader = this.#readerOf(one);
    if (indicator.slices === undefined || reader === undefined) return undefined;
    const signature = JSON.stringify([indicator, window, one.boundary]);
    const known = this.#columns.get(id);
    if (known?.signature === signature) return known.column;
    const column = new SliceColumn(indicator.slices.every, longestLength(window), reader);
    this.#columns.set(id, { signature, column });
    return column;
  }

  #readerOf({ definition, boundary }: Countable): SliceReader | undefined {
    const { indicator } = definition;
    if (indicator.kind === 'query' || indicator.kind === 'up') return this.#queries.readerOf(indicator);
    const { slices } = indicator;
    const pair = selectorsOf(definition, boundary);
    if (slices === undefined || pair === undefined) return undefined;
    return eventSlices(this.#engine, { ...pair, slices, side: eventSide(indicator) });
  }
}

interface SlicedEvents {
  readonly total: Selector;
  readonly part: Selector;
  readonly side: 'good' | 'bad';
  readonly slices: Slices;
}

/** Slices judged by the events in them. */
function eventSlices(engine: Source, { total, part, side, slices }: SlicedEvents): SliceReader {
  return {
    read: async (range): Promise<SliceRun> => {
      const asked = [total, part].map((selector) => ({ selector, ...range, step: slices.every }));
      const [all, some] = await stepColumns(engine, asked);
      const sums = [all?.sums ?? [], some?.sums ?? []] as const;
      return { good: sums[0].map((n, i) => sliceGood(n, sums[1][i] ?? 0, side, slices)), sums };
    },
    sums: async (windows) => {
      const [[all, some] = []] = await engine.count([[total, part].map((selector) => ({ selector, windows }))]);
      return windows.map((_, i) => [all?.[i]?.sum ?? 0, some?.[i]?.sum ?? 0]);
    },
  };
}

function isSliced({ definition }: Countable): boolean {
  return definition.indicator.slices !== undefined;
}

function requestsOf({ definition, boundary, windows }: AskedWindows) {
  return selectorsIn(definition, boundary).map((selector) => ({ selector, windows }));
}

function stepRequestsOf({ definition, boundary, range, step }: AskedSteps) {
  return selectorsIn(definition, boundary).map((selector) => ({ selector, ...range, step }));
}

function selectorsIn(definition: SloDefinition, boundary: Boundary | undefined): readonly Selector[] {
  const pair = selectorsOf(definition, boundary);
  return pair === undefined ? [] : [pair.total, pair.part];
}
