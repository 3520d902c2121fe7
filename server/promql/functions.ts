import { goNumber } from '../model/go-number.ts';
import { absent } from './absent.ts';
import { CALENDAR, calendarPart } from './calendar.ts';
import { ELEMENTWISE, roundTo } from './elementwise.ts';
import { histogramFraction, histogramQuantile } from './histogram-quantile.ts';
import { sortedByLabels } from './label-order.ts';
import { byValue } from './moments.ts';
import {
  averageOverTime,
  changes,
  derivative,
  deviationOverTime,
  instantDelta,
  instantRate,
  medianDeviationOverTime,
  predictLinear,
  present,
  quantileOverTime,
  resets,
  smoothed,
  statistic,
  sumOverTime,
  timeOfExtreme,
  varianceOverTime,
} from './range-functions.ts';
import { joinLabels, replaceLabel } from './relabel.ts';
import { each, ofCalendar, ofChange, ofFrame, ofOrder, ofVector, overRange, type PromFunction } from './signature.ts';
import { asNumber, asString, asVector, distinct, type Vector } from './value.ts';

const NATIVE =
  'it needs native histograms, which are not stored; want histogram_quantile or histogram_fraction of _bucket series';

/** Labels are optional: without any, all of them say the order. */
const LABELS_TO_SORT_BY = { args: ['vector', 'string'], optional: 1, variadic: true } as const;

/** Every function of Prometheus 3 that is there, and what it takes; a new one is a line here. */
const FUNCTIONS: Readonly<Record<string, PromFunction>> = {
  rate: ofChange({ counter: true, perSecond: true }),
  increase: ofChange({ counter: true, perSecond: false }),
  delta: ofChange({ counter: false, perSecond: false }),
  irate: overRange(instantRate, { counter: true }),
  idelta: overRange(instantDelta),
  deriv: overRange(derivative),
  predict_linear: { ...overRange(predictLinear), args: ['matrix', 'scalar'] },
  changes: overRange(changes),
  resets: overRange(resets),
  avg_over_time: overRange(averageOverTime),
  min_over_time: overRange(statistic(({ min }) => min)),
  max_over_time: overRange(statistic(({ max }) => max)),
  sum_over_time: overRange(sumOverTime),
  count_over_time: overRange(statistic(({ n }) => n)),
  last_over_time: overRange(
    statistic(({ last }) => last),
    { keepsName: true },
  ),
  first_over_time: overRange(
    statistic(({ first }) => first),
    { keepsName: true },
  ),
  stddev_over_time: overRange(deviationOverTime),
  stdvar_over_time: overRange(varianceOverTime),
  present_over_time: overRange(present),
  mad_over_time: overRange(medianDeviationOverTime),
  double_exponential_smoothing: { ...overRange(smoothed), args: ['matrix', 'scalar', 'scalar'] },
  ts_of_first_over_time: overRange(statistic(({ firstTime }) => firstTime / 1000)),
  ts_of_last_over_time: overRange(statistic(({ lastTime }) => lastTime / 1000)),
  ts_of_min_over_time: overRange(timeOfExtreme((value, held) => value < held)),
  ts_of_max_over_time: overRange(timeOfExtreme((value, held) => value > held)),
  quantile_over_time: { ...overRange(quantileOverTime, { quantile: true }), args: ['scalar', 'matrix'] },
  absent_over_time: { args: ['matrix'], returns: 'vector', special: 'absent_over_time' },
  timestamp: { args: ['vector'], returns: 'vector', special: 'timestamp' },
  info: { args: ['vector', 'vector'], optional: 1, returns: 'vector', special: 'info' },

  absent: ofVector((vector, { call }) => (vector.length > 0 ? [] : absent(call.args[0]))),
  sort: ofOrder((vector) => sorted(vector, byValue)),
  sort_desc: ofOrder((vector) => sorted(vector, (a, b) => byValue(b, a))),
  sort_by_label: { ...ofOrder(sortedByLabels), ...LABELS_TO_SORT_BY },
  sort_by_label_desc: {
    ...ofOrder((vector, labels) => [...sortedByLabels(vector, labels)].reverse()),
    ...LABELS_TO_SORT_BY,
  },
  scalar: {
    args: ['vector'],
    returns: 'scalar',
    ofValues: ([value]) => {
      const [only, second] = asVector(value);
      return only === undefined || second !== undefined ? Number.NaN : only.value;
    },
  },
  vector: {
    args: ['scalar'],
    returns: 'vector',
    ofValues: ([value]) => [{ labels: {}, value: asNumber(value) }],
  },
  time: { args: [], returns: 'scalar', ofValues: (_, { secs }) => secs },
  start: ofFrame(({ start }) => start),
  end: ofFrame(({ end }) => end),
  step: ofFrame(({ step }) => step),
  range: ofFrame(({ start, end }) => end - start),
  pi: { args: [], returns: 'scalar', ofValues: () => Math.PI },

  ...mapped(ELEMENTWISE, (f) => each(['vector'], f)),
  clamp_min: each(['vector', 'scalar'], (value, min) => Math.max(min, value)),
  clamp_max: each(['vector', 'scalar'], (value, max) => Math.min(max, value)),
  clamp: {
    ...each(['vector', 'scalar', 'scalar'], (value, min, max) => (max < min ? undefined : bounded(value, min, max))),
  },
  round: { ...each(['vector', 'scalar'], (value, multiple = 1) => roundTo(value, multiple)), optional: 1 },
  ...mapped(CALENDAR, (part) => ofCalendar(calendarPart(part))),

  label_replace: {
    args: ['vector', 'string', 'string', 'string', 'string'],
    returns: 'vector',
    ofValues: ([vector, target, replacement, source, pattern]) =>
      replaceLabel(asVector(vector), asString(target), asString(replacement), asString(source), asString(pattern)),
  },
  label_join: {
    args: ['vector', 'string', 'string', 'string'],
    optional: 1,
    variadic: true,
    returns: 'vector',
    ofValues: ([vector, target, separator, ...sources]) =>
      joinLabels(asVector(vector), asString(target), asString(separator), sources.map(asString)),
  },
  histogram_quantile: {
    args: ['scalar', 'vector'],
    returns: 'vector',
    ofValues: ([quantile, vector], { call, annotations }) => {
      annotations.checkQuantile(asNumber(quantile), call.args[0]?.place ?? call.place);
      return histogramQuantile(asNumber(quantile), asVector(vector), annotations, call.args[1]?.place ?? call.place);
    },
  },
  histogram_quantiles: {
    args: ['vector', 'string', 'scalar'],
    variadic: true,
    returns: 'vector',
    ofValues: ([vector, label, ...quantiles], { call, annotations }) =>
      distinct(
        quantiles.map(asNumber).flatMap((quantile, i) => {
          annotations.checkQuantile(quantile, call.args[i + 2]?.place ?? call.place);
          const place = call.args[0]?.place ?? call.place;
          const found = histogramQuantile(quantile, asVector(vector), annotations, place);
          const text = boundText(quantile);
          return found.map(({ labels, value }) => ({ labels: { ...labels, [asString(label)]: text }, value }));
        }),
      ),
  },
  histogram_fraction: {
    args: ['scalar', 'scalar', 'vector'],
    returns: 'vector',
    ofValues: ([lower, upper, vector], { call, annotations }) =>
      histogramFraction(
        asNumber(lower),
        asNumber(upper),
        asVector(vector),
        annotations,
        call.args[2]?.place ?? call.place,
      ),
  },
  histogram_avg: { ...ofVector(() => []), refused: NATIVE },
  histogram_count: { ...ofVector(() => []), refused: NATIVE },
  histogram_sum: { ...ofVector(() => []), refused: NATIVE },
  histogram_stddev: { ...ofVector(() => []), refused: NATIVE },
  histogram_stdvar: { ...ofVector(() => []), refused: NATIVE },
};

export const FUNCTION_NAMES: readonly string[] = Object.keys(FUNCTIONS);

export function functionNamed(name: string): PromFunction | undefined {
  return Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
}

function mapped<T>(rows: Readonly<Record<string, T>>, make: (row: T) => PromFunction): Record<string, PromFunction> {
  return Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, make(row)]));
}

/** A number as OpenMetrics writes bounds: `0.0`, `0.25`. */
function boundText(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : goNumber(value);
}

function bounded(value: number, min: number, max: number): number {
  return Math.max(min, Math.min(max, value));
}

/** NaN goes last in both directions. */
function sorted(vector: Vector, order: (a: number, b: number) => number): Vector {
  const [numbers, rest] = [
    vector.filter(({ value }) => !Number.isNaN(value)),
    vector.filter(({ value }) => Number.isNaN(value)),
  ];
  return [...numbers.sort((a, b) => order(a.value, b.value)), ...rest];
}
