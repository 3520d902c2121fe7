/** Set by `npm run test:long`: every look of every page, and many more seeds than fit a run of minutes. */
export const isLong = process.env.VIGIE_LONG === '1';

/** How often something random is tried: `often` in every run, twenty times that in a long one. */
export function tries(often: number): number {
  return isLong ? often * 20 : often;
}
