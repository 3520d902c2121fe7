import type { Engine, StopSignal } from '../model/engine.ts';
import type { GraphData } from '../model/graph.ts';
import { alignDown } from '../model/rings.ts';
import { type Ms, ms } from '../model/units.ts';
import { graphData } from './graph-data.ts';
import { graphStep } from './graph-step.ts';

export interface GraphQuestion {
  readonly query: string;
  readonly start: Ms;
  readonly end: Ms;
  /** At most this many moments are evaluated. */
  readonly points: number;
}

/** Evaluates an expression over a range. Rejects with `bad_query` or `execution`; `signal` stops it. */
export async function askGraph(
  engine: Pick<Engine, 'queryRange'>,
  question: GraphQuestion,
  signal?: StopSignal,
): Promise<GraphData> {
  const { query, start, end, points } = question;
  const step = graphStep(ms(end - start), points);
  // Whole multiples of the step: a page that looks again sees the same points, and the picture of it is still good.
  const range = { start: alignDown(start, step), end: alignDown(end, step), step };
  return graphData(query, range, await engine.queryRange(query, range.start, range.end, step, undefined, signal));
}
