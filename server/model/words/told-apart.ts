const MOST_DIGITS = 6;

/** Decimals of a factor: derived ones have two, such as 13.44. */
const FACTOR_DIGITS = 2;

/** From there up a fraction of a rate says nothing. */
export const WHOLE_RATE = 100;

/**
 * A burn rate and the factor it is held against, rounded for people: the rate to one decimal, or more where it would read as the factor
 * or as on its other side. Both >= 0. Six decimals are the most.
 */
export function toldApart(rate: number, factor: number): { readonly rate: number; readonly factor: number } {
  const order = Math.sign(rate - factor);
  for (let digits = rate < WHOLE_RATE ? 1 : 0; ; digits++) {
    const told = { rate: rounded(rate, digits), factor: rounded(factor, Math.max(FACTOR_DIGITS, digits)) };
    if (digits === MOST_DIGITS || Math.sign(told.rate - told.factor) === order) return told;
  }
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
