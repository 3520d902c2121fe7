import { absent } from './absent.ts';
import { CALENDAR, calendarPart } from './calendar.ts';
import { ELEMENTWISE, roundTo } from './elementwise.ts';
import { histogramFraction, histogramQuantile } from './histogram-quantile.ts';
import { byValue } from './moments.ts';
import {
  averageOverTime,
  changes,
  derivative,
  deviationOverTime,
  instantDelta,
  instantRate,
  predictLinear,
  present,
  quantileOverTime,
  resets,
  statistic,
  sumOverTime,
  varianceOverTime,
} from './range-functions.ts';
import { joinLabels, replaceLabel } from './relabel.ts';
import { each, ofCalendar, ofChange, ofVector, overRange, type PromFunction } from './signature.ts';
import { asNumber, asString, asVector, type Vector } from './value.ts';

const NATIVE =
  'it needs native histograms, which are not stored; want histogram_quantile or histogram_fraction of _bucket series';

/** Every stable function of Prometheus 3 and what it takes; a new one is a line here. */
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
  quantile_over_time: { ...overRange(quantileOverTime, { quantile: true }), args: ['scalar', 'matrix'] },
  absent_over_time: { args: ['matrix'], returns: 'vector', special: 'absent_over_time' },
  timestamp: { args: ['vector'], returns: 'vector', special: 'timestamp' },

  absent: ofVector((vector, { call }) => (vector.length > 0 ? [] : absent(call.args[0]))),
  sort: ofVector((vector) => sorted(vector, byValue)),
  sort_desc: ofVector((vector) => sorted(vector, (a, b) => byValue(b, a))),
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

export function functionNamed(name: string): PromFunction | undefined {
  return Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
}

function mapped<T>(rows: Readonly<Record<string, T>>, make: (row: T) => PromFunction): Record<string, PromFunction> {
  return Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, make(row)]));
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
