import { formatObjective } from '../files/percentage.ts';
import type { Path } from '../files/yaml-file.ts';
import type { Remarks } from './foreign-slo.ts';
import type { OpenObjective, OpenSlo } from './openslo-schema.ts';
import { openDuration } from './openslo-window.ts';

type Method = OpenSlo['spec']['budgetingMethod'];

/** An objective of an SLO with slices of time. */
export interface SlicedObjective {
  readonly method: Method;
  readonly objective: OpenObjective;
  /** Where the objective stands. */
  readonly at: Path;
}

/** Slices of events as our entries say them. */
export interface WrittenSlices {
  readonly every: string;
  readonly good_at?: string;
  readonly mean?: true;
}

/** Slices count as good when their share of good events reaches the target; of the other method the mean of the shares counts. */
export function openSlices(sliced: SlicedObjective, remarks: Remarks): WrittenSlices | undefined {
  const { method, objective, at } = sliced;
  const { timeSliceTarget, timeSliceWindow } = objective;
  if (method === 'Occurrences') {
    if (timeSliceTarget !== undefined || timeSliceWindow !== undefined)
      remarks.lose(at, 'timeSliceTarget and timeSliceWindow, which Occurrences has no use for');
    return undefined;
  }
  const every = sliceLength(sliced, remarks);
  if (method === 'RatioTimeslices') return every === undefined ? undefined : { every, mean: true };
  if (timeSliceTarget === undefined || !(timeSliceTarget > 0 && timeSliceTarget <= 1))
    return remarks.refuse(at, `got timeSliceTarget ${timeSliceTarget ?? 'nowhere'}; want more than 0 and at most 1`);
  return every === undefined ? undefined : { every, good_at: formatObjective(timeSliceTarget) };
}

function sliceLength({ method, objective, at }: SlicedObjective, remarks: Remarks): string | undefined {
  const { timeSliceWindow } = objective;
  if (timeSliceWindow === undefined)
    return remarks.refuse(at, `got no timeSliceWindow; want one for ${method}, such as 1m`);
  // A bare number is minutes.
  const shorthand = /^\d+$/.test(timeSliceWindow) ? `${timeSliceWindow}m` : timeSliceWindow;
  return openDuration(shorthand, [...at, 'timeSliceWindow'], remarks);
}

const SIGNS: Readonly<Record<string, string>> = { lte: '<=', gte: '>=', lt: '<', gt: '>' };

/**
 * A value against a threshold, once for each slice: of one answer a slice is good or bad, whatever share of them would do. How many values
 * Occurrences counts depends on the source, so nobody could count the same.
 */
export function thresholdQuery(expr: string, sliced: SlicedObjective, remarks: Remarks): object | undefined {
  const { method, objective, at } = sliced;
  const { op = '', value, timeSliceTarget } = objective;
  const sign = SIGNS[op];
  if (sign === undefined) {
    const got = op === '' ? 'no op' : `op ${JSON.stringify(op)}`;
    remarks.refuse(op === '' ? at : [...at, 'op'], `got ${got}; want lte, gte, lt or gt beside thresholdMetric`);
  }
  if (value === undefined || !Number.isFinite(value)) {
    remarks.refuse(
      value === undefined ? at : [...at, 'value'],
      `got ${value ?? 'no value'}; want a number such as 0.5`,
    );
  }
  if (method === 'Occurrences') {
    const why = 'which counts the values of thresholdMetric, as many as its source happens to have';
    return remarks.refuse(
      ['spec', 'budgetingMethod'],
      `got Occurrences, ${why}; want Timeslices with a timeSliceWindow, or ratioMetric`,
    );
  }
  const every = sliceLength(sliced, remarks);
  if (every === undefined || sign === undefined || value === undefined) return undefined;
  if (timeSliceTarget !== undefined && timeSliceTarget < 1)
    remarks.lose([...at, 'timeSliceTarget'], 'timeSliceTarget: the query is asked once for each slice, at its end');
  return { query: { expr, good: `${sign} ${value}`, every } };
}

/** A ratio that is none of counts, asked once for each slice. */
export function ratioQuery(error_ratio: string, { every, good_at }: WrittenSlices): object {
  return { query: { error_ratio, every, ...(good_at !== undefined && { good_at }) } };
}
