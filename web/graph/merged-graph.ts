import { type GraphData, MAX_GRAPH_SERIES } from '../../server/model/graph.ts';

export interface LetteredGraph {
  readonly letter: string;
  readonly data: GraphData;
}

/**
 * Several answers on one time axis, as one graph; undefined without any. They were asked for the same range in as many points, so
 * their moments are the same. No two of the lines that one picture can tell apart look alike, so the answers share those:
 * each gives its highest lines, and the rest count as left out.
 */
export function mergedGraph(graphs: readonly LetteredGraph[]): GraphData | undefined {
  const [first] = graphs;
  if (first === undefined || graphs.length === 1) return first?.data;
  const share = Math.floor(MAX_GRAPH_SERIES / graphs.length);
  const series = graphs.flatMap(({ letter, data }) =>
    data.series.slice(0, share).map((line) => ({
      ...line,
      name: `${letter} ${line.name}`,
      labels: { ...line.labels, [LETTER]: letter },
    })),
  );
  const known = graphs.reduce((sum, { data }) => sum + data.series.length + data.left_out, 0);
  return {
    ...first.data,
    query: graphs.map(({ letter, data }) => `${letter}: ${data.query}`).join('\n'),
    series,
    left_out: known - series.length,
    notes: [...new Set(graphs.flatMap(({ letter, data }) => data.notes.map((note) => `${letter}: ${note}`)))],
  };
}

/** Sorts before every label, so that a short name begins with it; no label is called so. */
const LETTER = ' ';
