export interface SparkScale {
  readonly width: number;
  readonly height: number;
  /** The value at the upper edge; 0 when nothing moved. */
  readonly top: number;
}

/** Room for the thickness of the line at both edges. */
const MARGIN = 1;

/** Stairs of a row of steps as an SVG path; a null is a gap. An area goes down to the ground at both of its ends. */
export function sparkPath(
  values: readonly (number | null)[],
  { width, height, top }: SparkScale,
  form: 'area' | 'line',
) {
  const step = width / Math.max(1, values.length);
  const ground = height - MARGIN;
  const y = (value: number): number => round(top === 0 ? ground : ground - (value / top) * (ground - MARGIN));
  let path = '';
  for (const [i, value] of values.entries()) {
    if (value === null) continue;
    const [left, right, level] = [round(i * step), round((i + 1) * step), y(value)];
    const begins = (values[i - 1] ?? null) === null;
    const ends = (values[i + 1] ?? null) === null;
    path += begins ? `M${left} ${form === 'area' ? `${ground}V${level}` : level}` : `V${level}`;
    path += `H${right}`;
    if (ends && form === 'area') path += `V${ground}Z`;
  }
  return path;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
