import type { Annotations } from './annotations.ts';
import type { Call, ValueType } from './ast.ts';
import type { Extrapolation } from './extrapolate.ts';
import { change, type RangeFunction } from './range-functions.ts';
import { asNumber, asVector, distinct, unnamed, type Value, type Vector } from './value.ts';

/** Where and when a function is called. */
export interface CallMoment {
  readonly call: Call;
  readonly secs: number;
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
  | { readonly special: 'absent_over_time' | 'timestamp' };

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
