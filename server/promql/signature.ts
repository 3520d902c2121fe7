import type { Ms } from '../model/units.ts';
import type { Annotations } from './annotations.ts';
import type { Call, ValueType } from './ast.ts';
import type { Extrapolation } from './extrapolate.ts';
import { change, type RangeFunction } from './range-functions.ts';
import type { Moments } from './spans.ts';
import { asNumber, asString, asVector, distinct, unnamed, type Value, type Vector } from './value.ts';

/** The first and the last moment a query asks for, and the time between two of them; 0 when it asks for one. */
export interface QueryFrame extends Moments {
  readonly step: Ms;
}

/** Where and when a function is called. */
export interface CallMoment {
  readonly call: Call;
  readonly secs: number;
  readonly frame: QueryFrame;
  readonly annotations: Annotations;
}

interface Signature {
  readonly args: readonly ValueType[];
  /** How many of the last arguments may be left out. */
  readonly optional?: number;
  /** The last argument may come several times. */
  readonly variadic?: boolean;
  readonly returns: 'scalar' | 'vector';
}

type Body =
  | {
      readonly overRange: RangeFunction;
      readonly keepsName?: boolean;
      /** Makes sense for counters only; gauges get an info. */
      readonly counter?: boolean;
      /** Takes a quantile, to be checked. */
      readonly quantile?: boolean;
      /** It is the change over the window, and this is how it is stretched to its borders. */
      readonly extrapolation?: Extrapolation;
    }
  | { readonly ofValues: (args: readonly Value[], moment: CallMoment) => Value }
  | { readonly special: 'absent_over_time' | 'timestamp' | 'info' };

export type PromFunction = Signature & (Body | { readonly refused: string });

export function overRange(
  answer: RangeFunction,
  how: Omit<Extract<Body, { overRange: RangeFunction }>, 'overRange'> = {},
): Signature & Extract<Body, { overRange: RangeFunction }> {
  return { args: ['matrix'], returns: 'vector', overRange: answer, ...how };
}

/** rate, increase and delta. */
export function ofChange(extrapolation: Extrapolation): PromFunction {
  return overRange(change(extrapolation), { counter: extrapolation.counter, extrapolation });
}

export function ofVector(
  answer: (vector: Vector, moment: CallMoment) => Vector,
): Signature & Extract<Body, { ofValues: unknown }> {
  return { args: ['vector'], returns: 'vector', ofValues: ([vector], moment) => answer(asVector(vector), moment) };
}

/** A number that the query itself says, seconds. */
export function ofFrame(secs: (frame: QueryFrame) => number): PromFunction {
  return { args: [], returns: 'scalar', ofValues: (_, { frame }) => secs(frame) / 1000 };
}

/** Changes the order of elements, which the answer of a range query does not have. */
export function ofOrder(
  order: (vector: Vector, labels: readonly string[]) => Vector,
): Signature & Extract<Body, { ofValues: unknown }> {
  return {
    args: ['vector'],
    returns: 'vector',
    ofValues: ([vector, ...labels], { call, annotations, frame }) => {
      const why = 'sort is ineffective for range queries since results are always ordered by labels';
      if (frame.step > 0) annotations.warn(why, call.place);
      return order(asVector(vector), labels.map(asString));
    },
  };
}

/** A function of every element's value and the numbers after it; undefined leaves the element out. */
export function each(
  args: readonly ValueType[],
  answer: (value: number, ...numbers: number[]) => number | undefined,
): Signature & Extract<Body, { ofValues: unknown }> {
  return {
    args,
    returns: 'vector',
    ofValues: ([vector, ...rest]) => {
      const numbers = rest.map(asNumber);
      const results = asVector(vector).flatMap((sample) => {
        const value = answer(sample.value, ...numbers);
        return value === undefined ? [] : [unnamed(sample, value)];
      });
      return distinct(results);
    },
  };
}

export function ofCalendar(part: (secs: number) => number): PromFunction {
  return {
    args: ['vector'],
    optional: 1,
    returns: 'vector',
    ofValues: ([vector], { secs }) =>
      vector === undefined
        ? [{ labels: {}, value: part(secs) }]
        : distinct(asVector(vector).map((sample) => unnamed(sample, part(sample.value)))),
  };
}
