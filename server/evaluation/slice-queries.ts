import { answerGood, type QueryIndicator, sliceExpression, type UpIndicator } from '../../rules/query-indicator.ts';
import type { SloDefinition } from '../../rules/slo-definition.ts';
import type { Engine, QueryData, Window } from '../model/engine.ts';
import { messageOf, VigieError } from '../model/errors.ts';
import { MINUTE, type Ms, ms, SECOND } from '../model/units.ts';
import type { SliceReader, SliceRun } from './slice-column.ts';

type Answerer = Pick<Engine, 'queryRange'>;

/** Steps of one question, and how long it may take. */
const STEPS_AT_ONCE = 5_000;
const TIMEOUT = ms(10 * SECOND);

/** PromQL does not say what changed: samples that come up to this much later are seen. */
const REREAD = ms(10 * MINUTE);

/** Slices that are judged by PromQL. One question at a time, so that people who ask come between; one that fails concerns its SLO alone. */
export class SliceQueries {
  readonly #engine: Answerer;
  /** By SLO, why its query has no answer. */
  readonly failures = new Map<string, string>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(engine: Answerer) {
    this.#engine = engine;
  }

  isQueried({ indicator }: SloDefinition): boolean {
    return indicator.kind === 'query' || indicator.kind === 'up';
  }

  retain(ids: ReadonlySet<string>): void {
    for (const id of this.failures.keys()) if (!ids.has(id)) this.failures.delete(id);
  }

  /** What `ask` answers, or nothing and the failure that is kept. */
  async guard<T>(id: string, ask: () => Promise<readonly T[]>): Promise<readonly T[]> {
    try {
      const answer = await ask();
      this.failures.delete(id);
      return answer;
    } catch (error) {
      this.failures.set(id, messageOf(error));
      return [];
    }
  }

  readerOf(indicator: QueryIndicator | UpIndicator): SliceReader {
    const { every } = indicator.slices;
    const expr = sliceExpression(indicator);
    const read = async ({ start, end }: Window): Promise<SliceRun> => {
      const good = new Float64Array(Math.round((end - start) / every)).fill(Number.NaN);
      for (let from = start; from < end; from = ms(from + STEPS_AT_ONCE * every)) {
        const part = { start: ms(from + every), end: ms(Math.min(end, from + STEPS_AT_ONCE * every)) };
        for (const [time, value] of await this.#ask(expr, part, every)) {
          good[Math.round((time - start) / every) - 1] = answerGood(value, indicator);
        }
      }
      return { good, sums: [] };
    };
    return { read, rereads: REREAD };
  }

  #ask(expr: string, { start, end }: Window, every: Ms): Promise<readonly (readonly [time: number, value: number])[]> {
    const turn = this.#turn.then(async () => {
      const { data } = await this.#engine.queryRange(expr, start, end, every, TIMEOUT);
      return answersOf(data);
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}

/** Times in ms. Throws VigieError `bad_query` when there is more than one series. */
function answersOf(data: QueryData): readonly (readonly [time: number, value: number])[] {
  if (data.resultType !== 'matrix')
    throw new VigieError('bad_query', `got a ${data.resultType}; want a number per slice`);
  const [first, ...others] = data.result;
  if (others.length > 0) {
    const series = data.result.length;
    throw new VigieError('bad_query', `got ${series} series; want one: aggregate them with sum, max or avg`);
  }
  return (first?.values ?? []).map(([secs, value]) => [Math.round(secs * 1000), numberOf(value)] as const);
}

function numberOf(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
}
