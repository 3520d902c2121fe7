export interface SeriesFacts {
  readonly min: number;
  readonly mean: number;
  readonly max: number;
  readonly last: number;
}

/** A line in figures; undefined when it has no value. */
export function seriesFacts(values: readonly (number | null)[]): SeriesFacts | undefined {
  const known = values.filter((value) => value !== null);
  const last = known.at(-1);
  if (last === undefined) return undefined;
  const total = known.reduce((sum, value) => sum + value, 0);
  const [min, max] = [known.reduce((a, b) => Math.min(a, b)), known.reduce((a, b) => Math.max(a, b))];
  return { min, mean: total / known.length, max, last };
}
