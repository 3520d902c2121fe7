import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Kills and restarts, then all that starts programs and browsers, then what runs in its own process, last arithmetic and words. */
const ORDER = [
  /\/test\/crash\//,
  /\/test\/(?:(?:browser|demo|remote-storage)\/)?[^/]+$/,
  /\/test\/(?!rules|promql|web\/)/,
];

/**
 * Without the times of an earlier run the largest files would begin first. But those that take longest are not the largest: the last
 * of them would run alone in the end, while short ones can fill any time.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}

function rank({ moduleId }: TestSpecification): number {
  const at = ORDER.findIndex((pattern) => pattern.test(moduleId));
  return at < 0 ? ORDER.length : at;
}
