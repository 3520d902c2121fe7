/** A sum that keeps what rounding loses: 1e100 + 1 - 1e100 is 1 (Neumaier 1974, doi:10.1002/zamm.19740540106). */
export class CompensatedSum {
  #sum = 0;
  #lost = 0;

  add(value: number): void {
    const next = this.#sum + value;
    if (Number.isFinite(next)) {
      this.#lost += Math.abs(this.#sum) >= Math.abs(value) ? this.#sum - next + value : value - next + this.#sum;
    }
    this.#sum = next;
  }

  value(): number {
    return Number.isFinite(this.#sum) ? this.#sum + this.#lost : this.#sum;
  }
}

export type Numbers = readonly number[] | Float64Array;

export function sumOf(values: Numbers): number {
  const sum = new CompensatedSum();
  for (const value of values) sum.add(value);
  return sum.value();
}

/** The mean; a sum beyond the largest double does not make it infinite. NaN for none. */
export function meanOf(values: Numbers): number {
  const sum = sumOf(values);
  if (Number.isFinite(sum) || values.some((value) => !Number.isFinite(value))) return sum / values.length;
  const parts = new CompensatedSum();
  for (const value of values) parts.add(value / values.length);
  return parts.value();
}

/** The variance of all values, not of a sample of them (Welford 1962, doi:10.1080/00401706.1962.10490022). */
export function varianceOf(values: Numbers): number {
  const mean = new CompensatedSum();
  const squares = new CompensatedSum();
  let n = 0;
  for (const value of values) {
    n++;
    const before = value - mean.value();
    mean.add(before / n);
    squares.add(before * (value - mean.value()));
  }
  return squares.value() / n;
}

/** The quantile by linear interpolation between ranks, NaN taken for the smallest; NaN for none, infinite outside 0..1. */
export function quantileOf(quantile: number, values: Numbers): number {
  if (values.length === 0 || Number.isNaN(quantile)) return Number.NaN;
  if (quantile < 0) return -Infinity;
  if (quantile > 1) return Infinity;
  const sorted = [...values].sort(byValue);
  const rank = quantile * (sorted.length - 1);
  const below = Math.floor(rank);
  const [lower = Number.NaN, upper = lower] = sorted.slice(below, below + 2);
  const weight = rank - below;
  return lower * (1 - weight) + upper * weight;
}

/** Ascending, NaN first. */
export function byValue(a: number, b: number): number {
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : -1;
  if (Number.isNaN(b)) return 1;
  return a < b ? -1 : Number(a > b);
}
