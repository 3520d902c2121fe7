import type { SloDetail } from '../../server/model/slo.ts';

/** A point of a chart: x in ms since the epoch; a null y is a gap and stays one. */
export interface Point {
  readonly x: number;
  readonly y: number | null;
}

const DOT_PX = 2.5;

type Columns = Pick<SloDetail, 'time' | 'total' | 'bad' | 'sli' | 'budget_left' | 'budget_ideal'>;

/** Zips times and values. A value missing at the end of a short column is a gap, never a zero. */
export function points(time: readonly number[], values: readonly (number | null)[]): Point[] {
  return time.map((x, i) => ({ x, y: values[i] ?? null }));
}

/** Radii of the points of a line, px: a value without a neighbour is no line, so a dot shows it. */
export function dotRadii(values: readonly (number | null | undefined)[]): number[] {
  const known = (i: number): boolean => typeof values[i] === 'number';
  return values.map((_, i) => (known(i) && !known(i - 1) && !known(i + 1) ? DOT_PX : 0));
}

/** The last point that has a value, where a direct label stands. */
export function lastPoint(line: readonly Point[]): { readonly x: number; readonly y: number } | undefined {
  const found = line.findLast(({ y }) => y !== null);
  return found === undefined || found.y === null ? undefined : { x: found.x, y: found.y };
}

/** A half-open span of time, (start, end], ms. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where budget was lost faster than the objective allows: steps below the objective, neighbours joined. */
export function lossSpans({ time, sli }: Pick<Columns, 'time' | 'sli'>, objective: number, step_secs: number): Span[] {
  const spans: Span[] = [];
  for (const [i, end] of time.entries()) {
    const value = sli[i];
    if (value === null || value === undefined || value >= objective) continue;
    // The newest step may be shorter than the others.
    const start = Math.max(end - step_secs * 1000, time[i - 1] ?? 0);
    const last = spans.at(-1);
    if (last !== undefined && last.end >= start) spans[spans.length - 1] = { start: last.start, end };
    else spans.push({ start, end });
  }
  return spans;
}

export interface SliFacts {
  readonly steps: number;
  readonly below: number;
  readonly worst: { readonly value: number; readonly time: number };
}

/** What the SLI chart says in words; undefined when no step had traffic. */
export function sliFacts({ time, sli }: Pick<Columns, 'time' | 'sli'>, objective: number): SliFacts | undefined {
  const known = points(time, sli).flatMap(({ x, y }) => (y === null ? [] : [{ time: x, value: y }]));
  const [first] = known;
  if (first === undefined) return undefined;
  const worst = known.reduce((low, step) => (step.value < low.value ? step : low), first);
  return { steps: known.length, below: known.filter(({ value }) => value < objective).length, worst };
}

export interface TrafficFacts {
  readonly total: number;
  readonly bad: number;
  readonly peak: { readonly value: number; readonly time: number };
}

/** What the traffic chart says in words; undefined without a single request. */
export function trafficFacts({ time, total, bad }: Pick<Columns, 'time' | 'total' | 'bad'>): TrafficFacts | undefined {
  const sum = (column: readonly number[]): number => column.reduce((all, value) => all + value, 0);
  const peak = Math.max(0, ...total);
  if (peak === 0) return undefined;
  return { total: sum(total), bad: sum(bad), peak: { value: peak, time: time[total.indexOf(peak)] ?? 0 } };
}

/** The SLI axis is cut to where the story is: a tenth more than from the lowest step, or the objective, up to 1. */
export function sliFloor(sli: readonly (number | null)[], objective: number): number {
  const lowest = sli.reduce<number>((low, value) => (value === null ? low : Math.min(low, value)), objective);
  return Math.max(0, lowest - (1 - lowest) * 0.1);
}
