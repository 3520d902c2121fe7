import type { QueryData, QueryResult } from '../model/engine.ts';
import { type GraphData, type GraphSeries, MAX_GRAPH_SERIES } from '../model/graph.ts';
import { seriesKey } from '../model/labels.ts';
import type { Ms } from '../model/units.ts';

interface GraphRange {
  readonly start: Ms;
  readonly end: Ms;
  readonly step: Ms;
}

/** A range query's answer as columns over one time axis. What is no finite number (0/0, a quantile of nothing) is a gap. */
export function graphData(query: string, { start, end, step }: GraphRange, answer: QueryResult): GraphData {
  const steps = Math.floor((end - start) / step) + 1;
  const all = linesOf(answer.data).map(({ metric, values }) => {
    const column: (number | null)[] = Array.from({ length: steps }, () => null);
    for (const [secs, text] of values) {
      const value = Number(text);
      if (Number.isFinite(value)) column[Math.round((secs * 1000 - start) / step)] = value;
    }
    const { __name__ = '', ...labels } = metric;
    return { name: seriesKey(__name__, labels) || '{}', labels, values: column };
  });
  const series = all.toSorted((a, b) => meanOf(b) - meanOf(a)).slice(0, MAX_GRAPH_SERIES);
  return {
    query,
    start,
    end,
    step_secs: step / 1000,
    time: Array.from({ length: steps }, (_, i) => start + i * step),
    series,
    left_out: all.length - series.length,
    notes: [...answer.warnings, ...answer.infos],
  };
}

type Line = Extract<QueryData, { resultType: 'matrix' }>['result'][number];

function linesOf(data: QueryData): readonly Line[] {
  return data.resultType === 'matrix' ? data.result : [];
}

/** What has no value at all is the least of all. */
function meanOf({ values }: GraphSeries): number {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? Number.NEGATIVE_INFINITY : known.reduce((sum, value) => sum + value, 0) / known.length;
}
