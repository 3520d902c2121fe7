/** An answer of `/api/v1/query`, https://prometheus.io/docs/prometheus/latest/querying/api/#instant-queries: times in seconds. */
export interface InstantAnswer {
  readonly data: InstantData;
  readonly warnings?: readonly string[];
  readonly infos?: readonly string[];
}

type Sample = readonly [time: number, value: string];
type Metric = Readonly<Record<string, string>>;

type InstantData =
  | { readonly resultType: 'vector'; readonly result: readonly { readonly metric: Metric; readonly value: Sample }[] }
  | {
      readonly resultType: 'matrix';
      readonly result: readonly { readonly metric: Metric; readonly values: readonly Sample[] }[];
    }
  | { readonly resultType: 'scalar' | 'string'; readonly result: Sample };

/** One value at one moment, ms. */
export interface InstantRow {
  readonly letter: string;
  readonly metric: Metric;
  readonly time: number;
  /** As the server wrote it: `NaN` and `+Inf` are values too. */
  readonly value: string;
}

export function instantRows(letter: string, { data }: InstantAnswer): readonly InstantRow[] {
  const row = (metric: Metric, [time, value]: Sample): InstantRow => ({ letter, metric, time: time * 1000, value });
  switch (data.resultType) {
    case 'vector':
      return data.result.map(({ metric, value }) => row(metric, value));
    case 'matrix':
      return data.result.flatMap(({ metric, values }) => values.map((sample) => row(metric, sample)));
    default:
      return [row({}, data.result)];
  }
}

/** The labels that at least one row has, the name of the metric first. */
export function labelsOfRows(rows: readonly InstantRow[]): readonly string[] {
  const labels = new Set(rows.flatMap(({ metric }) => Object.keys(metric)));
  const rest = [...labels].filter((label) => label !== '__name__').sort();
  return labels.has('__name__') ? ['__name__', ...rest] : rest;
}
