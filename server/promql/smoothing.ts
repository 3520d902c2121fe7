import { VigieError } from '../model/errors.ts';
import type { Numbers } from './moments.ts';

/**
 * The last smoothed value of double exponential smoothing (Holt 1957, doi:10.1016/j.ijforecast.2003.09.015); both factors lie between 0 and 1.
 * Undefined for less than two values. Throws VigieError `execution`.
 */
export function doubleExponentialSmoothing(values: Numbers, smoothing: number, trend: number): number | undefined {
  checkFactor('smoothing', smoothing);
  checkFactor('trend', trend);
  const [first, second] = values;
  if (first === undefined || second === undefined) return undefined;
  let [level, slope] = [first, second - first];
  for (const [i, value] of values.entries()) {
    if (i === 0) continue;
    const before = level;
    level = smoothing * value + (1 - smoothing) * (level + slope);
    slope = trend * (level - before) + (1 - trend) * slope;
  }
  return level;
}

function checkFactor(name: string, factor: number): void {
  if (factor > 0 && factor < 1) return;
  throw new VigieError('execution', `cannot answer query: got the ${name} factor ${factor}; want one between 0 and 1`);
}
