import { CompensatedSum, type Numbers } from './moments.ts';

export interface Line {
  /** Per second. */
  readonly slope: number;
  /** The value at `zero`. */
  readonly intercept: number;
}

/**
 * The least-squares line through samples. Equal values give a slope of exactly 0, infinite ones NaN.
 * @param times ms. @param zero ms, where the line's time begins. Undefined with fewer than two samples.
 */
export function lineThrough(times: Numbers, values: Numbers, zero: number): Line | undefined {
  const n = times.length;
  const first = values[0];
  if (n < 2 || first === undefined) return undefined;
  if (values.every((value) => value === first)) {
    return Number.isFinite(first) ? { slope: 0, intercept: first } : { slope: Number.NaN, intercept: Number.NaN };
  }
  const [x, y, xy, xx] = [new CompensatedSum(), new CompensatedSum(), new CompensatedSum(), new CompensatedSum()];
  for (let i = 0; i < n; i++) {
    const secs = ((times[i] ?? Number.NaN) - zero) / 1000;
    const value = values[i] ?? Number.NaN;
    x.add(secs);
    y.add(value);
    xy.add(secs * value);
    xx.add(secs * secs);
  }
  const slope = (xy.value() - (x.value() * y.value()) / n) / (xx.value() - (x.value() * x.value()) / n);
  return { slope, intercept: y.value() / n - (slope * x.value()) / n };
}
